"""Hough voting: features that agree on a picture's pose, of real pictures and made-up ones."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from demo.catalogue import HELD_BACK
from recognition.homography import verify
from recognition.matching import match_by_pose, match_rootsift
from tests.conftest import ENROLLED
from vision.features import LocalFeatures
from vision.hough import pose_offsets, poses
from vision.rootsift import rootsift_frame_features, rootsift_reference_features

NOTHING = LocalFeatures(np.zeros((0, 2), np.float32), np.zeros((0, 128), np.uint8), 9, 9)


def feature(x: float, y: float, size: float, degrees: float, wide: int, high: int) -> LocalFeatures:
    """A single feature of a picture."""
    return LocalFeatures(
        np.array([[x, y]], np.float32),
        np.zeros((1, 128), np.uint8),
        wide,
        high,
        poses=np.array([[size, np.radians(degrees)]], np.float32),
    )


def view_of(index: int, scale: float, degrees: float, left: int, top: int) -> np.ndarray:
    """A painting on a grey wall, rotated and shrunk, BGR; `left` and `top` are of its centre."""
    painting = np.ascontiguousarray(ENROLLED[index].paint()[..., ::-1])
    painting = cv2.resize(painting, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = painting.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1)
    turn[:, 2] += left - wide / 2, top - high / 2
    wall = np.full((480, 640, 3), 128, np.uint8)
    cv2.warpAffine(painting, turn, (640, 480), wall, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT)
    return wall


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        # As in the picture; twice as large; rotated by 30 degrees about the feature.
        (feature(100, 100, 8, 0, 640, 480), (200, 150, 346.4)),
        (feature(100, 100, 16, 0, 640, 480), (300, 200, 692.8)),
        (feature(300, 200, 8, 30, 640, 480), (361.6, 293.3, 346.4)),
    ],
)
def test_one_pair_of_features_gives_the_pose_of_the_picture(
    seen: LocalFeatures, expected: tuple[float, float, float]
) -> None:
    # The centre of a picture of 400 x 300 is 100 to the right and 50 down from the feature.
    offsets = pose_offsets(feature(100, 100, 8, 0, 400, 300))
    found, possible = poses(seen, np.array([0]), offsets)
    assert found[0] == pytest.approx(expected, abs=0.1)
    assert possible.tolist() == [True]


@pytest.mark.parametrize(
    "seen",
    [
        feature(300, 200, 0.5, 0, 640, 480),  # 22 pixels wide
        feature(300, 200, 80, 0, 640, 480),  # five frames wide
        feature(300, 200, 8, 90, 640, 480),  # lying on its side
        feature(630, 470, 40, 0, 640, 480),  # beside the frame
    ],
)
def test_impossible_poses_are_refused(seen: LocalFeatures) -> None:
    _, possible = poses(seen, np.array([0]), pose_offsets(feature(100, 100, 8, 0, 400, 300)))
    assert possible.tolist() == [False]


def test_the_pairs_of_a_painting_give_its_position() -> None:
    reference = rootsift_reference_features(ENROLLED[0].paint()[..., ::-1])
    seen = rootsift_frame_features(view_of(0, 0.25, 8, 360, 220))
    pairs = match_rootsift(reference, seen)
    found, _ = poses(seen, pairs[:, 1], pose_offsets(reference)[pairs[:, 0]])
    assert np.median(found[:, 0]) == pytest.approx(360, abs=6)
    assert np.median(found[:, 1]) == pytest.approx(220, abs=6)


def test_pairs_of_one_pose_find_a_dim_artwork_amid_a_pattern() -> None:
    """A checked cloth has hundreds of strong features that are all alike."""
    frame = view_of(1, 0.3, 0, 220, 200) // 8 + 12
    checks = np.kron(np.indices((60, 40)).sum(axis=0) % 2, np.ones((8, 8))) * 120 + 60
    frame[:, 440:] = checks[:480, :200, None]
    reference = rootsift_reference_features(ENROLLED[1].paint()[..., ::-1])
    seen = rootsift_frame_features(frame)
    found = match_by_pose(reference, seen)
    assert 1 <= len(found) <= 3
    for pairs in found:
        assert all(len(np.unique(side)) == len(side) for side in pairs.T), "one to one"
    best = max((verify(reference, seen, pairs) for pairs in found), key=lambda fit: fit.inliers)
    assert best.inliers >= verify(reference, seen, match_rootsift(reference, seen)).inliers
    assert best.inliers >= 40
    assert best.outline is not None
    assert np.mean(best.outline, axis=0) * (640, 480) == pytest.approx((220, 200), abs=12)


@pytest.mark.slow
def test_an_absent_artwork_has_no_pose() -> None:
    reference = rootsift_reference_features(HELD_BACK[0].paint()[..., ::-1])
    for index in range(len(ENROLLED)):
        seen = rootsift_frame_features(view_of(index, 0.3, 0, 320, 240))
        fits = [verify(reference, seen, pairs) for pairs in match_by_pose(reference, seen)]
        assert all(fit.inliers < 8 for fit in fits)


def test_pictures_without_features_have_no_pairs() -> None:
    seen = rootsift_frame_features(view_of(0, 0.3, 0, 320, 240))
    assert match_by_pose(NOTHING, seen) == []
    assert match_by_pose(seen, NOTHING) == []
    assert match_by_pose(seen, seen.only(slice(2))) == [], (
        "too few features to measure chance similarity"
    )
