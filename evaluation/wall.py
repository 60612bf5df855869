"""Pictures on the wall in their mouldings: the artwork in the middle, and others around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.camera import Matrix, Size, rectangle
from evaluation.degradation import Linear, degrade

Picture = NDArray[np.uint8]
"""uint8 [height, width, 3], RGB."""
_CODES = np.arange(256) / 255
TO_LINEAR = np.where(_CODES <= 0.04045, _CODES / 12.92, ((_CODES + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""Linear light of an sRGB code value (IEC 61966-2-1), float32 [256]."""
_GILT = ((0.52, 0.36, 0.13), (0.38, 0.24, 0.08), (0.08, 0.045, 0.025), (0.03, 0.027, 0.025))
_WHITE = (0.7, 0.68, 0.64)


@dataclass(frozen=True, slots=True)
class Moulding:
    """A frame around a picture.

    Attributes:
        width: width in units of the wall; 0 for none.
        colour: linear RGB.
        profile: brightness from the outer to the inner edge, float32 [n].
        carving: depth of the carved ornament, 0..1.
        period: period of the ornament, units of the wall.
        slip: share of the width that is a plain light mount, at the inner edge, 0..1.
    """

    width: float
    colour: tuple[float, float, float]
    profile: NDArray[np.float32]
    carving: float
    period: float
    slip: float


@dataclass(frozen=True, slots=True)
class HungPicture:
    """A picture on the wall.

    Attributes:
        picture: its catalogue photograph.
        centre: (x, y) of its centre on the wall.
        size: size without the moulding.
        moulding: the frame around it.
        degradation: how much it differs from its photograph; see `degradation.degrade`.
        seed: decides the kind of degradation.
    """

    picture: Picture
    centre: tuple[float, float]
    size: Size
    moulding: Moulding
    degradation: float
    seed: int

    @property
    def outer(self) -> Size:
        """Size with the moulding."""
        return self.size[0] + 2 * self.moulding.width, self.size[1] + 2 * self.moulding.width

    def corners(self) -> Matrix:
        """Return the corners with the moulding, float64 [4, 2], clockwise from top left."""
        return rectangle(self.centre, self.outer)


def size_of(picture: Picture, longer: float = 1.0) -> Size:
    """Return the size on the wall of a picture whose longer side measures `longer`."""
    height, width = picture.shape[:2]
    return longer * width / max(height, width), longer * height / max(height, width)


def draw_moulding(rng: np.random.Generator) -> Moulding:
    """Draw a frame: gilt, dark or white, plain or carved."""
    knots = rng.uniform(0.35, 1.3, int(rng.integers(4, 9)))
    profile = np.interp(np.linspace(0, 1, 64), np.linspace(0, 1, len(knots)), knots)
    profile[: int(rng.integers(1, 5))] *= 0.5
    kind = rng.choice(5, p=[0.35, 0.25, 0.2, 0.12, 0.08])
    base = np.array((*_GILT, _WHITE)[kind]) * rng.uniform(0.7, 1.3)
    red, green, blue = (float(v) for v in base)
    return Moulding(
        float(rng.uniform(0.03, 0.15)),
        (red, green, blue),
        profile.astype(np.float32),
        float(rng.uniform(0.1, 0.5)) if kind < 2 else 0.0,
        float(rng.uniform(0.03, 0.09)),
        float(rng.choice([0.0, 0.15, 0.3])),
    )


def no_moulding() -> Moulding:
    """Return the moulding of a picture without a frame."""
    return Moulding(0.0, (0, 0, 0), np.ones(2, np.float32), 0.0, 1.0, 0.0)


def bezel() -> Moulding:
    """Return the black edge of a screen as a moulding."""
    return Moulding(0.02, (0.006, 0.006, 0.007), np.ones(64, np.float32), 0.0, 1.0, 0.0)


def place_around(
    middle: HungPicture, others: Sequence[Picture], close: bool, rng: np.random.Generator
) -> list[HungPicture]:
    """Place other pictures to the right, to the left, above and below, as far as there are any.

    Args:
        middle: the artwork.
        others: up to four are placed.
        close: whether the gaps are small.
        rng: decides sizes, gaps and mouldings.
    """
    placed: list[HungPicture] = []
    sides = [(1, 0), (-1, 0), (0, -1), (0, 1)]
    for (across, along), picture in zip(sides, others, strict=False):
        moulding = draw_moulding(rng)
        size = size_of(picture, float(rng.uniform(0.6, 1.25)))
        gap = float(rng.uniform(0.04, 0.12) if close else rng.uniform(0.2, 0.6))
        outer = size[0] + 2 * moulding.width, size[1] + 2 * moulding.width
        dx = (middle.outer[0] + outer[0]) / 2 + gap
        dy = (middle.outer[1] + outer[1]) / 2 + gap
        offset = float(rng.uniform(-0.12, 0.12))
        centre = (across * dx, offset) if across else (offset, along * dy)
        seed = int(rng.integers(2**31))
        placed.append(HungPicture(picture, centre, size, moulding, middle.degradation, seed))
    return placed


def framed_texture(hung: HungPicture, per_unit: tuple[float, float]) -> Linear:
    """Paint a picture and its moulding at a resolution.

    Args:
        hung: the picture on the wall.
        per_unit: pixels per unit of the wall, across and down; the picture is never enlarged.

    Returns:
        float32 [height, width, 4]: linear RGB and full opacity, with the moulding.
    """
    height, width = hung.picture.shape[:2]
    wide = max(8, round(min(width, hung.size[0] * per_unit[0])))
    high = max(8, round(min(height, hung.size[1] * per_unit[1])))
    inner = cv2.resize(TO_LINEAR[hung.picture], (wide, high), interpolation=cv2.INTER_AREA)
    inner = degrade(np.asarray(inner), hung.degradation, np.random.default_rng(hung.seed))
    left = round(hung.moulding.width * wide / hung.size[0])
    top = round(hung.moulding.width * high / hung.size[1])
    texture = np.ones((high + 2 * top, wide + 2 * left, 4), np.float32)
    if left and top:
        texture[..., :3] = _moulding_texture(hung.moulding, hung.outer, texture.shape[:2])
    texture[top : top + high, left : left + wide, :3] = inner
    return texture


def _moulding_texture(moulding: Moulding, outer: Size, shape: tuple[int, ...]) -> Linear:
    """Paint a moulding, mitred at the corners and lit from above; its middle isn't meaningful."""
    high, wide = shape[:2]
    x = (np.arange(wide, dtype=np.float32) + 0.5) * np.float32(outer[0] / wide)
    y = ((np.arange(high, dtype=np.float32) + 0.5) * np.float32(outer[1] / high))[:, None]
    from_side = np.minimum(x, np.float32(outer[0]) - x) / np.float32(moulding.width)
    from_top = np.minimum(y, np.float32(outer[1]) - y) / np.float32(moulding.width)
    depth = np.minimum(np.minimum(from_side, from_top), 1)
    beside = from_side < from_top
    light = moulding.profile[(depth * (len(moulding.profile) - 1)).astype(np.intp)]
    if moulding.carving:
        turn = np.float32(2 * np.pi / moulding.period)
        wave = np.where(beside, np.sin(turn * y), np.sin(turn * x))
        light *= 1 + np.float32(moulding.carving) * wave * (4 * depth * (1 - depth))
    # Light falls from above: the upper member's inner slope is in shade, the lower one's is lit.
    upper = np.where(y < outer[1] / 2, np.float32(0.8), np.float32(1.2))
    light *= np.where(beside, np.float32(1), upper)
    colour = light[..., None] * np.array(moulding.colour, np.float32)
    if moulding.slip:
        colour[depth > 1 - moulding.slip] = np.array(_WHITE, np.float32) * np.float32(0.7)
    return np.asarray(colour)
