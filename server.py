"""Wire settings, engine, sessions and pages into one server: `vernissage serve`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from aiohttp import web

from common.console import clear_errors, configured, fail, prepare
from evaluation.speed_worker import measure_once
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from serving.aiortc_insides import check_aiortc
from serving.engine import Engine, caveat
from serving.kiosk import Kiosks
from serving.sessions import Sessions
from serving.visits import VisitCounter
from settings import Settings, load_settings
from stream.messages import ServerMessage
from web.artworks import Artworks
from web.banner import print_banner
from web.kiosk import KioskPages
from web.notes import Notes
from web.pages import Pages, secured
from web.problems import errors_as_problems
from web.signalling import Signalling
from web.studio.access import studio_token, token_note
from web.studio.routes import Studio
from web.tls import tls_context
from web.trust import Trust
from web.websocket import Socket
from web.whip import Whip

log = logging.getLogger("vernissage.server")

SESSIONS = web.AppKey("sessions", Sessions)
EngineMaker = Callable[
    [Settings, Embedder, Gallery, Callable[[ServerMessage, float], object]], Engine
]
_SHUTDOWN_S = 3.0
"""Time that open connections get to end by themselves."""


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
        typer.Option("--tls/--no-tls", help="HTTPS; phones lend no camera without it. [on]"),
    ] = None,
    cert: Annotated[
        Path | None, typer.Option(help="Your own PEM certificate chain; needs --key.")
    ] = None,
    key: Annotated[Path | None, typer.Option(help="PEM private key of --cert.")] = None,
    log_json: Annotated[
        bool, typer.Option("--json", help="Log one JSON object per line, for machines.")
    ] = False,
) -> None:
    """Serve the visitors' page and recognize what their phones point at.

    The first line printed is the address of the page, alone. A QR code of it follows.
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
        try:
            asyncio.run(run(settings))
        except OSError as error:
            where = f"{settings.server.host}:{settings.server.port}"
            reason = os.strerror(error.errno) if error.errno else str(error)
            fail(f"can't listen on {where} ({reason}); choose another --port or --host")


async def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        UserError: the model, the gallery, a setting, the certificate or aiortc can't be used.
        OSError: the server can't listen on the port.
    """
    check_aiortc()
    embedder = Embedder(settings.model.path, settings.model.threads, settings.model.wanted)
    gallery = open_gallery(settings.gallery, embedder.card)
    context = tls_context(settings)
    sign_in = token_note(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    runner = web.AppRunner(make_app(settings, embedder, gallery), access_log=None)
    await runner.setup()
    measuring: asyncio.Task[None] | None = None
    try:
        site = web.TCPSite(
            runner,
            settings.server.host,
            settings.server.port,
            ssl_context=context,
            shutdown_timeout=_SHUTDOWN_S,
        )
        await site.start()
        port: int = runner.addresses[0][1]
        card = embedder.card
        log.info("model %s, weights: %s", card.name, card.weights)
        log.info("precision %s (%s): %s", card.precision, card.fingerprint[:12], embedder.reason)
        artworks = len(gallery.artworks)
        log.info("gallery %s: %d artworks%s", gallery.manifest.name, artworks, caveat(gallery))
        print_banner(settings.server.host, port, tls=context is not None, studio=sign_in)
        measuring = asyncio.create_task(measure_once(settings))
        await stop.wait()
        log.info("stopping")
    finally:
        if measuring:
            measuring.cancel()
            await asyncio.gather(measuring, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runner.cleanup(), _SHUTDOWN_S + 1)


def make_app(
    settings: Settings,
    embedder: Embedder,
    gallery: Gallery,
    make_engine: EngineMaker = Engine,
) -> web.Application:
    """Build the application around one gallery; needs a running event loop.

    Args:
        settings: the settings in force.
        embedder: the model that embeds frames.
        gallery: the gallery to serve first; the engine takes up newer versions of it.
        make_engine: builds the engine; its last argument is called with every message sent.
    """
    visits = VisitCounter(settings.server.visits_folder)
    engine = make_engine(settings, embedder, gallery, visits.observe)
    sessions = Sessions(engine)
    app = web.Application(middlewares=[secured, errors_as_problems])
    app[SESSIONS] = sessions
    studio = Studio(engine, visits, studio_token(settings)[0])
    kiosks = Kiosks(engine)
    kiosk_pages = KioskPages(kiosks)
    for handlers in (
        Pages(sessions),
        Artworks(engine),
        Notes(settings),
        Signalling(sessions),
        Trust(settings.server),
        Socket(sessions),
        studio,
        kiosk_pages,
        Whip(settings, kiosks),
    ):
        app.add_routes(handlers.routes())

    async def close_connections(_: web.Application) -> None:
        # Connections stay open until one side closes them, and would delay the end.
        kiosk_pages.end()
        await kiosks.stop()
        await sessions.close_all("server stops")

    app.on_shutdown.append(close_connections)

    async def lifetime(_: web.Application) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(work)
            for work in (
                engine.follow_gallery(),
                engine.metrics.watch_loop(),
                sessions.follow_capacity(),
                kiosks.run(),
                visits.keep_saving(),
                studio.edit_queue.run(),
            )
        ]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await sessions.close_all("server stops")
        engine.stop()
        visits.save()

    app.cleanup_ctx.append(lifetime)
    return app


if __name__ == "__main__":
    command = typer.Typer(pretty_exceptions_enable=False)
    command.command()(configured(serve))
    command()
