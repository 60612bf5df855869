"""Non-planar works, rendered: turned vessels and heads with a painted and carved surface.

Their geometry and shading share nothing with the synthetic views that fit the head. They resemble
sculpture in parallax, self-occlusion and light; they don't resemble marble, bronze or glass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gallery.catalogue import Artwork, Form

WIDTH, HEIGHT = 640, 480
_ROUND, _HIGH = 220, 150
"""Number of facets around the axis and along it."""
_FOCAL = 620.0
Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class View:
    """Position of the camera and of the light.

    Attributes:
        yaw_deg: angle around the work; 0 is its front.
        pitch_deg: angle from above.
        distance: from the work's centre, in heights of the work.
        light_deg: direction that the light comes from, as `yaw_deg`.
        wall: grey of the background, 0..255.
    """

    yaw_deg: float
    pitch_deg: float = 5.0
    distance: float = 1.9
    light_deg: float = 30.0
    wall: float = 190.0


@dataclass(frozen=True, slots=True)
class Vessel:
    """Surface of a vessel: float64 points and float32 BGR paint, both [high, round, 3]."""

    points: NDArray[np.float64]
    paint: NDArray[np.float32]


def make_vessel(seed: int) -> Vessel:
    """Turn, carve and paint a vessel; the same seed gives the same vessel."""
    rng = np.random.default_rng([seed, 5])
    height = np.linspace(0, 1, _HIGH)
    around = np.linspace(0, 2 * np.pi, _ROUND, endpoint=False)
    profile = 0.24 + sum(
        rng.normal(0, 0.06 / n) * np.sin(np.pi * n * height + rng.uniform(0, 6)) for n in (1, 2, 3)
    )
    profile = np.clip(profile, 0.08, 0.42) * np.sqrt(np.clip(4 * height * (1.02 - height), 0.05, 1))
    relief = 1 + 0.12 * _smooth(rng, (9, 12), 1)[..., 0] + 0.05 * _smooth(rng, (25, 36), 1)[..., 0]
    radius = profile[:, None] * relief
    points = np.stack(
        [
            radius * np.sin(around),
            np.broadcast_to(0.5 - height[:, None], radius.shape),
            radius * np.cos(around),
        ],
        axis=2,
    )
    base = rng.uniform(70, 190, 3)
    paint = base + 45 * _smooth(rng, (6, 9), 3) + 30 * _smooth(rng, (30, 44), 3)
    paint += 22 * _smooth(rng, (75, 110), 1)
    return Vessel(points, np.clip(paint, 5, 250).astype(np.float32))


def photograph(vessel: Vessel, view: View, seed: int) -> Image:
    """Photograph a vessel: uint8 [480, 640, 3], BGR; `seed` decides the sensor's noise."""
    rng = np.random.default_rng([seed, 6])
    turn = cv2.Rodrigues(np.array([0.0, -np.deg2rad(view.yaw_deg), 0.0]))[0]
    tilt = cv2.Rodrigues(np.array([np.deg2rad(view.pitch_deg), 0.0, 0.0]))[0]
    turned = vessel.points @ (tilt @ turn).T
    depth = view.distance - turned[..., 2]
    x = WIDTH / 2 + _FOCAL * turned[..., 0] / depth
    y = HEIGHT / 2 - _FOCAL * turned[..., 1] / depth
    shade = _shade(vessel.points @ turn.T, view.light_deg)
    colour = np.clip(vessel.paint * shade[..., None], 0, 255)
    image = np.full((HEIGHT, WIDTH, 3), view.wall, np.float32)
    image += (
        10 * cv2.resize(rng.normal(0, 1, (4, 5)).astype(np.float32), (WIDTH, HEIGHT))[..., None]
    )
    corners = _facets(np.stack([x, y], axis=2))
    # Farther facets come first, so that nearer ones cover them.
    nearness = -_facets(depth[..., None]).mean(axis=1)[:, 0]
    colours = colour[:-1].reshape(-1, 3)
    for facet in np.argsort(nearness):
        quad = np.round(corners[facet] * 16).astype(np.int32)
        cv2.fillConvexPoly(image, quad, colours[facet].tolist(), shift=4)
    soft = cv2.GaussianBlur(image, (0, 0), 0.7) + rng.normal(0, 2.5, image.shape)
    return np.asarray(np.clip(soft, 0, 255), np.uint8)


def photograph_all(
    vessels: Iterable[Vessel], yaws: Sequence[float], folder: Path, form: Form
) -> list[Artwork]:
    """Photograph vessels from several sides into a folder, as artworks `0`, `1` ... to enrol."""
    artworks = []
    for number, vessel in enumerate(vessels):
        paths = [folder / f"{number}-{yaw}.png" for yaw in yaws]
        for path, yaw in zip(paths, yaws, strict=True):
            cv2.imwrite(str(path), photograph(vessel, View(yaw, light_deg=20), number))
        artworks.append(Artwork(f"{number}", f"{number}", images=(*paths,), form=form))
    return artworks


def _facets(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners of all facets: [high, round, n] to [facets, 4, n].

    The last column meets the first.
    """
    right = np.roll(grid, -1, axis=1)
    quads = np.stack([grid[:-1], right[:-1], right[1:], grid[1:]], axis=2)
    return quads.reshape(-1, 4, grid.shape[2])


def _shade(points: NDArray[np.float64], light_deg: float) -> NDArray[np.float64]:
    """Shade by Lambert's cosine law with ambient light: float64 [high, round], 0.35..1.15."""
    along = np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1)
    up = np.gradient(points, axis=0)
    normal = np.cross(up, along)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True) + 1e-12
    angle = np.deg2rad(light_deg)
    light = np.array([np.sin(angle), 0.6, np.cos(angle)]) / np.hypot(1, 0.6)
    outward = np.sign((normal * points).sum(axis=2, keepdims=True))
    return np.asarray(0.35 + 0.8 * np.clip((normal * outward) @ light, 0, 1))


def _smooth(rng: np.random.Generator, cells: tuple[int, int], channels: int) -> NDArray[np.float32]:
    """Make smooth noise that is periodic around the axis: float32 [high, round, channels]."""
    coarse = rng.normal(0, 0.6, (*cells, channels)).astype(np.float32)
    closed = np.concatenate([coarse[:, -2:], coarse, coarse[:, :2]], axis=1)
    margin = round(2 * _ROUND / cells[1])
    wide = cv2.resize(closed, (_ROUND + 2 * margin, _HIGH), interpolation=cv2.INTER_CUBIC)
    return np.asarray(wide.reshape(_HIGH, -1, channels)[:, margin : margin + _ROUND])
