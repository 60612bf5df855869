"""The server: settings in, pages and sessions out. `python server.py` is `vernissage serve`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import AsyncIterator

from aiohttp import web

from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from serving.kiosk import Kiosks
from serving.sessions import Sessions
from serving.visits import VisitCounter
from settings import Settings
from web.artworks import Artworks
from web.banner import print_banner
from web.kiosk import KioskPages
from web.notes import Notes
from web.pages import Pages, secured
from web.problems import problems
from web.signalling import Signalling
from web.studio.access import studio_token, token_note
from web.studio.routes import Studio
from web.tls import tls_context
from web.trust import Trust
from web.websocket import Socket
from web.whip import Whip

log = logging.getLogger("vernissage.server")

SESSIONS = web.AppKey("sessions", Sessions)
_GOODBYE_S = 3.0


def make_app(settings: Settings, embedder: Embedder, gallery: Gallery) -> web.Application:
    """Wire the application; must be called with an event loop running."""
    visits = VisitCounter(settings.server.visits_folder)
    sessions = Sessions(settings, embedder, gallery, visits.observe)
    app = web.Application(middlewares=[secured, problems])
    app[SESSIONS] = sessions
    app.add_routes(Pages(settings, sessions).routes())
    app.add_routes(Artworks(sessions).routes())
    app.add_routes(Notes(settings).routes())
    app.add_routes(Signalling(settings, sessions).routes())
    app.add_routes(Trust(settings.server).routes())
    app.add_routes(Socket(settings, sessions).routes())
    studio = Studio(settings, sessions, visits, studio_token(settings)[0])
    app.add_routes(studio.routes())
    kiosks = Kiosks(settings, sessions.bench)
    kiosk_pages = KioskPages(kiosks)
    app.add_routes(kiosk_pages.routes())
    app.add_routes(Whip(settings, kiosks).routes())

    async def hang_up(_: web.Application) -> None:
        # What stays open by itself would hold the server up.
        kiosk_pages.end()
        await kiosks.stop()
        await sessions.close_all("server stops")

    app.on_shutdown.append(hang_up)

    async def lifetime(_: web.Application) -> AsyncIterator[None]:
        watching = [
            asyncio.create_task(work)
            for work in (
                sessions.follow_gallery(),
                sessions.follow_capacity(),
                sessions.meters.watch_loop(),
                kiosks.run(),
                visits.keep_saving(),
                studio.work.run(),
            )
        ]
        yield
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await sessions.stop()
        visits.save()

    app.cleanup_ctx.append(lifetime)
    return app


async def run(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        ModelError, GalleryError, SettingsError, TlsError: what can't be used; the message mends it.
        OSError: the port can't be listened on.
    """
    embedder = Embedder(settings.model.path, settings.model.threads, settings.model.precision)
    gallery = open_gallery(settings.gallery, embedder.card)
    context = tls_context(settings)
    note = token_note(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    runner = web.AppRunner(make_app(settings, embedder, gallery), access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(
            runner,
            settings.server.host,
            settings.server.port,
            ssl_context=context,
            shutdown_timeout=_GOODBYE_S,
        )
        await site.start()
        port: int = runner.addresses[0][1]
        card = embedder.card
        log.info("model %s, weights: %s", card.name, card.weights)
        log.info("precision %s (%s): %s", card.precision, card.fingerprint[:12], embedder.reason)
        log.info("gallery %s: %d artworks", gallery.manifest.name, len(gallery.artworks))
        print_banner(settings.server.host, port, tls=context is not None, studio=note)
        await stop.wait()
        log.info("stopping")
    finally:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(runner.cleanup(), _GOODBYE_S + 1)


if __name__ == "__main__":
    from cli.main import app

    app(["serve", *sys.argv[1:]])
