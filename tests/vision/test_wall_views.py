"""Views of an artwork on a wall: whole, framed, in the middle, and of the size that was asked."""

from __future__ import annotations

import numpy as np
import pytest

from vision.wall_views import FILLS, wall_view

SIDE = 168
RED = (200, 30, 30)


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("size", [(300, 200), (40, 900), (900, 40), (1, 1)])
def test_the_whole_artwork_hangs_in_the_middle(fill: float, size: tuple[int, int]) -> None:
    image = np.full((*size, 3), RED, np.uint8)
    view = wall_view(image, fill, SIDE)
    assert view.shape == (SIDE, SIDE, 3)
    rows, columns = np.nonzero((view == RED).all(axis=2))
    seen = np.array([np.ptp(rows) + 1, np.ptp(columns) + 1])
    assert seen.max() == pytest.approx(fill * SIDE, abs=1)
    assert seen == pytest.approx(np.maximum(1, fill * SIDE * np.array(size) / max(size)), abs=1)
    assert (rows.mean(), columns.mean()) == pytest.approx((SIDE / 2, SIDE / 2), abs=1.5)
    assert not (view[[0, -1]] == RED).all(axis=2).any(), "a wall is around it"
