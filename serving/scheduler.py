"""Whose frame is judged next: who has waited longest since their last verdict."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Scheduler:
    """Lets so many sessions judge at once, the one that has waited longest first.

    A session waits with one frame at most and takes its newest only when its turn has come, so
    that however slow judging is, what is judged is fresh and nobody starves. For one event loop.
    """

    def __init__(self, places: int) -> None:
        """Judge in `places` places at once."""
        self._free = places
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = itertools.count()

    @property
    def crowded(self) -> bool:
        """Whether somebody waits for a turn."""
        return any(not turn.done() for _, _, turn in self._waiting)

    @asynccontextmanager
    async def turn(self, last_verdict_s: float) -> AsyncIterator[None]:
        """Hold a place.

        Args:
            last_verdict_s: when the session last had a verdict, on any one clock; the earliest
                goes first, ties as they came.
        """
        if self._free:
            self._free -= 1
        else:
            turn = asyncio.get_running_loop().create_future()
            heapq.heappush(self._waiting, (last_verdict_s, next(self._order), turn))
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
