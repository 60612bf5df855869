"""Synthetic camera views: what a visitor's phone might see of an artwork.

The head is fitted to them: what changes between views of one artwork is noise, what changes between
artworks is signal. Artworks are probed with them, too.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

VIEWS_VERSION = 1
"""Version of the views. Raise it whenever the same artwork and seed give other pixels: descriptors
and figures measured on views are kept and reused, and those of two versions must not mix."""
_WORK_PX = 448
_MAX_TILT_DEG = 60.0


def synthetic_view(
    image: NDArray[np.uint8], rng: np.random.Generator, resolution: int
) -> NDArray[np.uint8]:
    """Render one random view of an artwork.

    Args:
        image: uint8 [height, width, 3], RGB: the artwork.
        rng: source of all randomness; the same state gives the same view.
        resolution: side of the result in pixels.

    Returns:
        uint8 [resolution, resolution, 3], RGB.
    """
    shrink = min(1.0, _WORK_PX / max(image.shape[:2]))
    small = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        small = _add_frame(small, rng)
    homography = _random_homography(small.shape[1], small.shape[0], rng, resolution)
    size = (resolution, resolution)
    flags = cv2.INTER_LINEAR
    mask = cv2.warpPerspective(np.ones(small.shape[:2], np.float32), homography, size, flags=flags)
    picture = cv2.warpPerspective(small, homography, size, flags=flags).astype(np.float32)
    wall = _render_wall(resolution, rng) * (1 - mask[..., None])
    scene = np.asarray(picture + wall, np.float32)
    if rng.random() < 0.35:
        scene = _occlude(scene, rng)
    return _photograph(scene, rng)


def _add_frame(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Put a plain moulding around a picture."""
    width = int(max(image.shape[:2]) * rng.uniform(0.02, 0.12)) + 1
    base = np.array([rng.uniform(30, 200), rng.uniform(25, 160), rng.uniform(15, 110)])
    framed: Any = cv2.copyMakeBorder(
        image, *(width,) * 4, cv2.BORDER_CONSTANT, value=tuple(float(v) for v in base)
    )
    for inset in np.linspace(0, width, 4)[:-1].astype(int):
        shade = tuple(float(v) for v in np.clip(base * rng.uniform(0.6, 1.5), 0, 255))
        high, wide = framed.shape[:2]
        cv2.rectangle(framed, (inset, inset), (wide - inset - 1, high - inset - 1), shade, 1)
    return np.asarray(framed)


def _random_homography(
    width: int, height: int, rng: np.random.Generator, resolution: int
) -> NDArray[np.float64]:
    """Return the map from picture pixels to view pixels of a pinhole camera in a random pose."""
    yaw, pitch = np.deg2rad(_MAX_TILT_DEG) * rng.uniform(-1, 1, 2) * (0.9, 0.5)
    roll = np.deg2rad(rng.normal(0, 5))
    rotation = (
        cv2.Rodrigues(np.array([0.0, 0.0, roll]))[0]
        @ cv2.Rodrigues(np.array([0.0, yaw, 0.0]))[0]
        @ cv2.Rodrigues(np.array([pitch, 0.0, 0.0]))[0]
    )
    # Share of the view that the longer side fills: from a small picture on a wall to a detail.
    fill = float(np.exp(rng.uniform(np.log(0.3), np.log(1.8))))
    focal = 1.2
    distance = focal / fill
    longest = max(width, height)
    shift = rng.uniform(-0.18, 0.18, 2) * max(1.0, fill * 0.8)
    to_plane = np.array(
        [[1 / longest, 0, -width / longest / 2], [0, 1 / longest, -height / longest / 2], [0, 0, 1]]
    )
    pose = np.column_stack([rotation[:, 0], rotation[:, 1], [0.0, 0.0, distance]])
    centre = 0.5 + shift
    camera = np.array([[focal, 0, centre[0]], [0, focal, centre[1]], [0, 0, 1]])
    scale = np.diag([resolution, resolution, 1.0])
    return np.asarray(scale @ camera @ pose @ to_plane)


def _occlude(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Put an occluder before a picture: an ellipse of one colour that comes in from an edge."""
    resolution = picture.shape[0]
    side = rng.integers(4)
    along, into = rng.uniform(0.1, 0.9), rng.uniform(-0.1, 0.15)
    at = [(along, into), (along, 1 - into), (into, along), (1 - into, along)][side]
    axes = rng.uniform(0.15, 0.45, 2) * resolution
    shape = np.zeros((resolution, resolution), np.uint8)
    centre = (int(at[0] * resolution), int(at[1] * resolution))
    size = (int(axes[0]), int(axes[1]))
    cv2.ellipse(shape, centre, size, float(rng.uniform(0, 180)), 0, 360, 1, -1)
    colour = rng.uniform(10, 170) + rng.normal(0, 15, 3)
    return np.asarray(np.where(shape[..., None] > 0, colour, picture), np.float32)


def _render_wall(resolution: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Render a wall of one colour, uneven light and a little grain: float32 [r, r, 3], 0..255."""
    colour = rng.uniform(60, 235) + rng.normal(0, 12, 3)
    coarse = rng.normal(0, 12, (4, 4, 1)).astype(np.float32)
    light = cv2.resize(coarse, (resolution, resolution), interpolation=cv2.INTER_CUBIC)
    grain = rng.normal(0, 3, (resolution, resolution)).astype(np.float32)
    return np.asarray(colour + (light + grain)[..., None], np.float32)


def _photograph(picture: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Add the light, glare, blur and noise of a phone: float32 [r, r, 3] in 0..255 to uint8."""
    resolution = picture.shape[0]
    gain = float(np.exp(rng.normal(-0.25, 0.5)))
    cast = np.exp(rng.normal(0, 0.08, 3))
    gamma = float(np.exp(rng.normal(0, 0.15)))
    picture = np.asarray(255 * np.clip(picture / 255, 0, 1) ** gamma * gain * cast, np.float32)
    if rng.random() < 0.3:
        y, x = np.mgrid[0:resolution, 0:resolution].astype(np.float32) / resolution
        at, spread = rng.random(2), rng.uniform(0.05, 0.25)
        glare = np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * spread**2))
        picture += np.float32(rng.uniform(40, 160)) * glare[..., None]
    if rng.random() < 0.5:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.8)))
    noisy = picture + rng.normal(0, rng.uniform(0, 9), picture.shape)
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)
