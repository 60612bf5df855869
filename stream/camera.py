"""Cameras that the server reads: a device, a network address or a clip."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import av

from stream.capture import CaptureError, LatestFrame

OPEN_S = 10.0
READ_S = 5.0
"""A camera that sends nothing for so many seconds is lost."""
FIRST_RETRY_S = 1.0
LONGEST_RETRY_S = 30.0


def redacted(source: str) -> str:
    """Return a source's name without secrets: of an address only scheme, host and port are left.

    Cameras take passwords before the host, in the query, and in the path.
    """
    if "://" not in source:
        return source
    try:
        parts = urlsplit(source)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that can't be read"
    return f"{parts.scheme}://{parts.hostname or ''}{port}/..."


def retry_s(failures: int, jitter: float) -> float:
    """Return the seconds to wait before the next try: doubled each time, capped, jittered.

    Args:
        failures: failures in a row, from 1.
        jitter: 0..1; spreads cameras that fail together over the second half of the wait.
    """
    wait = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(failures - 1, 10))
    return wait * (0.5 + 0.5 * jitter)


def is_clip(source: str) -> bool:
    """Return whether a source ends: it is a file, neither a device nor an address."""
    return "://" not in source and not source.startswith("/dev/")


async def read_camera(source: str, slot: LatestFrame) -> None:
    """Put every frame of a source into a slot, in the source's time, until a clip ends.

    Raises:
        CaptureError: the source can't be opened, is no video, or is a stream that ended. Its text
            holds no secret.
    """
    loop = asyncio.get_running_loop()
    stop, received = threading.Event(), slot.received
    ended: asyncio.Future[CaptureError | None] = loop.create_future()

    def put(decoded: av.VideoFrame) -> None:
        loop.call_soon_threadsafe(lambda: slot.put(decoded, loop.time()))

    def end(error: CaptureError | None) -> None:
        if not ended.done():
            ended.set_result(error)

    def work() -> None:
        error = None
        try:
            _read(source, put, stop)
        except av.error.FFmpegError as problem:
            # Its text may hold the whole address.
            error = CaptureError(f"{redacted(source)}: {problem.strerror}")
        except Exception as problem:
            error = CaptureError(f"{redacted(source)}: {type(problem).__name__}")
        if not stop.is_set():
            loop.call_soon_threadsafe(end, error)

    # No shutdown waits for a daemon thread: a camera may hang in a system call.
    threading.Thread(target=work, name="camera", daemon=True).start()
    try:
        error = await ended
    finally:
        stop.set()
    if error:
        raise error
    if slot.received == received:
        raise CaptureError(f"{redacted(source)}: no frames in it")
    if not is_clip(source):
        raise CaptureError(f"{redacted(source)}: the stream ended")


def _read(source: str, put: Callable[[av.VideoFrame], None], stop: threading.Event) -> None:
    device = source.startswith("/dev/")
    options = {"rtsp_transport": "tcp"} if source.startswith(("rtsp://", "rtsps://")) else {}
    paced, previous_s = is_clip(source), None
    with av.open(
        source, format="v4l2" if device else None, options=options, timeout=(OPEN_S, READ_S)
    ) as container:
        if not container.streams.video:
            return
        for decoded in container.decode(video=0):
            if paced and decoded.time is not None:
                wait_s = 0.0 if previous_s is None else decoded.time - previous_s
                stop.wait(max(0.0, wait_s))
                previous_s = decoded.time
            if stop.is_set():
                return
            put(decoded)


async def keep_reading(
    source: str,
    slot: LatestFrame,
    on_lost: Callable[[CaptureError, float], None],
    jitter: Callable[[], float] = random.random,
) -> None:
    """Read a camera for ever; each time that it is lost, wait longer before the next try.

    Args:
        source: a device, an address or a clip.
        slot: takes the frames.
        on_lost: called with the reason, and with the seconds until the next try.
        jitter: returns numbers in 0..1, for `retry_s`.
    """
    failures = 0
    while True:
        received = slot.received
        try:
            await read_camera(source, slot)
        except CaptureError as error:
            failures = 1 if slot.received > received else failures + 1
            wait_s = retry_s(failures, jitter())
            on_lost(error, wait_s)
            await asyncio.sleep(wait_s)
