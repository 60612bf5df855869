"""Where must a picture be, if one of its features is one of a frame's?

A feature has a place, a size and an orientation, so a single pair of features says where the whole
picture lies, how large it is and how it is turned, as far as a similarity goes. Pairs of the same
picture say about the same, and chance pairs don't: that is how few right ones are told from many
wrong ones (the Hough transform of Lowe, IJCV 2004, section 7.3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.features import LocalFeatures

SMALLEST, LARGEST = 0.09, 2.5
"""Mean side of a picture in view, in widths of the frame."""
OUTSIDE = 0.45
"""How far outside the frame its centre may lie, in widths of the frame."""
LEAST_WEIGHT = 0.03
"""Pairs of less weight say nothing."""
MOST_ROLL = np.deg2rad(50)
"""How far it may be turned: cameras are held about upright."""


def pair_weights(
    squared: NDArray[np.floating], chance: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Weigh pairs by how much nearer they are than what is alike by chance: 1 for equal features.

    Args:
        squared: float [n, k], squared distances of the pairs.
        chance: float [n, 1 or k], those of what is alike by chance.
    """
    return np.asarray(1 - np.sqrt(squared / np.maximum(chance, 1e-9)))


def pose_offsets(picture: LocalFeatures) -> NDArray[np.float32]:
    """Tell where the whole of a picture lies, as seen from each of its features.

    Args:
        picture: finer features of a reference.

    Returns:
        float32 [n, 4]: right and down to its centre and its mean side, in diameters of the feature
        and turned so that the feature stands upright; the feature's orientation, radians.
    """
    middle = np.array([picture.width / 2, picture.height / 2], np.float32)
    size = picture.poses[:, 0]
    away = _turned(middle - picture.xy, -picture.poses[:, 1]) / size[:, None]
    side = np.sqrt(picture.width * picture.height) / size
    return np.column_stack([away, side, picture.poses[:, 1]]).astype(np.float32)


def poses(
    frame: LocalFeatures, rows: NDArray[np.intp], wholes: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Tell where pictures would be in a frame.

    Args:
        frame: finer features of the frame.
        rows: intp [n], features of it.
        wholes: float32 [n, 4], of the reference features that they are paired with.

    Returns:
        float32 [n, 3]: x and y of the picture's centre and its mean side, pixels of the frame; and
        bool [n]: whether a picture before a camera may lie so.
    """
    size, angle = frame.poses[rows].T
    centre = frame.xy[rows] + size[:, None] * _turned(wholes[:, :2], angle)
    side = size * wholes[:, 2]
    roll = np.abs((angle - wholes[:, 3] + np.pi) % (2 * np.pi) - np.pi)
    slack = OUTSIDE * frame.width
    limits = np.array([frame.width, frame.height]) + slack
    inside = np.all((centre > -slack) & (centre < limits), axis=1)
    possible = inside & (roll < MOST_ROLL)
    possible &= (side > SMALLEST * frame.width) & (side < LARGEST * frame.width)
    return np.column_stack([centre, side]).astype(np.float32), possible


def _turned(vectors: NDArray[np.float32], angles: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn vectors, float32 [n, 2], by angles in radians: clockwise, as y points down."""
    cos, sin = np.cos(angles), np.sin(angles)
    x, y = vectors.T
    return np.column_stack([cos * x - sin * y, sin * x + cos * y])
