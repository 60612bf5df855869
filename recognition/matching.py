"""Pairs of local features: of a photograph and a frame, by descriptor and by pose."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from vision.features import LocalFeatures
from vision.hough import MIN_WEIGHT, pair_weights, pose_offsets, poses

RATIO = 0.8
"""Lowe's ratio test (IJCV 2004, section 7.1)."""


SAME_PLACE_SIDES = 0.2
"""How far apart centres may lie that agree, in sides of the picture."""


_ALIKE = 2
"""Features of the frame that each of the reference may be paired with."""


_PLACES = 3


_MOST_PAIRS = 800


def match_features(
    references: Sequence[LocalFeatures], frame: LocalFeatures
) -> list[NDArray[np.intp]]:
    """Pair the features of each reference with the frame's, by Hamming distance.

    A pair passes the ratio test, and each feature of the frame is used once a reference: by the
    nearest, ties by row. One search for all references is four times as fast as a matcher each.

    Returns:
        For each reference intp [n, 2]: rows of (reference feature, frame feature), best first.
    """
    if len(frame) < 2 or not any(len(reference) for reference in references):
        return [np.zeros((0, 2), np.intp) for _ in references]
    index = faiss.IndexBinaryFlat(8 * frame.descriptors.shape[1])
    index.add(np.ascontiguousarray(frame.descriptors))
    queries = np.concatenate([reference.descriptors for reference in references])
    distances, rows = index.search(queries, 2)
    passed = distances[:, 0] < RATIO * distances[:, 1]
    found, start = [], 0
    for reference in references:
        mine = np.flatnonzero(passed[start : start + len(reference)])
        found.append(_one_to_one(mine, rows[start + mine, 0], distances[start + mine, 0]))
        start += len(reference)
    return found


def match_rootsift(reference: LocalFeatures, frame: LocalFeatures) -> NDArray[np.intp]:
    """Pair finer features (see vision.rootsift), by Euclidean distance; else as `match_features`.

    Returns:
        intp [n, 2]: rows of (reference feature, frame feature), best first.
    """
    if len(frame) < 2 or not len(reference):
        return np.zeros((0, 2), np.intp)
    squared, rows = _nearest(reference, frame, 2)
    passed = np.flatnonzero(squared[:, 0] < RATIO**2 * squared[:, 1])
    return _one_to_one(passed, rows[passed, 0], squared[passed, 0])


def match_by_place(reference: LocalFeatures, frame: LocalFeatures) -> list[NDArray[np.intp]]:
    """Pair finer features that agree on where the picture is, as far as a similarity goes.

    The ratio test fails where the frame is full of alike corners, so it hardly asks anything here:
    pairs are told by the company that they keep, within 0.2 sides of the picture and an octave of
    its size. Measured in docs/decisions/0011-hough-voting.md.

    Returns:
        For each of up to three places intp [n, 2]: one-to-one rows of (reference feature, frame
        feature), likeliest first.
    """
    if len(frame) <= _ALIKE or not len(reference):
        return []
    squared, nearest = _nearest(reference, frame, _ALIKE + 1)
    weights = pair_weights(squared[:, :-1], squared[:, -1:])
    mine, nth = np.nonzero(weights > MIN_WEIGHT)
    pairs, weights = np.column_stack([mine, nearest[mine, nth]]), weights[mine, nth]
    places, possible = poses(frame, pairs[:, 1], pose_offsets(reference)[pairs[:, 0]])
    kept = np.flatnonzero(possible)
    # Of a repeating pattern there may be thousands, and all are held against all.
    kept = kept[np.argsort(-weights[kept], kind="stable")[:_MOST_PAIRS]]
    pairs, weights, places = pairs[kept], weights[kept], places[kept]
    company = _near_each_other(places)
    votes = company @ weights
    found: list[NDArray[np.intp]] = []
    while len(found) < _PLACES and votes.max(initial=0) > 0:
        together = company[int(np.argmax(votes))]
        votes[together] = 0
        chosen = pairs[together]
        for side in (1, 0):
            _, first = np.unique(chosen[:, side], return_index=True)
            chosen = chosen[np.sort(first)]
        found.append(chosen)
    return found


def _near_each_other(places: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which of float32 [n, 3] (centres and sides, pixels) are about the same: bool [n, n]."""
    octaves = np.log2(places[:, 2])
    apart = np.abs(octaves[:, None] - octaves)
    away = np.hypot(*(places[:, None, side] - places[:, side] for side in (0, 1)))
    side = np.sqrt(places[:, None, 2] * places[:, 2])
    return np.asarray((apart < 1) & (away < SAME_PLACE_SIDES * side))


def _nearest(
    queries: LocalFeatures, among: LocalFeatures, count: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Find the nearest finer features of each: float32 squared distances and rows, [n, count]."""
    index = faiss.IndexFlatL2(among.descriptors.shape[1])
    index.add(np.ascontiguousarray(among.descriptors, np.float32))
    squared, rows = index.search(np.ascontiguousarray(queries.descriptors, np.float32), count)
    return squared, rows


def _one_to_one(
    mine: NDArray[np.intp], nearest: NDArray[np.int64], distances: NDArray[np.generic]
) -> NDArray[np.intp]:
    """Keep for each feature of the frame the reference's nearest; best first, ties by row."""
    order = np.argsort(distances, kind="stable")
    _, first = np.unique(nearest[order], return_index=True)
    kept = order[np.sort(first)]
    return np.stack([mine[kept], nearest[kept]], axis=1)
