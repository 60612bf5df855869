"""One run of the model answers what several threads ask at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray

from models.batching import BatchingRuntime
from models.embedder import CROPS, Embedder, frame_crop
from models.model_card import EQUAL_COSINE
from tests.conftest import ENROLLED

DEADLINE_S = 30.0


class BlockedModel:
    """A model whose first run lasts until `go_on`; keeps the number of pictures of each run."""

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
    side = embedder.card.resolution
    return [
        np.concatenate([frame_crop(work.paint(), share, side) for share in CROPS])
        for work in ENROLLED[:4]
    ]


def ask_while_it_runs(
    model: BlockedModel, batching: BatchingRuntime, crops: list[NDArray[np.uint8]]
) -> list[Future[NDArray[np.float32]]]:
    """Ask for the first, and for the others in their order while it runs."""
    with ThreadPoolExecutor(len(crops)) as pool:
        asked = [pool.submit(batching, crops[0])]
        assert model.entered.wait(DEADLINE_S)
        for index, mine in enumerate(crops[1:], 1):
            asked.append(pool.submit(batching, mine))
            while batching.waiting < index and not asked[-1].done():
                threading.Event().wait(0.001)
        model.go_on.set()
    return asked


def test_requests_during_a_run_are_in_the_next_one(
    embedder: Embedder, crops: list[NDArray[np.uint8]]
) -> None:
    model, calls = BlockedModel(embedder), list[int]()
    asked = ask_while_it_runs(model, BatchingRuntime(model, calls.append), crops)
    assert model.runs == [2, 6], "an idle model doesn't wait for more requests"
    assert calls == [1, 3]
    for mine, answer in zip(crops, asked, strict=True):
        alone, batched = embedder.embed(mine), answer.result()
        assert batched.shape == alone.shape
        cosine = (alone * batched).sum(1) / np.linalg.norm(alone, axis=1)
        # Dynamic int8 has one range a batch; other pictures' descriptors are far off.
        assert (cosine / np.linalg.norm(batched, axis=1)).min() > EQUAL_COSINE


def test_several_runs_happen_at_once_and_share_what_waits(
    embedder: Embedder, crops: list[NDArray[np.uint8]]
) -> None:
    both, sizes, first_two = threading.Barrier(3), list[int](), threading.Semaphore(2)
    go_on, lock = threading.Event(), threading.Lock()

    def model(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        with lock:
            sizes.append(len(pictures))
        if first_two.acquire(blocking=False):
            both.wait(DEADLINE_S)
            assert go_on.wait(DEADLINE_S)
        return embedder.embed(pictures)

    batching = BatchingRuntime(model, lambda asked: None, runs=2)
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(batching, mine) for mine in crops[:2]]
        both.wait(DEADLINE_S)
        asked += [pool.submit(batching, mine) for mine in (*crops[2:], *crops[2:])]
        while batching.waiting < 4:
            threading.Event().wait(0.001)
        go_on.set()
    assert sizes[:2] == [2, 2], "two runs at once"
    assert sizes[2] == 4, "one run leaves the other its half"
    for mine, answer in zip((*crops, *crops[2:]), asked, strict=True):
        alone, batched = embedder.embed(mine), answer.result()
        cosine = (alone * batched).sum(1) / np.linalg.norm(alone, axis=1)
        assert (cosine / np.linalg.norm(batched, axis=1)).min() > EQUAL_COSINE


def test_a_failed_run_raises_in_all_its_threads_and_stops_nothing(
    embedder: Embedder, crops: list[NDArray[np.uint8]]
) -> None:
    model = BlockedModel(embedder)
    model.broken = True
    batching = BatchingRuntime(model, lambda asked: None)
    first, *others = ask_while_it_runs(model, batching, crops)
    assert first.exception() is None
    for answer in others:
        with pytest.raises(RuntimeError, match="out of memory"):
            answer.result()
    model.broken = False
    np.testing.assert_array_equal(batching(crops[0]), embedder.embed(crops[0]))


def test_a_batched_embedder_answers_threads_together(
    embedder: Embedder, crops: list[NDArray[np.uint8]]
) -> None:
    calls = list[int]()
    batched = embedder.batched(calls.append)
    assert batched.card is embedder.card
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(batched.embed, crops * 4)]
    assert sum(calls) == 16, "each request is answered once"
    assert len(calls) < 16, "four threads that ask at the same time share runs"
    for index, mine in enumerate(found):
        nearest = [
            float((mine * embedder.embed(one)).sum() / np.linalg.norm(mine)) for one in crops
        ]
        assert int(np.argmax(nearest)) == index % 4
