"""Hough voting: the pose that each pair of features implies for the whole picture.

A feature has a position, a size and an orientation. So a single pair of features gives the
position, size and rotation of the whole picture, as far as a similarity goes. Right pairs of a
picture agree on its pose, and chance pairs don't: that separates few right ones from many wrong
ones (the Hough transform of Lowe, IJCV 2004, section 7.3).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.features import LocalFeatures

MIN_SIDE, MAX_SIDE = 0.09, 2.5
"""Range of the mean side of a picture in view, in widths of the frame."""
MAX_OUTSIDE = 0.45
"""How far outside the frame its centre may lie, in widths of the frame."""
MIN_WEIGHT = 0.03
"""Pairs of less weight have no vote."""
MAX_ROLL = np.deg2rad(50)
"""How far a picture may be rotated, radians: cameras are held about upright."""


def pair_weights(
    squared: NDArray[np.floating], chance: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Weigh pairs by how much nearer they are than chance pairs: 1 for equal features.

    Args:
        squared: float [n, k], squared distances of the pairs.
        chance: float [n, 1 or k], squared distances of features that are alike by chance.

    Returns:
        float [n, k], at most 1; negative where a pair is farther apart than a chance pair.
    """
    return np.asarray(1 - np.sqrt(squared / np.maximum(chance, 1e-9)))


def pose_offsets(picture: LocalFeatures) -> NDArray[np.float32]:
    """Return where the whole picture lies relative to each of its features.

    Args:
        picture: RootSIFT features of a reference.

    Returns:
        float32 [n, 4]: the offset to the picture's centre (right, down) and its mean side, in
        diameters of the feature and rotated so that the feature is upright; the feature's
        orientation, radians.
    """
    centre = np.array([picture.width / 2, picture.height / 2], np.float32)
    size = picture.poses[:, 0]
    offset = _rotate(centre - picture.xy, -picture.poses[:, 1]) / size[:, None]
    side = np.sqrt(picture.width * picture.height) / size
    return np.column_stack([offset, side, picture.poses[:, 1]]).astype(np.float32)


def poses(
    frame: LocalFeatures, rows: NDArray[np.intp], offsets: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the poses in a frame that pairs of features imply for their pictures.

    Args:
        frame: RootSIFT features of the frame.
        rows: intp [n], rows of the frame's features.
        offsets: float32 [n, 4], `pose_offsets` of the reference features paired with them.

    Returns:
        float32 [n, 3]: x and y of the picture's centre and its mean side, pixels of the frame; and
        bool [n]: whether a camera may see a picture in this pose.
    """
    size, angle = frame.poses[rows].T
    centre = frame.xy[rows] + size[:, None] * _rotate(offsets[:, :2], angle)
    side = size * offsets[:, 2]
    roll = np.abs((angle - offsets[:, 3] + np.pi) % (2 * np.pi) - np.pi)
    slack = MAX_OUTSIDE * frame.width
    limits = np.array([frame.width, frame.height]) + slack
    inside = np.all((centre > -slack) & (centre < limits), axis=1)
    possible = inside & (roll < MAX_ROLL)
    possible &= (side > MIN_SIDE * frame.width) & (side < MAX_SIDE * frame.width)
    return np.column_stack([centre, side]).astype(np.float32), possible


def _rotate(vectors: NDArray[np.float32], angles: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rotate vectors, float32 [n, 2], by angles in radians: clockwise, since y points down."""
    cos, sin = np.cos(angles), np.sin(angles)
    x, y = vectors.T
    return np.column_stack([cos * x - sin * y, sin * x + cos * y])
