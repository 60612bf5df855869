"""Findings of doctor on a sound machine and for each fault, with real files and ports."""

from __future__ import annotations

import json
import shutil
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from cli.doctor_checks import CHECKS, Finding, examine
from cli.doctor_machine import clock, memory, processor
from settings import Settings, load_settings
from tests.cli.test_commands import command
from tests.conftest import make_settings
from web.pem import write_certificate, write_key
from web.tls import ensure_certificate


def finding(name: str, settings: Settings) -> Finding:
    return examine(name, dict(CHECKS)[name], settings)


def issue(folder: Path, days: float) -> tuple[Path, Path]:
    """Issue a certificate for museum.example that ends in so many days; return it and its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "museum.example")])
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("museum.example")]), False)
        .sign(key, hashes.SHA256())
    )
    write_certificate(folder / "cert.pem", cert)
    write_key(folder / "key.pem", key)
    return folder / "cert.pem", folder / "key.pem"


def test_a_sound_machine_passes(gallery_folder: Path, model_path: Path) -> None:
    done = command("doctor", "--json", "--gallery", gallery_folder, model_path=model_path)
    found = {one["name"]: one for one in json.loads(done.stdout)}
    assert list(found) == [name for name, _ in CHECKS]
    for name in ("model", "speed", "gallery", "camera", "folders"):
        assert found[name]["status"] == "ok", found[name]
    assert done.returncode == int(any(one["status"] == "fail" for one in found.values()))


@pytest.mark.parametrize(
    ("days", "status", "words"),
    [(200, "ok", "museum.example"), (10, "warn", "ends soon"), (-1, "fail", "ended on")],
)
def test_a_certificate_is_checked(tmp_path: Path, days: float, status: str, words: str) -> None:
    cert, key = issue(tmp_path, days)
    found = finding("certificate", load_settings(server={"cert": cert, "key": key}))
    assert found.status == status
    assert words in f"{found.found}; {found.mend}"


def test_a_key_of_another_certificate_fails(tmp_path: Path) -> None:
    cert, _ = issue(tmp_path, 200)
    other = ensure_certificate(tmp_path / "other", []).key
    found = finding("certificate", load_settings(server={"cert": cert, "key": other}))
    assert (found.status, "does not belong" in found.found) == ("fail", True)


def test_a_damaged_model_and_gallery_fail(
    gallery_folder: Path, model_path: Path, tmp_path: Path
) -> None:
    model = tmp_path / "model.onnx"
    model.write_bytes(model_path.read_bytes() + b"x")
    shutil.copy(model_path.with_suffix(".json"), model.with_suffix(".json"))
    damaged = shutil.copytree(gallery_folder, tmp_path / "gallery")
    with (damaged / "index.faiss").open("ab") as index:
        index.write(b"x")
    settings = make_settings(damaged, model)
    for name, mend in (("model", "vernissage export"), ("gallery", "vernissage enrol")):
        found = finding(name, settings)
        assert found.status == "fail"
        assert mend in found.mend


def test_a_taken_port_fails() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = finding("port", load_settings(server={"host": "127.0.0.1", "port": port}))
    assert (found.status, "--port" in found.mend) == ("fail", True)


def test_folders_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = tmp_path / "file" / "inner"
    assert finding("folders", load_settings(server={"tls_folder": blocked})).status == "fail"
    assert finding("folders", load_settings(server={"notes_folder": blocked})).status == "warn"


def test_a_missing_camera_fails_and_no_password_is_shown(tmp_path: Path) -> None:
    kiosk = {"hall": {"source": "rtsp://user:sentinel@192.0.2.1/"}}
    found = finding("camera", load_settings(kiosk=kiosk))
    assert (found.status, "sentinel" in found.found) == ("ok", False)
    missing = {"door": {"source": str(tmp_path / "video9")}}
    found = finding("camera", load_settings(kiosk=kiosk | missing))
    assert (found.status, "kiosk door" in found.found) == ("fail", True)


def test_the_machine_is_read_from_its_files(tmp_path: Path) -> None:
    info = tmp_path / "meminfo"
    info.write_text("MemTotal: 2048000 kB\nMemAvailable: 512000 kB\n")
    assert memory(info) == ("500 of 2000 MB available", False)
    info.write_text("MemTotal: 2048000 kB\nMemAvailable: 1536000 kB\n")
    assert memory(info)[1]
    info.write_text("flags\t: sse4_2 avx\n")
    assert "cores" in processor(info)[0]
    (tmp_path / "timesync").mkdir()
    assert not clock(tmp_path / "timesync" / "synchronized")[1]
    (tmp_path / "timesync" / "synchronized").touch()
    assert clock(tmp_path / "timesync" / "synchronized")[1]
