"""The types of an outline, apart from what is computed with OpenCV (vision.outline)."""

from __future__ import annotations

Point = tuple[float, float]
Outline = tuple[Point, Point, Point, Point]
"""Corners as (x, y) in 0..1 of the frame, clockwise from the artwork's own top left."""
