"""Note which packets are missing, and ask for them again by the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

HISTORY = 128
"""Packets that senders keep to send them again; older ones are never asked for (as aiortc does)."""
ASK_AFTER_S = 0.01
"""Seconds until a packet is asked for: those that come by then were only overtaken."""
ASK_AGAIN_S = 0.1
"""Seconds until a packet is asked for again: longer than most round trips."""
_MOST_ASKS = 10
_EARLY_S = 0.001
"""Asking a little early saves a second wake-up."""


class MissingPackets:
    """Asks for all packets that are missing at a time at once, with one timer at most."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ask: Callable[[list[int]], object]) -> None:
        """Call `ask` with sequence numbers (uint16, rising), on `loop`."""
        self._loop, self._ask = loop, ask
        self._newest: int | None = None
        self._missing: dict[int, tuple[float, int]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def number(self, sequence: int) -> int:
        """Note that a packet came.

        Args:
            sequence: its sequence number, uint16.

        Returns:
            Its number, which does not wrap around. It may be negative.
        """
        if self._newest is None:
            self._newest = sequence
        ahead = ((sequence - self._newest + 0x8000) & 0xFFFF) - 0x8000
        number = self._newest + ahead
        if ahead == 1:
            self._newest = number
        elif ahead > 1:
            due_s = self._loop.time() + ASK_AFTER_S
            for lost in range(max(self._newest + 1, number - HISTORY), number):
                self._missing[lost] = (due_s, 0)
            self._newest = number
            self._wake_at(due_s)
        elif self._missing:
            self._missing.pop(number, None)
        return number

    def _wake_at(self, due_s: float) -> None:
        if self._timer is not None:
            if self._timer.when() <= due_s:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(due_s, self._ask_for_due)

    def _ask_for_due(self) -> None:
        assert self._newest is not None
        self._timer, now_s = None, self._loop.time()
        due = []
        for number, (due_s, asks) in list(self._missing.items()):
            if number < self._newest - HISTORY or asks == _MOST_ASKS:
                del self._missing[number]
            elif due_s <= now_s + _EARLY_S:
                due.append(number & 0xFFFF)
                self._missing[number] = (now_s + ASK_AGAIN_S, asks + 1)
        if due:
            self._ask(sorted(due))
        if self._missing:
            self._wake_at(min(due_s for due_s, _ in self._missing.values()))
