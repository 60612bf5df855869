"""Serve the pages and their files, the wall's list, health and metrics."""

from __future__ import annotations

import re
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CONTENT_TYPE_LATEST as METRICS

from gallery.addresses import picture_address
from serving.sessions import Sessions

WALL_PAGE = 60
"""Artworks that the wall loads at once."""
STATIC = Path(__file__).resolve().parent.parent / "static"
SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; "
        "connect-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    ),
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@web.middleware
async def secured(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Add headers that forbid the pages to load anything from other hosts."""
    response = await handler(request)
    response.headers.update(SECURITY_HEADERS)
    # Browsers ask again each time (304 if unchanged); else an upgrade mixes old and new modules.
    response.headers.setdefault("Cache-Control", "no-cache")
    return response


class Pages:
    """The handlers of the pages and of what they load."""

    def __init__(self, sessions: Sessions) -> None:
        """Show the gallery in use and the load of `sessions`."""
        self._engine = sessions.engine
        self._sessions = sessions

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes."""
        return [
            web.get("/", self.visitor),
            web.get("/service-worker.js", self.service_worker),
            web.get("/wall", self.wall),
            web.get("/client.json", self.client),
            web.get("/wall/artworks.json", self.artworks),
            web.get("/healthz", self.health),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.metrics),
            web.static("/static", STATIC),
        ]

    async def visitor(self, _: web.Request) -> web.FileResponse:
        """Serve the visitor's page."""
        return web.FileResponse(STATIC / "visitor" / "index.html")

    async def service_worker(self, _: web.Request) -> web.FileResponse:
        """Serve the worker that keeps the page for offline; only from here can it control `/`."""
        return web.FileResponse(STATIC / "service-worker.js")

    async def wall(self, _: web.Request) -> web.FileResponse:
        """Serve the wall: pictures on a second screen, to try a phone on."""
        return web.FileResponse(STATIC / "wall" / "wall.html")

    async def health(self, _: web.Request) -> web.Response:
        """Report that the server runs."""
        return web.json_response({"status": "ok", "sessions": len(self._sessions)})

    async def ready(self, _: web.Request) -> web.Response:
        """Report to a load balancer whether another visitor would be admitted."""
        if not self._sessions.free:
            return web.json_response({"status": "full"}, status=503)
        return web.json_response({"status": "ready"})

    async def metrics(self, _: web.Request) -> web.Response:
        """Serve the metrics in the format of Prometheus."""
        return web.Response(body=self._engine.metrics.text(), headers={"Content-Type": METRICS})

    async def client(self, _: web.Request) -> web.Response:
        """Serve what the page needs to know: ICE servers and the gallery's name and size."""
        manifest = self._engine.gallery.manifest
        return web.json_response(
            {
                "ice_servers": self._engine.settings.server.ice_entries(),
                "gallery": {"name": manifest.name, "artworks": manifest.artworks},
            }
        )

    async def artworks(self, request: web.Request) -> web.Response:
        """List a page of the artworks for the wall: the one with an id, or with a place (`from`).

        A place beyond the last artwork is on the last page.
        """
        gallery = self._engine.gallery
        wanted = request.query.get("id")
        place = request.query.get("from", "0")
        index = gallery.index_of(wanted) if wanted is not None else None
        if index is None and (wanted is not None or not re.fullmatch(r"[0-9]{1,9}", place)):
            raise web.HTTPNotFound
        last = max(0, len(gallery.artworks) - 1)
        first = min(int(place) if index is None else index, last) // WALL_PAGE * WALL_PAGE
        listed = [
            artwork.model_dump(include={"id", "title", "artist", "year"})
            | {
                "picture": picture_address(artwork.id, "picture"),
                "thumbnail": picture_address(artwork.id, "thumbnail"),
                "width": artwork.references[0].picture_width,
                "height": artwork.references[0].picture_height,
            }
            for artwork in gallery.artworks[first : first + WALL_PAGE]
        ]
        total = len(gallery.artworks)
        return web.json_response(
            {"total": total, "from": first, "page": WALL_PAGE, "artworks": listed}
        )
