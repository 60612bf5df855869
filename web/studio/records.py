"""Serve the studio's records: counts of visits, and visitors' notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from itertools import islice
from typing import TypeVar

from aiohttp import web

from serving.engine import Engine
from serving.notes_store import delete_note, note_picture, read_notes
from serving.visits import DayVisits, VisitCounter, add_up, read_visits, visits_csv
from web.studio.collection import thumbnail

T = TypeVar("T")
MOST_COUNTS = 200
"""Artworks whose counts the page shows; the CSV has all."""


class Records:
    """The handlers of visits and notes."""

    def __init__(self, engine: Engine, visits: VisitCounter) -> None:
        """Read the counts of `visits`, and the notes about the gallery that `engine` has in use."""
        self._engine = engine
        self._visits = visits
        self._server = engine.settings.server

    async def visits(self, _: web.Request) -> web.Response:
        """Serve all counts as CSV."""
        return web.Response(
            text=await self._counted(visits_csv),
            content_type="text/csv",
            headers={"Content-Disposition": 'attachment; filename="visits.csv"'},
        )

    async def summary(self, _: web.Request) -> web.Response:
        """Serve the counts by day, and by artwork for those that were declared most often."""
        return web.json_response(await self._counted(summarize))

    async def _counted(self, made: Callable[[dict[date, DayVisits]], T]) -> T:
        """Return what a function makes of all days, on a thread: sixty days may take seconds."""
        self._visits.save()
        folder = self._server.visits_folder
        return await asyncio.to_thread(lambda: made(read_visits(folder)))

    async def notes(self, _: web.Request) -> web.Response:
        """List the notes, newest first, with title and picture of the artworks they are about."""
        notes = await asyncio.to_thread(read_notes, self._server.notes_folder)
        return web.json_response(
            [note.model_dump(mode="json") | self._artwork(note.artwork_id) for note in notes]
        )

    def _artwork(self, artwork_id: str) -> dict[str, str]:
        """Return title and thumbnail of an artwork; of one that has gone, its id and no picture."""
        index = self._engine.gallery.index_of(artwork_id)
        if index is None:
            return {"title": artwork_id, "thumbnail": ""}
        artwork = self._engine.gallery.artworks[index]
        return {"title": artwork.title, "thumbnail": thumbnail(artwork)}

    async def picture(self, request: web.Request) -> web.FileResponse:
        """Serve the frame that a visitor sent with a note."""
        path = note_picture(self._server.notes_folder, request.match_info["id"])
        if path is None:
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": "no-store"})

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a note and its frame."""
        if not delete_note(self._server.notes_folder, request.match_info["id"]):
            raise web.HTTPNotFound
        return web.Response(status=204)


def summarize(days: dict[date, DayVisits]) -> dict[str, object]:
    """Return counts as the page shows them: each day, and the artworks most often declared."""
    by_day = [
        {
            "day": day.isoformat(),
            "matches": sum(counted.matches for counted in visits.artworks.values()),
            "not_found": visits.not_found,
        }
        for day, visits in sorted(days.items())
    ]
    counted = add_up(days[day] for day in sorted(days))
    by_artwork = [
        {"id": key, "title": one.title, "matches": one.matches, "median_s": one.median_s}
        for key, one in islice(counted.items(), MOST_COUNTS)
    ]
    left_out = max(0, len(counted) - MOST_COUNTS)
    return {"days": by_day, "artworks": by_artwork, "left_out": left_out}
