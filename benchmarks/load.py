"""Many visitors at once: how many a server sustains, ours beside the naive way, in one run.

Each visitor is an aiortc peer that sends clips, already encoded, at the rate that the server asks
for; it points at one artwork after the other for five seconds each. A server sustains a number of
visitors if it matches 95% of the artworks within two seconds and declares nothing wrong; for this
it admits everybody. At last a crowd of more visitors arrives, and the server admits as many as its
capacity allows. Server and visitors share a machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
from aiohttp import ClientSession
from rich.console import Console
from rich.table import Table
from yarl import URL

from benchmarks.serving.process import NEVER_FULL, cpu_s, our_command, rss_mb, served
from benchmarks.serving.visitors import ARTWORK_S, Clips, Visit, asked_rates, make_clips, visit
from settings import load_settings

ARTWORKS = 3
"""Artworks that each visitor points at, one after the other."""
GOAL_S = 2.0
STAGGER_S = 0.4
_WIDTH = 110
"""Columns that the table needs, also if the width of the terminal isn't known."""


@dataclass(frozen=True)
class Step:
    """Results of a number of visitors; times in seconds, memory in MB, CPU in cores."""

    visitors: int
    p50_s: float
    p95_s: float
    age_p50_s: float
    age_p95_s: float
    wrong: int
    refused: int
    server_cpu: float
    load_cpu: float
    rss_mb: float
    lag_p99_s: float

    @property
    def sustained(self) -> bool:
        """Whether all visitors were served in time, and rightly."""
        return self.p95_s <= GOAL_S and not self.wrong and not self.refused


def main() -> None:
    """Raise the number of visitors for both ways; print tables and write a plot."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gallery", type=Path, default=load_settings().gallery)
    parser.add_argument("--ours", type=int, nargs="*", default=[1, 4, 6, 8, 10, 12, 16, 20])
    parser.add_argument("--naive", type=int, nargs="*", default=[1, 2, 3, 4])
    parser.add_argument(
        "--crowd", type=int, default=32, help="visitors who arrive at last; 0 for none"
    )
    parser.add_argument(
        "--cycles", type=int, default=0, help="visitors who connect and vanish, too"
    )
    parser.add_argument("--plot", type=Path, default=Path("load.png"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clips = make_clips(Path(folder), asked_rates())
        ways = {
            "ours": (our_command(chosen.gallery), chosen.ours),
            "naive": (
                [sys.executable, "-m", "benchmarks.serving.naive", chosen.gallery],
                chosen.naive,
            ),
        }
        results = {
            way: asyncio.run(_ramp(way, command, numbers, clips))
            for way, (command, numbers) in ways.items()
        }
        if chosen.crowd:
            crowd = _ramp("a crowd", our_command(chosen.gallery), [chosen.crowd], clips, {})
            asyncio.run(crowd)
        if chosen.cycles:
            asyncio.run(_vanish(our_command(chosen.gallery), clips, chosen.cycles))
    sustained = {
        way: max((step.visitors for step in steps if step.sustained), default=0)
        for way, steps in results.items()
    }
    print(f"visitors sustained: ours {sustained['ours']}, naive {sustained['naive']}")
    _plot(results, chosen.plot)


async def _ramp(
    way: str,
    command: list[object],
    numbers: list[int],
    clips: Clips,
    server: dict[str, object] = NEVER_FULL,
) -> list[Step]:
    table = Table(
        "visitors", "match p50", "p95", "age p50", "p95", "wrong", "refused", "server CPU",
        "a stream", "visitors' CPU", "RSS MB", "lag p99", title=way,
    )  # fmt: skip
    steps = []
    for number in numbers:
        with served(command, **server) as (base, pid):
            step = await _measure(base, pid, number, clips)
        steps.append(step)
        table.add_row(
            str(number), f"{step.p50_s:.2f} s", f"{step.p95_s:.2f} s",
            f"{1000 * step.age_p50_s:.0f} ms", f"{1000 * step.age_p95_s:.0f} ms",
            str(step.wrong), str(step.refused), f"{step.server_cpu:.0%}",
            f"{step.server_cpu / number:.1%}", f"{step.load_cpu:.0%}", f"{step.rss_mb:.0f}",
            f"{1000 * step.lag_p99_s:.0f} ms",
        )  # fmt: skip
        print(f"{way}: {step}", flush=True)
    Console(width=_WIDTH).print(table)
    return steps


async def _measure(base: URL, pid: int, number: int, clips: Clips) -> Step:
    items = [*clips.items()]

    async def arrive(turn: int) -> Visit:
        await asyncio.sleep(turn * STAGGER_S)
        mine = dict(items[(turn + k) % len(items)] for k in range(ARTWORKS))
        return await visit(http, base, mine, ARTWORKS * ARTWORK_S)

    async with ClientSession() as http:
        loop = asyncio.get_running_loop()
        began_s, ours, theirs = loop.time(), cpu_s(os.getpid()), cpu_s(pid)
        visits = await asyncio.gather(*(arrive(turn) for turn in range(number)))
        took_s = loop.time() - began_s
        theirs_cpu = (cpu_s(pid) - theirs) / took_s
        ours_cpu = (cpu_s(os.getpid()) - ours) / took_s
        async with http.get(base / "metrics") as response:
            metrics = await response.text()
    waits = [wait for one in visits for wait in one.waits_s] or [float("inf")]
    return Step(
        number,
        float(np.percentile(waits, 50, method="higher")),
        float(np.percentile(waits, 95, method="higher")),
        _quantile(metrics, "vernissage_frame_age_seconds", 0.5),
        _quantile(metrics, "vernissage_frame_age_seconds", 0.95),
        sum(one.wrong for one in visits),
        sum(one.refused for one in visits),
        theirs_cpu,
        ours_cpu,
        rss_mb(pid),
        _quantile(metrics, "vernissage_loop_lag_seconds", 0.99),
    )


async def _vanish(command: list[object], clips: Clips, cycles: int) -> None:
    """Connect and vanish without closing, over and over; print memory and open sessions."""
    clip = dict([next(iter(clips.items()))])
    with served(command) as (base, pid):
        async with ClientSession() as http:
            for cycle in range(cycles + 1):
                if cycle % max(1, cycles // 10) == 0:
                    async with http.get(base / "metrics") as response:
                        sessions = re.search(
                            r"^vernissage_sessions (\S+)", await response.text(), re.M
                        )
                    count = sessions[1] if sessions else "?"
                    print(f"{cycle} cycles: {rss_mb(pid):.0f} MB, {count} sessions", flush=True)
                await visit(http, base, clip, 0.3)


def _quantile(metrics: str, name: str, share: float) -> float:
    """Return the upper edge of the bucket that holds a quantile of a Prometheus histogram."""
    buckets = re.findall(rf'^{name}_bucket{{le="([^"]+)"}} (\S+)', metrics, re.M)
    total = float(buckets[-1][1]) if buckets else 0.0
    return next((float(edge) for edge, count in buckets if float(count) >= share * total), 0.0)


def _plot(results: dict[str, list[Step]], path: Path) -> None:
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for way, steps in results.items():
        numbers = [step.visitors for step in steps]
        axes.plot(
            numbers, [min(step.p95_s, ARTWORK_S) for step in steps], "o-", label=f"{way}, p95"
        )
        axes.plot(
            numbers, [min(step.p50_s, ARTWORK_S) for step in steps], "o:", label=f"{way}, p50"
        )
    axes.axhline(GOAL_S, color="grey", lw=0.8)
    axes.set(
        xlabel="visitors at once", ylabel="time to match, s (5: none)", ylim=(0, ARTWORK_S + 0.2)
    )
    axes.legend()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    main()
