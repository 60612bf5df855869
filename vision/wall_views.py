"""An artwork as it hangs: framed on a plain wall, whole in the camera's view, nearer and farther.

These few views stand beside each photograph in the index. They are what a visitor's frame shows
before light and angle: an artwork that fills a part of it, with a frame and a wall around.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

FILLS = (0.45, 0.85)
"""Longer side of the artwork in each view, as a fraction of the view's side. Measured against
random views: docs/measurements/index-views.md."""
_FRAME = 0.05
_FRAME_COLOUR, _WALL_COLOUR = (110, 85, 50), (150, 145, 138)


def wall_view(image: NDArray[np.uint8], fill: float, side: int) -> NDArray[np.uint8]:
    """Render an artwork in a frame on a wall.

    Args:
        image: uint8 [height, width, 3], RGB: the artwork.
        fill: its longer side as a fraction of the view's side, 0..0.9.
        side: side of the view in pixels.

    Returns:
        uint8 [side, side, 3], RGB.
    """
    scale = fill * side / max(image.shape[:2])
    high, wide = (max(1, round(length * scale)) for length in image.shape[:2])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(image, (wide, high), interpolation=method)
    border = max(2, round(_FRAME * max(high, wide)))
    framed = cv2.copyMakeBorder(small, *(border,) * 4, cv2.BORDER_CONSTANT, value=_FRAME_COLOUR)
    view = np.full((side, side, 3), _WALL_COLOUR, np.uint8)
    framed = framed[:side, :side]
    top, left = ((side - length) // 2 for length in framed.shape[:2])
    view[top : top + framed.shape[0], left : left + framed.shape[1]] = framed
    return view
