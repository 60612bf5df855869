"""The quality gate on real pictures."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.filmed_clips import filmed, mount
from stream.frames import Frame
from stream.quality import QualityGate
from tests.conftest import ENROLLED

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def picture() -> Image:
    """A camera's picture of an enrolled work: uint8 BGR."""
    return next(filmed(mount(ENROLLED[2].paint()), 1))


def frame(image: Image, t: float = 0.0) -> Frame:
    return Frame(image, t, 0)


def test_the_reason_for_refusing_a_frame(picture: Image) -> None:
    gate = QualityGate()
    whole, grey = gate.check(frame(picture))
    assert whole.reason is None
    assert gate.check(frame(picture), grey)[0].reason == "frozen"
    worse = {
        "too_dark": picture // 64,
        "too_bright": np.full_like(picture, 255),
        "blurred": cv2.GaussianBlur(picture, (0, 0), 25),
    }
    for reason, image in worse.items():
        quality, _ = gate.check(frame(np.asarray(image)))
        assert (quality.reason, quality.hint) == (reason, reason)
    blocks = picture.copy()
    rng = np.random.default_rng(2)
    for top in range(0, 480, 16):
        for left in range(0, 640, 16):
            blocks[top : top + 16, left : left + 16] = rng.integers(0, 255, 3)
    assert gate.check(frame(blocks))[0].reason == "corrupted"


def test_a_dim_but_sharp_frame_is_accepted(picture: Image) -> None:
    rng = np.random.default_rng(2)
    dim = np.clip(picture * 0.08 + rng.normal(0, 1, picture.shape), 0, 255).astype(np.uint8)
    assert QualityGate().check(frame(dim))[0].reason is None
