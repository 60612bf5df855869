"""Serve the studio's records: counts of visits, and visitors' notes."""

from __future__ import annotations

import asyncio
from datetime import date

from aiohttp import web

from serving.notes_store import delete_note, note_picture, read_notes
from serving.visits import DayVisits, VisitCounter, add_up, read_visits, visits_csv
from settings import Settings


class Records:
    """The handlers of visits and notes."""

    def __init__(self, settings: Settings, visits: VisitCounter) -> None:
        """Read the counts of `visits` and the notes in the folder that the settings name."""
        self._visits = visits
        self._server = settings.server

    async def visits(self, _: web.Request) -> web.Response:
        """Serve all counts as CSV."""
        days = await self._days()
        return web.Response(
            text=visits_csv(days),
            content_type="text/csv",
            headers={"Content-Disposition": 'attachment; filename="visits.csv"'},
        )

    async def summary(self, _: web.Request) -> web.Response:
        """Serve the counts by day and by artwork."""
        days = await self._days()
        by_day = [
            {"day": day.isoformat(), "matches": counted.all_waits().total()}
            | {"not_found": counted.not_found}
            for day, counted in sorted(days.items())
        ]
        by_artwork = [
            {"id": key, "title": one.title, "matches": one.matches, "median_s": one.median_s}
            for key, one in add_up(days[day] for day in sorted(days)).items()
        ]
        return web.json_response({"days": by_day, "artworks": by_artwork})

    async def _days(self) -> dict[date, DayVisits]:
        self._visits.save()
        return await asyncio.to_thread(read_visits, self._server.visits_folder)

    async def notes(self, _: web.Request) -> web.Response:
        """List the notes, newest first."""
        notes = await asyncio.to_thread(read_notes, self._server.notes_folder)
        return web.json_response([note.model_dump(mode="json") for note in notes])

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
