"""Serve visitors whose network blocks WebRTC: JPEG frames and messages over a WebSocket."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from functools import partial

import numpy as np

from serving.engine import Engine
from serving.session import Session
from stream.messages import ErrorMessage, Pace, ServerMessage
from vision.images import BgrImage, JpegError, decode_jpeg

MAX_FRAME_BYTES = 524_288
"""Largest JPEG frame that is accepted. At the size and quality of our pages one has 30 to 60 kB."""
MAX_FRAME_PIXELS = 2_100_000
"""Most pixels of such a frame, counted before decoding: 1920 x 1080 fits."""
_MOST_UNSENT = 64
"""Most messages that wait for a slow visitor; one more ends the session."""
_FLUSH_S = 1.0


class WebSocketSession(Session):
    """A visitor's session by WebSocket; the socket's handler passes frames in and messages out."""

    def __init__(self, engine: Engine, on_closed: Callable[[str], object]) -> None:
        """Send `hello` and wait for frames; `on_closed` is called with the id at the end."""
        super().__init__(engine, on_closed)
        self._unsent: asyncio.Queue[str | None] = asyncio.Queue()
        self._flushed = asyncio.Event()
        self._greet()
        self._spawn(self._worker.run())
        self._spawn(self._watch())

    @property
    def connected(self) -> bool:
        """Whether frames can come in: a WebSocket is open from the start."""
        return True

    def take(self, data: bytes) -> None:
        """Take a JPEG frame. If it is to be processed and can't be decoded, answer with `error`."""
        self._worker.slot.put(partial(self._decode, data), self._loop.time())

    def _decode(self, data: bytes) -> BgrImage | None:
        """Decode a frame, on a worker thread."""
        try:
            rgb = decode_jpeg(data, max_pixels=MAX_FRAME_PIXELS)
        except JpegError as error:
            message = ErrorMessage(code="bad_frame", message=str(error))
            self._loop.call_soon_threadsafe(self._send, message)
            return None
        return np.ascontiguousarray(rgb[..., ::-1])

    async def unsent(self) -> AsyncIterator[str]:
        """Yield each message to send, until the session has ended and all are sent."""
        try:
            while (text := await self._unsent.get()) is not None:
                yield text
        finally:
            self._flushed.set()

    def _send(self, message: ServerMessage) -> None:
        if self._unsent.qsize() < _MOST_UNSENT:
            self._unsent.put_nowait(self._outbox.numbered(message).model_dump_json())
        elif self._closing is None:
            self._spawn(self.close("messages are not read"))

    async def _hang_up(self) -> None:
        self._unsent.put_nowait(None)
        try:
            await asyncio.wait_for(self._flushed.wait(), _FLUSH_S)
        except TimeoutError:
            self._flushed.set()

    def _pace(self) -> Pace:
        """Ask for few more frames than are processed: a JPEG costs more than a video's frame."""
        usual = super()._pace()
        enough = math.ceil(1.5 * self._engine.settings.stream.judge_fps)
        return usual.model_copy(update={"fps": min(usual.fps, enough)})
