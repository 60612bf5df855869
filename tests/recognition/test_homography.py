"""Verification by a homography."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from recognition.homography import verify_all
from tests.conftest import ENROLLED
from vision.features import frame_features, reference_features


def test_verification_finds_the_artwork_where_it_is() -> None:
    work = ENROLLED[2].paint()
    reference = reference_features(cv2.cvtColor(work, cv2.COLOR_RGB2BGR))
    height, width = work.shape[:2]
    corners = np.array([[130, 60], [500, 95], [480, 420], [150, 380]], np.float32)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    homography = cv2.getPerspectiveTransform(flat, corners)
    view = cv2.warpPerspective(work, homography, (640, 480), borderValue=(200, 200, 190))
    other = reference_features(ENROLLED[3].paint())
    features = frame_features(np.asarray(view))
    right, wrong = verify_all([reference, other], features)
    assert right.inliers >= 40 > 7 >= wrong.inliers
    assert right.outline is not None
    assert np.array(right.outline) * (640, 480) == pytest.approx(corners, abs=4)
    again, _ = verify_all([reference, other], features)
    assert (again.inliers, again.outline) == (right.inliers, right.outline)
