"""Outlines of artworks in a frame: overlap, attention, and whether a camera may see them so."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.points import Outline

MIN_AREA = 0.02
"""Smallest share of the frame that an outline may cover."""
MAX_OUTSIDE = 2.0
"""How far outside the frame a corner may lie, in widths and heights of the frame."""
_SPREAD = 0.22
_STEPS = (np.arange(24) + 0.5) / 24
_X, _Y = np.meshgrid(_STEPS, _STEPS)
_WEIGHTS = np.exp(-((_X - 0.5) ** 2 + (_Y - 0.5) ** 2) / (2 * _SPREAD**2))
"""The visitor's attention over the frame, float64 [24, 24]."""


def overlap(a: Outline, b: Outline) -> float:
    """Return the intersection over union of two convex outlines, 0..1."""
    first, second = (np.array(outline, np.float32) for outline in (a, b))
    shared, _ = cv2.intersectConvexConvex(first, second)
    union = cv2.contourArea(first) + cv2.contourArea(second) - shared
    return float(shared / union) if union > 0 else 0.0


def attention(outline: Outline) -> float:
    """Return the share of the visitor's attention that an outline has, 0..1.

    Attention is a bell-shaped weight (standard deviation 0.22 frames) about the frame's centre.
    Large and central outlines have much of it, small or distant ones little.

    Args:
        outline: convex, clockwise, in 0..1 of the frame.
    """
    inside = np.ones_like(_WEIGHTS, bool)
    corners = np.array(outline)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (bx - ax) * (_Y - ay) - (by - ay) * (_X - ax) >= 0
    return float(_WEIGHTS[inside].sum() / _WEIGHTS.sum())


def project_corners(
    homography: NDArray[np.float64], width: int, height: int
) -> NDArray[np.float64] | None:
    """Map the corners of a picture into the frame.

    Args:
        homography: float64 [3, 3], from pixels of the picture to pixels of the frame.
        width: width of the picture in pixels.
        height: its height.

    Returns:
        float64 [4, 2], clockwise from top left; None if a corner falls behind the camera.
    """
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], float)
    mapped = corners @ homography.T
    depth = mapped[:, 2]
    if np.any(np.abs(depth) < 1e-9) or len(set(np.sign(depth))) > 1:
        return None
    return np.asarray(mapped[:, :2] / depth[:, None])


def plausible(corners: NDArray[np.float64], width: int, height: int) -> bool:
    """Return whether a camera may see an artwork with these corners.

    The outline must be convex, not mirrored and large enough, with no corner more than MAX_OUTSIDE
    frames away. Matches that all lie in one small motif fit implausible ones by accident.

    Args:
        corners: float [4, 2], pixels of the frame, clockwise from the artwork's top left.
        width: width of the frame in pixels.
        height: its height.
    """
    size = np.array([width, height])
    if np.any(corners < -MAX_OUTSIDE * size) or np.any(corners > (1 + MAX_OUTSIDE) * size):
        return False
    edges = np.roll(corners, -1, axis=0) - corners
    following = np.roll(edges, -1, axis=0)
    turns = edges[:, 0] * following[:, 1] - edges[:, 1] * following[:, 0]
    x, y = corners.T
    area = 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    # With y downwards, a clockwise outline has positive turns and a positive area.
    return bool(np.all(turns > 0) and area > MIN_AREA * width * height)
