"""Serve `/artworks`: the photographs and the audio of the gallery."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from gallery.translations import AUDIO_TYPES
from serving.engine import Engine


class Artworks:
    """The handlers of `/artworks`."""

    def __init__(self, engine: Engine) -> None:
        """Serve from the gallery that `engine` has in use."""
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get(r"/artworks/{id}/{kind:thumbnail|picture}{view:(-\d{1,3})?}.jpg", self.picture),
            web.get("/artworks/{id}/audio{language:(/[a-z0-9-]+)?}", self.audio),
        ]

    async def picture(self, request: web.Request) -> web.FileResponse:
        """Serve a photograph of an artwork: the first one, or with `-2` the second."""
        thumbnail = request.match_info["kind"] == "thumbnail"
        view = int(request.match_info["view"].lstrip("-") or 1)
        index = self._index(request)
        if not 1 <= view <= len(self._engine.gallery.artworks[index].references):
            raise web.HTTPNotFound
        return _cached(self._engine.gallery.picture_path(index, thumbnail=thumbnail, view=view - 1))

    async def audio(self, request: web.Request) -> web.FileResponse:
        """Serve the audio of an artwork in a language, or parts of it (`Range`)."""
        language = request.match_info["language"].lstrip("/")
        path = self._engine.gallery.audio_path(self._index(request), language)
        if path is None:
            raise web.HTTPNotFound
        response = _cached(path)
        response.content_type = AUDIO_TYPES[path.suffix]
        return response

    def _index(self, request: web.Request) -> int:
        index = self._engine.gallery.index_of(request.match_info["id"])
        if index is None:
            raise web.HTTPNotFound
        return index


def _cached(path: Path) -> web.FileResponse:
    """Serve a file that browsers may cache for five minutes."""
    return web.FileResponse(path, headers={"Cache-Control": "max-age=300"})
