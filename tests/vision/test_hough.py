"""Features that agree on where a picture is, on real pictures and on made-up ones."""

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


def view_of(number: int, scale: float, degrees: float, left: int, top: int) -> np.ndarray:
    """A painting on a grey wall, turned and shrunk, BGR; `left` and `top` are of its centre."""
    painting = np.ascontiguousarray(ENROLLED[number].paint()[..., ::-1])
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
        # As in the picture; twice as large; turned by 30 degrees about the feature.
        (feature(100, 100, 8, 0, 640, 480), (200, 150, 346.4)),
        (feature(100, 100, 16, 0, 640, 480), (300, 200, 692.8)),
        (feature(300, 200, 8, 30, 640, 480), (361.6, 293.3, 346.4)),
    ],
)
def test_one_pair_of_features_says_where_the_picture_is(
    seen: LocalFeatures, expected: tuple[float, float, float]
) -> None:
    # 100 to the right and 50 down from the feature is the middle of a picture of 400 x 300.
    wholes = pose_offsets(feature(100, 100, 8, 0, 400, 300))
    places, possible = poses(seen, np.array([0]), wholes)
    assert places[0] == pytest.approx(expected, abs=0.1)
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
def test_no_camera_sees_such_a_picture(seen: LocalFeatures) -> None:
    _, possible = poses(seen, np.array([0]), pose_offsets(feature(100, 100, 8, 0, 400, 300)))
    assert possible.tolist() == [False]


def test_the_pairs_of_a_painting_say_where_it_hangs() -> None:
    reference = rootsift_reference_features(ENROLLED[0].paint()[..., ::-1])
    seen = rootsift_frame_features(view_of(0, 0.25, 8, 360, 220))
    pairs = match_rootsift(reference, seen)
    places, _ = poses(seen, pairs[:, 1], pose_offsets(reference)[pairs[:, 0]])
    assert np.median(places[:, 0]) == pytest.approx(360, abs=6)
    assert np.median(places[:, 1]) == pytest.approx(220, abs=6)


def test_pairs_in_one_place_find_a_dim_artwork_amid_a_pattern() -> None:
    """A checked cloth gives hundreds of strong features that are all alike."""
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


def test_an_artwork_that_is_not_there_is_in_no_place() -> None:
    reference = rootsift_reference_features(HELD_BACK[0].paint()[..., ::-1])
    for number in range(len(ENROLLED)):
        seen = rootsift_frame_features(view_of(number, 0.3, 0, 320, 240))
        fits = [verify(reference, seen, pairs) for pairs in match_by_pose(reference, seen)]
        assert all(fit.inliers < 8 for fit in fits)


def test_nothing_is_paired_with_nothing() -> None:
    seen = rootsift_frame_features(view_of(0, 0.3, 0, 320, 240))
    assert match_by_pose(NOTHING, seen) == []
    assert match_by_pose(seen, NOTHING) == []
    assert match_by_pose(seen, seen.only(slice(2))) == [], "too few to tell what is alike by chance"
