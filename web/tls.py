"""Serve HTTPS in a local network: a small certificate authority and this machine's certificate.

Browsers lend the camera to https pages only, and no public authority signs for 192.168.x.y. So the
first start makes an authority of this machine, which phones can be set to trust, and a certificate
for every name and address of the machine. Neither is made if the settings name a certificate.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import ifaddr
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from settings import Settings
from web.pem import TlsError, read_pair, write_certificate, write_key

AUTHORITY_DAYS = 3650
# Apple refuses certificates that are valid for longer than 398 days.
LEAF_DAYS = 397
RENEW_DAYS = 30
# A client whose clock is a little behind must not take the certificate as not valid yet.
CLOCK_SKEW = timedelta(hours=1)


@dataclass(frozen=True)
class CertificatePaths:
    """Paths of the PEM files that `ensure_certificate` made or found."""

    ca_cert: Path
    cert: Path
    key: Path


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS context that the settings ask for; `None` if TLS is off.

    The certificate is the one that the settings name, or one of the local authority.

    Raises:
        TlsError: the files that the settings name can't be used.
    """
    server = settings.server
    if not server.tls:
        return None
    if bool(server.cert) != bool(server.key):
        raise TlsError("a certificate needs its key: give both --cert and --key, or neither")
    if server.cert and server.key:
        return server_context(server.cert, server.key)
    paths = ensure_certificate(server.tls_folder, lan_addresses())
    return server_context(paths.cert, paths.key)


def lan_addresses() -> list[str]:
    """Return the IPv4 addresses under which other machines may reach this one, sorted."""
    found = {
        ip.ip
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if isinstance(ip.ip, str) and not ipaddress.ip_address(ip.ip).is_loopback
    }
    return sorted(found, key=ipaddress.ip_address)


def ensure_certificate(folder: Path, addresses: Sequence[str]) -> CertificatePaths:
    """Make or renew the certificate of this machine's names and `addresses`, if needed.

    The authority is made once and kept, so that phones need to be set to trust it only once. The
    certificate is renewed if an address is new or fewer than `RENEW_DAYS` days are left.

    Args:
        folder: of the files; it is made if missing, and only its owner can read it.
        addresses: IP addresses or names, in addition to `localhost` and the host's name.

    Raises:
        TlsError: the folder can't be written or holds files that can't be read.
    """
    paths = CertificatePaths(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    ca_key_path = folder / "ca-key.pem"
    names = _names(addresses)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (paths.ca_cert.exists() and ca_key_path.exists()):
            _make_authority(paths.ca_cert, ca_key_path)
        ca_cert, ca_key = read_pair(paths.ca_cert, ca_key_path)
        if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
            raise TlsError(f"authority {ca_key_path} was not made here; remove {folder}")
        if not _is_valid(paths, ca_cert, names):
            _make_leaf(paths, ca_cert, ca_key, names)
    except OSError as error:
        raise TlsError(f"cannot keep certificates in {folder}: {error}") from error
    return paths


def server_context(cert: Path, key: Path) -> ssl.SSLContext:
    """Return the context of an HTTPS server with TLS 1.2 or newer.

    Raises:
        TlsError: a file is missing, isn't PEM or is locked by a password, or the two files don't
            belong together.
    """
    read_pair(cert, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(cert, key)
    except (ssl.SSLError, OSError) as error:
        raise TlsError(f"cannot use certificate {cert} with key {key}: {error}") from error
    return context


def _names(addresses: Sequence[str]) -> list[x509.GeneralName]:
    """Return what the certificate is issued for: IP addresses and DNS names, each once."""
    host = socket.gethostname()
    wanted = ["localhost", "127.0.0.1", "::1", host, *addresses]
    if host and "." not in host:
        wanted.append(f"{host}.local")
    names = (_name(text) for text in wanted)
    return list(dict.fromkeys(name for name in names if name is not None))


def _name(text: str) -> x509.GeneralName | None:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        pass
    try:
        return x509.DNSName(text.encode("idna").decode()) if text else None
    except UnicodeError:
        # A host's name may hold characters that no address can have.
        return None


def _is_valid(
    paths: CertificatePaths, ca_cert: x509.Certificate, names: Sequence[x509.GeneralName]
) -> bool:
    try:
        cert, _ = read_pair(paths.cert, paths.key)
        cert.verify_directly_issued_by(ca_cert)
        covered = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        # Missing, damaged or signed by another authority: a new certificate mends each.
        return False
    left = cert.not_valid_after_utc - datetime.now(UTC)
    return left >= timedelta(days=RENEW_DAYS) and set(names) <= set(covered)


def _make_authority(cert_path: Path, key_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _subject(f"Vernissage local authority ({socket.gethostname()})")
    cert = (
        _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_key(key_path, key)
    write_certificate(cert_path, cert)


def _make_leaf(
    paths: CertificatePaths,
    ca_cert: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    names: Sequence[x509.GeneralName],
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer_id = ca_cert.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    cert = (
        _builder(_subject("Vernissage"), ca_cert.subject, key.public_key(), LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id),
            critical=False,
        )
        .sign(ca_key, hashes.SHA256())
    )
    write_key(paths.key, key)
    write_certificate(paths.cert, cert)


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    start = datetime.now(UTC) - CLOCK_SKEW
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _subject(common_name: str) -> x509.Name:
    # X.520 allows 64 characters, host names may be longer.
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _key_usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
