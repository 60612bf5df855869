"""The checks of `vernissage doctor`: machine, model, gallery, certificate, network, cameras."""

from __future__ import annotations

import os
import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np
from cryptography import x509

from cli.doctor_machine import clock, memory, processor
from common.files import file_sha256
from errors import UserError
from gallery.store import open_gallery
from models.embedder import Embedder
from models.precision import SelectedPrecision, select_precision
from settings import Settings
from web.pem import TlsError, read_pair
from web.tls import RENEW_DAYS, lan_addresses

Status = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """Result of a check; `mend` says what to do if the status isn't ok."""

    name: str
    status: Status
    found: str
    mend: str = ""


class DoubtError(Exception):
    """Something works, but needs attention. The arguments: what was found, how to mend it."""


Check = Callable[[Settings], str]


def examine(name: str, check: Check, settings: Settings) -> Finding:
    """Run a check, and turn what it returns or raises into a finding."""
    try:
        return Finding(name, "ok", check(settings))
    except DoubtError as doubt:
        return Finding(name, "warn", *doubt.args)
    except (UserError, OSError) as error:
        found, _, mend = str(error).partition("; ")
        return Finding(name, "fail", found, mend)


def _processor(_: Settings) -> str:
    found, fast = processor()
    if not fast:
        raise DoubtError(found, "without AVX2 recognition is slow; use a newer machine")
    return found


def _memory(_: Settings) -> str:
    found, enough = memory()
    if not enough:
        raise DoubtError(found, "1 GB should be free; stop other programs or add memory")
    return found


def _clock(_: Settings) -> str:
    found, synchronized = clock()
    if not synchronized:
        raise DoubtError(found, "a wrong clock spoils certificates: timedatectl set-ntp true")
    return found


def _model(settings: Settings) -> str:
    chosen = _chosen(settings)
    card = chosen.card
    if file_sha256(chosen.path) != card.fingerprint:
        raise OSError(f"{chosen.path}: differs from its card; make it again: vernissage export")
    return f"{card.name} {card.precision}, weights: {card.weights}, checksum right"


def _chosen(settings: Settings) -> SelectedPrecision:
    return select_precision(settings.model.path, settings.model.wanted)


def _speed(settings: Settings) -> str:
    model = settings.model
    embedder = Embedder(model.path, model.threads, model.wanted)
    side = embedder.card.resolution
    crops = np.zeros((1, side, side, 3), np.uint8)
    spent = []
    for _ in range(4):
        began = time.perf_counter()
        embedder.embed(crops)
        spent.append(time.perf_counter() - began)
    crop_ms = 1000 * min(spent)
    found = f"{crop_ms:.0f} ms a crop, {1000 / crop_ms:.0f} per second"
    return f"{found}; {embedder.card.precision}: {embedder.reason}"


def _gallery(settings: Settings) -> str:
    opened = open_gallery(settings.gallery, _chosen(settings).card, thorough=True)
    name, artworks = opened.manifest.name, len(opened.artworks)
    return f"{name}, {artworks} artworks, {settings.gallery}; search: {opened.vector_index}"


def _certificate(settings: Settings) -> str:
    server = settings.server
    if not server.tls:
        raise DoubtError("HTTPS is off", "phones lend no camera unless a proxy serves HTTPS")
    if bool(server.cert) != bool(server.key):
        raise TlsError("a certificate needs its key; give both --cert and --key, or neither")
    local = server.tls_folder / "cert.pem"
    if not server.cert and not local.exists():
        return f"the first start will make it, in {server.tls_folder}"
    path, key = server.cert or local, server.key or server.tls_folder / "key.pem"
    cert, _ = read_pair(path, key)
    now, ends = datetime.now(UTC), cert.not_valid_after_utc
    if now < cert.not_valid_before_utc:
        raise TlsError(f"{path}: not valid yet; set this machine's clock")
    if now > ends and server.cert:
        raise TlsError(f"{path}: ended on {ends:%Y-%m-%d}; renew it where it was issued")
    found = f"{path}: for {_names_of(cert)}, until {ends:%Y-%m-%d}, key fits"
    if ends - now < timedelta(days=RENEW_DAYS) and server.cert:
        raise DoubtError(found, "it ends soon; renew it where it was issued")
    return found


def _names_of(cert: x509.Certificate) -> str:
    try:
        names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        raise TlsError("the certificate names no host (SAN); have it issued anew") from None
    return ", ".join(str(name.value) for name in names)


def _port(settings: Settings) -> str:
    server = settings.server
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((server.host, server.port))
        except OSError as error:
            raise OSError(
                f"{server.host}:{server.port}: {os.strerror(error.errno or 0)}; "
                "use another --port, or stop what listens there"
            ) from None
    return f"{server.host}:{server.port} is free"


def _network(_: Settings) -> str:
    addresses = lan_addresses()
    if not addresses:
        raise OSError("no network address: phones can't reach this machine; join a network")
    return ", ".join(addresses)


def _folders(settings: Settings) -> str:
    server = settings.server
    if server.tls and not server.cert:
        _try_to_write(server.tls_folder)
    kept = (server.notes_folder, server.visits_folder)
    for folder in kept:
        try:
            _try_to_write(folder)
        except OSError as error:
            found, _, mend = str(error).partition("; ")
            raise DoubtError(found, mend) from None
    return f"can be written: {', '.join(map(str, kept))}"


def _try_to_write(folder: Path) -> None:
    """Write a temporary file into a folder, or into its nearest parent that exists."""
    existing = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        raise OSError(
            f"{folder}: can't be written ({error.strerror}); "
            f"let the server's user write to {existing}"
        ) from None


def _camera(settings: Settings) -> str:
    for name, kiosk in settings.kiosk.items():
        source = kiosk.source.get_secret_value()
        if source == "whip" or "://" in source:
            continue
        if not Path(source).exists():
            devices = ", ".join(map(str, sorted(Path("/dev").glob("video*")))) or "none"
            raise OSError(
                f"kiosk {name}: no {source}; plug the camera in, or name one of these: {devices}"
            )
        if not os.access(source, os.R_OK):
            raise OSError(
                f"kiosk {name}: {source} can't be read; put the server's user into group video"
            )
    if not settings.kiosk:
        return "no kiosk is configured"
    # Addresses of network cameras may hold passwords, so only the kiosks' names are printed.
    return f"kiosks {', '.join(settings.kiosk)}: devices can be read; network cameras not tried"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("processor", _processor),
    ("memory", _memory),
    ("clock", _clock),
    ("model", _model),
    ("speed", _speed),
    ("gallery", _gallery),
    ("certificate", _certificate),
    ("port", _port),
    ("network", _network),
    ("folders", _folders),
    ("camera", _camera),
)
"""Every check with its name, in the order of the output."""
