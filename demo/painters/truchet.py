"""Square tiles turned by chance, after Truchet."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import arc, box_at, rect, wedge
from demo.texture import cloud
from demo.work import DemoWork, Image


def _smith(
    c: Canvas, x: float, y: float, s: float, flip: bool, a: RGB, b: RGB, wide: float
) -> None:
    """Draw one tile of two quarter rings, in either of its two positions."""
    corners = (
        ((x, y, 0.0), (x + s, y + s, 180.0)) if flip else ((x + s, y, 90.0), (x, y + s, 270.0))
    )
    for (cx, cy, start), tint in zip(corners, (a, b), strict=True):
        ring = wedge(cx, cy, s / 2 - wide / 2, s / 2 + wide / 2, start - 1.5, start + 91.5)
        c.brush(ring, tint, start + 45, 12)


def tiles(w: int, h: int, kind: str, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint square tiles turned by chance: ``ribbons``, ``slants``, ``scales`` or ``wires``."""
    ground, ink, *colours = inks
    c = Canvas(rng, w, h, ground)
    c.brush(rect(0, 0, w, h), ground, 90, 9)
    s = {"ribbons": 92.0, "slants": 74.0, "scales": 104.0, "wires": 86.0}[kind]
    tone = cloud(rng, int(h / s) + 2, int(w / s) + 2, 5, 2)
    for i in range(int(h / s) + 1):
        for j in range(int(w / s) + 1):
            x, y = j * s, i * s
            place = int(
                np.clip(tone[i, j] * len(colours) + rng.normal(0, 0.6), 0, len(colours) - 1)
            )
            tint, other = vary(rng, colours[place], 9), vary(rng, pick(rng, colours), 9)
            flip = bool(rng.random() < 0.5)
            if kind == "ribbons":
                c.brush(rect(x, y, x + s + 1, y + s + 1), mix(ground, tint, 0.25), body=9)
                for wide, a, b in (
                    (s * 0.46, ink, ink),
                    (s * 0.34, tint, other),
                    (s * 0.07, ground, ground),
                ):
                    _smith(c, x, y, s, flip, a, b, wide)
            elif kind == "slants":
                ends = [[x, y], [x + s, y + s]] if flip else [[x + s, y], [x, y + s]]
                third = [[x, y + s], [x + s, y]][not flip] if flip else [x, y]
                c.brush(rect(x, y, x + s, y + s), other, body=12)
                c.brush([*ends, third], tint, body=14)
                c.line(ends, ink, float(rng.choice([2, 5, 9])))
            elif kind == "scales":
                parts = 2 if rng.random() < 0.34 else 1
                for u in range(parts):
                    for v in range(parts):
                        q = s / parts
                        px, py = x + u * q, y + v * q
                        turn = int(rng.integers(4))
                        cx, cy = px + q * (turn in (1, 2)), py + q * (turn in (2, 3))
                        c.brush(
                            rect(px, py, px + q, py + q),
                            vary(rng, pick(rng, [ground, tint]), 7),
                            body=10,
                        )
                        fan = pick(rng, [*colours, ink])
                        for k in range(3):
                            r = q * (0.98 - 0.3 * k)
                            shape = np.concatenate(
                                [arc(cx, cy, r, 90 * turn, 90 * turn + 90), [[cx, cy]]]
                            )
                            c.brush(
                                shape, vary(rng, (fan, ground, other)[k], 6), 45 + 90 * turn, 12
                            )
            else:
                if rng.random() < 0.15:
                    c.brush(box_at(x + s / 2, y + s / 2, s * 0.9, s * 0.9), tint, body=12)
                for k in range(4):
                    shift = s * (0.14 + 0.24 * k)
                    for side in (0, 1):
                        cx, cy = (
                            (x + s * side, y + s * side)
                            if flip
                            else (x + s * (1 - side), y + s * side)
                        )
                        a0 = (0, 180)[side] if flip else (90, 270)[side]
                        if shift < s * 0.7:
                            c.line(
                                arc(cx, cy, shift, a0, a0 + 90),
                                tint if k % 2 else ink,
                                5 if k == 1 else 3,
                            )
                if rng.random() < 0.25:
                    c.disc(x + s / 2, y + s / 2, s * 0.1, other)
    c.mark(w - 42, h - 40, 30, ink)
    return c.finish("print", 1.0, 1.0)


_ROOM = "Room 2: The Plotter"


_T = "Vernissage Studio, after S\u00e9bastien Truchet"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "truchet-ribbon-dance",
        "Ribbon Dance on a Hundred and Eight Squares",
        _T,
        "2023",
        _ROOM,
        "One tile, two positions, a coin tossed for each. A friar wrote a treatise on such"
        " tiles in 1704, and printers have played with them ever since.",
        partial(
            tiles,
            1104,
            736 + 92,
            "ribbons",
            hexes("f3ead6 24304a d8532f efb13f 2f8a86 8fbfa8 e58f9a"),
        ),
        270,
    ),
    DemoWork(
        "truchet-slants",
        "Slants, Heads and Tails",
        _T,
        "2024",
        _ROOM,
        "The whole picture is a single line of computer code from 1982, with colour added by"
        " someone in a good mood.",
        partial(
            tiles, 814, 1110, "slants", hexes("f4efe2 26242f e2563a f3c04f 3f7fa5 7fae8a c98fb0")
        ),
        280,
    ),
    DemoWork(
        "truchet-fish-scales",
        "Peacocks, Summarised",
        _T,
        "2025",
        _ROOM,
        "Quarter circles in two sizes. Stand far enough back and one of them spreads its tail.",
        partial(
            tiles, 1040, 1040, "scales", hexes("f1ead9 1f2f4f 1f7f86 5fb09f e3b34a c8503f 3f4f9a")
        ),
        290,
    ),
    DemoWork(
        "truchet-night-wiring",
        "Wiring Diagram for the Night",
        _T,
        "2026",
        _ROOM,
        "Follow one wire with your finger, without touching. It comes back, or it leaves: there"
        " is no third way.",
        partial(
            tiles, 860, 1118, "wires", hexes("171c33 e9e3cf f0a94a 4fa5a5 d85f5f 7f7fd0 9fc97f")
        ),
        300,
    ),
)
