"""Order and its disturbance: the pen plotter's first years, after Molnár and Nees."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, pick, vary
from demo.shapes import box_at, smooth, turned
from demo.texture import cloud
from demo.work import DemoWork, Image


def _pen(c: Canvas, pts: np.ndarray, ink: RGB, width: float = 2.0, closed: bool = False) -> None:
    """Draw a line as a plotter does: the ink runs a little dry on some strokes."""
    c.line(pts, vary(c.rng, ink, 14), width, float(c.rng.uniform(0.72, 1.0)), closed)


def interruptions(paper: RGB, ink: RGB, rng: np.random.Generator) -> Image:
    """Paint a grid of strokes, each turned by chance, with places left out."""
    c = Canvas(rng, 1080, 1080, paper)
    n, step = 46, 1080 / 52
    holes = cloud(rng, n, n, 15, 2)
    for i in range(n):
        for j in range(n):
            if holes[i, j] > 0.63:
                continue
            x, y = (j + 3.5) * step, (i + 3.5) * step
            turn = rng.normal(0, 26 + 20 * holes[i, j])
            _pen(c, box_at(x, y, 0.1, step * 1.35, turn)[[0, 2]], ink, 2.0)
    c.mark(1020, 1046, 26, ink)
    return c.finish("paper", 1.0, 0.6)


def disorders(paper: RGB, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint squares within squares, some corners gone astray, some squares left out."""
    c = Canvas(rng, 1000, 1180, paper)
    for i in range(11):
        for j in range(9):
            x, y = 92 + j * 102, 80 + i * 102
            ink = pick(rng, inks)
            for k in range(1, 10):
                if rng.random() < 0.34:
                    continue
                corners = box_at(x, y, k * 10.2, k * 10.2) + rng.normal(0, 1.4 + i * 0.36, (4, 2))
                _pen(c, corners, ink, 1.6, True)
    c.mark(950, 1158, 24, inks[0])
    return c.finish("paper", 1.0, 0.5)


def letters_home(paper: RGB, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint lines that look like handwriting and say nothing."""
    c = Canvas(rng, 860, 1160, paper)
    ends = rng.uniform(0.70, 1.0, 26)
    ends[[6, 14, 15, 25]] = [0.4, 0.55, 0.0, 0.35]
    for row in range(26):
        y, x = 100 + row * 38.0, 90.0 + (46 if row in (0, 7, 16) else 0)
        heat = (row / 26) ** 1.5
        ink = inks[1] if row in (3, 11, 19) else inks[0]
        while x < 90 + 690 * ends[row]:
            word = rng.integers(3, 9)
            xs = x + np.cumsum(rng.uniform(3, 8, word * 2))
            tall = rng.choice([6, 8, 20], word * 2, p=[0.5, 0.3, 0.2]) * (1 + heat)
            ys = y + np.where(np.arange(word * 2) % 2, 1, -1) * tall * rng.uniform(0.4, 1, word * 2)
            ys += rng.normal(0, 1 + 6 * heat, word * 2)
            _pen(c, smooth(np.stack([xs, ys], axis=1), 5), ink, 2.2)
            x = xs[-1] + rng.uniform(12, 24)
    c.mark(720, 1098, 44, inks[1])
    return c.finish("paper", 1.2, 0.6)


def trapezia(paper: RGB, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint translucent four-sided planes in a row that loses its temper."""
    c = Canvas(rng, 1200, 820, paper)
    for i in range(9):
        for j in range(15):
            x, y = 115 + j * 70, 100 + i * 78
            hurt = 3 + 24 * (j / 14) ** 1.6
            for _ in range(2):
                corners = box_at(x, y, 62, 62) + rng.normal(0, hurt, (4, 2))
                c.polygon(corners, vary(rng, pick(rng, inks), 10), 0.34)
                _pen(c, corners, inks[-1], 1.4, True)
    c.mark(60, 780, 28, inks[-1])
    return c.finish("print", 0.9, 0.5)


def gravel(paper: RGB, ink: RGB, fills: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint rows of squares that start in order and end in a heap."""
    c = Canvas(rng, 780, 1180, paper)
    for i in range(22):
        for j in range(12):
            k = (i / 21) ** 1.7
            x = 104 + j * 52 + rng.normal(0, 19) * k
            y = 78 + i * 48 + rng.normal(0, 19) * k
            square = box_at(x, y, 51, 48, rng.normal(0, 38) * k)
            if fills and rng.random() < 0.14 + 0.5 * k:
                c.brush(square, vary(rng, pick(rng, fills), 8), body=12, alpha=0.9)
            _pen(c, square, ink, 2.0, True)
            if rng.random() < 0.5 * k:
                _pen(c, square[[0, 2]], ink, 1.4)
    c.mark(722, 1150, 26, ink)
    return c.finish("paper", 1.0, 0.5)


def scatter(paper: RGB, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint triangles on rings: calm in the middle, quarrelling at the rim."""
    c = Canvas(rng, 1080, 1080, paper)
    for ring in range(1, 13):
        count = ring * 6
        for k in range(count):
            a = 2 * np.pi * (k + 0.5 * (ring % 2)) / count
            hurt = (ring / 12) ** 2.2
            at = np.array([540 + ring * 39 * np.cos(a), 540 + ring * 39 * np.sin(a)])
            at += rng.normal(0, 15 * hurt, 2)
            tip = np.array([[-15, 13], [17, 0], [-15, -13]]) * rng.normal(1.1, 0.05 + 0.3 * hurt)
            tri = turned(tip, np.degrees(a) + rng.normal(0, 70 * hurt), (0, 0)) + at
            if (ring + k) % 3 == 0 or rng.random() < 0.3:
                c.brush(tri, vary(rng, pick(rng, inks[1:]), 10), body=14)
            _pen(c, tri, inks[0], 2, True)
    c.mark(1030, 1034, 28, inks[0])
    return c.finish("paper", 1.0, 0.6)


_ROOM = "Room 2: The Plotter"
_V = "Vernissage Studio, after Vera Molnár"
_G = "Vernissage Studio, after Georg Nees"

WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "molnar-interruptions",
        "Interruptions, with Rain Expected",
        _V,
        "2023",
        _ROOM,
        "Some two thousand strokes, all of the same length. A die decides how far each one turns,"
        " and where the pen is lifted for a while.",
        partial(interruptions, (243, 239, 228), (27, 31, 42)),
        5,
    ),
    DemoWork(
        "molnar-one-percent",
        "One Percent of Disorder",
        _V,
        "2024",
        _ROOM,
        "Each nest of squares follows the same rule. From top to bottom the rule is obeyed a"
        " little less.",
        partial(disorders, hexes("f5efe2")[0], hexes("1f3a6e b23a48 2e6f62 c9822b 4a3b6b")),
        18,
    ),
    DemoWork(
        "molnar-letters-home",
        "Letters Home, Unsent",
        _V,
        "2025",
        _ROOM,
        "A hand that grows more agitated line by line. There are no words in it, and yet nearly"
        " everyone reads the last paragraph as an apology.",
        partial(letters_home, hexes("f6f0dd")[0], hexes("20304f a8342c")),
        3,
    ),
    DemoWork(
        "molnar-trapezia",
        "Hundred and Thirty-Five Trapezia",
        _V,
        "2024",
        _ROOM,
        "From left to right a well-behaved grid loses its temper. Where the planes overlap the"
        " red deepens by itself.",
        partial(trapezia, hexes("f7eee3")[0], hexes("d5362c e8743b c41f4a f0a23c 3a1620")),
        9,
    ),
    DemoWork(
        "nees-gravel",
        "Gravel for a Garden Path",
        _G,
        "2023",
        _ROOM,
        "Twelve squares a row, twenty-two rows. Nobody can say in which row order ends; try to"
        " point at it.",
        partial(gravel, (239, 233, 220), (34, 32, 31), hexes("d8572a e6a532 2d6a74 d9cbb0 7c2f3a")),
        22,
    ),
    DemoWork(
        "nees-rim",
        "Quarrel at the Rim",
        _G,
        "2025",
        _ROOM,
        "The inner rings are polite. Every ring outwards is allowed a little more freedom, and"
        " uses all of it.",
        partial(scatter, hexes("eef0ea")[0], hexes("182430 1f7a8c e1583e f2b632 7fb7be 5a4a78")),
        31,
    ),
)
