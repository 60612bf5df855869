"""Pressed plants on herbarium sheets."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, arc, blob, box_at, moved, rect, smooth, turned
from demo.work import DemoWork, Image


def _leaf(c: Canvas, x: float, y: float, long: float, wide: float, turn: float, tint: RGB) -> None:
    """Draw a pressed leaf with its midrib and side veins; ``turn`` in degrees, 0 points right."""
    rng = c.rng
    t = np.linspace(0, 1, 14)
    half = wide / 2 * np.sin(np.pi * t**0.85) * (1 + rng.normal(0, 0.05, 14))
    bend = long * 0.10 * rng.normal() * np.sin(np.pi * t)
    body = np.concatenate(
        [np.stack([long * t, bend + half], axis=1), np.stack([long * t, bend - half], axis=1)[::-1]]
    )
    rib = np.stack([long * t, bend], axis=1)
    put = [moved(turned(p, turn, (0, 0)), x, y) for p in (body, rib)]
    c.polygon(moved(put[0], 2, 3), (60, 50, 40), 0.25)
    c.brush(smooth(put[0], 3, True), tint, turn, 20, 0.93)
    vein = mix(tint, (245, 236, 205), 0.38)
    c.line(put[1], vein, max(1.2, wide / 18), 0.85)
    if wide > 16:
        for k in range(2, 12, 2):
            for side in (1, -1):
                tip = np.array(
                    [
                        [long * t[k], bend[k]],
                        [long * (t[k] + 0.09), bend[k] + side * half[k] * 0.85],
                    ]
                )
                c.line(moved(turned(tip, turn, (0, 0)), x, y), vein, 1.2, 0.6)


def _stem(
    rng: np.random.Generator, x: float, y: float, long: float, lean: float, n: int = 40
) -> Points:
    """Return a stem that grows up from a foot and sways."""
    a = (
        np.radians(lean - 90)
        + np.cumsum(rng.normal(0, 0.035, n))
        + np.linspace(0, rng.normal(0, 0.4), n)
    )
    return np.stack([x + np.cumsum(np.cos(a)), y + np.cumsum(np.sin(a))], axis=1) * 1.0 + (
        np.stack([np.cumsum(np.cos(a)), np.cumsum(np.sin(a))], axis=1) * (long / n - 1)
    )


def _way(path: Points, k: int) -> float:
    """Return the direction of a path at one of its points, degrees."""
    d = path[min(k + 1, len(path) - 1)] - path[max(k - 1, 0)]
    return float(np.degrees(np.arctan2(d[1], d[0])))


def _frond(c: Canvas, path: Points, reach: float, tints: tuple[RGB, ...], depth: int) -> None:
    """Draw a fern: side fronds along a stem, smaller towards the tip, with smaller ones on each."""
    rng = c.rng
    n = len(path)
    c.line(path, mix(tints[0], (60, 44, 30), 0.45), 1.5 + 2 * depth, 0.95)
    for k in range(max(2, n // 8), n, 2):
        t = k / n
        size = reach * np.sin(np.pi * (0.12 + 0.86 * t)) * (1 + rng.normal(0, 0.06))
        for side in (1, -1):
            turn = _way(path, k) + side * (64 - 22 * t)
            if depth:
                sub = _stem(rng, path[k, 0], path[k, 1], size, turn + 90, 18)
                _frond(c, sub, size * 0.24, tints, depth - 1)
            else:
                _leaf(
                    c,
                    path[k, 0],
                    path[k, 1],
                    size,
                    size * 0.46,
                    turn,
                    vary(rng, pick(rng, tints), 9),
                )


def _label(c: Canvas, latin: str, found: str, paper: RGB, ink: RGB) -> None:
    """Draw the paper label in the corner, and strips of linen tape."""
    x, y = c.w - 372 - c.rng.uniform(-8, 40), c.h - 170 - c.rng.uniform(-10, 30)
    tall = c.rng.uniform(108, 136)
    c.polygon(rect(x + 3, y + 4, x + 333, y + tall + 4), (70, 60, 50), 0.3)
    c.brush(rect(x, y, x + 330, y + tall), mix(paper, (255, 255, 250), 0.4), 0, 8)
    edge = rect(x + 8, y + 8, x + 322, y + tall - 8)
    c.line(edge, ink, c.rng.uniform(1, 3), 0.8, True)
    c.letters(latin, x + 22, y + 52, 27, ink)
    c.letters(found, x + 22, y + 84, 17, ink)
    c.mark(x + 290, y + 98, 26, (150, 44, 40))


def pressed(
    w: int,
    h: int,
    kind: str,
    tints: tuple[RGB, ...],
    paper: RGB,
    label: tuple[str, str],
    rng: np.random.Generator,
) -> Image:
    """Paint a herbarium sheet: ``fern``, ``branch``, ``umbel`` or sea ``weed``."""
    c = Canvas(rng, w, h, paper)
    c.brush(rect(0, 0, w, h), paper, 0, 8)
    for _ in range(9):
        c.brush(
            blob(rng, rng.uniform(0, w), rng.uniform(0, h), rng.uniform(20, 90)),
            mix(paper, (170, 130, 70), 0.25),
            body=6,
            alpha=0.25,
        )
    foot = np.array([w * 0.46, h * 0.93])
    wood = mix(tints[0], (70, 50, 34), 0.55)
    if kind == "fern":
        for lean, long, x in ((-17, 0.74, -20), (13, 0.82, 14)):
            _frond(c, _stem(rng, foot[0] + x, foot[1], h * long, lean, 46), w * 0.24, tints, 1)
    elif kind == "branch":
        main = _stem(rng, foot[0] - 60, foot[1], h * 0.82, 8, 44)
        c.line(main, wood, 9)
        for k in range(7, 44, 4):
            side = 1 if (k // 4) % 2 else -1
            twig = _stem(
                rng,
                main[k, 0],
                main[k, 1],
                h * 0.27 * (1.1 - k / 60),
                _way(main, k) + 90 + side * 52,
                20,
            )
            c.line(twig, wood, 4)
            for j in range(4, 20, 3):
                turn = _way(twig, j) + (42 if j % 2 else -42)
                _leaf(
                    c,
                    twig[j, 0],
                    twig[j, 1],
                    rng.uniform(70, 118),
                    rng.uniform(32, 52),
                    turn,
                    vary(rng, pick(rng, tints[:-1]), 12),
                )
            if rng.random() < 0.75:
                for _ in range(3):
                    at = twig[-1] + rng.normal(0, 16, 2)
                    c.brush(arc(at[0], at[1], rng.uniform(9, 14)), vary(rng, tints[-1], 9), body=16)
                    c.disc(at[0] - 4, at[1] - 4, 3, mix(tints[-1], (255, 250, 240), 0.7))
    elif kind == "umbel":
        for lean, long, x in ((-13, 0.60, -30), (3, 0.80, 0), (18, 0.52, 26)):
            main = _stem(rng, foot[0] + x, foot[1], h * long, lean, 40)
            c.line(main, mix(tints[0], wood, 0.4), 6)
            for k in (9, 15, 20, 26):
                _leaf(
                    c,
                    main[k, 0],
                    main[k, 1],
                    rng.uniform(90, 180),
                    rng.uniform(24, 44),
                    _way(main, k) + rng.choice([-55, 55]),
                    vary(rng, tints[0], 10),
                )
            for k in range(21):
                ray = _stem(
                    rng, main[-1, 0], main[-1, 1], rng.uniform(110, 165), -84 + 8.4 * k + lean, 12
                )
                c.line(ray, tints[0], 2)
                for _ in range(15):
                    at = ray[-1] + rng.normal(0, 15, 2)
                    c.disc(
                        at[0],
                        at[1],
                        float(rng.uniform(2.5, 7)),
                        vary(rng, pick(rng, tints[1:]), 9),
                        0.9,
                    )
    else:

        def grow(x: float, y: float, long: float, lean: float, wide: float, left: int) -> None:
            path = _stem(rng, x, y, long, lean, 16)
            c.line(path, vary(rng, pick(rng, tints), 7), wide, 0.92)
            if left:
                for k in (int(rng.integers(7, 12)), 15, 15):
                    grow(
                        path[k, 0],
                        path[k, 1],
                        long * rng.uniform(0.6, 0.8),
                        lean + rng.normal(0, 27),
                        max(1.5, wide * 0.74),
                        left - 1,
                    )
            else:
                c.disc(path[-1, 0], path[-1, 1], wide * 1.7 + 1, vary(rng, tints[-1], 7), 0.9)

        for lean in (-30, -8, 12, 33):
            grow(foot[0] + lean, foot[1] - 40, h * 0.235, lean, 9, 5)
    for _ in range(4):
        at = foot + np.array([rng.normal(0, w * 0.05), -rng.uniform(0.05, 0.5) * h])
        c.brush(
            box_at(at[0], at[1], 110, 18, rng.normal(0, 15)),
            mix(paper, (255, 252, 244), 0.55),
            0,
            8,
            0.85,
        )
    _label(c, *label, paper, (52, 44, 40))
    return c.finish("paper", 1.2, 0.7)


_ROOM = "Room 7: Garden and Glass"


_H = "Vernissage Herbarium"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "herbarium-lady-fern",
        "Lady Fern, Two Fronds",
        _H,
        "2023",
        _ROOM,
        "A fern is one rule used three times: the frond is made of fronds that are made of fronds.",
        partial(
            pressed,
            860,
            1180,
            "fern",
            hexes("4f6f3a 6f8a45 8a9a55 3f5f3f"),
            (241, 232, 208),
            ("Filix imaginaria", "north wall, June"),
        ),
        370,
    ),
    DemoWork(
        "herbarium-crab-apple",
        "Branch with Small Red Fruit",
        _H,
        "2024",
        _ROOM,
        "Picked in the second week of October, and still smelling of it. The linen strips keep"
        " the twigs from moving.",
        partial(
            pressed,
            900,
            1160,
            "branch",
            hexes("6f7f3f 9a8a3f b5703a 7a5a35 b8322f"),
            (238, 228, 206),
            ("Malus vespertina", "by the ferry, October"),
        ),
        380,
    ),
    DemoWork(
        "herbarium-cow-parsley",
        "Three Umbels from a Lay-By",
        _H,
        "2025",
        _ROOM,
        "Twenty-one rays, each with its own small crowd. The collector stopped for petrol.",
        partial(
            pressed,
            880,
            1200,
            "umbel",
            hexes("5f7f4f e9e0c0 d9b5c5 c98fa8 f3ecd8"),
            (226, 219, 200),
            ("Anthriscus viae", "km 41, May"),
        ),
        390,
    ),
    DemoWork(
        "herbarium-cyanotype",
        "Sea Branch, Sun Print",
        f"{_H}, after Anna Atkins",
        "2024",
        _ROOM,
        "Laid on the paper and left in the sun; where the weed lay, the paper stayed white.",
        partial(
            pressed,
            860,
            1140,
            "weed",
            hexes("e8f1f4 d3e5ee b9d5e6 f4f8f8"),
            (24, 66, 122),
            ("Alga caerulea", "low water, July"),
        ),
        400,
    ),
)
