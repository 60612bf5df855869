"""Milliseconds by step: what a frame's answer took."""

from __future__ import annotations

import time


class Stopwatch:
    """Adds up the milliseconds of named steps."""

    def __init__(self, *steps: str) -> None:
        """Start the clock; every step begins with 0."""
        self.laps = dict.fromkeys(steps, 0.0)
        self._since = time.perf_counter()

    def lap(self, step: str) -> None:
        """Add the time since the start, or since the last lap, to a step."""
        now = time.perf_counter()
        self.laps[step] += 1000 * (now - self._since)
        self._since = now
