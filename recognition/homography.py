"""Verify planar artworks: local features must agree on one homography that is a real view."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.candidate import Verification
from recognition.matching import match_features
from vision.features import LocalFeatures
from vision.outline import plausible, project_corners

REPROJECTION_PX = 4.0
CELL_PX = 16.0
"""Side of the cells that inliers are counted by. Measured: in 13,000 wrong fits the largest count
falls from 13 to 7, and 99% of right ones keep 8."""
MIN_PAIRS = 5
"""Fewest pairs that are fitted: a homography fits any four of them."""


def verify_all(references: Sequence[LocalFeatures], frame: LocalFeatures) -> list[Verification]:
    """Verify each reference against one frame, by `verify`."""
    pairs = match_features(references, frame)
    return [
        verify(reference, frame, matched)
        for reference, matched in zip(references, pairs, strict=True)
    ]


def verify(reference: LocalFeatures, frame: LocalFeatures, pairs: NDArray[np.intp]) -> Verification:
    """Fit a homography (MAGSAC++, Barath et al., CVPR 2020) and check that it is a real view.

    A real view of a picture on a wall is a convex quadrilateral that isn't mirrored, covers more
    than 2% of the frame, and lies wholly in front of the camera.

    Args:
        reference: local features of a photograph of the artwork.
        frame: local features of the frame.
        pairs: intp [n, 2], as `match_features` returns them.
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
    relative = corners / np.array([frame.width, frame.height])
    a, b, c, d = ((float(x), float(y)) for x, y in relative)
    inlier = mask.ravel() > 0
    inliers = min(count_cells(source[inlier]), count_cells(target[inlier]))
    return Verification(inliers, len(pairs), (a, b, c, d), homography)


def count_cells(xy: NDArray[np.float32]) -> int:
    """Count the cells of CELL_PX that hold points (float32 [n, 2], pixels).

    ORB finds one corner at several scales. Such features agree with each other under any
    homography, so a handful of corners would count as many inliers.
    """
    return len(np.unique(np.floor(xy / CELL_PX), axis=0))
