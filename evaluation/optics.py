"""Optics of a camera, from linear light to an encoded frame: glare, blur, sensor, codec."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.camera import HEIGHT, WIDTH, Size
from evaluation.degradation import Linear

WHITE_ELECTRONS = 8000.0
"""Electrons per pixel and channel that white gives at full exposure.

A 12-megapixel phone camera (1.4 um pixels, f/1.8, 1/30 s) gathers about 1,000 electrons a pixel
from a wall lit with 200 lux. A 640 x 480 pixel sums about ten of each colour at four fifths of the
area. A twentieth of the full exposure is thus a room at 10 lux.
"""
READ_ELECTRONS = 6.0
"""Standard deviation of the read noise of such a sum: that of ten pixels of about 2 electrons."""
_CASTS = ((1.35, 1.0, 0.55), (0.7, 0.95, 1.35), (0.85, 1.15, 0.85), (1.15, 0.8, 1.15))
"""RGB that the white balance leaves at strength 1: bulbs, a north window, tubes, cheap LEDs."""


def add_glare(
    picture: Linear, centre: NDArray[np.float64], reach: float, amount: float, seed: int
) -> Linear:
    """Add the reflections of lamps and a window in the varnish.

    Args:
        picture: float32 [480, 640, 3], linear.
        centre: float64 [2], the artwork's centre in pixels.
        reach: square root of the artwork's area, in pixels.
        amount: strength, 0..1.
        seed: decides their positions; it is the same for all frames of a sequence.
    """
    if amount <= 0:
        return picture
    rng = np.random.default_rng(seed)
    x = np.arange(WIDTH, dtype=np.float32)
    y = np.arange(HEIGHT, dtype=np.float32)[:, None]
    added = np.zeros((HEIGHT, WIDTH), np.float32)
    for _ in range(1 + int(rng.integers(0, 3))):
        position = centre + rng.uniform(-0.45, 0.45, 2) * reach
        wide, high = reach * math.sqrt(amount) * rng.uniform(0.05, 0.16, 2)
        far = ((x - position[0]) / wide) ** 2 + ((y - position[1]) / high) ** 2
        added += np.float32(rng.uniform(0.8, 2.0)) * np.exp(-far / 2)
        # Lens and varnish spread a glow around each lamp.
        added += np.float32(0.10) * np.exp(-far / 40)
    position = centre + rng.uniform(-0.4, 0.4, 2) * reach
    half = reach * math.sqrt(amount) * rng.uniform(0.15, 0.35, 2)
    lean = rng.uniform(-0.3, 0.3)
    window = np.zeros((HEIGHT, WIDTH), np.float32)
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    corners[:, 0] += lean * corners[:, 1]
    cv2.fillConvexPoly(window, np.round(corners + position).astype(np.int32), 1.0)
    window = cv2.GaussianBlur(window, (0, 0), max(1.5, 0.02 * reach))
    added += np.float32(amount * rng.uniform(0.1, 0.4)) * window
    return np.asarray(picture + added[..., None], np.float32)


def add_screen(
    picture: Linear,
    x: NDArray[np.float32],
    y: NDArray[np.float32],
    size: Size,
    amount: float,
    pitch: float,
) -> Linear:
    """Show the picture on a screen, whose pixels beat with the camera's: moiré.

    The screen's pixels are sampled without a filter.

    Args:
        picture: float32 [480, 640, 3], linear.
        x: float32 [480, 640], position on the wall that each pixel sees.
        y: the same, down.
        size: size of the screen on the wall.
        amount: depth of the pattern, 0..1.
        pitch: width of a screen pixel in units of the wall.
    """
    if amount <= 0:
        return picture
    turn = np.float32(2 * np.pi / pitch)
    columns = np.stack([np.cos(turn * x + np.float32(2 * np.pi * c / 3)) for c in range(3)], -1)
    rows = np.cos(turn * y)[..., None]
    pattern = 1 + np.float32(amount) * (0.45 * columns + 0.25 * rows)
    # Screens aren't quite black.
    shown = picture * pattern + np.float32(0.01 * amount)
    on_it = (np.abs(x) < size[0] / 2) & (np.abs(y) < size[1] / 2)
    return np.asarray(np.where(on_it[..., None], shown, picture), np.float32)


def blur(picture: Linear, motion: tuple[float, float], defocus_px: float) -> Linear:
    """Blur by a motion of (dx, dy) pixels during the exposure, and by defocus (sigma, pixels)."""
    length = math.hypot(*motion)
    if length > 0.5:
        side = 2 * math.ceil(length / 2) + 3
        supersampled = np.zeros((8 * side, 8 * side), np.float32)
        half = np.array(motion) / 2 * 8
        middle = 4 * side - 0.5
        ends = [tuple(round(float(v) * 16) for v in middle + sign * half) for sign in (-1, 1)]
        cv2.line(supersampled, ends[0], ends[1], 1.0, 8, cv2.LINE_AA, 4)
        kernel = cv2.resize(supersampled, (side, side), interpolation=cv2.INTER_AREA)
        picture = cv2.filter2D(picture, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REFLECT)
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), defocus_px))


def tint(amount: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw the factors of a coloured light on each channel: float32 [3], RGB."""
    cast = np.array(_CASTS[int(rng.integers(len(_CASTS)))])
    return np.asarray(cast**amount, np.float32)


def metering(picture: Linear) -> float:
    """Return the factor by which automatic exposure brightens or darkens a fully lit scene."""
    mean = float(picture.mean()) + 1e-4
    return float(np.clip((0.20 / mean) ** 0.6, 0.6, 2.5))


def expose(
    picture: Linear, exposure: float, regain: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Count photons, amplify, and encode.

    Args:
        picture: float32 [480, 640, 3], linear RGB; 1 is white at full exposure.
        exposure: share of the full exposure that the sensor gets, 0..1.
        regain: share of the missing light, as an exponent, that automatic gain restores, 0..1.
        rng: decides the noise.

    Returns:
        uint8 [480, 640, 3], RGB, sRGB-encoded.
    """
    full = WHITE_ELECTRONS * exposure
    electrons = picture * np.float32(full)
    spread = np.sqrt(electrons + np.float32(READ_ELECTRONS**2))
    electrons += spread * rng.standard_normal(picture.shape, np.float32)
    signal = (electrons * np.float32(exposure ** (1 - regain) / full)).clip(0, 1)
    return _ENCODE[(signal * 4095 + 0.5).astype(np.uint16)]


def develop(picture: NDArray[np.uint8], smoothing: float, sharpening: float) -> NDArray[np.uint8]:
    """Smooth noise and sharpen edges, as phones do.

    Args:
        picture: uint8 [480, 640, 3], RGB.
        smoothing: grey levels within which neighbours are averaged.
        sharpening: strength of the unsharp mask; 0 none.
    """
    if smoothing > 1:
        picture = cv2.bilateralFilter(picture, 5, smoothing, 1.6)
    soft = cv2.GaussianBlur(picture, (0, 0), 1.3)
    return np.asarray(cv2.addWeighted(picture, 1 + sharpening, soft, -sharpening, 0))


def compress(picture: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    """Encode and decode with a block codec (JPEG): uint8 RGB in, uint8 BGR out."""
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))


def _encoding() -> NDArray[np.uint8]:
    light = np.arange(4096) / 4095
    codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(255 * codes).astype(np.uint8)


_ENCODE = _encoding()
"""sRGB code (IEC 61966-2-1) of 12-bit linear light."""
