"""Micro-batches: one run of the model answers what several threads ask at the same time."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.runtime import Runtime


@dataclass(eq=False, slots=True)
class _Request:
    """One thread's pictures, and their descriptors or the error once it is answered."""

    pictures: NDArray[np.uint8]
    descriptors: NDArray[np.float32] | None = None
    error: Exception | None = None
    answered: threading.Event = field(default_factory=threading.Event)


class BatchingRuntime:
    """A runtime that runs a few times at once at most, each time for its share of what waits.

    No request waits for a fuller batch: an idle model runs at once, and requests made while all
    runs are busy are in the next ones, shared evenly. There is no extra thread: one of the waiting
    threads runs the model for others, too.
    """

    def __init__(self, run: Runtime, on_run: Callable[[int], object], runs: int = 1) -> None:
        """Batch calls of `run`.

        Args:
            run: the runtime.
            on_run: called before each run with the number of calls that it answers.
            runs: most runs at once.
        """
        self._run, self._on_run, self._runs = run, on_run, runs
        self._places = threading.Semaphore(runs)
        self._lock = threading.Lock()
        self._waiting: list[_Request] = []

    @property
    def waiting(self) -> int:
        """Number of requests that wait for the next run."""
        return len(self._waiting)

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the runtime's descriptors of pictures; raise what the runtime raised."""
        mine = _Request(pictures)
        with self._lock:
            self._waiting.append(mine)
        with self._places:
            if batch := self._batch_with(mine):
                self._answer(batch)
        mine.answered.wait()
        if mine.error is not None:
            raise mine.error
        assert mine.descriptors is not None
        return mine.descriptors

    def _batch_with(self, mine: _Request) -> list[_Request]:
        """Take this request and the oldest others; none if another thread's run has taken it."""
        with self._lock:
            if mine not in self._waiting:
                return []
            self._waiting.remove(mine)
            others = math.ceil((1 + len(self._waiting)) / self._runs) - 1
            batch, self._waiting = [mine, *self._waiting[:others]], self._waiting[others:]
        return batch

    def _answer(self, batch: list[_Request]) -> None:
        """Run the model once for all requests of a batch."""
        self._on_run(len(batch))
        try:
            found = self._run(np.concatenate([request.pictures for request in batch]))
            ends = np.cumsum([len(request.pictures) for request in batch])
            for request, own in zip(batch, np.split(found, ends[:-1]), strict=True):
                request.descriptors = own
        except Exception as error:
            for request in batch:
                request.error = error
        for request in batch:
            request.answered.set()
