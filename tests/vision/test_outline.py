"""Outlines: plausible views, and the attention that an outline draws."""

from __future__ import annotations

import numpy as np
import pytest

from vision.outline import attention, plausible
from vision.points import Outline


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def test_attention_goes_to_the_centre_and_the_large() -> None:
    assert attention(box(0, 0, 1, 1)) == pytest.approx(1)
    assert attention(box(2, 2, 3, 3)) == 0
    central, beside = attention(box(0.4, 0.4, 0.6, 0.6)), attention(box(0.7, 0.4, 0.9, 0.6))
    assert central > 2 * beside > 0
    assert attention(box(0.3, 0.3, 0.7, 0.7)) > central


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        ([[0, 0], [300, 0], [300, 300], [0, 300]], True),
        ([[300, 0], [0, 0], [0, 300], [300, 300]], False),  # mirrored
        ([[0, 0], [300, 300], [300, 0], [0, 300]], False),  # crossed
        ([[0, 0], [300, 0], [100, 100], [0, 300]], False),  # not convex
        ([[0, 0], [60, 0], [60, 60], [0, 60]], False),  # too small
        ([[300, 300], [0, 300], [0, 0], [300, 0]], True),  # upside down
        ([[-600, -400], [900, -400], [900, 800], [-600, 800]], True),  # a detail, close by
        ([[0, 0], [300, 0], [4000, 9000], [0, 300]], False),  # a corner far out
    ],
)
def test_only_real_views_are_plausible(corners: list[list[float]], expected: bool) -> None:
    assert plausible(np.array(corners, float), 640, 480) is expected
