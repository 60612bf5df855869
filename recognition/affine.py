"""Works without a plane: do local features agree with one photograph, as far as parallax allows?

A homography needs a plane. Of a sculpture only parts move together, so an affine map (its local
approximation) with a wide tolerance is fitted to each photograph, and more inliers are asked for.
Measured against homographies and fundamental matrices in docs/decisions/0006-non-planar-works.md.
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
"""How much smaller or larger than its photograph a work may be seen."""
_ITERATIONS = 2000


def verify_all_affine(
    references: Sequence[LocalFeatures], frame: LocalFeatures
) -> list[Verification]:
    """Verify photographs of works without a plane against one frame; no outline comes of it."""
    pairs = match_features(references, frame)
    return [
        verify_affine(reference, frame, found)
        for reference, found in zip(references, pairs, strict=True)
    ]


def verify_affine(
    reference: LocalFeatures, frame: LocalFeatures, pairs: NDArray[np.intp]
) -> Verification:
    """Fit an affine map by RANSAC (Fischler and Bolles, 1981), neither mirrored nor extreme.

    Args:
        reference: local features of a photograph of the work.
        frame: those of the frame.
        pairs: what `match_features` paired.
    """
    nothing = Verification(0, len(pairs))
    if len(pairs) < MIN_PAIRS:
        return nothing
    affine, mask = cv2.estimateAffine2D(
        reference.xy[pairs[:, 0]],
        frame.xy[pairs[:, 1]],
        method=cv2.RANSAC,
        ransacReprojThreshold=TOLERANCE_PX,
        maxIters=_ITERATIONS,
    )
    if affine is None or mask is None:
        return nothing
    determinant = float(np.linalg.det(affine[:, :2]))
    if not MIN_SCALE**2 <= determinant <= MAX_SCALE**2:
        return nothing
    return Verification(int(mask.sum()), len(pairs))
