"""A pinhole camera in front of a wall: where it stands, and what part of the wall it sees.

The wall is the plane z = 0 of a right-handed world: x to the right, y down, z into the wall. The
unit is the longer side of the artwork that the camera points at, whose centre is the origin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 480
"""Size of every frame, in pixels."""
Matrix = NDArray[np.float64]
Size = tuple[float, float]
"""Width and height on the wall, in units of the wall."""
_FRAME = np.array([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]], np.float32)


@dataclass(frozen=True, slots=True)
class Pose:
    """Position and direction of a camera.

    Attributes:
        position: (x, y, z) in the world; z < 0 is in front of the wall.
        aim: (x, y) of the point on the wall that the middle of the frame shows.
        roll_deg: rotation about the line of sight; positive turns the world clockwise in the frame.
        focal_px: focal length in pixels.
    """

    position: tuple[float, float, float]
    aim: tuple[float, float]
    roll_deg: float
    focal_px: float


@dataclass(frozen=True, slots=True)
class Framing:
    """How the artwork shall appear in the frame.

    Attributes:
        fill: projected area of the artwork as a share of the frame's area, including any part
            outside the frame.
        angle_deg: angle between the wall's normal and the line from the artwork's centre to the
            camera.
        azimuth_rad: direction in which the camera is moved for that: 0 is right, pi / 2 is down.
        roll_deg: as in `Pose`.
        shift: offset of the artwork's centre from the frame's centre, as shares of the frame's
            width and height.
        crop: share of the artwork's projected area that lies outside the frame.
        crop_rad: direction in which the artwork is pushed out of the frame.
        focal_px: as in `Pose`.
        whole: before any crop, the camera steps back until the whole artwork is in the frame.
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
    """Return the matrix from the wall to the frame, float64 [3, 3].

    It maps (x, y, 1) to homogeneous pixels; their third number is positive in front of the camera.
    """
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
    """Map points, float64 [n, 2], to [n, 2]; None if any of them isn't in front of the camera."""
    mapped = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    if np.any(mapped[:, 2] < 1e-3):
        return None
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def rectangle(centre: tuple[float, float], size: Size) -> Matrix:
    """Return the corners on the wall, float64 [4, 2], clockwise from top left."""
    half = np.array(size) / 2
    return np.asarray(np.array(centre) + half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]))


def area(corners: Matrix) -> float:
    """Return the area of a polygon, float64 [n, 2]; it is positive if clockwise on screen."""
    x, y = corners.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def visible_share(corners: Matrix) -> float:
    """Return the share of a convex polygon of pixels, float64 [n, 2], that lies in the frame."""
    inside, _ = cv2.intersectConvexConvex(corners.astype(np.float32), _FRAME)
    return float(inside) / max(area(corners), 1e-9)


def place_camera(size: Size, framing: Framing) -> Pose:
    """Find the pose from which an artwork of this size appears as `framing` asks."""
    corners = rectangle((0, 0), size)
    near, far = 0.05, 200.0
    for _ in range(40):
        distance = math.sqrt(near * far)
        outline = project(homography(_pose_at_distance(framing, distance, framing.shift)), corners)
        if outline is None or _too_near(outline, framing):
            near = distance
        else:
            far = distance
    if framing.crop <= 0:
        return _pose_at_distance(framing, far, framing.shift)
    inside, outside = 0.0, 1.2
    for _ in range(24):
        push = (inside + outside) / 2
        pose = _pose_at_distance(framing, far, _pushed_shift(framing, push))
        outline = project(homography(pose), corners)
        if outline is not None and visible_share(outline) > 1 - framing.crop:
            inside = push
        else:
            outside = push
    return _pose_at_distance(framing, far, _pushed_shift(framing, inside))


def _too_near(outline: Matrix, framing: Framing) -> bool:
    if area(outline) > framing.fill * WIDTH * HEIGHT:
        return True
    limits = np.array([WIDTH, HEIGHT])
    return framing.whole and bool(np.any(outline < 0) or np.any(outline > limits))


def _pushed_shift(framing: Framing, push: float) -> tuple[float, float]:
    return (
        framing.shift[0] + push * math.cos(framing.crop_rad),
        framing.shift[1] + push * math.sin(framing.crop_rad),
    )


def _pose_at_distance(framing: Framing, distance: float, shift: tuple[float, float]) -> Pose:
    """Place the camera `distance` from the artwork's centre, aimed so that `shift` is met."""
    angle = math.radians(framing.angle_deg)
    position = (
        distance * math.sin(angle) * math.cos(framing.azimuth_rad),
        distance * math.sin(angle) * math.sin(framing.azimuth_rad),
        -distance * math.cos(angle),
    )
    pose = Pose(position, (0.0, 0.0), framing.roll_deg, framing.focal_px)
    if shift == (0.0, 0.0):
        return pose
    # A moved aim also turns the camera, so a few corrections are needed to place the centre.
    wanted = np.array([WIDTH * (0.5 + shift[0]), HEIGHT * (0.5 + shift[1]), 1.0])
    for _ in range(4):
        on_wall = np.linalg.solve(homography(pose), wanted)
        if abs(on_wall[2]) < 1e-9:
            break
        x, y = on_wall[:2] / on_wall[2]
        pose = replace(pose, aim=(pose.aim[0] - float(x), pose.aim[1] - float(y)))
    return pose
