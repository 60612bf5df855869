"""Measure how fast precisions run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.dinov2.parity import probe_pictures
from models.runtime import Runtime

BATCHES = (1, 2, 4, 8)
"""Images in one call."""


def time_alternately(
    runs: Mapping[str, Runtime],
    resolution: int,
    rounds: int,
    on_round: Callable[[int, int], None] | None = None,
) -> dict[str, dict[int, float]]:
    """Time precisions in turn, so that other load on the machine disturbs all of them alike.

    Args:
        runs: what to time, by name.
        resolution: side of the pictures in pixels.
        rounds: runs of each batch size; the fastest one counts.
        on_round: called with (rounds done, all).

    Returns:
        Milliseconds an image, by name and by images in one call (`BATCHES`).
    """
    pictures = np.tile(probe_pictures(resolution), (max(BATCHES) // 4, 1, 1, 1))
    fastest = {name: dict.fromkeys(BATCHES, np.inf) for name in runs}
    for batch in BATCHES:
        images = np.ascontiguousarray(pictures[:batch])
        for run in runs.values():
            run(images)
        for done in range(rounds):
            for name, run in runs.items():
                began = time.perf_counter()
                run(images)
                spent = 1000 * (time.perf_counter() - began) / batch
                fastest[name][batch] = min(spent, fastest[name][batch])
            if on_round:
                on_round(BATCHES.index(batch) * rounds + done + 1, len(BATCHES) * rounds)
    return fastest


def describe(run: Runtime, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Describe pictures a few at a time: float32 [n, descriptor_dim]."""
    step = max(BATCHES)
    batches = (np.stack(pictures[at : at + step]) for at in range(0, len(pictures), step))
    return np.concatenate([run(batch) for batch in batches])
