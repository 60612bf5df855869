"""`vernissage serve`."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from common.console import clear_errors, fail, prepare
from settings import load_settings


def serve(
    gallery: Annotated[
        Path | None, typer.Option(help="Folder of an enrolled gallery. Default: the demo.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on. Default: every address.")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="TCP port; 0 picks a free one. [8443]")
    ] = None,
    tls: Annotated[
        bool | None,
        typer.Option("--tls/--no-tls", help="HTTPS, without which phones give no camera. [on]"),
    ] = None,
    cert: Annotated[
        Path | None, typer.Option(help="Your own PEM certificate chain; goes with --key.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="Your own PEM private key.")] = None,
    log_json: Annotated[
        bool, typer.Option("--json", help="Log a JSON object a line, for machines.")
    ] = False,
) -> None:
    """Serve the visitor's page and recognize what phones point at.

    The first line printed is the page's address, alone; a QR code of it follows.
    """
    given = {"host": host, "port": port, "tls": tls, "cert": cert, "key": key}
    flags: dict[str, Any] = {
        "server": {name: value for name, value in given.items() if value is not None}
    }
    if gallery is not None:
        flags["gallery"] = gallery
    if log_json:
        flags["log_json"] = True
    with clear_errors():
        settings = load_settings(**flags)
        prepare(settings)
        from server import run

        try:
            asyncio.run(run(settings))
        except OSError as error:
            where = f"{settings.server.host}:{settings.server.port}"
            reason = os.strerror(error.errno) if error.errno else str(error)
            fail(f"can't listen on {where} ({reason}); choose another --port or --host")
