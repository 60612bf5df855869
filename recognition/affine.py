"""Verify non-planar works: fit an affine map between each photograph and a frame.

A homography needs a plane. The parts of a sculpture move differently when the camera does. So an
affine map, the local approximation of a homography, is fitted with a wide tolerance, and more
inliers are needed. Measured against homographies and fundamental matrices in
docs/decisions/0006-non-planar-works.md.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.candidate import Verification
from recognition.homography import MIN_PAIRS
from recognition.matching import match_features
from vision.features import LocalFeatures

TOLERANCE_PX = 10.0
MIN_SCALE, MAX_SCALE = 0.2, 5.0
"""Smallest and largest scale of a work in the frame, relative to its photograph."""
_ITERATIONS = 2000


def verify_all_affine(
    references: Sequence[LocalFeatures], frame: LocalFeatures
) -> list[Verification]:
    """Verify each photograph of non-planar works against one frame, without finding an outline."""
    pairs = match_features(references, frame)
    return [
        verify_affine(reference, frame, matched)
        for reference, matched in zip(references, pairs, strict=True)
    ]


def verify_affine(
    reference: LocalFeatures, frame: LocalFeatures, pairs: NDArray[np.intp]
) -> Verification:
    """Fit an affine map by RANSAC (Fischler and Bolles, 1981); refuse mirrored and extreme ones.

    Args:
        reference: local features of a photograph of the work.
        frame: local features of the frame.
        pairs: intp [n, 2], as `match_features` returns them.
    """
    refused = Verification(0, len(pairs))
    if len(pairs) < MIN_PAIRS:
        return refused
    affine, mask = cv2.estimateAffine2D(
        reference.xy[pairs[:, 0]],
        frame.xy[pairs[:, 1]],
        method=cv2.RANSAC,
        ransacReprojThreshold=TOLERANCE_PX,
        maxIters=_ITERATIONS,
    )
    if affine is None or mask is None:
        return refused
    determinant = float(np.linalg.det(affine[:, :2]))
    if not MIN_SCALE**2 <= determinant <= MAX_SCALE**2:
        return refused
    return Verification(int(mask.sum()), len(pairs))
