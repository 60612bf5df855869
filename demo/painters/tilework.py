"""Glazed tiles: blue on white, painted by hand, one tile at a time."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, arc, box_at, moved, rect, smooth, turned
from demo.work import DemoWork, Image


def _quarter(
    c: Canvas, x: float, y: float, s: float, turn: int, kind: int, inks: tuple[RGB, ...]
) -> None:
    """Draw one painted tile: the same motif as its neighbours, never the same hand."""
    rng = c.rng
    mid = (x + s / 2, y + s / 2)

    def put(shape: Points, tint: RGB) -> None:
        loose = shape + rng.normal(0, s * 0.006, shape.shape)
        c.brush(turned(loose, 90.0 * turn, mid), vary(rng, tint, 9), body=20, alpha=0.94)

    deep, middle, light, warm = inks[1:5]
    c.brush(rect(x, y, x + s, y + s), vary(rng, inks[0], 5), body=9)
    if kind == 0:
        for k, r in enumerate((0.98, 0.80, 0.62, 0.34)):
            fan = np.concatenate([arc(x, y, s * r, 0, 90), [[x, y]]])
            put(fan, (deep, inks[0], middle, warm)[k])
        for k in range(5):
            a = np.radians(9 + 18 * k)
            put(arc(x + s * 0.89 * np.cos(a), y + s * 0.89 * np.sin(a), s * 0.045), light)
        put(box_at(x + s * 0.86, y + s * 0.86, s * 0.2, s * 0.2, 45), deep)
    elif kind == 1:
        for k in range(3):
            a = 45 + (k - 1) * 27
            petal = (
                np.array([[0, 0], [0.32, -0.10], [0.62, 0], [0.32, 0.10]])
                * s
                * (1.2 if k == 1 else 1)
            )
            put(moved(turned(smooth(petal, 5, True), a, (0, 0)), x, y), (middle, deep, light)[k])
        put(np.concatenate([arc(x, y, s * 0.2, 0, 90), [[x, y]]]), warm)
        put(np.concatenate([arc(x + s, y + s, s * 0.34, 180, 270), [[x + s, y + s]]]), deep)
        put(np.concatenate([arc(x + s, y + s, s * 0.22, 180, 270), [[x + s, y + s]]]), inks[0])
        put(arc(x + s * 0.18, y + s * 0.82, s * 0.07), middle)
        put(arc(x + s * 0.82, y + s * 0.18, s * 0.07), middle)
    else:
        put(np.array([[x, y], [x + s, y], [x, y + s]]), middle if rng.random() < 0.5 else deep)
        put(
            np.array(
                [
                    [x + s * 0.1, y + s * 0.1],
                    [x + s * 0.62, y + s * 0.1],
                    [x + s * 0.1, y + s * 0.62],
                ]
            ),
            light,
        )
        star = np.array(
            [
                [0, -0.3],
                [0.08, -0.08],
                [0.3, 0],
                [0.08, 0.08],
                [0, 0.3],
                [-0.08, 0.08],
                [-0.3, 0],
                [-0.08, -0.08],
            ]
        )
        put(star * s * 0.9 + (x + s * 0.68, y + s * 0.68), warm)


def _joints(c: Canvas, s: float, x0: float, y0: float, cols: int, rows: int) -> None:
    """Draw grout between tiles, chips, and hair cracks in the glaze."""
    rng = c.rng
    for k in range(cols + 1):
        c.line([[x0 + k * s, y0], [x0 + k * s, y0 + rows * s]], (196, 186, 170), 4)
    for k in range(rows + 1):
        c.line([[x0, y0 + k * s], [x0 + cols * s, y0 + k * s]], (196, 186, 170), 4)
    for _ in range(26):
        at = np.array([rng.uniform(0, c.w), rng.uniform(0, c.h)])
        walk = at + np.cumsum(rng.normal(0, 11, (9, 2)) + rng.normal(0, 9, 2), axis=0)
        c.line(walk, (120, 112, 104), 1.0, 0.55)
    for _ in range(12):
        x, y = x0 + s * rng.integers(0, cols + 1), y0 + s * rng.integers(0, rows + 1)
        n = int(rng.integers(5, 8))
        a = np.sort(rng.uniform(0, 6.28, n))
        r = rng.uniform(5, 20, n)
        c.brush(np.stack([x + r * np.cos(a), y + r * np.sin(a)], axis=1), (184, 138, 104), body=14)


def wall(cols: int, rows: int, kind: int, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a wall of quarter-turn tiles, some of them set wrong by the mason."""
    s = float(1160 // max(cols, rows))
    c = Canvas(rng, round(cols * s), round(rows * s), inks[0])
    for i in range(rows):
        for j in range(cols):
            turn = ((0, 1), (3, 2))[i % 2][j % 2] if kind != 2 else int(rng.integers(4))
            wrong = rng.random() < 0.10
            _quarter(
                c,
                j * s,
                i * s,
                s,
                int(rng.integers(4)) if wrong else turn,
                (kind + 1) % 3 if rng.random() < 0.07 else kind,
                inks,
            )
    _joints(c, s, 0, 0, cols, rows)
    return c.finish("glaze", 1.0, 1.3)


def ship(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a panel across many tiles: a ship, a whale, a tower, and a scrolled border."""
    white, deep, middle, light, warm = inks[:5]
    s, cols, rows = 116.0, 10, 8
    w, h = round(cols * s), round(rows * s)
    c = Canvas(rng, w, h, white)
    for i in range(rows):
        for j in range(cols):
            c.brush(rect(j * s, i * s, j * s + s, i * s + s), vary(rng, white, 4), body=8)

    def wash(shape: Points, tint: RGB, alpha: float = 0.9) -> None:
        c.brush(shape, vary(rng, tint, 6), body=20, alpha=alpha)
        c.line(shape, deep, 2.5, 0.85, True)

    for _ in range(7):
        x, y = rng.uniform(150, w - 150), rng.uniform(150, 330)
        for _ in range(5):
            c.brush(
                arc(x + rng.normal(0, 46), y + rng.normal(0, 8), rng.uniform(16, 38), squash=0.6),
                light,
                body=16,
                alpha=0.4,
            )
    xs = np.linspace(110, w - 110, 90)
    for k in range(9):
        ys = 600 + k * 24 + 9 * np.sin(xs / (34 + 5 * k) + k * 2) + 3 * np.sin(xs / 13)
        c.brush(
            np.concatenate([np.stack([xs, ys], axis=1), [[w - 110, h - 110], [110, h - 110]]]),
            mix(light, middle, k / 8),
            0,
            14,
            0.55,
        )
        c.line(np.stack([xs, ys], axis=1), deep, 2.5, 0.7)
    hull = np.array(
        [[380, 590], [420, 668], [720, 672], [800, 560], [740, 596], [560, 612], [440, 596]], float
    )
    wash(smooth(hull, 5, True), deep)
    for k in range(8):
        c.disc(452 + 34 * k, 634, 6, warm)
    for x, top, wide in ((490, 250, 110), (590, 200, 140), (690, 280, 96)):
        c.line([[x, 610], [x, top - 30]], deep, 7)
        for k in range(3):
            y = top + 112 * k
            sail = np.array(
                [
                    [x - wide * 0.42 - 8 * k, y],
                    [x + wide * 0.42 + 8 * k, y],
                    [x + wide * 0.62 + 8 * k, y + 50],
                    [x + wide * 0.5 + 8 * k, y + 98],
                    [x - wide * 0.40 - 8 * k, y + 98],
                    [x - wide * 0.26 - 8 * k, y + 50],
                ]
            )
            wash(smooth(sail, 5, True), mix(white, light, 0.35))
            c.line(sail[[2, 5]], middle, 2, 0.7)
        c.brush([[x, top - 30], [x + 52, top - 18], [x, top - 4]], warm, body=14)
    for a, b in (
        ((800, 560), (690, 260)),
        ((690, 260), (590, 180)),
        ((590, 180), (490, 232)),
        ((490, 232), (384, 590)),
    ):
        c.line([a, b], deep, 2, 0.8)
    whale = np.array(
        [
            [160, 700],
            [190, 650],
            [270, 640],
            [330, 672],
            [372, 640],
            [400, 660],
            [350, 706],
            [250, 722],
        ],
        float,
    )
    wash(smooth(whale, 6, True), middle)
    c.disc(206, 676, 5, white)
    for k in range(5):
        c.line(
            arc(
                212 + 14 * (k - 2),
                640,
                26 + 8 * abs(k - 2),
                200 if k < 2 else 240,
                280 if k < 3 else 340,
            ),
            deep,
            2.5,
            0.8,
        )
    tower = np.array([[930, 590], [942, 380], [990, 380], [1004, 590]], float)
    wash(tower, mix(white, light, 0.5))
    wash(np.array([[934, 380], [966, 318], [998, 380]], float), warm)
    wash(
        smooth(np.array([[870, 616], [920, 584], [1010, 580], [1050, 620]], float), 5, True), middle
    )
    for k in range(int((w + h) * 2 / 58)):
        d = k * 58.0
        x, y, turn = (
            (d, 55.0, 0)
            if d < w
            else (w - 55.0, d - w, 90)
            if d < w + h
            else (2 * w + h - d, h - 55.0, 180)
            if d < 2 * w + h
            else (55.0, 2 * (w + h) - d, 270)
        )
        curl = np.array([[-26, 14], [-8, -20], [16, -14], [14, 6], [0, 4]]) * rng.uniform(
            0.85, 1.15
        )
        c.line(
            moved(turned(smooth(curl, 5), turn + rng.normal(0, 4), (0, 0)), x, y),
            pick(rng, [deep, middle]),
            6,
            0.9,
        )
        c.disc(x, y + 2, 6, warm if k % 3 else middle)
    for inset in (14, 100):
        c.line(rect(inset, inset, w - inset, h - inset), deep, 5, 0.9, True)
    _joints(c, s, 0, 0, cols, rows)
    return c.finish("glaze", 1.0, 1.3)


_ROOM = "Room 9: Earth and Tile"
_A = "Vernissage Tile Yard"

WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "azulejo-quarter-turns",
        "Kitchen Wall with Mason's Errors",
        _A,
        "2023",
        _ROOM,
        "Four tiles make one flower. The mason set about one in ten the wrong way, some say on"
        " purpose, since only heaven is without fault.",
        partial(wall, 6, 8, 0, hexes("f4f1e6 1f3f8a 4f7fc0 a9c5e3 e9b23f")),
        440,
    ),
    DemoWork(
        "azulejo-ship-and-whale",
        "Ship, Whale and Lighthouse",
        _A,
        "2025",
        _ROOM,
        "Eighty tiles, painted flat on a floor and fired in four batches. Look for the whale: it"
        " has been there for longer than the ship.",
        partial(ship, hexes("f3f1e8 1d3a80 4a76b8 a5c2e0 e8b84a")),
        460,
    ),
    DemoWork(
        "azulejo-stars-and-triangles",
        "Stars for a Staircase",
        _A,
        "2024",
        _ROOM,
        "Each tile can lie four ways, and here each lies as it was taken from the crate.",
        partial(wall, 7, 7, 2, hexes("f5efe0 24406f c8503a e9c58a f0b43a")),
        470,
    ),
)
