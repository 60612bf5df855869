"""Circles and colour: discs after Delaunay, concentric fields after Kandinsky."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import arc, box_at, rect, smooth, turned, wedge
from demo.work import DemoWork, Image


def _target(
    c: Canvas, x: float, y: float, r: float, colours: tuple[RGB, ...], cuts: int, rings: int
) -> None:
    """Draw one disc of rings, each cut in sectors of different colours."""
    rng = c.rng
    steps = np.cumsum(rng.uniform(0.5, 1.6, rings))
    radii = r * (steps / steps[-1])[::-1]
    base = rng.uniform(0, 90)
    last: RGB | None = None
    for outer in radii:
        for k in range(cuts):
            tint = pick(rng, [p for p in colours if p != last])
            last = tint
            start = base + 360 * k / cuts
            shape = np.concatenate([arc(x, y, outer, start, start + 360 / cuts), [[x, y]]])
            c.brush(shape, vary(rng, tint, 7), start + 60, 14)


def discs(
    w: int,
    h: int,
    spots: tuple[tuple[float, float, float], ...],
    colours: tuple[RGB, ...],
    rng: np.random.Generator,
) -> Image:
    """Paint great broken discs over a field of bent planes.

    ``spots`` holds centre and radius, as shares of the shorter side.
    """
    c = Canvas(rng, w, h, colours[0])
    m = min(w, h)
    edges = np.linspace(-0.1, 1.1, 7)
    for i in range(6):
        for j in range(6):
            quad = np.array(
                [
                    [edges[j], edges[i]],
                    [edges[j + 1], edges[i]],
                    [edges[j + 1], edges[i + 1]],
                    [edges[j], edges[i + 1]],
                ]
            ) + rng.normal(0, 0.04, (4, 2))
            c.brush(quad * (w, h), vary(rng, mix(pick(rng, colours), colours[0], 0.35), 8), body=13)
    for x, y, r in spots:
        _target(c, x * m, y * m, r * m, colours[1:], int(rng.choice([2, 4, 4])), 8)
    for _ in range(5):
        x, y, r = spots[int(rng.integers(len(spots)))]
        start = rng.uniform(0, 360)
        ring = wedge(x * m, y * m, r * m * 1.08, r * m * 1.22, start, start + rng.uniform(50, 130))
        c.brush(ring, pick(rng, colours[1:]), start, 14)
    c.mark(w - 50, h - 46, 36, colours[1])
    return c.finish("oil", 1.0, 1.6)


def ribbons(colours: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint half circles handed on from one to the next, down the picture."""
    w, h = 800, 1200
    c = Canvas(rng, w, h, colours[0])
    c.brush(rect(0, 0, w, h), colours[0], 0, 10)
    y, side = 30.0, 0
    while y < h - 60:
        r = float(rng.uniform(190, 330))
        x = w / 2 + (40 if side else -40) + rng.normal(0, 20)
        start = -90 if side else 90
        for k, outer in enumerate(np.linspace(r, r * 0.14, 7)):
            tint = vary(rng, pick(rng, colours[1:]), 7)
            c.brush(wedge(x, y + r * 0.6, 0, outer, start, start + 180), tint, 30 * k, 14)
            other = vary(rng, pick(rng, colours), 7)
            inner = wedge(x, y + r * 0.6, 0, outer * 0.62, start + 180, start + 360)
            c.brush(inner, other, 30 * k + 90, 14)
        y, side = y + r * 0.86, 1 - side
    c.mark(w - 50, h - 40, 34, colours[1])
    return c.finish("oil", 1.0, 1.6)


def squares_rings(colours: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint twelve squares of watercolour, in each a set of rings."""
    w, h = 1160, 880
    c = Canvas(rng, w, h, colours[0])
    for i in range(3):
        for j in range(4):
            x, y = 145 + j * 290, 147 + i * 293
            c.brush(box_at(x, y, 284, 286), vary(rng, pick(rng, colours[1:]), 10), body=22)
            cx, cy = x + rng.normal(0, 10), y + rng.normal(0, 10)
            radius, flat = rng.uniform(118, 138), rng.uniform(0.92, 1.06)
            while radius > 12:
                ring = arc(cx, cy, radius, squash=flat) + rng.normal(0, 1.4, 2)
                c.brush(ring, vary(rng, pick(rng, colours), 16), body=24, alpha=0.92)
                radius -= rng.uniform(14, 34)
    return c.finish("paper", 1.3, 3.2)


def several(rng: np.random.Generator) -> Image:
    """Paint glowing discs that pass before one another in the dark."""
    c = Canvas(rng, 1100, 1100, (18, 18, 28))
    c.brush(rect(0, 0, 1100, 1100), (20, 20, 32), 60, 9)
    inks = hexes("e9c46a e76f51 2a9d8f 3d6fb6 f4a6b7 b23a48 8ecae6 f2e9dc 7b5ea7")
    for k in range(44):
        r = float(np.clip(rng.gamma(1.5, 40), 10, 230)) if k else 235.0
        x, y = rng.normal((560, 540), (250, 240)) if k else np.array([430.0, 420.0])
        tint = inks[2 + k % 2] if not k else pick(rng, inks)
        for glow in range(5):
            c.disc(x, y, r * (1.28 - glow * 0.05), mix(tint, (20, 20, 32), 0.5), 0.09)
        c.brush(arc(x, y, r), vary(rng, tint, 10), body=14, alpha=0.86)
        if r > 42:
            off = rng.normal(0, r * 0.2, 2)
            c.brush(arc(x + off[0], y + off[1], r * 0.5), pick(rng, inks), body=14, alpha=0.8)
    c.mark(1046, 1052, 32, inks[0])
    return c.finish("canvas", 1.0, 1.0)


def score(w: int, h: int, lean: float, colours: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a haloed circle, rays, bows, chequers and stray notes."""
    ground, ink, *accents = colours
    c = Canvas(rng, w, h, ground)
    for k in range(9):
        cloud_at = arc(rng.uniform(0, w), rng.uniform(0, h), rng.uniform(110, 280))
        c.brush(cloud_at, mix(ground, pick(rng, accents), 0.35), k * 40, 9, 0.55)
    m = min(w, h)
    hx, hy, hr = w * 0.3, h * 0.3, m * 0.17
    for k in range(10):
        c.disc(hx, hy, hr * (1.6 - 0.05 * k), mix(accents[0], ground, 0.5), 0.12)
    for k, tint in enumerate([ink, accents[0], accents[4], accents[1], accents[2]]):
        c.brush(arc(hx, hy, hr * (1 - 0.19 * k)), tint, 35 * k, 12)
    for k in range(15):
        a = np.array([rng.uniform(0.05, 0.95) * w, rng.uniform(0.1, 0.95) * h])
        step = turned(
            np.array([[rng.uniform(120, 620), 0], [0, 0]]), lean + rng.normal(0, 22), (0, 0)
        )[0]
        c.line([a - step / 2, a + step / 2], ink, float(rng.choice([2, 2, 4, 7])))
        if k % 3 == 0:
            wide = turned(np.array([[0, rng.uniform(40, 110)], [0, 0]]), lean, (0, 0))[0]
            c.brush(
                [a - step / 2, a + step / 2, a + step / 2 + wide], pick(rng, accents), lean, 12, 0.8
            )
    for _ in range(4):
        x, y, cell = rng.uniform(0.15, 0.8) * w, rng.uniform(0.4, 0.85) * h, rng.uniform(18, 34)
        turn = rng.normal(lean, 25)
        for i in range(int(rng.integers(3, 6))):
            for j in range(int(rng.integers(3, 6))):
                tint = pick(rng, accents) if (i + j) % 2 else ink if rng.random() < 0.6 else ground
                spot = box_at(x + j * cell, y + i * cell, cell, cell)
                c.brush(turned(spot, turn, (x, y)), tint, turn)
    for _ in range(9):
        x, y, r = rng.uniform(0.2, 0.95) * w, rng.uniform(0.1, 0.9) * h, rng.uniform(24, 130)
        start = rng.uniform(0, 360)
        for k in range(int(rng.integers(1, 4))):
            c.line(arc(x, y, r + 10 * k, start, start + rng.uniform(90, 200)), ink, 3)
    for _ in range(26):
        x, y, r = rng.uniform(0, w), rng.uniform(0, h), rng.gamma(2, 9) + 5
        c.brush(arc(x, y, r), pick(rng, accents), body=12)
        if r > 16:
            c.brush(arc(x, y, r * 0.55), pick(rng, [ink, *accents]), body=12)
    wave = np.stack([np.linspace(0.5, 0.94, 12) * w, h * (0.14 + rng.normal(0, 0.03, 12))], axis=1)
    c.line(smooth(wave), ink, 5)
    c.mark(60, h - 52, 40, ink)
    return c.finish("oil", 0.8, 0.9)


_ROOM = "Room 3: Colour"
_D = "Vernissage Studio, after Sonia Delaunay"
_K = "Vernissage Studio, after Wassily Kandinsky"
_FAIR = hexes("f6ead2 1d2a44 e23d3a f39a2e f6cf46 2a8f74 2563a8 8a4a8f f4a9b5")
_MARKET = hexes("f2e3cc 31203a c43b5d ef7d57 f7c859 3f9c8f 2b5fa3 94c47d e9dcc6")
_TANGO = hexes("ece5d8 141318 d72f3c f26b38 f9c22e 1f7a6d 29459e 9c9aa3 efe7da")
_WATER = hexes("f3ead9 22304a d9604c eeb04d 7fb069 3b8ea5 6c5b95 e7a6a1 f0d9a8 b63e52")

WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "delaunay-electric-fair",
        "Electric Fair",
        _D,
        "2024",
        _ROOM,
        "The first street lamps drew crowds. Each disc here is a lamp with its halo, cut into"
        " sectors so that neighbouring colours make one another ring.",
        partial(
            discs, 1000, 1180, ((0.38, 0.42, 0.33), (0.72, 0.84, 0.27), (0.24, 0.92, 0.17)), _FAIR
        ),
        14,
    ),
    DemoWork(
        "delaunay-market-minho",
        "Market Morning, Seen Through Oranges",
        _D,
        "2023",
        _ROOM,
        "Melons, parasols, skirts, wheels: at the market everything is round, and everything"
        " is turning.",
        partial(
            discs,
            1200,
            860,
            ((0.36, 0.5, 0.36), (0.98, 0.34, 0.24), (1.12, 0.8, 0.2), (0.72, 0.82, 0.13)),
            _MARKET,
        ),
        25,
    ),
    DemoWork(
        "delaunay-one-sun",
        "One Sun, Two Opinions",
        _D,
        "2025",
        _ROOM,
        "A single great disc. Its rings are cut, turned and coloured anew at every step, which"
        " is why it will not stand still.",
        partial(discs, 1080, 1080, ((0.5, 0.5, 0.44),), _TANGO),
        39,
    ),
    DemoWork(
        "delaunay-staircase-dance",
        "Dance Down a Staircase",
        _D,
        "2024",
        _ROOM,
        "Half circles hand the movement from one to the next. Let your eye enter at the top and"
        " see where it leaves.",
        partial(ribbons, _FAIR),
        52,
    ),
    DemoWork(
        "kandinsky-twelve-studies",
        "Twelve Small Studies in Patience",
        _K,
        "2023",
        _ROOM,
        "A colour test on damp paper that became a favourite. No two rings were painted with"
        " the same water.",
        partial(squares_rings, _WATER),
        6,
    ),
    DemoWork(
        "kandinsky-several-moons",
        "Several Moons, One Tide",
        _K,
        "2024",
        _ROOM,
        "Discs float in the dark at no known distance. The blue one is either very large or very"
        " near.",
        several,
        17,
    ),
    DemoWork(
        "kandinsky-brass-rehearsal",
        "Brass Section, Rehearsing",
        _K,
        "2025",
        _ROOM,
        "He held that a circle is silent and a triangle loud. Listen for the trumpets.",
        partial(
            score,
            1200,
            880,
            -32.0,
            hexes("f1e7d0 1e1c22 d9453b 2f5f9e f0b33c 3e8f78 a45a8b 7bb0c9"),
        ),
        28,
    ),
)
