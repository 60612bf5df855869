"""`/artworks`: pictures and audio of the gallery."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gallery.translations import AUDIO_TYPES
from serving.engine import Engine


class Artworks:
    """The handlers of `/artworks`."""

    def __init__(self, engine: Engine) -> None:
        """Serve from the gallery in use."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get(r"/artworks/{id}/{kind:thumbnail|picture}{view:(-\d{1,3})?}.jpg", self.picture),
            web.get("/artworks/{id}/audio{language:(/[a-z0-9-]+)?}", self.audio),
        ]

    async def picture(self, request: web.Request) -> web.FileResponse:
        """Serve a photograph of an artwork: the first, or `-2` for the second."""
        thumbnail = request.match_info["kind"] == "thumbnail"
        view = int(request.match_info["view"].lstrip("-") or 1)
        number = self._number(request)
        if not 1 <= view <= len(self._engine.gallery.artworks[number].references):
            raise web.HTTPNotFound
        return _kept(self._engine.gallery.picture_path(number, thumbnail=thumbnail, view=view - 1))

    async def audio(self, request: web.Request) -> web.FileResponse:
        """Serve what is to be heard of an artwork, in parts where asked (`Range`)."""
        language = request.match_info["language"].lstrip("/")
        path = self._engine.gallery.audio_path(self._number(request), language)
        if path is None:
            raise web.HTTPNotFound
        response = _kept(path)
        response.content_type = AUDIO_TYPES[path.suffix]
        return response

    def _number(self, request: web.Request) -> int:
        number = self._engine.gallery.index_of(request.match_info["id"])
        if number is None:
            raise web.HTTPNotFound
        return number


def _kept(path: Path) -> web.FileResponse:
    """Serve a file that a browser may keep for five minutes."""
    return web.FileResponse(path, headers={"Cache-Control": "max-age=300"})
