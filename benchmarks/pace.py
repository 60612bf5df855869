"""What unused frames cost: the CPU of one stream as cameras send, and as `pace` asks for.

A real aiortc peer sends a clip already encoded, of one artwork that is found at once, so that in
every row the same frames are judged: what differs is what is received and decoded for nothing.
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
from benchmarks.serving.visitors import FRAME_BITS, LOOK_S, visit
from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip
from serving.pace import MATCHED_FPS, OVERLOADED_FPS
from settings import load_settings

VISITORS = 2
WORK = DEMO_WORKS[3]
_SETTLE_S = 4.0
_GRANTED, _GRANTED_LARGE = 1_700_000, 2_500_000
"""Bits a second that Chromium takes at 640x480 and 1280x720 where nobody says less, at any rate
(libwebrtc, GetMaxDefaultVideoBitrateKbps)."""


def main() -> None:
    """Print a table: CPU of one core that a stream takes, and the ratio to the first row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gallery", type=Path, default=load_settings().gallery)
    parser.add_argument("--seconds", type=float, default=20.0, help="of each row")
    chosen = parser.parse_args()
    stream = load_settings().stream
    asked = (stream.pace_width, stream.pace_height)
    ways = [
        ("as cameras send", (1280, 720), 30, _GRANTED_LARGE),
        ("fewer and smaller", asked, stream.pace_fps, _GRANTED),
        ("asked for while looking", asked, stream.pace_fps, FRAME_BITS * stream.pace_fps),
        ("asked for under load", asked, OVERLOADED_FPS, FRAME_BITS * OVERLOADED_FPS),
        ("asked for once matched", asked, MATCHED_FPS, FRAME_BITS * MATCHED_FPS),
    ]
    table = Table("what is sent", "size", "frames a second", "kbit/s", "CPU a stream", "ratio")
    first = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, (width, height), fps, bits) in enumerate(ways):
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
    for frame in filmed(mount(WORK.paint()), LOOK_S, fps):
        yield np.asarray(cv2.resize(frame, (width, height)), np.uint8)


async def _measure(gallery: Path, clip: Path, fps: int, seconds: float) -> float:
    """Measure the CPU of one core that the server takes for a stream, once it is matched."""
    with served(our_command(gallery)) as (base, pid):
        async with ClientSession() as http:
            staying = asyncio.gather(
                *(
                    visit(http, base, {WORK.id: {fps: clip}}, seconds + 2 * _SETTLE_S)
                    for _ in range(VISITORS)
                )
            )
            await asyncio.sleep(_SETTLE_S)
            before = cpu_s(pid)
            await asyncio.sleep(seconds)
            used = cpu_s(pid) - before
            await staying
    return used / seconds / VISITORS


if __name__ == "__main__":
    main()
