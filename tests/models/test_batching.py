"""What several threads ask of the model at once is answered by one run."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from models.batching import Batching
from models.embedder import Embedder, two_crops
from tests.conftest import ENROLLED

DEADLINE_S = 30.0


class Held:
    """A model whose first run lasts until it is let go; notes how many pictures each run is of."""

    def __init__(self, embedder: Embedder) -> None:
        self.runs = list[int]()
        self.entered, self.go_on = threading.Event(), threading.Event()
        self.broken = False
        self._embedder = embedder

    def __call__(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.runs.append(len(pictures))
        if len(self.runs) == 1:
            self.entered.set()
            assert self.go_on.wait(DEADLINE_S)
        elif self.broken:
            raise RuntimeError("out of memory")
        return self._embedder.embed(pictures)


@pytest.fixture(scope="module")
def crops(embedder: Embedder) -> list[NDArray[np.uint8]]:
    """Two crops of each of four pictures."""
    return [two_crops(work.paint(), embedder.card.resolution) for work in ENROLLED[:4]]


def ask_while_it_runs(
    held: Held, batching: Batching, crops: list[NDArray[np.uint8]]
) -> list[Future[NDArray[np.float32]]]:
    """Ask for the first, and while that runs for the others, in their order."""
    with ThreadPoolExecutor(len(crops)) as pool:
        asked = [pool.submit(batching, crops[0])]
        assert held.entered.wait(DEADLINE_S)
        for number, mine in enumerate(crops[1:], 1):
            asked.append(pool.submit(batching, mine))
            while batching.waiting < number and not asked[-1].done():
                threading.Event().wait(0.001)
        held.go_on.set()
    return asked


def test_what_is_asked_during_a_run_is_in_the_next(
    embedder: Embedder, crops: list[NDArray[np.uint8]]
) -> None:
    held, told = Held(embedder), list[int]()
    asked = ask_while_it_runs(held, Batching(held, told.append), crops)
    assert held.runs == [2, 6], "who comes to an idle model doesn't wait for others"
    assert told == [1, 3]
    for mine, answer in zip(crops, asked, strict=True):
        alone, batched = embedder.embed(mine), answer.result()
        assert batched.shape == alone.shape
        cosine = (alone * batched).sum(1) / np.linalg.norm(alone, axis=1)
        # Dynamic int8 has one range a batch; other pictures' descriptors are far off.
        assert (cosine / np.linalg.norm(batched, axis=1)).min() > 0.998


def test_a_run_that_fails_is_told_to_all_of_it_and_ends_nothing(
    embedder: Embedder, crops: list[NDArray[np.uint8]]
) -> None:
    held = Held(embedder)
    held.broken = True
    batching = Batching(held, lambda asked: None)
    first, *others = ask_while_it_runs(held, batching, crops)
    assert first.exception() is None
    for answer in others:
        with pytest.raises(RuntimeError, match="out of memory"):
            answer.result()
    held.broken = False
    np.testing.assert_array_equal(batching(crops[0]), embedder.embed(crops[0]))


def test_an_embedder_joins_what_threads_ask(
    embedder: Embedder, crops: list[NDArray[np.uint8]]
) -> None:
    told = list[int]()
    batched = embedder.batched(told.append)
    assert batched.card is embedder.card
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(batched.embed, crops * 4)]
    assert sum(told) == 16, "each is answered, once"
    assert len(told) < 16, "four threads that ask at once share runs"
    for number, mine in enumerate(found):
        nearest = [
            float((mine * embedder.embed(one)).sum() / np.linalg.norm(mine)) for one in crops
        ]
        assert int(np.argmax(nearest)) == number % 4
