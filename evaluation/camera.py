"""A pinhole camera before a wall: where it stands, and what of the wall it sees.

The wall is the plane z = 0 of a right-handed world: x to the right, y down, z into the wall. The
unit is the longer side of the artwork that is pointed at, whose centre is the origin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 480
"""Of every frame, in pixels."""
Matrix = NDArray[np.float64]
Size = tuple[float, float]
"""Width and height on the wall, the longer of them 1."""
_FRAME = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a camera is and where it points.

    Attributes:
        position: (x, y, z) in the world; z < 0, before the wall.
        aim: (x, y) of the point on the wall in the middle of the frame.
        roll_deg: turn about the line of sight, clockwise as the frame shows the world turned.
        focal_px: focal length in pixels.
    """

    position: tuple[float, float, float]
    aim: tuple[float, float]
    roll_deg: float
    focal_px: float


@dataclass(frozen=True, slots=True)
class Stand:
    """How the camera is to see the artwork.

    Attributes:
        fill: projected area of the artwork as a share of the frame's area, cut off or not.
        angle_deg: between the wall's normal and the line from the artwork's centre to the camera.
        azimuth_rad: which way the camera is moved for that: 0 to the right, pi / 2 down.
        roll_deg: as in `Pose`.
        shift: of the artwork's centre from the frame's, as shares of its width and height.
        crop: share of the artwork's projected area that is to lie outside the frame.
        crop_rad: towards where it is pushed out.
        focal_px: as in `Pose`.
        whole: step back until the artwork is wholly in the frame, before any crop.
    """

    fill: float
    angle_deg: float
    azimuth_rad: float = 0.0
    roll_deg: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    crop: float = 0.0
    crop_rad: float = 0.0
    focal_px: float = 520.0
    whole: bool = True


def homography(pose: Pose) -> Matrix:
    """Map the wall to the frame: float64 [3, 3], (x, y, 1) to pixels, positive in front."""
    position = np.array(pose.position)
    forward = np.array([*pose.aim, 0.0]) - position
    forward /= np.linalg.norm(forward)
    right = np.cross([0.0, 1.0, 0.0], forward)
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward])
    cos, sin = math.cos(math.radians(pose.roll_deg)), math.sin(math.radians(pose.roll_deg))
    rotation = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]]) @ rotation
    lens = np.array([[pose.focal_px, 0, WIDTH / 2], [0, pose.focal_px, HEIGHT / 2], [0, 0, 1]])
    return np.asarray(lens @ np.column_stack([rotation[:, :2], -rotation @ position]))


def project(matrix: Matrix, points: Matrix) -> Matrix | None:
    """Map points, float64 [n, 2], to [n, 2]; None where one isn't in front of the camera."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    if np.any(mapped[:, 2] < 1e-3):
        return None
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def rectangle(centre: tuple[float, float], size: Size) -> Matrix:
    """Corners on the wall, float64 [4, 2], clockwise from top left."""
    half = np.array(size) / 2
    return np.asarray(np.array(centre) + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]))


def area(corners: Matrix) -> float:
    """Area of a polygon, float64 [n, 2], positive if clockwise on screen."""
    x, y = corners.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def visible_share(corners: Matrix) -> float:
    """Share of a convex polygon of pixels, float64 [n, 2], that lies in the frame."""
    inside, _ = cv2.intersectConvexConvex(corners.astype(np.float32), _FRAME)
    return float(inside) / max(area(corners), 1e-9)


def place_camera(size: Size, stand: Stand) -> Pose:
    """Find the pose that sees an artwork of this size as wanted."""
    corners = rectangle((0, 0), size)
    near, far = 0.05, 200.0
    for _ in range(40):
        distance = math.sqrt(near * far)
        seen = project(homography(_standing(stand, distance, stand.shift)), corners)
        if seen is None or _too_near(seen, stand):
            near = distance
        else:
            far = distance
    if stand.crop <= 0:
        return _standing(stand, far, stand.shift)
    inside, outside = 0.0, 1.2
    for _ in range(24):
        push = (inside + outside) / 2
        seen = project(homography(_standing(stand, far, _pushed(stand, push))), corners)
        if seen is not None and visible_share(seen) > 1 - stand.crop:
            inside = push
        else:
            outside = push
    return _standing(stand, far, _pushed(stand, inside))


def _too_near(seen: Matrix, stand: Stand) -> bool:
    if area(seen) > stand.fill * WIDTH * HEIGHT:
        return True
    limits = np.array([WIDTH, HEIGHT])
    return stand.whole and bool(np.any(seen < 0) or np.any(seen > limits))


def _pushed(stand: Stand, push: float) -> tuple[float, float]:
    return (
        stand.shift[0] + push * math.cos(stand.crop_rad),
        stand.shift[1] + push * math.sin(stand.crop_rad),
    )


def _standing(stand: Stand, distance: float, shift: tuple[float, float]) -> Pose:
    """Stand `distance` from the artwork's centre and aim so that it appears shifted."""
    angle = math.radians(stand.angle_deg)
    position = (
        distance * math.sin(angle) * math.cos(stand.azimuth_rad),
        distance * math.sin(angle) * math.sin(stand.azimuth_rad),
        -distance * math.cos(angle),
    )
    pose = Pose(position, (0.0, 0.0), stand.roll_deg, stand.focal_px)
    if shift == (0.0, 0.0):
        return pose
    # Moving the aim turns the camera, so where the centre lands is found by a few corrections.
    wanted = np.array([WIDTH * (0.5 + shift[0]), HEIGHT * (0.5 + shift[1]), 1.0])
    for _ in range(4):
        there = np.linalg.solve(homography(pose), wanted)
        if abs(there[2]) < 1e-9:
            break
        x, y = there[:2] / there[2]
        pose = replace(pose, aim=(pose.aim[0] - float(x), pose.aim[1] - float(y)))
    return pose
