"""The local certificate authority: trusted in a real handshake, renewed in time, kept safe."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from web import tls
from web.pem import TlsError
from web.tls import ensure_certificate, lan_addresses, server_context


def read_cert(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def alternative_names(path: Path) -> x509.SubjectAlternativeName:
    return read_cert(path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> str | None:
    """Shake hands over a real loopback connection; return the TLS version agreed on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(60)

        def serve() -> None:
            connection, _ = listener.accept()
            try:
                with server.wrap_socket(connection, server_side=True) as wrapped:
                    wrapped.recv(1)
            except OSError:
                connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with (
                socket.create_connection(listener.getsockname(), timeout=60) as plain,
                client.wrap_socket(plain, server_hostname=name) as wrapped,
            ):
                wrapped.sendall(b"x")
                return wrapped.version()
        finally:
            thread.join()


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "192.0.2.7", "museum.example"])
def test_a_client_that_trusts_the_authority_connects(tmp_path: Path, name: str) -> None:
    paths = ensure_certificate(tmp_path, ["192.0.2.7", "museum.example"])
    server = server_context(paths.cert, paths.key)
    client = ssl.create_default_context(cafile=paths.ca_cert)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    assert handshake(server, client, name) in {"TLSv1.2", "TLSv1.3"}


def test_other_names_and_other_authorities_are_refused(tmp_path: Path) -> None:
    paths = ensure_certificate(tmp_path / "one", [])
    other = ensure_certificate(tmp_path / "two", [])
    server = server_context(paths.cert, paths.key)
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        trusting = ssl.create_default_context(cafile=paths.ca_cert)
        handshake(server, trusting, "192.0.2.99")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(server, ssl.create_default_context(cafile=other.ca_cert), "localhost")


def test_tls_1_1_is_refused(tmp_path: Path) -> None:
    paths = ensure_certificate(tmp_path, [])
    context = server_context(paths.cert, paths.key)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_phones_accept_the_certificate(tmp_path: Path) -> None:
    paths = ensure_certificate(tmp_path, ["192.0.2.7", "fe80::1", "museum.example"])
    names = alternative_names(paths.cert)
    addresses = set(names.get_values_for_type(x509.IPAddress))
    wanted = {"127.0.0.1", "::1", "192.0.2.7", "fe80::1"}
    assert addresses == {ipaddress.ip_address(text) for text in wanted}
    hosts = set(names.get_values_for_type(x509.DNSName))
    assert {"localhost", "museum.example"} <= hosts
    assert socket.gethostname().lower() in {host.lower() for host in hosts}

    cert, authority = read_cert(paths.cert), read_cert(paths.ca_cert)
    assert cert.not_valid_after_utc - cert.not_valid_before_utc <= timedelta(days=398)
    assert cert.not_valid_before_utc < datetime.now(UTC)
    assert authority.not_valid_after_utc > datetime.now(UTC) + timedelta(days=3600)
    usage = cert.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not cert.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert authority.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    issuer = cert.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    subject = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert issuer.key_identifier == subject.digest
    public_key = cert.public_key()
    assert isinstance(public_key, ec.EllipticCurvePublicKey)
    assert public_key.curve.name == "secp256r1"


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, ["192.0.2.7"])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    ensure_certificate(tmp_path, ["192.0.2.7"])
    ensure_certificate(tmp_path, [])
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_new_address_renews_the_certificate_but_not_the_authority(tmp_path: Path) -> None:
    paths = ensure_certificate(tmp_path, ["192.0.2.7"])
    authority, cert = paths.ca_cert.read_bytes(), paths.cert.read_bytes()
    ensure_certificate(tmp_path, ["192.0.2.8"])
    assert paths.ca_cert.read_bytes() == authority
    assert paths.cert.read_bytes() != cert
    assert ipaddress.ip_address("192.0.2.8") in alternative_names(paths.cert).get_values_for_type(
        x509.IPAddress
    )


@pytest.mark.parametrize(("days", "renewed"), [(29, True), (31, False)])
def test_renewed_in_the_last_thirty_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, renewed: bool
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tls, "LEAF_DAYS", days)
        paths = ensure_certificate(tmp_path, [])
    before = paths.cert.read_bytes()
    ensure_certificate(tmp_path, [])
    assert (paths.cert.read_bytes() != before) is renewed


@pytest.mark.parametrize("name", ["cert.pem", "key.pem"])
@pytest.mark.parametrize("damage", [None, b"", b"-----BEGIN nonsense"])
def test_a_damaged_certificate_is_made_anew(
    tmp_path: Path, name: str, damage: bytes | None
) -> None:
    paths = ensure_certificate(tmp_path, [])
    if damage is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_bytes(damage)
    ensure_certificate(tmp_path, [])
    server_context(paths.cert, paths.key)


def test_a_certificate_of_a_lost_authority_is_made_anew(tmp_path: Path) -> None:
    paths = ensure_certificate(tmp_path, [])
    (tmp_path / "ca-key.pem").unlink()
    ensure_certificate(tmp_path, [])
    client = ssl.create_default_context(cafile=paths.ca_cert)
    assert handshake(server_context(paths.cert, paths.key), client, "localhost")


def test_a_damaged_authority_is_named(tmp_path: Path) -> None:
    ensure_certificate(tmp_path, [])
    (tmp_path / "ca.pem").write_text("not a certificate")
    with pytest.raises(TlsError, match=r"ca\.pem is not a PEM certificate"):
        ensure_certificate(tmp_path, [])


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "tls"
    ensure_certificate(folder, [])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == {"ca.pem": 0o644, "ca-key.pem": 0o600, "cert.pem": 0o644, "key.pem": 0o600}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TlsError, match="cannot keep certificates in"):
        ensure_certificate(tmp_path / "file" / "tls", [])


def test_errors_name_what_is_wrong_with_given_files(tmp_path: Path) -> None:
    one = ensure_certificate(tmp_path / "one", [])
    two = ensure_certificate(tmp_path / "two", [])
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    with pytest.raises(TlsError, match=r"key .*two.* does not belong to certificate .*one"):
        server_context(one.cert, two.key)
    with pytest.raises(TlsError, match=r"certificate .*none\.pem does not exist"):
        server_context(tmp_path / "none.pem", one.key)
    with pytest.raises(TlsError, match=r"key .*none\.pem does not exist"):
        server_context(one.cert, tmp_path / "none.pem")
    with pytest.raises(TlsError, match=r"notes\.txt is not a PEM certificate"):
        server_context(text, one.key)
    with pytest.raises(TlsError, match=r"notes\.txt is not a PEM private key"):
        server_context(one.cert, text)
    with pytest.raises(TlsError, match=r"certificate .* cannot be read: Is a directory"):
        server_context(tmp_path, one.key)


def test_a_locked_key_is_refused_without_asking(tmp_path: Path) -> None:
    paths = ensure_certificate(tmp_path, [])
    key = serialization.load_pem_private_key(paths.key.read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"secret"),
        )
    )
    with pytest.raises(TlsError, match="locked by a password"):
        server_context(paths.cert, locked)


def test_lan_addresses_are_this_machines_and_not_loopback() -> None:
    for text in lan_addresses():
        address = ipaddress.IPv4Address(text)
        assert not address.is_loopback
        # Only a machine's own address can be bound.
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((text, 0))
