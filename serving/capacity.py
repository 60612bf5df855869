"""Compute how many more visitors there is room for, from the CPU time that visitors take.

Waits show that there are too many visitors only when it is too late for those inside: up to nine
tenths of the cores nobody waits, and a little above that frames pile up. The CPU time grows
linearly with the number of visitors, so it predicts what one more would take. Work that is done
only while nobody waits doesn't count: newcomers get that time.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_MEMORY_S = 3.0
"""A measurement this many seconds ago counts for a third."""
_EXPECTED = 0.09
"""Cores a visitor, expected until measured. On two cores 8 to 20 visitors took 0.085 to 0.095."""
_EXPECTED_WEIGHT = 5.0
"""Seconds of one visitor that the expectation counts for."""

_LEAST_WORKERS = 3


class Capacity:
    """Measures the cores that a visitor takes, and predicts the room for more visitors."""

    def __init__(
        self,
        cores: float,
        clock: Callable[[], float],
        cpu_clock: Callable[[], float] = time.process_time,
    ) -> None:
        """Give visitors `cores` cores in all; `cpu_clock` returns this process's CPU seconds."""
        self._cores = cores
        self._clock, self._cpu_clock = clock, cpu_clock
        self._then_s, self._cpu_then_s = clock(), cpu_clock()
        self._cpu_s = self._visitor_s = self._elapsed_s = 0.0

    def defer(self, cpu_s: float) -> None:
        """Leave out CPU seconds of work that is done only while nobody waits."""
        self._cpu_then_s += cpu_s

    def measure(self, visitors: int) -> None:
        """Measure the CPU time that so many visitors took since the last call."""
        now_s, cpu_now_s = self._clock(), self._cpu_clock()
        passed_s = now_s - self._then_s
        fade = math.exp(-passed_s / _MEMORY_S)
        self._elapsed_s = fade * self._elapsed_s + passed_s
        self._visitor_s = fade * self._visitor_s + visitors * passed_s
        self._cpu_s = fade * self._cpu_s + max(0.0, cpu_now_s - self._cpu_then_s)
        self._then_s, self._cpu_then_s = now_s, cpu_now_s

    @property
    def per_visitor(self) -> float:
        """Cores that a visitor takes."""
        expected = _EXPECTED * _EXPECTED_WEIGHT
        return (self._cpu_s + expected) / (self._visitor_s + _EXPECTED_WEIGHT)

    def room(self, visitors: int) -> int:
        """Return how many may come in beside so many visitors; the first one always may."""
        taken = self._cpu_s / self._elapsed_s if self._elapsed_s else 0.0
        # A visitor who has just come in doesn't show yet in what was measured.
        taken = max(taken, visitors * self.per_visitor)
        room = math.floor((self._cores - taken) / self.per_visitor)
        return max(room, 0 if visitors else 1)


def sharing(cores: int, model_threads: int) -> tuple[int, int]:
    """Return how many worker threads process frames, and how many of them may run the model.

    The model takes half the cores at most, so that the other workers go on matching features
    however many frames ask it. One worker more than cores, since some wait for Python's lock.

    Args:
        cores: usable cores.
        model_threads: threads of one run.
    """
    return max(_LEAST_WORKERS, cores + 1), max(1, cores // (2 * model_threads))
