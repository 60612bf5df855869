"""Read and write certificates and keys as PEM files; errors say which file and why."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

from common.files import write_atomic
from errors import UserError


class TlsError(UserError):
    """A certificate or key can't be used; the message says which file and why."""


def read_pair(cert_path: Path, key_path: Path) -> tuple[x509.Certificate, PrivateKeyTypes]:
    """Read a certificate (the first one of a chain) and the private key that belongs to it.

    Raises:
        TlsError: a file is missing or isn't PEM, the key is locked, or they don't belong together.
    """
    cert = _read_certificate(cert_path)
    key = _read_key(key_path)
    if _encoded(cert.public_key()) != _encoded(key.public_key()):
        raise TlsError(
            f"key {key_path} does not belong to certificate {cert_path}: "
            "their public keys differ; give the pair that was issued together"
        )
    return cert, key


def write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Write a private key; only the file's owner may read it."""
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_atomic(path, pem, durable=True)


def write_certificate(path: Path, cert: x509.Certificate) -> None:
    """Write a certificate; everybody may read it."""
    write_atomic(path, cert.public_bytes(serialization.Encoding.PEM), 0o644, durable=True)


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise TlsError(f"{what} {path} does not exist") from None
    except OSError as error:
        raise TlsError(f"{what} {path} cannot be read: {error.strerror}") from error


def _read_certificate(path: Path) -> x509.Certificate:
    data = _read(path, "certificate")
    try:
        return x509.load_pem_x509_certificate(data)
    except ValueError:
        raise TlsError(
            f"certificate {path} is not a PEM certificate (-----BEGIN CERTIFICATE-----)"
        ) from None


def _read_key(path: Path) -> PrivateKeyTypes:
    data = _read(path, "key")
    try:
        return serialization.load_pem_private_key(data, password=None)
    except TypeError:
        raise TlsError(f"key {path} is locked by a password; give it unlocked") from None
    except ValueError:
        raise TlsError(
            f"key {path} is not a PEM private key (-----BEGIN PRIVATE KEY-----)"
        ) from None


def _encoded(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
