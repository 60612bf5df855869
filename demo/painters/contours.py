"""Contour sheets of places that are not there."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix
from demo.shapes import moved, rect, smooth
from demo.texture import Field, cloud
from demo.work import DemoWork, Image

_NAMES = (
    "Farrow Head", "Cold Step", "The Anvil", "Long Meadow", "Saint Ilse", "Owl Pass", "Low Light",
    "Grey Sister", "Mill of Ash", "Tern Rocks", "Bellwether", "Nine Wells", "Harrow", "Old Ferry",
    "Linden", "Marrow Bay", "Heron Flat", "Kestrel", "Widow's Gap", "Salt Fold",
)  # fmt: skip


def _ground(rng: np.random.Generator, w: int, h: int, kind: str) -> Field:
    """Return heights from 0 to 1: an ``island``, a ``range``, a ``basin`` or ``craters``."""
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    u, v = xs / w - 0.5, ys / h - 0.5
    rough = cloud(rng, h, w, 420, 5, 0.42)
    if kind == "island":
        rough = rough * 0.75 + 0.42 - 1.5 * (u * u + v * v) ** 0.9
    elif kind == "range":
        rough = (
            0.55 * (1 - np.abs(2 * rough - 1)) + 0.35 * cloud(rng, h, w, 700, 2) + 0.12 * (v - u)
        )
    elif kind == "basin":
        rough = 0.6 * rough + 0.9 * (u * 0.8 + v * 0.3) ** 2 + 0.22
    else:
        rough = 0.35 * rough + 0.3
        for _ in range(26):
            x, y = rng.uniform(-0.55, 0.55, 2)
            r = 0.02 + rng.gamma(1.5, 0.035)
            d = np.hypot(u - x, (v - y) * h / w) / r
            rough += (0.16 + 0.5 * r) * (np.exp(-((d - 1) ** 2) * 9) - 1.1 * np.exp(-(d**2) * 2.2))
    low, high = float(rough.min()), float(rough.max())
    out: Field = ((rough - low) / (high - low)).astype(np.float32)
    return out


def contour(
    w: int,
    h: int,
    kind: str,
    water: float,
    tints: tuple[RGB, ...],
    ink: RGB,
    name: str,
    rng: np.random.Generator,
) -> Image:
    """Paint a contour sheet: tinted heights, hill shading, rivers of names, a grid and a title."""
    land = _ground(rng, w, h, kind)
    ramp = np.asarray(tints, np.float32)
    levels = 22
    step = np.floor(land * levels) / levels
    place = np.clip(step * (len(tints) - 1), 0, len(tints) - 1.001)
    low = place.astype(int)
    part = (place - low)[..., None]
    px = ramp[low] * (1 - part) + ramp[low + 1] * part
    soft = cv2.GaussianBlur(land, (0, 0), 3)
    slope = cv2.Sobel(soft, cv2.CV_32F, 1, 0) + cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    px = px * np.clip(1 + 5.5 * np.where(land > water, slope, 0.25 * slope), 0.72, 1.25)[..., None]
    c = Canvas(rng, w, h, tints[0])
    c.px = np.clip(px, 0, 255).astype(np.uint8)
    smoothed = cv2.GaussianBlur(land, (0, 0), 2)
    for k in range(1, levels):
        mask = (smoothed > k / levels).astype(np.uint8)
        shapes, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for shape in shapes:
            if len(shape) < 40:
                continue
            wide = 3.0 if k % 5 == 0 else 1.2
            wet = k / levels < water
            tone = mix(ink, tints[0], 0.45) if wet else ink
            c.line(smooth(shape[::5, 0, :], 2, True), tone, wide, 0.55 if wet else 0.75, True)
    for k in range(1, 8):
        c.line([[w * k / 8, 40], [w * k / 8, h - 40]], ink, 1, 0.28)
        c.line([[40, h * k / 8], [w - 40, h * k / 8]], ink, 1, 0.28)
    for word in rng.permutation(_NAMES)[:11]:
        x, y = rng.uniform(0.1, 0.8) * w, rng.uniform(0.08, 0.86) * h
        deep = land[int(y), int(x)] < water
        c.letters(
            str(word),
            x,
            y,
            float(rng.choice([17, 20, 26])),
            mix(ink, tints[0], 0.25 * deep),
            angle=float(rng.normal(0, 7)) if deep else 0.0,
            track=4.0 * (not deep) + 0.01,
        )
        if not deep:
            c.disc(x - 10, y - 6, 4, (190, 52, 40))
            c.letters(str(int(land[int(y), int(x)] * 2400)), x, y + 19, 15, ink)
    walk = np.cumsum(rng.normal((w / 16, h / 40), (30, 60), (13, 2)), axis=0)
    trail = smooth(moved(walk, 20, h * 0.3), 8)
    for k in range(0, len(trail) - 3, 4):
        c.line(trail[k : k + 3], (176, 44, 40), 3, 0.85)
    size, inset = rng.uniform(24, 34), rng.uniform(16, 26)
    wide, tall = size * 0.72 * len(name) + 40, size * 2.8
    left = 48.0 if rng.random() < 0.5 else w - 48 - wide
    top = 48.0 if rng.random() < 0.5 else h - 48 - tall
    c.polygon(rect(left, top, left + wide, top + tall), tints[-1], 0.9)
    c.line(rect(left, top, left + wide, top + tall), ink, rng.uniform(1, 4), 1, True)
    c.letters(name, left + 18, top + size * 1.3, size, ink)
    sheet = f"{rng.choice(['sheet', 'plate', 'no.'])} {int(rng.integers(2, 90))}"
    c.letters(sheet, left + 18, top + size * 2.2, size * 0.62, ink)
    c.line(rect(inset, inset, w - inset, h - inset), ink, 3, 1, True)
    c.line(rect(36, 36, w - 36, h - 36), ink, 1, 1, True)
    return c.finish("paper", 1.1, 0.5)


_LAND = "Room 5: Land and Sea"


_C = "Vernissage Survey Office"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "map-island-of-marrow",
        "The Island of Marrow",
        _C,
        "2023",
        _LAND,
        "Surveyed in one summer by two people who were no longer speaking. The red path is the"
        " long way round.",
        partial(
            contour,
            1180,
            900,
            "island",
            0.42,
            hexes("4f8fa5 7fb5bf b5d5cf e9dfb0 b9c98a 8fae6f c9a76a a97f5a f4efe4"),
            (58, 48, 42),
            "ISLE OF MARROW",
        ),
        310,
    ),
    DemoWork(
        "map-three-sisters",
        "Three Sisters, Sheet Eleven",
        _C,
        "2024",
        _LAND,
        "Each brown line stays level: walk along one and you will neither climb nor fall. Count"
        " the sisters.",
        partial(
            contour,
            860,
            1160,
            "range",
            0.0,
            hexes("d9e3c0 c5d5a0 dfd59f e5c08a cf9a6a b57f5f a58f8f e3e0dd f6f4f0"),
            (82, 52, 36),
            "THREE SISTERS",
        ),
        320,
    ),
    DemoWork(
        "map-sea-of-patience",
        "Sea of Patience, East",
        _C,
        "2025",
        _LAND,
        "A chart of craters, as if for sailing. Names were given by a committee at lunch.",
        partial(
            contour,
            1060,
            1060,
            "craters",
            0.0,
            hexes("3a3f4f 545a6c 747a88 959a9f b5b5b0 cfcbbf e3ddcc f3eee0"),
            (24, 26, 36),
            "SEA OF PATIENCE",
        ),
        330,
    ),
)
