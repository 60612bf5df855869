"""Serve `/kiosk/NAME`: the page of a kiosk's screen, and its server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import json

from aiohttp import web

from serving.kiosk import Kiosk, Kiosks
from web.pages import STATIC

_KEEP_ALIVE_S = 15.0
_RETRY_MS = 2000


class KioskPages:
    """The handlers of `/kiosk`."""

    def __init__(self, kiosks: Kiosks) -> None:
        """Show what `kiosks` recognize."""
        self._kiosks = kiosks
        self._streams: set[asyncio.Task[object]] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/kiosk/{name}", self.page),
            web.get("/kiosk/{name}/events", self.events),
        ]

    def end(self) -> None:
        """End every stream of events."""
        for task in self._streams:
            task.cancel()

    async def page(self, request: web.Request) -> web.FileResponse:
        """Serve the page of a kiosk's screen."""
        self._kiosk(request)
        return web.FileResponse(STATIC / "kiosk" / "kiosk.html")

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Send the display state now and after each change; a slow screen gets the newest only."""
        kiosk = self._kiosk(request)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        if task := asyncio.current_task():
            self._streams.add(task)
            task.add_done_callback(self._streams.discard)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError):
            await response.write(f"retry: {_RETRY_MS}\n\n".encode())
            await _send_changes(response, kiosk)
        return response

    def _kiosk(self, request: web.Request) -> Kiosk:
        kiosk = self._kiosks.get(request.match_info["name"])
        if kiosk is None:
            raise web.HTTPNotFound(reason="no such kiosk; name it in the settings: [kiosk.NAME]")
        return kiosk


async def _send_changes(response: web.StreamResponse, kiosk: Kiosk) -> None:
    version = -1
    while True:
        try:
            version, shown = await asyncio.wait_for(kiosk.changed_since(version), _KEEP_ALIVE_S)
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        body = {"title": kiosk.title, **shown.model_dump(mode="json")}
        await response.write(f"data: {json.dumps(body)}\n\n".encode())
