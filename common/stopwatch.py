"""Milliseconds that each step of a frame's recognition took."""

from __future__ import annotations

import time


class Stopwatch:
    """Sums up milliseconds by named step."""

    def __init__(self, *steps: str) -> None:
        """Start the clock; every step begins with 0."""
        self.laps = dict.fromkeys(steps, 0.0)
        self._since = time.perf_counter()

    def lap(self, step: str) -> None:
        """Add the time since the start, or since the last lap, to a step."""
        now = time.perf_counter()
        self.laps[step] += 1000 * (now - self._since)
        self._since = now
