"""Memory that each further stream takes of a server, as visitors arrive one after another.

Real aiortc peers send clips that are already encoded. The first visitors warm the server up,
because the scratch memory of the model and of the local features is allocated once. The slope of a
line through the server's memory by number of visitors is the memory of each further stream. Frames
arrive at the rate that the server asks for under load; faster frames would wait, and be counted.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from aiohttp import ClientSession
from rich.console import Console
from rich.table import Table
from yarl import URL

from benchmarks.serving.process import NEVER_FULL, our_command, rss_mb, served, threads
from benchmarks.serving.visitors import Clips, make_clips, visit
from serving.pace import OVERLOADED_FPS
from settings import load_settings

GOAL_MB = 3.0
STAGGER_S = 0.3
_WORKS = 3
_ENDLESS_S = 3600.0


@dataclass(frozen=True)
class Step:
    """Memory and threads of a server with a number of visitors."""

    visitors: int
    rss_mb: float
    threads: int


def main() -> None:
    """Print a table of memory by visitors, and the MB of each further stream."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gallery", type=Path, default=load_settings().gallery)
    parser.add_argument("--visitors", type=int, nargs="*", default=[2, 5, 10, 15, 20])
    parser.add_argument("--fps", type=int, default=OVERLOADED_FPS)
    parser.add_argument("--warm", type=float, default=10.0, help="seconds of the first row")
    parser.add_argument("--hold", type=float, default=5.0, help="seconds of each further row")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clips = make_clips(Path(folder), [chosen.fps], _WORKS)
        with served(our_command(chosen.gallery), **NEVER_FULL) as (base, pid):
            empty_mb = rss_mb(pid)
            numbers = sorted(chosen.visitors)
            times = (chosen.warm, chosen.hold)
            steps = asyncio.run(_fill(base, pid, clips, numbers, times))
    table = Table("visitors", "RSS MB", "threads", title="memory")
    table.add_row("0", f"{empty_mb:.0f}", "")
    for step in steps:
        table.add_row(str(step.visitors), f"{step.rss_mb:.0f}", str(step.threads))
    Console().print(table)
    if len(steps) > 1:
        print(f"each further stream: {_slope(steps):.2f} MB (goal: {GOAL_MB:.0f})")


async def _fill(
    base: URL,
    pid: int,
    clips: Clips,
    numbers: list[int],
    times_s: tuple[float, float],
) -> list[Step]:
    items, steps = [*clips.items()], list[Step]()
    async with ClientSession() as http, asyncio.TaskGroup() as visits:
        visitors: list[asyncio.Task[object]] = []
        for number in numbers:
            while len(visitors) < number:
                turn = len(visitors)
                mine = dict(items[(turn + k) % len(items)] for k in range(len(items)))
                visitors.append(visits.create_task(visit(http, base, mine, _ENDLESS_S)))
                await asyncio.sleep(STAGGER_S)
            await asyncio.sleep(times_s[bool(steps)])
            if any(visitor.done() for visitor in visitors):
                raise RuntimeError("a visitor was refused, so the measured memory would be too low")
            steps.append(Step(number, rss_mb(pid), threads(pid)))
        for visitor in visitors:
            visitor.cancel()
    return steps


def _slope(steps: list[Step]) -> float:
    """Return MB per visitor, by least squares."""
    coefficients = np.polyfit([step.visitors for step in steps], [step.rss_mb for step in steps], 1)
    return float(coefficients[0])


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
