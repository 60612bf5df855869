"""Measure how busy the server is, by how long frames wait.

The wait for a turn alone says too little. Where other threads take Python's lock or the cores away
from the workers, every turn comes at once, but takes long.
"""

from __future__ import annotations

import math
from collections.abc import Callable

OVERLOADED_WAIT_S = 0.05
"""Mean wait of frames, in seconds, above which senders are asked for less."""
SATURATED_WAIT_S = 0.12
"""Mean wait of frames, in seconds, above which nobody is admitted (docs/measurements/load.md)."""
_MEMORY_S = 2.0
"""A wait this many seconds ago counts for a third."""
_HYSTERESIS = 0.4
"""A state ends at this fraction of the wait that began it, so that it doesn't flicker."""


class Load:
    """The smoothed wait of frames, and whether to slow senders and to refuse newcomers."""

    def __init__(self, overloaded_s: float, saturated_s: float, clock: Callable[[], float]) -> None:
        """Slow senders above `overloaded_s`, admit nobody above `saturated_s` (mean waits)."""
        self._clock = clock
        self._mean_s, self._weight, self._updated_s = 0.0, 0.0, clock()
        self._overloaded, self._saturated = _Latch(overloaded_s), _Latch(saturated_s)

    def record_wait(self, seconds: float) -> None:
        """Record the seconds that a frame waited in all until it was processed."""
        self._fade()
        self._weight += 1
        self._mean_s += (seconds - self._mean_s) / max(self._weight, 1.0)

    @property
    def wait_s(self) -> float:
        """Mean wait in seconds, recent ones counting more; it fades while nothing is processed."""
        self._fade()
        return self._mean_s * min(1.0, self._weight)

    @property
    def overloaded(self) -> bool:
        """Whether senders should send less."""
        return self._overloaded.follow(self.wait_s)

    @property
    def saturated(self) -> bool:
        """Whether one more visitor would make those inside wait too long."""
        return self._saturated.follow(self.wait_s)

    def _fade(self) -> None:
        now = self._clock()
        self._weight *= math.exp((self._updated_s - now) / _MEMORY_S)
        self._updated_s = now


class _Latch:
    """A condition with hysteresis."""

    def __init__(self, above: float) -> None:
        self._above, self._on = above, False

    def follow(self, value: float) -> bool:
        self._on = value > self._above * (_HYSTERESIS if self._on else 1.0)
        return self._on
