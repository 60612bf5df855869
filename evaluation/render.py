"""Rendering of a wall and the pictures on it, anti-aliased, in linear light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.camera import HEIGHT, WIDTH, Matrix, project
from evaluation.degradation import Linear
from evaluation.wall import HungPicture, framed_texture

_SUPERSAMPLING = 2
"""Pictures are drawn at this multiple of the resolution and then averaged."""
_MARGIN_PX = 2
_CORNER = 5.0
"""Distance from the artwork's centre to the ends of the wall, in units of the wall."""


@dataclass(frozen=True, slots=True)
class Wall:
    """The wall and its light.

    Attributes:
        colour: linear RGB.
        damask: strength of the pattern of the wall's cloth, 0..0.3.
        period: period of that pattern, units of the wall.
        floor: distance of the floor below the artwork's centre, units of the wall.
        spot: (x, y, radius, share of the light) of a lamp's pool of light.
        slope: (dx, dy), change of the light per unit of the wall.
        card: (x, y, width) of the label.
    """

    colour: tuple[float, float, float]
    damask: float
    period: float
    floor: float
    spot: tuple[float, float, float, float]
    slope: tuple[float, float]
    card: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Texture:
    """A picture on the wall, and its pixels with the moulding: float32 [height, width, 4]."""

    hung: HungPicture
    pixels: Linear


def texture_for(hung: HungPicture, matrix: Matrix) -> Texture | None:
    """Paint a picture at the resolution that the camera needs; None if it isn't in the frame."""
    quad = project(matrix, hung.corners())
    if quad is None or np.any(quad.max(axis=0) < -40):
        return None
    if np.any(quad.min(axis=0) > (WIDTH + 40, HEIGHT + 40)):
        return None
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    outer = hung.outer
    across = float(max(sides[0], sides[2])) / outer[0]
    down = float(max(sides[1], sides[3])) / outer[1]
    # 1.1: there are enough pixels if the camera sways nearer during a sequence.
    return Texture(
        hung, framed_texture(hung, (1.1 * _SUPERSAMPLING * across, 1.1 * _SUPERSAMPLING * down))
    )


def wall_points(matrix: Matrix) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the position on the wall that each pixel sees: x and y, float32 [480, 640] each."""
    back = np.linalg.inv(matrix)
    back = (back / back[2, 2]).astype(np.float32)
    x = np.arange(WIDTH, dtype=np.float32) + 0.5
    y = (np.arange(HEIGHT, dtype=np.float32) + 0.5)[:, None]
    depth = back[2, 0] * x + back[2, 1] * y + back[2, 2]
    depth = np.where(np.abs(depth) < 1e-6, np.float32(1e-6), depth)
    on_x = (back[0, 0] * x + back[0, 1] * y + back[0, 2]) / depth
    on_y = (back[1, 0] * x + back[1, 1] * y + back[1, 2]) / depth
    return on_x, on_y


def _sees_wall(matrix: Matrix) -> NDArray[np.bool_]:
    """Return which pixels see the wall's plane, not what is beyond its horizon: bool [480, 640]."""
    back = np.linalg.inv(matrix)
    x, y = np.arange(WIDTH), np.arange(HEIGHT)[:, None]
    # The depth of a point on the wall along its ray is 1 / this.
    return np.asarray(back[2, 0] * x + back[2, 1] * y + back[2, 2] > 0)


def render(wall: Wall, textures: list[Texture], matrix: Matrix) -> Linear:
    """Draw the wall and the pictures on it: float32 [480, 640, 3], linear RGB."""
    x, y = wall_points(matrix)
    # The wall ends in a corner; beyond it the plane isn't drawn.
    inside = (np.abs(x) < _CORNER) & (np.abs(y) < _CORNER) & _sees_wall(matrix)
    x, y = x.clip(-_CORNER, _CORNER), y.clip(-_CORNER, _CORNER)
    picture = _bare_wall(wall, x, y) * np.where(inside, 1, 0.4)[..., None].astype(np.float32)
    shade = np.ones((HEIGHT, WIDTH), np.float32)
    for texture in textures:
        _cast_shadow(shade, texture.hung, matrix)
    picture *= shade[..., None]
    _draw_card(picture, wall, matrix)
    for texture in textures:
        _blend(picture, texture, matrix)
    px, py, radius, share = wall.spot
    pool = np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * radius**2))
    light = (1 - share) + share * pool + wall.slope[0] * x + wall.slope[1] * y
    return np.asarray(picture * light.clip(0.25, 1.4)[..., None], np.float32)


def _bare_wall(wall: Wall, x: NDArray[np.float32], y: NDArray[np.float32]) -> Linear:
    grain = np.float32(1)
    if wall.damask:
        turn = np.float32(2 * np.pi / wall.period)
        pattern = np.sin(turn * x) * np.sin(turn * y) + np.sin(turn * (x + y)) ** 3
        grain = 1 + np.float32(wall.damask) * pattern
    colour = np.array(wall.colour, np.float32)
    base = np.asarray(grain * np.ones_like(x))[..., None] * colour
    below = y - np.float32(wall.floor)
    base[below > -0.12] = np.float32(0.55) * colour
    on_floor = below > 0
    if on_floor.any():
        far = 1 + np.float32(0.2) * below[on_floor]
        base[on_floor] = np.array([0.16, 0.09, 0.05], np.float32) / far[:, None]
    return np.asarray(base, np.float32)


def _cast_shadow(shade: NDArray[np.float32], hung: HungPicture, matrix: Matrix) -> None:
    """Darken the wall softly below and beside a picture."""
    quad = project(matrix, hung.corners() + np.array([0.012, 0.03]))
    if quad is None:
        return
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillConvexPoly(mask, np.round(quad.clip(-9e3, 9e3)).astype(np.int32), 1)
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    soft = float(np.clip(0.012 * sides.max(), 0.6, 8))
    shade *= 1 - 0.45 * cv2.GaussianBlur(mask.astype(np.float32), (0, 0), soft)


def _draw_card(picture: Linear, wall: Wall, matrix: Matrix) -> None:
    """Draw the small label with its lines of print."""
    x, y, width = wall.card
    for left, top, wide, high, tone in (
        (0, 0, 1, 0.62, 0.72),
        (0.1, 0.12, 0.6, 0.05, 0.1),
        (0.1, 0.28, 0.75, 0.03, 0.2),
        (0.1, 0.38, 0.7, 0.03, 0.2),
        (0.1, 0.48, 0.4, 0.03, 0.2),
    ):
        box = np.array([[left, top], [left + wide, top], [left + wide, top + high]])
        box = np.concatenate([box, [[left, top + high]]]) * width + (x, y)
        quad = project(matrix, box)
        if quad is not None:
            fixed = np.round(quad.clip(-2e3, 2e3) * 16).astype(np.int32)
            cv2.fillConvexPoly(picture, fixed, (tone, tone, 0.95 * tone), cv2.LINE_AA, 4)


def _blend(picture: Linear, texture: Texture, matrix: Matrix) -> None:
    """Draw a picture into the frame, supersampled and then averaged over each pixel's area."""
    quad = project(matrix, texture.hung.corners())
    if quad is None:
        return
    limits = np.array([WIDTH, HEIGHT])
    low = np.floor(quad.min(axis=0) - _MARGIN_PX).clip(0, limits).astype(int)
    high = np.ceil(quad.max(axis=0) + _MARGIN_PX).clip(0, limits).astype(int)
    wide, tall = (int(v) for v in high - low)
    if wide <= 0 or tall <= 0:
        return
    rows, columns = texture.pixels.shape[:2]
    # OpenCV puts pixel centres at whole numbers; the wall's coordinates put them at halves.
    corner = texture.hung.corners()[0]
    unit = np.array(texture.hung.outer)
    to_wall = np.array(
        [
            [unit[0] / columns, 0, corner[0] + 0.5 * unit[0] / columns],
            [0, unit[1] / rows, corner[1] + 0.5 * unit[1] / rows],
            [0, 0, 1],
        ]
    )
    to_supersampled = np.array(
        [
            [_SUPERSAMPLING, 0, -_SUPERSAMPLING * low[0] - 0.5],
            [0, _SUPERSAMPLING, -_SUPERSAMPLING * low[1] - 0.5],
            [0, 0, 1.0],
        ]
    )
    supersampled = cv2.warpPerspective(
        texture.pixels,
        to_supersampled @ matrix @ to_wall,
        (_SUPERSAMPLING * wide, _SUPERSAMPLING * tall),
    )
    drawn = cv2.resize(supersampled, (wide, tall), interpolation=cv2.INTER_AREA)
    part = picture[low[1] : high[1], low[0] : high[0]]
    part *= 1 - drawn[..., 3:]
    part += drawn[..., :3]
