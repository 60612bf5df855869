"""Shapes as lists of points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.floating]
"""Nx2 float: x and y in pixels."""


def arc(
    x: float, y: float, r: float, start: float = 0.0, end: float = 360.0, squash: float = 1.0
) -> Points:
    """Return points along an arc.

    Args:
        x: Centre across, pixels.
        y: Centre down, pixels.
        r: Radius, pixels.
        start: First angle, degrees, clockwise from three o'clock.
        end: Last angle, degrees.
        squash: Height against width.

    Returns:
        Nx2 float.
    """
    n = int(max(8, min(240, abs(end - start) / 360 * (16 + r * 1.2))))
    a = np.radians(np.linspace(start, end, n))
    return np.stack([x + r * np.cos(a), y + squash * r * np.sin(a)], axis=1)


def wedge(
    x: float, y: float, inner: float, outer: float, start: float = 0.0, end: float = 360.0
) -> Points:
    """Return a slice of a ring, as a polygon.

    Args:
        x: Centre across, pixels.
        y: Centre down, pixels.
        inner: Inner radius, pixels.
        outer: Outer radius, pixels.
        start: First angle, degrees.
        end: Last angle, degrees.

    Returns:
        Nx2 float.
    """
    return np.concatenate([arc(x, y, outer, start, end), arc(x, y, inner, end, start)])


def rect(x0: float, y0: float, x1: float, y1: float) -> Points:
    """Return the corners of an upright rectangle.

    Args:
        x0: Left, pixels.
        y0: Top, pixels.
        x1: Right, pixels.
        y1: Bottom, pixels.

    Returns:
        4x2 float.
    """
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)


def turned(pts: npt.ArrayLike, degrees: float, about: npt.ArrayLike | None = None) -> Points:
    """Rotate points.

    Args:
        pts: Nx2, pixels.
        degrees: Clockwise angle as seen on the picture.
        about: Centre; None takes the points' mean.

    Returns:
        Nx2 float.
    """
    p = np.asarray(pts, np.float64)
    c = p.mean(axis=0) if about is None else np.asarray(about, np.float64)
    a = np.radians(degrees)
    spin = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    out: Points = (p - c) @ spin + c
    return out


def box_at(x: float, y: float, w: float, h: float, degrees: float = 0.0) -> Points:
    """Return a rotated rectangle, given by its centre.

    Args:
        x: Centre across, pixels.
        y: Centre down, pixels.
        w: Width, pixels.
        h: Height, pixels.
        degrees: Clockwise angle.

    Returns:
        4x2 float.
    """
    return turned(rect(x - w / 2, y - h / 2, x + w / 2, y + h / 2), degrees)


def smooth(pts: npt.ArrayLike, steps: int = 8, closed: bool = False) -> Points:
    """Return a Catmull-Rom curve through points.

    Args:
        pts: Nx2, pixels.
        steps: New points for each old one.
        closed: Whether the curve returns to its start.

    Returns:
        Mx2 float.
    """
    p = np.asarray(pts, np.float64)
    before, after = (p[-1:], p[:2]) if closed else (p[:1], p[-1:])
    p = np.concatenate([before, p, after])
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    a, b, c, d = (p[k : len(p) - 3 + k][:, None, :] for k in range(4))
    curve = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    out: Points = curve.reshape(-1, 2)
    return out if closed else np.concatenate([out, p[-1:]])


def moved(pts: npt.ArrayLike, dx: float, dy: float) -> Points:
    """Move points.

    Args:
        pts: Nx2, pixels.
        dx: To the right, pixels.
        dy: Down, pixels.

    Returns:
        Nx2 float.
    """
    out: Points = np.asarray(pts, np.float64) + np.array([dx, dy])
    return out


def blob(rng: np.random.Generator, x: float, y: float, r: float, rough: float = 0.2) -> Points:
    """Return a rounded, uneven shape.

    Args:
        rng: Source of chance.
        x: Centre across, pixels.
        y: Centre down, pixels.
        r: Mean radius, pixels.
        rough: Deviation of the radius against its mean.

    Returns:
        Nx2 float.
    """
    n = 9
    a = np.linspace(0, 2 * np.pi, n, endpoint=False) + rng.normal(0, 0.1, n)
    radius = r * np.clip(1 + rng.normal(0, rough, n), 0.4, 1.7)
    return smooth(np.stack([x + radius * np.cos(a), y + radius * np.sin(a)], axis=1), 6, True)
