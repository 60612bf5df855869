"""Fields of colour: nested squares after Josef Albers, patchwork towns after Paul Klee."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import arc, box_at, rect
from demo.texture import cloud, grain
from demo.work import DemoWork, Image


def _knife(c: Canvas, shape: np.ndarray, colour: RGB) -> None:
    """Spread paint with a palette knife: short overlapping pulls inside a rectangle."""
    rng = c.rng
    c.brush(shape, colour, 0, 12)
    (x0, y0), (x1, y1) = shape.min(axis=0), shape.max(axis=0)
    for _ in range(int((x1 - x0) * (y1 - y0) / 2600)):
        w, h = rng.uniform(30, 110), rng.uniform(10, 34)
        if w + 4 > x1 - x0 or h + 4 > y1 - y0:
            continue
        x, y = rng.uniform(x0 + w / 2, x1 - w / 2), rng.uniform(y0 + h / 2, y1 - h / 2)
        pull = box_at(x, y, w * 0.9, h * 0.9, rng.normal(0, 5))
        c.brush(pull, vary(rng, colour, 6), rng.choice([0, 30, 150]), 10, 0.5)


def homage(w: int, h: int, tints: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint squares that sit low within one another."""
    c = Canvas(rng, w, h, (240, 234, 222))
    m = min(w, h)
    for k, tint in enumerate(tints):
        side = m * (0.94 - 0.21 * k)
        low = h / 2 + m * 0.055 * k
        _knife(c, box_at(w / 2, low, side, side), tint)
    c.mark(w / 2 + m * 0.42, h / 2 + m * 0.425, 30, mix(tints[0], (20, 20, 20), 0.6))
    return c.finish("oil", 1.1, 1.4)


def swatches(rows: int, columns: int, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a wall of small nested squares; each asks what its neighbours do to it."""
    w = 1160 if columns > rows else round(1160 * columns / rows)
    h = round(w * rows / columns)
    c = Canvas(rng, w, h, (238, 231, 217))
    step = (w - 40) / columns
    for i in range(rows):
        for j in range(columns):
            x, y = 20 + (j + 0.5) * step, 20 + (i + 0.5) * (h - 40) / rows
            side = step * 0.93
            for k in range(int(rng.integers(3, 5))):
                tint = vary(rng, pick(rng, inks), 9)
                c.brush(
                    box_at(x, y + step * 0.05 * k, side, side, rng.normal(0, 0.7)), tint, body=17
                )
                side *= rng.uniform(0.58, 0.76)
    return c.finish("oil", 1.0, 1.6)


def adobe(tints: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a low house front of interlocking bars, with two doors."""
    w, h = 1200, 860
    c = Canvas(rng, w, h, tints[0])
    _knife(c, rect(0, 0, w, h), tints[0])
    for k, (x0, y0, x1, y1) in enumerate(
        [
            (70, 80, 1130, 780),
            (150, 150, 1050, 710),
            (150, 330, 1050, 520),
            (230, 230, 970, 620),
            (230, 390, 970, 460),
            (330, 330, 545, 620),
            (655, 330, 870, 620),
            (385, 400, 490, 620),
            (710, 400, 815, 620),
        ]
    ):
        _knife(c, rect(x0, y0, x1, y1), vary(rng, tints[1 + k % (len(tints) - 1)], 3))
    c.mark(1160, 826, 32, tints[-1])
    return c.finish("oil", 1.1, 1.8)


def _warp(
    rng: np.random.Generator, rows: int, cols: int, w: int, h: int, hurt: float
) -> np.ndarray:
    """Return a grid of corners, gently bent: (rows+1)x(cols+1)x2 in pixels."""
    xs = np.cumsum(rng.uniform(0.5, 1.5, cols + 1))
    ys = np.cumsum(rng.uniform(0.6, 1.4, rows + 1))
    xs, ys = (xs - xs[0]) / (xs[-1] - xs[0]), (ys - ys[0]) / (ys[-1] - ys[0])
    net = np.stack(np.meshgrid(xs * (w + 40) - 20, ys * (h + 40) - 20), axis=2)
    net[..., 0] += hurt * 3 * grain(rng, rows + 1, cols + 1, 4, 4)
    net[..., 1] += hurt * 3 * grain(rng, rows + 1, cols + 1, 4, 4)
    return net + rng.normal(0, hurt, net.shape)


def town(
    w: int,
    h: int,
    rows: int,
    cols: int,
    inks: tuple[RGB, ...],
    roofs: float,
    orb: RGB,
    rng: np.random.Generator,
) -> Image:
    """Paint a bent chequer of washes in which roofs, windows and one heavenly body appear."""
    c = Canvas(rng, w, h, inks[0])
    net = _warp(rng, rows, cols, w, h, 5.0)
    tone = cloud(rng, rows, cols, 4, 2)
    for i in range(rows):
        for j in range(cols):
            quad = np.array([net[i, j], net[i, j + 1], net[i + 1, j + 1], net[i + 1, j]])
            k = int(np.clip(tone[i, j] * len(inks) + rng.normal(0, 0.9), 0, len(inks) - 1))
            tint = vary(rng, inks[k], 10)
            c.brush(quad, tint, body=20, alpha=0.94)
            other = vary(rng, pick(rng, inks), 10)
            if rng.random() < roofs:
                tip = [(quad[0] + quad[1]) / 2, quad[2], quad[3]]
                c.brush(tip, other, body=18, alpha=0.85)
            elif rng.random() < 0.16:
                mid = quad.mean(axis=0)
                c.brush((quad - mid) * 0.42 + mid, other, body=18, alpha=0.85)
            if rng.random() < 0.25:
                c.line(quad, mix(tint, (30, 24, 30), 0.7), 1.6, 0.7, True)
    x, y, r = w * rng.uniform(0.25, 0.75), h * 0.2, min(w, h) * 0.09
    c.brush(arc(x, y, r), orb, 40, 16)
    c.line(arc(x, y, r), mix(orb, (20, 20, 20), 0.6), 2, 0.6, True)
    c.mark(50, h - 46, 34, mix(inks[-1], (20, 20, 20), 0.6))
    return c.finish("paper", 1.2, 2.4)


def strata(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint layers of a river bank, each cut in halves, quarters and eighths."""
    w, h = 880, 1180
    c = Canvas(rng, w, h, inks[0])
    y, k = -10.0, 0
    while y < h:
        tall = float(rng.choice([18, 26, 40, 60, 84]))
        parts = int(rng.choice([1, 2, 4, 8, 16]))
        cuts = np.linspace(-10, w + 10, parts + 1) + np.append(0, rng.normal(0, 7, parts))
        slope = rng.normal(0, 7)
        for a, b in pairwise(cuts):
            tint = vary(rng, inks[(k + int(rng.integers(0, 3))) % len(inks)], 9)
            c.brush(
                [[a, y + slope], [b, y - slope], [b, y + tall - slope], [a, y + tall + slope]],
                tint,
                0,
                18,
            )
        c.line([[-10, y + slope], [w + 10, y - slope]], (40, 32, 34), 1.5, 0.5)
        y, k = y + tall, k + 1
    c.brush(arc(w * 0.66, h * 0.17, 74), (214, 74, 46), 30, 14)
    for _ in range(3):
        x, y = rng.uniform(120, w - 160), rng.uniform(320, h - 160)
        c.line([[x, y], [x + 46, y - 52], [x + 90, y + 6], [x, y]], (36, 28, 32), 3, 0.8)
    c.mark(w - 50, h - 44, 34, (40, 30, 34))
    return c.finish("paper", 1.2, 2.2)


_ROOM = "Room 3: Colour"
_A = "Vernissage Studio, after Josef Albers"
_K = "Vernissage Studio, after Paul Klee"

WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "albers-apricot",
        "Homage to an Apricot",
        _A,
        "2023",
        _ROOM,
        "Four squares, spread with a knife straight from the tube. The innermost seems lit from"
        " behind; it is the same paint all the way across.",
        partial(homage, 1080, 1080, hexes("f2c46d ee9b4a e2703a c8432e")),
        2,
    ),
    DemoWork(
        "albers-thirty-answers",
        "Thirty Answers to One Question",
        _A,
        "2024",
        _ROOM,
        "The question is what a colour looks like. The answer, thirty times over, is that it"
        " depends who is standing next to it.",
        partial(swatches, 5, 6, hexes("e9c25a d9653b 8c2f39 2f5d73 6fa39b efe3c8 4b3a5a c98f9c")),
        13,
    ),
    DemoWork(
        "albers-two-doors",
        "Adobe with Two Doors",
        _A,
        "2025",
        _ROOM,
        "A house front in the desert at six in the evening. The doors are equal in size; most"
        " visitors say the left is larger.",
        partial(adobe, hexes("c9694a e7a06a 7d2f3f f0c58a 3f5f73 d9825b 93a8a0 2c2430")),
        21,
    ),
    DemoWork(
        "klee-town-on-a-hill",
        "Town on a Hill, After Rain",
        _K,
        "2023",
        _ROOM,
        "Begin with a chessboard, let it dry crooked, and roofs appear by themselves. The sun was"
        " put in last.",
        partial(
            town,
            900,
            1140,
            13,
            10,
            hexes("f3e2c0 eec78a e8a45c d77b4e b8575a 8a5a78 5b6f93 7fa5a3 b9c9a3"),
            0.24,
            (226, 74, 52),
        ),
        11,
    ),
    DemoWork(
        "klee-garden-at-night",
        "Garden at Night with Lanterns",
        _K,
        "2024",
        _ROOM,
        "Close to black there are more colours than in the daytime. Give your eyes a minute.",
        partial(
            town,
            1180,
            860,
            10,
            15,
            hexes("151b33 1f2f55 2d4a6f 35657a 3f7f70 5a4a86 8a4f86 c06a6a e8b05a"),
            0.12,
            (244, 226, 168),
        ),
        19,
    ),
    DemoWork(
        "klee-river-bank",
        "Monument in a River Bank",
        _K,
        "2025",
        _ROOM,
        "Layers halve, and halve again, like a tune played in ever shorter notes. Three tents have"
        " been pitched at the water's edge.",
        partial(strata, hexes("efd9a7 e0b070 d98e5a c76f55 9c5a5a 7a7f83 8fb0a0 c9c48f 5f8a94")),
        26,
    ),
    DemoWork(
        "klee-southern-gardens",
        "Southern Gardens from the Train",
        _K,
        "2026",
        _ROOM,
        "Fields, walls, orchards, each for half a second. The pink ones may be almond trees.",
        partial(
            town,
            1060,
            1060,
            16,
            16,
            hexes("f6e8c9 f3c9b0 ee9f8f d9707a 7fae76 b9cf7a f2d06b 5fa6a6 3f7f8f"),
            0.05,
            (250, 240, 205),
        ),
        32,
    ),
)
