"""Get frames from clips, sample them, and keep only the newest one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from errors import UserError
from stream.frames import Frame
from vision.images import BgrImage

_EARLY_S = 0.01
"""Seconds by which a frame may be early. If a sender sends just as many frames as are wanted, a
frame that the network delivers a little early would be skipped, and its turn lost."""
_thread = threading.local()
"""Holds each converting thread's converter."""
Picture: TypeAlias = av.VideoFrame | BgrImage
"""A picture as decoded, or uint8 [height, width, 3] BGR."""
Source: TypeAlias = Picture | Callable[[], Picture | None]
"""A picture, or what decodes it, on any thread; None where it can't be decoded."""


class CaptureError(UserError):
    """A source gives no frames; the message says why."""


class Sampler:
    """Picks frames at a steady rate, by their capture time: live streams and clips alike."""

    def __init__(self, fps: float) -> None:
        """Pick `fps` frames a second, beginning with the first one."""
        self.fps = fps
        self._due: float | None = None

    def wants(self, captured_s: float) -> bool:
        """Return whether to process the frame of this time (seconds, rising)."""
        if self._due is None:
            self._due = captured_s
        if captured_s < self._due - _EARLY_S:
            return False
        missed = max(0, int((captured_s - self._due) * self.fps + 1e-6))
        self._due += (missed + 1) / self.fps
        return True


def clip_frames(path: Path | BinaryIO) -> Iterator[Frame]:
    """Decode a recorded clip, a file or one in memory; `captured_s` is the clip's own time.

    Raises:
        CaptureError: the clip is missing, no video, or damaged from the first frame on.
    """
    index, name = 0, path if isinstance(path, Path) else "the clip"
    try:
        with av.open(str(path) if isinstance(path, Path) else path) as container:
            if not container.streams.video:
                raise CaptureError(f"{name}: no picture in it, only sound")
            container.streams.video[0].thread_type = "AUTO"
            for index, decoded in enumerate(container.decode(video=0)):
                yield Frame(upright(decoded), float(decoded.time or 0.0), index)
    except FileNotFoundError:
        raise CaptureError(f"{name}: no such file") from None
    except av.error.FFmpegError as error:
        if index == 0:
            raise CaptureError(f"{name}: not a clip that can be read ({error.strerror})") from None


def upright(decoded: Picture) -> BgrImage:
    """Convert to uint8 [height, width, 3] BGR, turned upright by the camera's rotation."""
    if isinstance(decoded, np.ndarray):
        return decoded
    image = _to_bgr(decoded)
    turns = round(getattr(decoded, "rotation", 0) / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def _to_bgr(decoded: av.VideoFrame) -> BgrImage:
    # A frame's own converter starts threads for each frame, and keeps them as long as the frame.
    converter = getattr(_thread, "converter", None)
    if converter is None:
        converter = _thread.converter = VideoReformatter()
    return np.asarray(converter.reformat(decoded, format="bgr24", threads=1).to_ndarray(), np.uint8)


@dataclass(slots=True)
class ArrivedFrame:
    """A frame that may be replaced: it is decoded and converted only when it is processed.

    Attributes:
        source: the frame; None once converted.
        captured_s: when it reached the server, in seconds.
        index: number of the source's frames before it.
    """

    source: Source | None
    captured_s: float
    index: int

    def to_frame(self) -> Frame | None:
        """Decode and convert it, once, and free its source: processing takes many times as long.

        Returns:
            The frame; None where it can't be decoded.
        """
        source, self.source = self.source, None
        assert source is not None
        decoded = source() if callable(source) else source
        return None if decoded is None else Frame(upright(decoded), self.captured_s, self.index)


class LatestFrame:
    """A slot for the newest frame. A frame that isn't taken in time is replaced, never queued."""

    def __init__(self) -> None:
        self.received = 0
        self.last_received_s: float | None = None
        self._newest: ArrivedFrame | None = None
        self._filled = asyncio.Event()

    def put(self, source: Source, captured_s: float) -> None:
        """Put a frame in, replacing one that nobody took."""
        self._newest = ArrivedFrame(source, captured_s, self.received)
        self.received += 1
        self.last_received_s = captured_s
        self._filled.set()

    async def wait(self) -> float:
        """Wait until there is a frame, and return its time without taking it."""
        await self._filled.wait()
        assert self._newest is not None
        return self._newest.captured_s

    def take(self) -> ArrivedFrame:
        """Take the newest frame; call it only after `wait`."""
        newest, self._newest = self._newest, None
        self._filled.clear()
        assert newest is not None
        return newest
