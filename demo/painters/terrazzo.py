"""Floors of chips in cement."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, arc, blob, rect
from demo.work import DemoWork, Image


def _chip(rng: np.random.Generator, x: float, y: float, r: float) -> Points:
    """Return a broken piece of marble: few corners, none alike."""
    n = int(rng.integers(4, 8))
    a = np.sort(rng.uniform(0, 2 * np.pi, n)) + rng.uniform(0, 6)
    radius = r * rng.uniform(0.6, 1.15, n)
    return np.stack([x + radius * np.cos(a), y + radius * np.sin(a) * rng.uniform(0.6, 1)], axis=1)


def terrazzo(
    w: int,
    h: int,
    plan: str,
    grounds: tuple[RGB, ...],
    chips: tuple[RGB, ...],
    rng: np.random.Generator,
) -> Image:
    """Paint a floor of chips in cement, with brass strips: ``fan``, ``moon`` or ``drift``."""
    c = Canvas(rng, w, h, grounds[0])
    c.brush(rect(0, 0, w, h), grounds[0], 0, 8)
    lines: list[Points] = []
    if plan == "fan":
        for i in range(-1, 6):
            for j in range(-1, 5):
                x, y, r = (j + 0.5 * (i % 2)) * w / 3, h - i * h / 5, w / 5.4
                for k, tint in enumerate((grounds[(i + j) % 3], grounds[(i + j + 1) % 3])):
                    fan = arc(x, y, r * (1 - 0.42 * k), 180, 360)
                    c.brush(np.concatenate([fan, arc(x, y + r, r * 0.2, 0, 180)]), tint, 30 * k, 8)
                    lines.append(fan)
    elif plan == "moon":
        for k, r in enumerate((0.44, 0.33, 0.2)):
            x, y = w * (0.5 + 0.05 * k), h * (0.46 + 0.06 * k)
            c.brush(arc(x, y, min(w, h) * r), grounds[(k + 1) % len(grounds)], 50 * k, 8)
            lines.append(arc(x, y, min(w, h) * r))
        lines.append(np.array([[0, h * 0.86], [w, h * 0.70]]))
    else:
        for k in range(1, 4):
            xs = np.linspace(-10, w + 10, 60)
            ys = h * k / 4 + 60 * np.sin(xs / 170 + 1.7 * k) + 20 * np.sin(xs / 70)
            edge = np.stack([xs, ys], axis=1)
            c.brush(
                np.concatenate([edge, [[w + 10, h + 10], [-10, h + 10]]]),
                grounds[k % len(grounds)],
                40 * k,
                8,
            )
            lines.append(edge)
    spots: list[tuple[float, float, float]] = []
    for size in (46, 30, 20, 13, 8, 5):
        for _ in range(int(60 * (46 / size) ** 1.15)):
            x, y, r = rng.uniform(0, w), rng.uniform(0, h), size * rng.uniform(0.75, 1.2)
            if len(spots) > 0 and size > 9:
                near = np.asarray(spots) - (x, y, 0)
                if (np.hypot(near[:, 0], near[:, 1]) < (near[:, 2] + r) * 0.82).any():
                    continue
            spots.append((x, y, r))
            tint = vary(rng, pick(rng, chips), 11)
            piece = _chip(rng, x, y, r)
            if size > 15:
                c.brush(piece, tint, body=26)
                vein = blob(rng, x, y, r * 0.5)[: int(rng.integers(9, 30))]
                c.line(vein, mix(tint, (255, 250, 240), 0.5), 1.6, 0.5)
            else:
                c.polygon(piece, tint)
    for path in lines:
        c.line(path, (96, 70, 30), 8)
        c.line(path, (208, 168, 92), 5)
    c.mark(w - 44, h - 44, 30, (80, 60, 40))
    return c.finish("glaze", 0.8, 0.8)


_ROOM = "Room 9: Earth and Tile"


_T = "Vernissage Floor Works"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "terrazzo-fans",
        "Floor of a Vanished Caf\u00e9",
        _T,
        "2024",
        _ROOM,
        "Fans set out in brass, filled with what other floors had left over. Some chips are older"
        " than the building was.",
        partial(
            terrazzo,
            900,
            1160,
            "fan",
            hexes("ead9cc c98f7f 5f7f7a"),
            hexes("f4ece0 7a3f3f d9a86a 2f4a4f b5bfae e5c9b5"),
        ),
        155,
    ),
    DemoWork(
        "terrazzo-three-moons",
        "Three Moons Set in Cement",
        _T,
        "2025",
        _ROOM,
        "Rings of brass, poured at three different phases. The smallest is full.",
        partial(
            terrazzo,
            1080,
            1080,
            "moon",
            hexes("2a3348 4f6a86 e8d9b5 c9a05f"),
            hexes("e9e4da 8fa3b5 d9b56a 1a2030 b5624f f4eede"),
        ),
        166,
    ),
    DemoWork(
        "terrazzo-drift",
        "Drift, for a Swimming Bath",
        _T,
        "2023",
        _ROOM,
        "Made for bare feet. The strips follow the line to which the water comes on a busy day.",
        partial(
            terrazzo,
            1180,
            820,
            "drift",
            hexes("f0e7da 9fc9c0 e8a58f 4f8f96"),
            hexes("fbf6ec 2f6f78 e06a52 f0c46a 26384a c3ddd3"),
        ),
        177,
    ),
)
