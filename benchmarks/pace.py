"""Cost of unused frames: CPU of one stream as cameras send it, and as `pace` asks for it.

A real aiortc peer sends a clip, already encoded, of one artwork that is recognized at once. The
same frames are recognized in every row; rows differ in the frames received and decoded unused.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from aiohttp import ClientSession
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.serving.process import cpu_s, our_command, served
from benchmarks.serving.visitors import ARTWORK_S, FRAME_BITS, visit
from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip
from serving.pace import MATCHED_FPS, OVERLOADED_FPS
from settings import load_settings

VISITORS = 2
WORK = DEMO_WORKS[3]
_SETTLE_S = 4.0
_DEFAULT_BITS, _DEFAULT_BITS_LARGE = 1_700_000, 2_500_000
"""Bits a second that Chromium sends by default at 640x480 and at 1280x720, at any frame rate
(libwebrtc, GetMaxDefaultVideoBitrateKbps)."""


def main() -> None:
    """Print a table: share of one core that a stream takes, and its ratio to the first row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gallery", type=Path, default=load_settings().gallery)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each row")
    chosen = parser.parse_args()
    stream = load_settings().stream
    asked = (stream.pace_width, stream.pace_height)
    streams = [
        ("as cameras send", (1280, 720), 30, _DEFAULT_BITS_LARGE),
        ("fewer and smaller", asked, stream.pace_fps, _DEFAULT_BITS),
        ("asked for while searching", asked, stream.pace_fps, FRAME_BITS * stream.pace_fps),
        ("asked for under load", asked, OVERLOADED_FPS, FRAME_BITS * OVERLOADED_FPS),
        ("asked for once matched", asked, MATCHED_FPS, FRAME_BITS * MATCHED_FPS),
    ]
    table = Table("stream", "size", "frames a second", "kbit/s", "CPU a stream", "ratio")
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, (width, height), fps, bits) in enumerate(streams):
            clip = Path(folder) / f"{number}.webm"
            write_clip(clip, _filmed(width, height, fps), fps, bit_rate=bits)
            used = asyncio.run(_measure(chosen.gallery, clip, fps, chosen.seconds))
            first = first or used
            table.add_row(
                name, f"{width}x{height}", str(fps), f"{bits / 1000:.0f}", f"{used:.1%}",
                f"{used / first:.2f}",
            )  # fmt: skip
    Console().print(table)


def _filmed(width: int, height: int, fps: int) -> Iterator[NDArray[np.uint8]]:
    for frame in filmed(mount(WORK.paint()), ARTWORK_S, fps):
        yield np.asarray(cv2.resize(frame, (width, height)), np.uint8)


async def _measure(gallery: Path, clip: Path, fps: int, seconds: float) -> float:
    """Measure the share of one core that the server takes for a stream, once it is matched."""
    with served(our_command(gallery)) as (base, pid):
        async with ClientSession() as http:
            visits = asyncio.gather(
                *(
                    visit(http, base, {WORK.id: {fps: clip}}, seconds + 2 * _SETTLE_S)
                    for _ in range(VISITORS)
                )
            )
            await asyncio.sleep(_SETTLE_S)
            before = cpu_s(pid)
            await asyncio.sleep(seconds)
            used = cpu_s(pid) - before
            await visits
    return used / seconds / VISITORS


if __name__ == "__main__":
    main()
