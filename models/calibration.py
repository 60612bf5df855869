"""Pictures that int8 models are calibrated with: synthetic camera views of the demo gallery."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from demo.catalogue import DEMO_WORKS
from vision.synthetic_views import synthetic_view

_STEP = 4
"""Every fourth work is taken."""
_VIEWS_EACH = 2


def calibration_views(resolution: int) -> NDArray[np.uint8]:
    """Render views of works from every family of the demo gallery.

    Args:
        resolution: side of the views in pixels.

    Returns:
        uint8 [48, resolution, resolution, 3], RGB; the same on every call.
    """
    rng = np.random.default_rng(0)
    views = []
    for work in DEMO_WORKS[::_STEP]:
        image = work.paint()
        views += [synthetic_view(image, rng, resolution) for _ in range(_VIEWS_EACH)]
    return np.stack(views)
