"""Optical flow: an outline carried to later frames, or none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount
from recognition.recognizer import Recognizer
from stream.frames import Frame
from stream.optical_flow import FlowTracker, correlation
from stream.quality import small_grey
from tests.conftest import ENROLLED
from vision.points import Outline

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def view() -> Image:
    """A camera's picture of an enrolled work: uint8 BGR."""
    return next(filmed(mount(ENROLLED[2].paint()), 5, 8))


def test_a_picture_that_slowly_replaces_another_is_not_followed(
    recognizer: Recognizer, view: Image
) -> None:
    """Points can drift from one picture to the next; the pixels inside must look alike."""
    grey = small_grey(Frame(view, 0, 0))
    best = recognizer.recognize(recognizer.query(view)).best
    assert best and best.verification.outline
    tracker = FlowTracker(grey, best.verification.outline)
    unknown = small_grey(Frame(next(filmed(mount(HELD_BACK[1].paint()), 1)), 0, 0))
    shares = np.linspace(0, 1, 41)
    found = [
        tracker.follow(np.asarray(cv2.addWeighted(grey, 1 - share, unknown, share, 0))) is not None
        for share in shares
    ]
    assert found[0]
    assert not any(found[20:]), "less than half of it is left"


def test_an_outline_is_carried_or_given_up(view: Image) -> None:
    grey = small_grey(Frame(view, 0, 0))
    whole: Outline = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
    tracker = FlowTracker(grey, whole)
    turn = cv2.getRotationMatrix2D((160, 120), 4, 1.05)
    turn[:, 2] += (6, -4)
    moved = np.asarray(cv2.warpAffine(grey, turn, (320, 240), borderMode=cv2.BORDER_REPLICATE))
    corners = np.array(whole) * (320, 240)
    found = tracker.follow(moved)
    assert found is not None
    outline, points = found
    assert points >= 20
    there = np.column_stack([corners, np.ones(4)]) @ turn.T
    assert np.array(outline) * (320, 240) == pytest.approx(there, abs=1.0)
    flat = np.full_like(grey, 90)
    assert tracker.follow(flat) is None
    assert FlowTracker(flat, whole).follow(flat) is None, "no corners"
    assert tracker.follow(grey[:200]) is None, "another size"
    hidden = moved.copy()
    hidden[:, :170] = 60
    assert tracker.follow(hidden) is None, "half of it is hidden"
    assert tracker.follow(moved) is not None, "and found again"


def test_correlation_is_of_the_pattern_not_the_light(rng: np.random.Generator) -> None:
    a = rng.integers(0, 120, 500).astype(np.uint8)
    assert correlation(a, a) == pytest.approx(1)
    assert correlation(a, (a // 2 + 40).astype(np.uint8)) > 0.99
    assert abs(correlation(a, rng.integers(0, 120, 500).astype(np.uint8))) < 0.2
    assert correlation(a, np.full_like(a, 9)) == correlation(a[:1], a[:1]) == 0
