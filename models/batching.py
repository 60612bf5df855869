"""Micro-batches: one run of the model answers what several threads ask at the same time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.runtime import Runtime


@dataclass(eq=False, slots=True)
class _Request:
    """One thread's pictures, and their descriptors or the error."""

    pictures: NDArray[np.uint8]
    descriptors: NDArray[np.float32] | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.descriptors is not None or self.error is not None


class BatchingRuntime:
    """A runtime that runs once at a time, and each time for all requests made meanwhile.

    No request waits for a fuller batch: an idle model runs at once, and requests made during a run
    are in the next one. There is no extra thread: one of the waiting threads runs the model for
    all of them.
    """

    def __init__(self, run: Runtime, on_run: Callable[[int], object]) -> None:
        """Batch calls of `run`; before each run `on_run` gets the number of calls it answers."""
        self._run = run
        self._on_run = on_run
        self._model = threading.Lock()
        self._waiting: deque[_Request] = deque()

    @property
    def waiting(self) -> int:
        """Number of requests that wait for the next run."""
        return len(self._waiting)

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the runtime's descriptors of pictures; raise what the runtime raised."""
        mine = _Request(pictures)
        self._waiting.append(mine)
        with self._model:
            # Another thread may have answered this request in its run.
            if not mine.done:
                self._answer_all()
        if mine.error is not None:
            raise mine.error
        assert mine.descriptors is not None
        return mine.descriptors

    def _answer_all(self) -> None:
        """Run the model once for all waiting requests; the caller holds the model's lock."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._on_run(len(batch))
        try:
            found = self._run(np.concatenate([request.pictures for request in batch]))
        except Exception as error:
            for request in batch:
                request.error = error
            return
        ends = np.cumsum([len(request.pictures) for request in batch])
        for request, own in zip(batch, np.split(found, ends[:-1]), strict=True):
            request.descriptors = own
