"""Decide whose frame is processed next: the session whose last result is the oldest."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Scheduler:
    """Lets a limited number of sessions process a frame at once, the longest waiting first.

    A session waits for one turn at a time, and takes its newest frame only when the turn has come.
    So processed frames are fresh, however slow processing is, and nobody starves. For one event
    loop.
    """

    def __init__(self, places: int) -> None:
        """Grant `places` turns at once."""
        self._free = places
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @property
    def crowded(self) -> bool:
        """Whether somebody waits for a turn."""
        return any(not turn.done() for _, _, turn in self._waiting)

    @asynccontextmanager
    async def turn(self, last_result_s: float) -> AsyncIterator[None]:
        """Wait for a turn, and hold it.

        Args:
            last_result_s: when the session last had a result, on any one clock. The earliest goes
                first; ties go in the order of asking.
        """
        if self._free:
            self._free -= 1
        else:
            turn = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (last_result_s, next(self._order), turn))
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on()
                raise
        try:
            yield
        finally:
            self._pass_on()

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
