"""Photographs as small squares, to lay artworks seen in a frame over them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 128


def read_surface(path: Path) -> NDArray[np.uint8]:
    """Read a photograph: uint8 [128, 128], grey, its sides squeezed to a square.

    Raises:
        OSError: it is gone or damaged.
    """
    # At half size: what a JPEG decoder does for a quarter of the work, and still larger than 128.
    grey = cv2.imread(str(path), cv2.IMREAD_REDUCED_GRAYSCALE_2)
    if grey is None:
        raise OSError(f"{path}: missing or damaged")
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
