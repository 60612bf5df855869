"""Is it really that artwork? Local features must agree on one plane seen from one place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray

from vision.features import LocalFeatures
from vision.hough import LEAST_WEIGHT, pair_weights, places_in, wholes_of
from stream.messages import Outline

RATIO = 0.8
"""Lowe's ratio test (IJCV 2004, section 7.1)."""
SAME_PLACE_SIDES = 0.2
"""How far apart centres may lie that agree, in sides of the picture."""
_ALIKE = 2
"""Features of the frame that each of the reference may be paired with."""
_PLACES = 3
_MOST_PAIRS = 800
REPROJECTION_PX = 4.0
MIN_AREA = 0.02
"""Least share of the frame that the outline may cover."""
MAX_OUTSIDE = 2.0
PLACE_PX = 16.0
"""Measured: in 13,000 wrong fits the most falls from 13 to 7, and 99% of right ones keep 8."""
MIN_PAIRS = 5
"""One more than four points, through which a homography can always be laid."""


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """How well a reference fits a frame.

    Attributes:
        inliers: places whose matches agree on one homography; 0 where none was found or it is
            impossible.
        matches: one-to-one matches that passed the ratio test.
        outline: the reference's corners in 0..1 of the frame, or None where impossible.
        homography: float64 [3, 3], reference pixels to frame pixels, or None.
        agreement: share, 0..1, of its detail in view that looks as in the reference; 0 where that
            wasn't asked (see recognition.appearance).
    """

    inliers: int
    matches: int
    outline: Outline | None = None
    homography: NDArray[np.float64] | None = None
    agreement: float = 0.0

    @property
    def support(self) -> float:
        """Inliers that the picture bears out: what two independent witnesses say together."""
        return self.inliers * self.agreement


def verify_all(references: Sequence[LocalFeatures], frame: LocalFeatures) -> list[Verification]:
    """Verify each reference against one frame; see `verify`."""
    pairs = match_features(references, frame)
    return [
        verify(reference, frame, found) for reference, found in zip(references, pairs, strict=True)
    ]


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


def match_fine(reference: LocalFeatures, frame: LocalFeatures) -> NDArray[np.intp]:
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
    its size. Measured in docs/decisions/0011-by-place.md.

    Returns:
        For each of up to three places intp [n, 2]: one-to-one rows of (reference feature, frame
        feature), likeliest first.
    """
    if len(frame) <= _ALIKE or not len(reference):
        return []
    squared, nearest = _nearest(reference, frame, _ALIKE + 1)
    weights = pair_weights(squared[:, :-1], squared[:, -1:])
    mine, nth = np.nonzero(weights > LEAST_WEIGHT)
    pairs, weights = np.column_stack([mine, nearest[mine, nth]]), weights[mine, nth]
    places, possible = places_in(frame, pairs[:, 1], wholes_of(reference)[pairs[:, 0]])
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


def verify(reference: LocalFeatures, frame: LocalFeatures, pairs: NDArray[np.intp]) -> Verification:
    """Fit a homography (MAGSAC++, Barath et al., CVPR 2020) and check that it is a real view.

    A real view of a picture on a wall is a convex quadrilateral that isn't mirrored, covers more
    than 2% of the frame, and lies in front of the camera as a whole.

    Args:
        reference: local features of a photograph of the artwork.
        frame: those of the frame.
        pairs: what `match_features` paired.
    """
    if len(pairs) < MIN_PAIRS:
        return Verification(0, len(pairs))
    source, target = reference.xy[pairs[:, 0]], frame.xy[pairs[:, 1]]
    homography, mask = cv2.findHomography(source, target, cv2.USAC_MAGSAC, REPROJECTION_PX)
    if homography is None or mask is None:
        return Verification(0, len(pairs))
    corners = project_corners(homography, reference.width, reference.height)
    if corners is None or not plausible(corners, frame.width, frame.height):
        return Verification(0, len(pairs))
    inside = corners / np.array([frame.width, frame.height])
    a, b, c, d = ((float(x), float(y)) for x, y in inside)
    agree = mask.ravel() > 0
    inliers = min(count_places(source[agree]), count_places(target[agree]))
    return Verification(inliers, len(pairs), (a, b, c, d), homography)


def count_places(xy: NDArray[np.float32]) -> int:
    """Count the cells of PLACE_PX that hold points (float32 [n, 2], pixels).

    ORB finds one corner at several scales. Such features agree with each other wherever they are
    taken to be, and a handful of corners would pass for many.
    """
    return len(np.unique(np.floor(xy / PLACE_PX), axis=0))


def project_corners(
    homography: NDArray[np.float64], width: int, height: int
) -> NDArray[np.float64] | None:
    """Map the corners of a [width, height] picture: float64 [4, 2], clockwise from top left.

    None where a corner falls behind the camera.
    """
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], float)
    mapped = corners @ homography.T
    depth = mapped[:, 2]
    if np.any(np.abs(depth) < 1e-9) or len(set(np.sign(depth))) > 1:
        return None
    return np.asarray(mapped[:, :2] / depth[:, None])


def plausible(corners: NDArray[np.float64], width: int, height: int) -> bool:
    """Tell whether corners (float [4, 2], pixels) are a view that a camera may have.

    Convex, not mirrored, big enough, and no corner more than MAX_OUTSIDE frames away:
    matches that all lie in one small motif fit such planes by accident.
    """
    size = np.array([width, height])
    if np.any(corners < -MAX_OUTSIDE * size) or np.any(corners > (1 + MAX_OUTSIDE) * size):
        return False
    edges = np.roll(corners, -1, axis=0) - corners
    following = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    x, y = corners.T
    area = 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    # With y downwards, clockwise on screen means every turn and the area are positive.
    return bool(np.all(turns > 0) and area > MIN_AREA * width * height)
