"""How busy the server is, measured: how long frames wait that could be judged.

A wait for a turn says too little: where judging threads have Python's lock or the cores taken from
them, every turn comes at once and lasts.
"""

from __future__ import annotations

import math
from collections.abc import Callable

OVERLOADED_WAIT_S = 0.05
"""Mean wait of frames, in seconds, above which senders are asked for less."""
FULL_WAIT_S = 0.12
"""Mean wait of frames, in seconds, above which nobody is let in (docs/measurements/load.md)."""
_MEMORY_S = 2.0
"""Waits this long ago count for a third."""
_BACK = 0.4
"""A state ends at this share of the wait that began it, so that it doesn't flicker."""


class Load:
    """A smoothed wait, and what follows from it: senders slowed, newcomers refused."""

    def __init__(self, overloaded_s: float, saturated_s: float, clock: Callable[[], float]) -> None:
        """Slow senders above `overloaded_s`, admit nobody above `saturated_s` (seconds of waiting)."""
        self._clock = clock
        self._mean_s, self._weight, self._updated_s = 0.0, 0.0, clock()
        self._overloaded, self._saturated = _Latch(overloaded_s), _Latch(saturated_s)

    def record_wait(self, seconds: float) -> None:
        """Take note that a frame waited so long in all until it was judged."""
        self._fade()
        self._weight += 1
        self._mean_s += (seconds - self._mean_s) / max(self._weight, 1.0)

    @property
    def wait_s(self) -> float:
        """Mean wait in seconds, recent ones counting more; fades when nothing is judged."""
        self._fade()
        return self._mean_s * min(1.0, self._weight)

    @property
    def overloaded(self) -> bool:
        """Whether senders should send less."""
        return self._overloaded.follow(self.wait_s)

    @property
    def saturated(self) -> bool:
        """Whether one more visitor would spoil it for those inside."""
        return self._saturated.follow(self.wait_s)

    def _fade(self) -> None:
        now = self._clock()
        self._weight *= math.exp((self._updated_s - now) / _MEMORY_S)
        self._updated_s = now


class _Latch:
    def __init__(self, above: float) -> None:
        self._above, self._on = above, False

    def follow(self, value: float) -> bool:
        self._on = value > self._above * (_BACK if self._on else 1.0)
        return self._on
