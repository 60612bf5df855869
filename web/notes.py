"""Take `/notes`: visitors' remarks about a card that isn't right."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from datetime import UTC, datetime

from aiohttp import web
from pydantic import ValidationError

from errors import first_error
from serving.notes_store import NoteMessage, clean_jpeg, keep_note
from settings import Settings
from vision.images import JpegError
from web.problems import problem
from web.requests import TooLargeError, read_at_most

log = logging.getLogger("vernissage.notes")

MAX_NOTE_BYTES = 600_000
NOTES_PER_MINUTE = 20
"""Of all visitors together: more than a crowd writes, too few for a script to fill the folder."""
_PERIOD_S = 60.0


class Notes:
    """The handler of `/notes`."""

    def __init__(self, settings: Settings, notes_per_minute: int = NOTES_PER_MINUTE) -> None:
        """Keep notes in the folder that the settings name, at most `notes_per_minute` of them."""
        self._folder = settings.server.notes_folder
        self._per_minute = notes_per_minute
        self._taken: deque[float] = deque(maxlen=self._per_minute)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.post("/notes", self.take)]

    async def take(self, request: web.Request) -> web.Response:
        """Take a note; the answer is 201."""
        # Forms of other sites can't send this type, so only our own page can write notes.
        if request.content_type != "application/json":
            return problem(415, f"a note is application/json, not {request.content_type}")
        wait_s = self._wait_s()
        if wait_s > 0:
            wait = str(round(wait_s) + 1)
            return problem(
                429, f"too many notes at the moment; try again in {wait} s", {"Retry-After": wait}
            )
        try:
            message = NoteMessage.model_validate_json(await read_at_most(request, MAX_NOTE_BYTES))
            picture = None
            if message.picture is not None:
                picture = await asyncio.to_thread(clean_jpeg, message.picture)
        except TooLargeError:
            return problem(413, f"a note has at most {MAX_NOTE_BYTES} bytes")
        except ValidationError as error:
            return problem(400, first_error(error, "note"))
        except JpegError as error:
            return problem(400, f"picture: {error}")
        self._taken.append(time.monotonic())
        try:
            await asyncio.to_thread(keep_note, self._folder, message, picture, datetime.now(UTC))
        except OSError as error:
            log.error("a note can't be stored in %s: %s", self._folder, error)
            return problem(503, "notes can't be stored at the moment")
        return web.Response(status=201)

    def _wait_s(self) -> float:
        """Return the seconds until another note is taken; zero or less: now."""
        if len(self._taken) < self._per_minute:
            return 0.0
        return self._taken[0] + _PERIOD_S - time.monotonic()
