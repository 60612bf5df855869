"""Straight edges: grids after Mondrian, drifting forms after Malevich."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import PALETTES, RGB, hexes, mix, pick, vary
from demo.shapes import Points, arc, box_at, moved, rect, turned
from demo.work import DemoWork, Image

Cell = tuple[float, float, float, float]


def _split(rng: np.random.Generator, cell: Cell, depth: int, least: float) -> list[Cell]:
    """Cut a rectangle in two, again and again, never in the middle."""
    x0, y0, x1, y1 = cell
    w, h = x1 - x0, y1 - y0
    if depth == 0 or max(w, h) < least or (depth < 3 and rng.random() < 0.16):
        return [cell]
    t = float(rng.choice([0.24, 0.33, 0.62, 0.72])) + rng.normal(0, 0.03)
    if w * rng.uniform(0.7, 1.4) > h:
        a, b = (x0, y0, x0 + w * t, y1), (x0 + w * t, y0, x1, y1)
    else:
        a, b = (x0, y0, x1, y0 + h * t), (x0, y0 + h * t, x1, y1)
    return _split(rng, a, depth - 1, least) + _split(rng, b, depth - 1, least)


def planes(
    w: int, h: int, depth: int, colours: tuple[RGB, ...], tilt: float, rng: np.random.Generator
) -> Image:
    """Paint rectangles in primary colours between black bars."""
    ground, ink, *accents = colours
    c = Canvas(rng, w, h, ground)
    centre = (w / 2, h / 2)
    out = 0.25 * max(w, h) if tilt else 12
    cells = _split(rng, (-out, -out, w + out, h + out), depth, 130)
    for x0, y0, x1, y1 in cells:
        area = (x1 - x0) * (y1 - y0) / (w * h)
        loud = rng.random() < (0.62 if area < 0.06 else 0.3)
        tint = pick(rng, accents[:3]) if loud else pick(rng, [ground, *accents[3:], ground])
        shape = turned(rect(x0, y0, x1, y1), tilt, centre)
        c.brush(shape, vary(rng, tint, 5), rng.choice([0, 90]) - tilt, 9)
    for x0, y0, x1, y1 in cells:
        bar = turned(rect(x0, y0, x1, y1), tilt, centre)
        weight = float(rng.choice([9, 13, 19]))
        for a, b in ((bar[0], bar[1]), (bar[0], bar[3])):
            across = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a)) * weight / 2
            c.brush([a + across, b + across, b - across, a - across], vary(rng, ink, 5), body=7)
    c.mark(w - 45, h - 42, 34, mix(ink, accents[0], 0.5))
    return c.finish("oil", 1.0, 0.9)


def boogie(rng: np.random.Generator) -> Image:
    """Paint yellow avenues with small blocks that pulse like traffic."""
    ground, ink, red, blue, yellow, pale, grey = PALETTES["neoplastic"]
    c = Canvas(rng, 1100, 1100, ground)
    c.brush(rect(0, 0, 1100, 1100), ground, 0, 9)
    xs = np.linspace(50, 1050, 9) + rng.choice([-34, 0, 34], 9)
    ys = np.linspace(40, 1060, 10) + rng.choice([-34, 0, 34], 10)
    for _ in range(17):
        x, y = rng.choice(xs), rng.choice(ys)
        bw, bh = rng.uniform(60, 190), rng.uniform(60, 230)
        c.brush(rect(x, y, x + bw, y + bh), pick(rng, [red, blue, yellow, grey, pale]), body=11)
        if rng.random() < 0.6:
            inner = box_at(x + bw / 2, y + bh / 2, bw * 0.45, bh * 0.4)
            c.brush(inner, pick(rng, [yellow, pale, red, grey]), body=11)
    for k, at in enumerate([*xs, *ys]):
        upright = k < len(xs)
        pos = -10.0
        while pos < 1110:
            step = float(rng.choice([22, 22, 34, 56, 90]))
            tint = yellow if step > 30 else pick(rng, [red, blue, pale, grey, red, blue])
            cell = (at - 11, pos, at + 11, pos + step)
            x0, y0, x1, y1 = cell if upright else (cell[1], cell[0], cell[3], cell[2])
            c.brush(rect(x0, y0, x1, y1), vary(rng, tint, 6), 90 * upright, 10)
            pos += step
    c.mark(1060, 1064, 30, ink)
    return c.finish("oil", 1.0, 1.1)


def pier(rng: np.random.Generator) -> Image:
    """Paint short strokes across and down, gathered in an oval like light on water."""
    ground, ink = hexes("e3dccb 23221f")
    c = Canvas(rng, 900, 1150, ground)
    c.brush(rect(0, 0, 900, 1150), ground, 20, 10)
    spots = rng.uniform(-1, 1, (1500, 2))
    for u, v in spots[np.argsort(spots[:, 1])]:
        if u * u + v * v > rng.uniform(0.82, 1.0):
            continue
        x, y = 450 + 410 * u, 575 + 525 * v
        if rng.random() < 0.20:
            tint = mix(ground, pick(rng, hexes("b98f6a 8fa0a8 d2b48a 9a8f7c")), 0.6)
            c.brush(
                box_at(x, y, rng.uniform(20, 90), rng.uniform(16, 60)), tint, body=10, alpha=0.6
            )
        size, weight = rng.uniform(14, 52) * (1.15 - 0.4 * abs(v)), rng.uniform(4, 8)
        upright = rng.random() < 0.36
        stroke = box_at(x, y, weight if upright else size, size if upright else weight)
        c.brush(turned(stroke, rng.normal(0, 1.6)), vary(rng, ink, 14), body=12)
        if rng.random() < 0.35:
            c.brush(
                box_at(x, y, size * 0.8, weight) if upright else box_at(x, y, weight, size), ink
            )
    c.mark(828, 1108, 34, ink)
    return c.finish("canvas", 1.1, 0.9)


def _great_form(form: str, m: float) -> list[Points]:
    """Return the dark main form about 0, 0: ``slab``, ``cross``, ``sail`` or ``bowl``."""
    if form == "slab":
        return [box_at(0, 0, m * 0.52, m * 0.30)]
    if form == "cross":
        return [box_at(0, 0, m * 0.62, m * 0.13), box_at(m * 0.07, 0, m * 0.14, m * 0.46)]
    if form == "sail":
        return [np.array([[-0.34, 0.2], [0.30, 0.13], [-0.12, -0.32]]) * m]
    return [arc(0, 0, m * 0.27, -8, 172)]


def supreme(
    w: int,
    h: int,
    form: str,
    lean: float,
    count: int,
    colours: tuple[RGB, ...],
    rng: np.random.Generator,
) -> Image:
    """Paint bars, blocks and one great form, adrift along a diagonal."""
    ground, ink, *accents = colours
    c = Canvas(rng, w, h, ground)
    for k in range(7):
        c.brush(
            rect(-5, h * k / 7 - 8, w + 5, h * (k + 1) / 7 + 8), vary(rng, ground, 2), k * 60, 6
        )
    m = min(w, h)
    axis = np.array([np.cos(np.radians(lean)), np.sin(np.radians(lean))])
    across = np.array([-axis[1], axis[0]])
    great = np.array([w, h]) * 0.5 - axis * m * 0.12 + across * m * 0.05
    for shape in _great_form(form, m):
        c.brush(moved(turned(shape, lean + 4, (0, 0)), great[0], great[1]), ink, lean, 10)
    ring = great + axis * m * 0.30 - across * m * 0.26
    c.brush(arc(ring[0], ring[1], m * 0.12), accents[0], 40, 12)
    for k in range(count):
        t, s = rng.uniform(-0.62, 0.62), rng.normal(0, 0.17)
        at = np.array([w, h]) * 0.5 + axis * t * max(w, h) * 0.75 + across * s * m * 1.3
        long, thin = m * rng.gamma(2.2, 0.055), m * rng.gamma(1.6, 0.012) + 7
        turn = lean + rng.normal(0, 4) + (90 if rng.random() < 0.36 else 0)
        tint = vary(rng, pick(rng, [*accents, *accents[:2], ink]), 6)
        if k % 9 == 4:
            c.brush(arc(at[0], at[1], thin + long * 0.2), tint, turn, 13)
        elif k % 11 == 6:
            tip = np.array([[-0.6, 0.3], [0.7, 0.0], [-0.6, -0.34]]) * long * 0.9
            c.brush(turned(tip, turn, (0, 0)) + at, tint, turn, 13)
        else:
            c.brush(box_at(at[0], at[1], long + 14, thin, turn), tint, turn, 13)
    c.mark(60, h - 56, 38, ink)
    return c.finish("oil", 0.9, 1.0)


_LINE = "Room 1: Line and Plane"
_M = "Vernissage Studio, after Piet Mondrian"
_S = "Vernissage Studio, after Kazimir Malevich"
_SNOW = hexes("efe9da 191817 c6302b 1d4e89 e6a524 2f6b4f 8c8a83")
_CLAY = hexes("e9dcc3 221d1a d26a2e 2b5d62 b8392f e8b64c 7a7f86")
_ROSE = hexes("f4e6df 2a2030 dd4b66 354f9a f1b04a 6ba292 3b2a3f")
_GREY = hexes("dcdcd6 15181c f0542d 12618a f7c948 9aa3a8 5b6065")
_MUTED = hexes("e8e2d2 1e1e20 b3402f 33526e d9b25f cfc8b8 a7afb0")

WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "planes-harbour-crossing",
        "Harbour Crossing in Red and Blue",
        _M,
        "2023",
        _LINE,
        "Every cut divides what is left, and never in the middle. Stand close: the white is"
        " five different whites, each brushed another way.",
        partial(planes, 940, 1150, 5, PALETTES["neoplastic"], 0.0),
        104,
    ),
    DemoWork(
        "planes-lozenge",
        "Lozenge with Quiet Ochre",
        _M,
        "2024",
        _LINE,
        "Turn the grid by forty-five degrees and the lines seem to run on beyond the frame,"
        " out across the wall of the room.",
        partial(planes, 1080, 1080, 5, _MUTED, 45.0),
        207,
    ),
    DemoWork(
        "planes-avenue-at-noon",
        "Avenue at Noon",
        _M,
        "2025",
        _LINE,
        "A city seen from above, set to piano. The yellow avenues never stop; the little red"
        " and blue blocks are where the left hand comes in.",
        boogie,
        33,
    ),
    DemoWork(
        "planes-pier-low-tide",
        "Pier at Low Tide",
        _M,
        "2023",
        _LINE,
        "Only strokes across and strokes down. Step back until they turn into light on water,"
        " with a pier coming up from below.",
        pier,
        41,
    ),
    DemoWork(
        "supreme-eight-red-bars",
        "Flight of a Thursday",
        _S,
        "2024",
        _LINE,
        "Nothing here rests on anything. The black slab and the red disc pull in different"
        " directions, and all the small bars take sides.",
        partial(supreme, 960, 1180, "slab", -38.0, 30, _SNOW),
        12,
    ),
    DemoWork(
        "supreme-dynamo",
        "Dynamo for a Dry Country",
        _S,
        "2025",
        _LINE,
        "Colours of fired earth in a weightless place. Count the forms that touch the edge:"
        " there are fewer than you think.",
        partial(supreme, 1180, 900, "sail", 24.0, 44, _CLAY),
        58,
    ),
    DemoWork(
        "supreme-small-hours",
        "The Small Hours, Ascending",
        _S,
        "2024",
        _LINE,
        "A composition for one steep diagonal. The rose and the blue were mixed on the same"
        " evening and have not agreed since.",
        partial(supreme, 820, 1200, "cross", -66.0, 36, _ROSE),
        77,
    ),
    DemoWork(
        "supreme-signal",
        "Signal Received",
        _S,
        "2026",
        _LINE,
        "Grey ground, orange pulse. The picture was made to be found quickly in a crowded room.",
        partial(supreme, 1060, 1060, "bowl", 12.0, 58, _GREY),
        91,
    ),
)
