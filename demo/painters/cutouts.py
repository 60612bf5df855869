"""Painted paper cut with scissors, after Matisse."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, blob, moved, rect, smooth, turned
from demo.work import DemoWork, Image


def _alga(
    rng: np.random.Generator, x: float, y: float, size: float, fingers: int, turn: float
) -> Points:
    """Return a scissor-cut frond: rounded fingers on both sides of a spine."""
    left: list[list[float]] = []
    right: list[list[float]] = []
    for k in range(fingers):
        t = (k + 0.5) / fingers
        reach = size * (0.24 + 0.30 * np.sin(np.pi * (0.15 + 0.8 * t))) * rng.uniform(0.8, 1.2)
        lift, at = size * 0.09, size * (t - 0.5)
        step = size / fingers
        for side, into in ((1, right), (-1, left)):
            into += [
                [at - step * 0.46, side * size * 0.06],
                [at - step * 0.36 + lift, side * reach * 0.72],
                [at - step * 0.20 + lift, side * reach * 0.97],
                [at + step * 0.10 + lift, side * reach],
                [at + step * 0.30 + lift, side * reach * 0.84],
                [at + step * 0.28 + lift * 0.5, side * reach * 0.5],
                [at + step * 0.36, side * size * 0.06],
            ]
    shape = np.array([[-size * 0.62, 0], *right, [size * 0.66, 0], *left[::-1]])
    return moved(turned(smooth(shape, 5, True), turn, (0, 0)), x, y)


def cutouts(w: int, h: int, kind: str, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a picture of cut paper: a ``sheaf``, a ``lagoon`` or ``panels``."""
    c = Canvas(rng, w, h, inks[0])
    c.brush(rect(0, 0, w, h), inks[0], 90, 8)

    def paste(shape: Points, tint: RGB) -> None:
        c.polygon(moved(shape, 3, 4), (50, 40, 40), 0.28)
        c.brush(shape, vary(rng, tint, 6), body=13)

    if kind == "panels":
        for i in range(4):
            for j in range(3):
                x, y = j * w / 3, i * h / 4
                tint = inks[(i * 3 + j * 2 + i // 2) % len(inks)]
                c.brush(rect(x, y, x + w / 3, y + h / 4), vary(rng, tint, 5), body=9)
                other = pick(rng, [p for p in inks if p != tint])
                cx, cy = x + w / 6, y + h / 8
                paste(
                    _alga(rng, cx, cy, w * 0.25, int(rng.integers(4, 7)), rng.uniform(0, 360)),
                    other,
                )
    elif kind == "lagoon":
        for k in range(6):
            shape = blob(rng, rng.uniform(0, w), rng.uniform(0, h), rng.uniform(140, 260), 0.3)
            paste(shape, inks[1 + k % 3])
        for k in range(20):
            x, y = rng.uniform(0, w), rng.uniform(0, h)
            if k % 3:
                paste(
                    _alga(
                        rng,
                        x,
                        y,
                        rng.uniform(130, 290),
                        int(rng.integers(4, 8)),
                        rng.uniform(0, 360),
                    ),
                    pick(rng, inks),
                )
            else:
                fish = np.array(
                    [
                        [-80, 0],
                        [-40, -34],
                        [20, -30],
                        [56, 0],
                        [92, -34],
                        [86, 34],
                        [56, 4],
                        [20, 32],
                        [-40, 32],
                    ]
                )
                paste(
                    moved(
                        turned(
                            smooth(fish * rng.uniform(0.6, 1.1), 5, True),
                            rng.uniform(-40, 40),
                            (0, 0),
                        ),
                        x,
                        y,
                    ),
                    pick(rng, inks[3:]),
                )
    else:
        for k in range(22):
            a = np.radians(-168 + 156 * (k % 11) / 10) + rng.normal(0, 0.04)
            d = h * (0.40 if k < 11 else 0.68) * rng.uniform(0.85, 1.1)
            x, y = w / 2 + d * 0.66 * np.cos(a), h * 0.93 + d * np.sin(a)
            paste(
                _alga(
                    rng, x, y, w * rng.uniform(0.2, 0.27), int(rng.integers(4, 7)), np.degrees(a)
                ),
                inks[1 + k % (len(inks) - 1)],
            )
        paste(_alga(rng, w / 2, h * 0.86, w * 0.30, 6, -90), inks[2])
    c.mark(w - 46, h - 44, 34, mix(inks[1], (20, 20, 20), 0.4))
    return c.finish("paper", 1.0, 1.0)


_ROOM = "Room 7: Garden and Glass"


_M = "Vernissage Studio, after Henri Matisse"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "cutouts-sheaf",
        "Sheaf for the Longest Day",
        _M,
        "2023",
        _ROOM,
        "Drawn with scissors, in colour, with no line first. Every leaf has a mother further down.",
        partial(
            cutouts,
            1060,
            1060,
            "sheaf",
            hexes("f6f0e2 2f8f5a e2453a f2b02f 2b5fae 1f2a3f e57fa5 7fb85a"),
        ),
        410,
    ),
    DemoWork(
        "cutouts-lagoon",
        "Lagoon, from Memory",
        _M,
        "2024",
        _ROOM,
        "The swimmer remembered the fish, the weed and the light; the depth had to be invented.",
        partial(
            cutouts, 1200, 800, "lagoon", hexes("1f6f9f 2f9fae 7fc9bf 17406f f4ecd8 f2b84f ef6f5a")
        ),
        420,
    ),
    DemoWork(
        "cutouts-twelve-windows",
        "Twelve Windows on the Same Garden",
        _M,
        "2025",
        _ROOM,
        "One garden, seen twelve times in a day. Noon is the yellow one.",
        partial(
            cutouts,
            840,
            1160,
            "panels",
            hexes("f3e9d6 e2583f 2f5f9f f2bd3f 2f8f7f 6f3f7f f0a5b0 1f2f3f"),
        ),
        430,
    ),
)
