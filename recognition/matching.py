"""Match local features of a photograph and a frame, by descriptor and by pose."""

from __future__ import annotations

from collections.abc import Sequence

import faiss
import numpy as np
from numpy.typing import NDArray

from vision.features import LocalFeatures
from vision.hough import MIN_WEIGHT, pair_weights, pose_offsets, poses

RATIO = 0.8
"""Lowe's ratio test (IJCV 2004, section 7.1)."""
SAME_POSE_SIDES = 0.2
"""Greatest distance between the centres of two poses that agree, in sides of the picture."""
_NEIGHBOURS = 2
"""Features of the frame that each feature of the reference may be paired with."""
_MAX_POSES = 3
_MAX_PAIRS = 800


def match_features(
    references: Sequence[LocalFeatures], frame: LocalFeatures
) -> list[NDArray[np.intp]]:
    """Pair the ORB features of each reference with the frame's, by Hamming distance.

    A pair passes the ratio test. Each reference uses a feature of the frame once, for its nearest
    feature; ties go by row. One search for all references is four times as fast as one for each.

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
    pairs, start = [], 0
    for reference in references:
        kept = np.flatnonzero(passed[start : start + len(reference)])
        pairs.append(_one_to_one(kept, rows[start + kept, 0], distances[start + kept, 0]))
        start += len(reference)
    return pairs


def match_rootsift(reference: LocalFeatures, frame: LocalFeatures) -> NDArray[np.intp]:
    """Pair RootSIFT features by Euclidean distance, otherwise as `match_features` does.

    Returns:
        intp [n, 2]: rows of (reference feature, frame feature), best first.
    """
    if len(frame) < 2 or not len(reference):
        return np.zeros((0, 2), np.intp)
    squared, rows = _nearest(reference, frame, 2)
    passed = np.flatnonzero(squared[:, 0] < RATIO**2 * squared[:, 1])
    return _one_to_one(passed, rows[passed, 0], squared[passed, 0])


def match_by_pose(reference: LocalFeatures, frame: LocalFeatures) -> list[NDArray[np.intp]]:
    """Pair RootSIFT features that agree on the picture's pose, taken as a similarity.

    The ratio test fails where the frame is full of similar corners, so it is relaxed here. Instead
    a pair counts if others vote for about the same pose: within 0.2 sides of the picture and an
    octave of its size. Measured in docs/decisions/0011-hough-voting.md.

    Returns:
        For each of up to three poses intp [n, 2]: one-to-one rows of (reference feature, frame
        feature), likeliest first.
    """
    if len(frame) <= _NEIGHBOURS or not len(reference):
        return []
    squared, nearest = _nearest(reference, frame, _NEIGHBOURS + 1)
    weights = pair_weights(squared[:, :-1], squared[:, -1:])
    rows, nth = np.nonzero(weights > MIN_WEIGHT)
    pairs, weights = np.column_stack([rows, nearest[rows, nth]]), weights[rows, nth]
    pose_of, possible = poses(frame, pairs[:, 1], pose_offsets(reference)[pairs[:, 0]])
    kept = np.flatnonzero(possible)
    # A repeating pattern may give thousands of pairs, and each is compared with each.
    kept = kept[np.argsort(-weights[kept], kind="stable")[:_MAX_PAIRS]]
    pairs, weights, pose_of = pairs[kept], weights[kept], pose_of[kept]
    agree = _same_pose(pose_of)
    votes = agree @ weights
    found: list[NDArray[np.intp]] = []
    while len(found) < _MAX_POSES and votes.max(initial=0) > 0:
        voters = agree[int(np.argmax(votes))]
        votes[voters] = 0
        chosen = pairs[voters]
        for side in (1, 0):
            _, first = np.unique(chosen[:, side], return_index=True)
            chosen = chosen[np.sort(first)]
        found.append(chosen)
    return found


def _same_pose(each: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which poses, float32 [n, 3] (centre and side, pixels), agree: bool [n, n]."""
    octaves = np.log2(each[:, 2])
    apart = np.abs(octaves[:, None] - octaves)
    away = np.hypot(*(each[:, None, axis] - each[:, axis] for axis in (0, 1)))
    side = np.sqrt(each[:, None, 2] * each[:, 2])
    return np.asarray((apart < 1) & (away < SAME_POSE_SIDES * side))


def _nearest(
    queries: LocalFeatures, among: LocalFeatures, count: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Find the nearest features of each: float32 squared distances and rows, [n, count]."""
    index = faiss.IndexFlatL2(among.descriptors.shape[1])
    index.add(np.ascontiguousarray(among.descriptors, np.float32))
    squared, rows = index.search(np.ascontiguousarray(queries.descriptors, np.float32), count)
    return squared, rows


def _one_to_one(
    rows: NDArray[np.intp], nearest: NDArray[np.int64], distances: NDArray[np.generic]
) -> NDArray[np.intp]:
    """Keep the nearest reference feature of each frame feature; best first, ties by row."""
    order = np.argsort(distances, kind="stable")
    _, first = np.unique(nearest[order], return_index=True)
    kept = order[np.sort(first)]
    return np.stack([rows[kept], nearest[kept]], axis=1)
