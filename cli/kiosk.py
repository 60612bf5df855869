"""The command `vernissage kiosk`: recognize what one camera sees, without a server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.shared import load_embedder
from common.console import clear_errors, fail, prepare
from gallery.store import open_gallery
from models.embedder import Embedder
from serving.engine import Engine
from serving.kiosk import WHIP, Kiosk
from settings import KioskSettings, Settings, load_settings
from stream.messages import ServerMessage


def kiosk(
    source: Annotated[
        str,
        typer.Option(help="Camera: a device (/dev/video0), an address (rtsp://...), or a clip."),
    ],
    gallery: Annotated[
        Path | None, typer.Option(help="Folder of an enrolled gallery. Default: the demo.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of this camera in its messages.")] = "kiosk",
    webhook: Annotated[
        str | None, typer.Option(help="Address that matches and losses are posted to.")
    ] = None,
) -> None:
    """Recognize what a camera beside the gallery sees; print one line of JSON per message.

    A clip is played once. A camera that is lost is tried again until the command is stopped. For a
    screen that shows the artwork, and for cameras that send by WHIP, write [kiosk.NAME] into the
    settings of `vernissage serve`. There, passwords also stay out of the list of processes.
    """
    if source == WHIP:
        fail("whip needs the server: write [kiosk.NAME] into the settings of vernissage serve")
    flags: dict[str, Any] = {"gallery": gallery} if gallery else {}
    given = {"source": source} | ({"webhook": webhook} if webhook else {})
    with clear_errors():
        settings = load_settings(kiosk={name: given}, **flags)
        prepare(settings)
        asyncio.run(_watch(name, settings, load_embedder(settings)))


async def _watch(name: str, settings: Settings, embedder: Embedder) -> None:
    """Watch until the clip ends, or until SIGINT or SIGTERM."""
    engine = Engine(settings, embedder, open_gallery(settings.gallery, embedder.card))
    camera: KioskSettings = settings.kiosk[name]

    def print_line(message: ServerMessage) -> None:
        body = {"kiosk": name} | message.model_dump(mode="json")
        print(json.dumps(body), flush=True)

    watching = asyncio.ensure_future(Kiosk(name, camera, engine, print_line).run(once=True))
    following = asyncio.create_task(engine.follow_gallery())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, watching.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await watching
    finally:
        following.cancel()
        engine.stop()
