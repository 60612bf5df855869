"""Micro-batches: what several threads ask of the model at once, answered by one run."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.runtime import Runtime


@dataclass(eq=False, slots=True)
class _Asked:
    """One thread's pictures, and what came of them."""

    pictures: NDArray[np.uint8]
    descriptors: NDArray[np.float32] | None = None
    error: Exception | None = None

    @property
    def done(self) -> bool:
        return self.descriptors is not None or self.error is not None


class Batching:
    """A runtime that runs once at a time, each time for all that was asked meanwhile.

    Nothing waits for a fuller batch: who comes to an idle model is answered at once, who comes
    while it runs is in the next run. There is no thread of its own: of those who wait, one runs
    the model for all.
    """

    def __init__(self, run: Runtime, on_run: Callable[[int], object]) -> None:
        """Join what is asked of `run`; `on_run` is told first, of each run, how many asked."""
        self._run = run
        self._on_run = on_run
        self._model = threading.Lock()
        self._waiting: deque[_Asked] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for the next run."""
        return len(self._waiting)

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe pictures, as the runtime does; raises what it raised."""
        mine = _Asked(pictures)
        self._waiting.append(mine)
        with self._model:
            # Whoever ran the model meanwhile took these along.
            if not mine.done:
                self._answer_all()
        if mine.error is not None:
            raise mine.error
        assert mine.descriptors is not None
        return mine.descriptors

    def _answer_all(self) -> None:
        """Run the model once for all that waits; the model's lock is held."""
        batch = [self._waiting.popleft() for _ in range(len(self._waiting))]
        self._on_run(len(batch))
        try:
            found = self._run(np.concatenate([asked.pictures for asked in batch]))
        except Exception as error:
            for asked in batch:
                asked.error = error
            return
        ends = np.cumsum([len(asked.pictures) for asked in batch])
        for asked, own in zip(batch, np.split(found, ends[:-1]), strict=True):
            asked.descriptors = own
