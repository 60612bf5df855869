"""`/studio`: what visitors found, as counts, and what they wrote."""

from __future__ import annotations

import asyncio

from aiohttp import web

from settings import Settings
from stream.visits import VisitCounter, read_visits, visits_csv
from web.notes import delete_note, note_picture, read_notes


class Records:
    """The handlers of visits and notes."""

    def __init__(self, settings: Settings, visits: VisitCounter) -> None:
        """Read what `visits` counts, and the notes that the settings' folder has."""
        self._visits = visits
        self._server = settings.server

    async def visits(self, _: web.Request) -> web.Response:
        """Tell all counts, as CSV."""
        self._visits.save()
        days = await asyncio.to_thread(read_visits, self._server.visits_folder)
        return web.Response(
            text=visits_csv(days),
            content_type="text/csv",
            headers={"Content-Disposition": 'attachment; filename="visits.csv"'},
        )

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
