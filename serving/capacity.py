"""How many more visitors there is room for: by what those inside take of the cores.

Waits say when there are too many, and by then it is too late for those inside: up to nine tenths of
the cores nobody waits, and a little further frames pile up. What visitors take grows evenly with
their number, so it says beforehand what one more would take. What is done only while nobody waits
doesn't count: newcomers get that time.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable

_MEMORY_S = 3.0
"""What was measured this long ago counts for a third."""
_EXPECTED = 0.09
"""Cores that a visitor takes: expected until measured. On two cores 8 to 20 took 0.085 to 0.095."""
_EXPECTED_WEIGHT = 5.0
"""Visitor seconds that the expectation counts for."""


class Capacity:
    """Measures what a visitor takes, and how many more that leaves room for."""

    def __init__(
        self,
        cores: float,
        clock: Callable[[], float],
        cpu_clock: Callable[[], float] = time.process_time,
    ) -> None:
        """Give visitors `cores` cores in all; clocks tell the time and this process's CPU time."""
        self._cores = cores
        self._clock, self._cpu_clock = clock, cpu_clock
        self._then_s, self._cpu_then_s = clock(), cpu_clock()
        self._cpu_s = self._visitor_s = self._elapsed_s = 0.0

    def defer(self, cpu_s: float) -> None:
        """Take note of CPU seconds that would not have been taken if others had waited."""
        self._cpu_then_s += cpu_s

    def measure(self, visitors: int) -> None:
        """Take note of what was taken since the last time, by so many visitors."""
        now_s, cpu_now_s = self._clock(), self._cpu_clock()
        passed_s = now_s - self._then_s
        fade = math.exp(-passed_s / _MEMORY_S)
        self._elapsed_s = fade * self._elapsed_s + passed_s
        self._visitor_s = fade * self._visitor_s + visitors * passed_s
        self._cpu_s = fade * self._cpu_s + max(0.0, cpu_now_s - self._cpu_then_s)
        self._then_s, self._cpu_then_s = now_s, cpu_now_s

    @property
    def each(self) -> float:
        """Cores that a visitor takes."""
        expected = _EXPECTED * _EXPECTED_WEIGHT
        return (self._cpu_s + expected) / (self._visitor_s + _EXPECTED_WEIGHT)

    def room(self, visitors: int) -> int:
        """Tell how many may come in beside so many; where nobody is, one always may."""
        taken = self._cpu_s / self._elapsed_s if self._elapsed_s else 0.0
        # Who has just come in doesn't show yet in what is taken.
        taken = max(taken, visitors * self.each)
        room = math.floor((self._cores - taken) / self.each)
        return max(room, 0 if visitors else 1)


def usable_cores() -> int:
    """Tell how many cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
