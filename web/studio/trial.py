"""Serve `/studio/try`: run a photograph or a clip through the live pipeline, and show each step.

The upload stays in memory, and is dropped with the answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator

from aiohttp import web

from serving.engine import Engine
from stream.capture import CaptureError
from vision.images import PictureError
from web.problems import problem
from web.requests import read_at_most
from web.studio.trace import Json, clip_steps, photograph_steps

MAX_BYTES = 80_000_000
NDJSON = "application/x-ndjson"


class Trial:
    """The handler of `/studio/try`."""

    def __init__(self, engine: Engine) -> None:
        """Process pictures as visitors' frames are processed, and in turn with these."""
        self._engine = engine

    async def run(self, request: web.Request) -> web.StreamResponse:
        """Process an upload; the answer has one line of JSON for each processed frame."""
        kind = request.content_type.partition("/")[0]
        if kind not in ("image", "video"):
            return problem(415, f"a photograph or a clip, not {request.content_type}")
        data = await read_at_most(request, MAX_BYTES)
        pipeline, recognizer = self._engine.make_pipeline(), self._engine.recognizer
        steps = (photograph_steps if kind == "image" else clip_steps)(data, pipeline, recognizer)
        try:
            step = await self._next(steps)
        except (PictureError, CaptureError) as error:
            return problem(400, str(error))
        if step is None:
            return problem(400, "the clip has no picture in it")
        response = web.StreamResponse(headers={"Content-Type": NDJSON, "Cache-Control": "no-store"})
        # A curator who closes the page in the middle of a clip wants no more of it.
        with contextlib.suppress(ConnectionError):
            await response.prepare(request)
            while step is not None:
                await response.write(json.dumps(step).encode() + b"\n")
                step = await self._next(steps)
        return response

    async def _next(self, steps: Iterator[Json]) -> Json | None:
        """Process the next frame when it is its turn."""
        loop, engine = asyncio.get_running_loop(), self._engine
        async with engine.scheduler.turn(loop.time()):
            return await loop.run_in_executor(engine.workers, next, steps, None)
