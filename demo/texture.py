"""Surfaces: paper, canvas, cloth, oil, print. Each is grown from the work's own seed."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from demo.work import Image

Field = npt.NDArray[np.float32]
"""HxW float32."""


def grain(rng: np.random.Generator, h: int, w: int, sx: float, sy: float) -> Field:
    """Make smooth noise whose grains have a given size.

    Args:
        rng: Source of chance.
        h: Height in pixels.
        w: Width in pixels.
        sx: Size of a grain across, in pixels, at least 1.
        sy: Size of a grain down, in pixels, at least 1.

    Returns:
        HxW float32, about zero mean and unit deviation.
    """
    small = (max(2, round(h / sy)), max(2, round(w / sx)))
    seedling = rng.standard_normal(small, dtype=np.float32)
    out: Field = cv2.resize(seedling, (w, h), interpolation=cv2.INTER_CUBIC)
    return out


def cloud(
    rng: np.random.Generator, h: int, w: int, size: float, octaves: int = 4, gain: float = 0.5
) -> Field:
    """Make fractal noise, scaled to 0 to 1.

    Args:
        rng: Source of chance.
        h: Height in pixels.
        w: Width in pixels.
        size: Size of the largest features in pixels.
        octaves: How many layers, each half the size of the one before.
        gain: Weight of each layer against the one before.

    Returns:
        HxW float32 in 0 to 1.
    """
    out = np.zeros((h, w), np.float32)
    for k in range(octaves):
        step = max(1.0, size / 2**k)
        out += gain**k * grain(rng, h, w, step, step)
    low, high = float(out.min()), float(out.max())
    out = (out - low) / (high - low)
    return out


def strokes(rng: np.random.Generator, h: int, w: int, angle: float, size: float = 3.0) -> Field:
    """Make a field of brush hairs that lie in one direction.

    Args:
        rng: Source of chance.
        h: Height in pixels.
        w: Width in pixels.
        angle: Direction in degrees.
        size: Width of a hair in pixels.

    Returns:
        HxW float32, about zero mean and unit deviation.
    """
    d = int(np.hypot(h, w)) + 4
    tile = 0.7 * grain(rng, d, d, size * 9, size)
    tile += 0.8 * grain(rng, d, d, size * 16, size * 3.5)
    turn = cv2.getRotationMatrix2D((d / 2, d / 2), angle, 1.0)
    turn[0, 2] += (w - d) / 2
    turn[1, 2] += (h - d) / 2
    out: Field = cv2.warpAffine(tile, turn, (w, h), borderMode=cv2.BORDER_REFLECT)
    return out


def wobble(image: Image, rng: np.random.Generator, amount: float, size: float = 30.0) -> Image:
    """Unsettle every edge, as a painter's hand does.

    Args:
        image: HxWx3 uint8.
        rng: Source of chance.
        amount: Deviation of the shift in pixels.
        size: Length over which the shift changes, in pixels.

    Returns:
        HxWx3 uint8, a little displaced everywhere.
    """
    h, w = image.shape[:2]
    xs, ys = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    dx = amount * grain(rng, h, w, size, size)
    dy = amount * grain(rng, h, w, size, size)
    out: Image = cv2.remap(
        image, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    return out


def _relief(image: Image, height: Field, strength: float) -> Field:
    """Light a height field from the top left: a factor about one."""
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3)
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3)
    out: Field = np.clip(1 + strength * (dx + dy), 0.6, 1.5)
    return out


def _weave(rng: np.random.Generator, h: int, w: int, pitch: float) -> Field:
    """Weave threads over and under, each of its own thickness; about -1 to 1."""
    drift = 0.9 * grain(rng, h, w, 60, 60)
    xs = np.arange(w, dtype=np.float32)[None, :] * (2 * np.pi / pitch) + drift
    ys = np.arange(h, dtype=np.float32)[:, None] * (2 * np.pi / pitch) - drift
    slubs = grain(rng, h, w, pitch * 12, pitch * 0.8) + grain(rng, h, w, pitch * 0.8, pitch * 12)
    out: Field = 0.5 * np.sin(xs) * np.sin(ys) + 0.55 * slubs
    return out


def _fibres(image: Image, rng: np.random.Generator, count: int, strength: float) -> None:
    """Draw short curved fibres into paper, in place."""
    h, w = image.shape[:2]
    layer = np.zeros((h, w), np.int16)
    turn = np.cumsum(rng.normal(0, 0.35, (count, 7)), axis=1) + rng.uniform(0, 6.3, (count, 1))
    length = rng.uniform(2, 9, (count, 1))
    xs = np.cumsum(np.cos(turn) * length, axis=1) + rng.uniform(0, w, (count, 1))
    ys = np.cumsum(np.sin(turn) * length, axis=1) + rng.uniform(0, h, (count, 1))
    paths = np.stack([xs, ys], axis=2).astype(np.int32)
    for path, tone in zip(paths, rng.normal(0, 1, count), strict=True):
        cv2.polylines(layer, [path], False, int(np.clip(tone * strength, -40, 40)), 1)
    soft = cv2.GaussianBlur(layer.astype(np.float32), (0, 0), 0.8)
    image[:] = np.clip(image + soft[..., None], 0, 255).astype(np.uint8)


def finish(
    image: Image, rng: np.random.Generator, surface: str = "paper", strength: float = 1.0
) -> Image:
    """Lay the picture on a physical surface.

    Args:
        image: HxWx3 uint8.
        rng: Source of chance.
        surface: ``paper``, ``print``, ``canvas``, ``oil``, ``cloth`` or ``glaze``.
        strength: How marked the surface is; 1 is usual.

    Returns:
        HxWx3 uint8 of the same size.
    """
    h, w = image.shape[:2]
    out = image.copy()
    age = 0.035 * (cloud(rng, h, w, 420, 3) - 0.5)
    fine = 0.030 * grain(rng, h, w, 1.6, 1.6) + 0.032 * grain(rng, h, w, 4.5, 4.5)
    factor: npt.NDArray[np.floating] = 1 + strength * (age + fine + 0.02 * grain(rng, h, w, 13, 13))
    if surface in ("paper", "print"):
        _fibres(out, rng, 500, 26 * strength)
    if surface == "print":  # ink that took unevenly: flecks of paper show through
        flecks = cloud(rng, h, w, 7, 2) > 0.80
        factor = factor + strength * 0.16 * cv2.GaussianBlur(flecks.astype(np.float32), (0, 0), 1.0)
    elif surface == "canvas":
        factor = factor + strength * 0.045 * _weave(rng, h, w, rng.uniform(4.5, 6.5))
    elif surface == "oil":
        tone = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        height = cv2.GaussianBlur(tone, (0, 0), 1.6) + 0.055 * strokes(
            rng, h, w, rng.uniform(0, 180), 4.0
        )
        factor = factor * _relief(image, height, 0.10 * strength)
        factor = factor + strength * 0.02 * _weave(rng, h, w, rng.uniform(4.5, 6.0))
    elif surface == "cloth":
        factor = factor + strength * 0.06 * _weave(rng, h, w, rng.uniform(4.0, 5.0))
    elif surface == "glaze":
        pooled = cloud(rng, h, w, 40, 3)
        factor = factor + strength * 0.10 * (pooled - 0.5)
    lit = out.astype(np.float32) * factor[..., None]
    result: Image = np.clip(lit, 0, 255).astype(np.uint8)
    return result
