"""Circles packed until nothing more fits."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import arc, box_at, moved, rect
from demo.texture import cloud
from demo.work import DemoWork, Image


def _pack(
    rng: np.random.Generator, w: int, h: int, sizes: tuple[float, float], tries: int, gap: float
) -> list[tuple[float, float, float]]:
    """Return circles that do not touch, large ones first: x, y and radius."""
    out: list[tuple[float, float, float]] = [(w * 0.4, h * 0.42, sizes[0])]
    spots = rng.uniform((0, 0), (w, h), (tries, 2))
    for k, (x, y) in enumerate(spots):
        have = np.asarray(out)
        room = float((np.hypot(have[:, 0] - x, have[:, 1] - y) - have[:, 2]).min()) - gap
        most = max(sizes[0] * (1 - k / tries) ** 2.5, sizes[1] * 1.5)
        if room > sizes[1]:
            out.append((float(x), float(y), min(room, most)))
    return out


def packed(w: int, h: int, kind: str, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint packed circles, dressed as ``pebbles``, ``plates``, ``bubbles`` or ``buttons``."""
    ground, ink, *colours = inks
    c = Canvas(rng, w, h, ground)
    c.brush(rect(0, 0, w, h), ground, 30, 10)
    top = {"pebbles": 95.0, "plates": 150.0, "bubbles": 170.0, "buttons": 58.0}[kind]
    tone = cloud(rng, h, w, 500, 2)
    for x, y, r in _pack(rng, w, h, (top, 7), 2600, 3.5):
        drift = tone[int(min(y, h - 1)), int(min(x, w - 1))]
        place = int(np.clip(drift * len(colours) + rng.normal(0, 0.7), 0, len(colours) - 1))
        tint = vary(rng, colours[place], 9)
        if kind == "pebbles":
            shape = arc(x, y, r, squash=0.94)
            c.polygon(moved(shape, 3, 5), ink, 0.35)
            c.brush(shape, tint, body=20)
            for k in range(int(r / 9)):
                band = arc(
                    x, y + r * rng.uniform(-0.9, 0.9), r * rng.uniform(0.3, 0.8), 200, 340, 0.3
                )
                c.line(band, mix(tint, ground if k % 2 else ink, 0.4), 1.5 + 2 * rng.random(), 0.45)
        elif kind == "plates":
            radius = r
            while radius > 3:
                c.brush(arc(x, y, radius), vary(rng, tint, 5), body=12)
                tint = pick(rng, [*colours, ground, ink])
                radius *= rng.uniform(0.55, 0.88)
            if r > 34:
                n = int(r / 5)
                for k in range(n):
                    a = 2 * np.pi * k / n
                    c.disc(x + 0.9 * r * np.cos(a), y + 0.9 * r * np.sin(a), r * 0.035 + 1, ground)
        elif kind == "bubbles":
            c.brush(arc(x, y, r), mix(tint, ground, 0.35), 60, 12, 0.85)
            for k in range(6):
                c.disc(
                    x - r * 0.05 * k,
                    y - r * 0.05 * k,
                    r * (0.9 - 0.13 * k),
                    mix(tint, (255, 255, 250), 0.13 * k),
                    0.35,
                )
            c.line(arc(x, y, r), mix(tint, ink, 0.45), 2, 0.8)
            c.line(arc(x, y, r * 0.76, 195, 255), (255, 255, 250), max(2, r / 16), 0.85)
        else:
            c.disc(x + 3, y + 4, r, ink, 0.35)
            c.brush(arc(x, y, r), tint, body=14)
            c.line(arc(x, y, r * 0.74), mix(tint, ink, 0.5), max(1.5, r / 16), 0.7)
            turn, holes = rng.uniform(0, 90), int(rng.choice([2, 4]))
            for k in range(holes):
                a = np.radians(turn + 360 * k / holes)
                c.disc(x + r * 0.28 * np.cos(a), y + r * 0.28 * np.sin(a), r * 0.12, ink, 0.9)
            if r > 15 and rng.random() < 0.5:
                c.line(box_at(x, y, r * 0.56, 0.1, turn)[[0, 2]], ground, max(2, r / 9))
    c.mark(w - 44, h - 42, 32, mix(ink, ground, 0.15))
    return c.finish("paper" if kind != "plates" else "glaze", 1.1, 1.0)


_EARTH = "Room 9: Earth and Tile"


_P = "Vernissage Studio, after Yayoi Kusama"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "packing-low-water",
        "Pebbles at Low Water",
        "Vernissage Studio, after the beach",
        "2023",
        _EARTH,
        "No two stones touch. The largest was placed first; the others found what room was left.",
        partial(
            packed,
            1140,
            860,
            "pebbles",
            hexes("d9c9a8 2f2a28 7f8f96 b5aa98 5f6f7f 9a7f6a e3dccb 47525c"),
        ),
        190,
    ),
    DemoWork(
        "packing-dinner-for-all",
        "Dinner for Everybody",
        _P,
        "2024",
        "Room 3: Colour",
        "A table laid from above, after the guests have brought their own plates.",
        partial(
            packed,
            1080,
            1080,
            "plates",
            hexes("f4ead8 232a3f d8452f f0a63a 2f7f86 8fbfa5 e88fa0 4a5fa5"),
        ),
        200,
    ),
    DemoWork(
        "packing-soda",
        "Soda, Very Close",
        _P,
        "2025",
        "Room 3: Colour",
        "Bubbles rise, meet, and make room. The highlight is on the same side of each, because"
        " there is only one window.",
        partial(
            packed,
            880,
            1180,
            "bubbles",
            hexes("dff0ee 1f3f4f 5fb5b0 8fd0c0 f2d58a f2a58a e58fb0 8fa5dd"),
        ),
        210,
    ),
    DemoWork(
        "packing-button-box",
        "Grandmother's Button Box",
        _P,
        "2024",
        "Room 4: Loom and Needle",
        "Some have two holes and some have four. A few have kept their thread.",
        partial(
            packed,
            1180,
            900,
            "buttons",
            hexes("efe6d8 2a2226 b5443f e3b055 3f6f7f 8f9f6a d9cbb5 6a4a6f c98a6a"),
        ),
        220,
    ),
)
