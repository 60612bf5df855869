"""`vernissage doctor`."""

from __future__ import annotations

import os
import platform
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from cli.shared import USER_ERRORS, clear_errors, console, prepare
from gallery.store import open_gallery
from models.embedder import Embedder, read_card
from settings import Settings, load_settings
from web.tls import lan_addresses


def doctor(
    gallery: Annotated[
        Path | None, typer.Option(help="Folder of an enrolled gallery. Default: the demo.")
    ] = None,
) -> None:
    """Check model, gallery, port and network, and say how to mend what is amiss.

    Exit status 1 means that the server would not start.
    """
    with clear_errors():
        settings = load_settings(**({"gallery": gallery} if gallery else {}))
    prepare(settings)
    checks: tuple[tuple[str, Callable[[Settings], str]], ...] = (
        ("model", _model),
        ("speed", _speed),
        ("gallery", _gallery),
        ("port", _port),
        ("network", _network),
    )
    table = Table("check", "", "what was found", title=f"Vernissage on {_machine()}")
    sound = True
    for name, check in checks:
        try:
            table.add_row(name, "[green]ok[/]", check(settings))
        except (*USER_ERRORS, OSError) as error:
            sound = False
            table.add_row(name, "[red]bad[/]", str(error))
    console.print(table)
    if not sound:
        raise typer.Exit(1)


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _model(settings: Settings) -> str:
    card = read_card(settings.model.path)
    return f"{card.name} {card.precision}, weights: {card.weights}"


def _speed(settings: Settings) -> str:
    embedder = Embedder(settings.model.path, settings.model.threads)
    side = embedder.card.resolution
    crops = np.zeros((2, side, side, 3), np.uint8)
    spent = []
    for _ in range(4):
        began = time.perf_counter()
        embedder.embed(crops)
        spent.append(time.perf_counter() - began)
    frame_ms = 1000 * min(spent)
    return f"{frame_ms:.0f} ms a frame (two crops): {1000 / frame_ms:.0f} embedded a second"


def _gallery(settings: Settings) -> str:
    opened = open_gallery(settings.gallery, read_card(settings.model.path))
    return f"{opened.manifest.name}, {len(opened.artworks)} artworks, {settings.gallery}"


def _port(settings: Settings) -> str:
    server = settings.server
    with socket.socket() as probe:
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
