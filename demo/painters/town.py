"""Windows at night."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import arc, rect
from demo.texture import grain
from demo.work import DemoWork, Image


def town(
    w: int,
    h: int,
    sky: tuple[RGB, ...],
    walls: tuple[RGB, ...],
    lamps: tuple[RGB, ...],
    wet: bool,
    rng: np.random.Generator,
) -> Image:
    """Paint houses, row before row, with somebody at home here and there."""
    c = Canvas(rng, w, h, sky[0])
    floor = h * (0.74 if wet else 1.0)
    c.fade(sky, 0, floor)
    for _ in range(120):
        c.disc(
            rng.uniform(0, w),
            rng.uniform(0, h * 0.4),
            float(rng.uniform(0.8, 2.2)),
            (240, 236, 220),
            0.7,
        )
    c.brush(arc(w * 0.74, h * 0.16, h * 0.055), mix(lamps[0], (255, 252, 240), 0.5), 30, 9)
    for row in range(4):
        x = -rng.uniform(0, 80)
        while x < w:
            wide = rng.uniform(60, 150)
            tall = h * rng.uniform(0.10, 0.26) * (1.25 - 0.12 * row) + (
                h * 0.16 if rng.random() < 0.16 else 0
            )
            foot = floor - (3 - row) * h * (0.06 if wet else 0.16)
            top = foot - tall
            tint = vary(rng, mix(walls[row], pick(rng, walls), 0.25), 7)
            c.brush(rect(x, top, x + wide, floor + 4), tint, 90, 10)
            kind = int(rng.integers(4))
            dark = mix(tint, (10, 10, 22), 0.4)
            if kind == 0:
                c.brush(
                    [[x - 4, top], [x + wide / 2, top - wide * 0.5], [x + wide + 4, top]],
                    dark,
                    30,
                    9,
                )
            elif kind == 1:
                c.brush(rect(x + wide * 0.2, top - 22, x + wide * 0.42, top), dark, 90, 8)
                c.line(
                    [[x + wide * 0.7, top], [x + wide * 0.7, top - rng.uniform(30, 70)]], dark, 3
                )
            elif kind == 2:
                for k in range(3):
                    left = x + wide * k / 3
                    c.brush([[left, top], [left, top - 26], [left + wide / 3, top]], dark, 90, 8)
            px, py = rng.uniform(18, 25), rng.uniform(26, 38)
            lively = rng.uniform(0.15, 0.7)
            for wy in np.arange(top + 16, foot - 14 if row < 3 else floor - 14, py):
                for wx in np.arange(x + 11, x + wide - 17, px):
                    lit = rng.random() < lively
                    glass = (
                        vary(rng, pick(rng, lamps), 12)
                        if lit
                        else mix(tint, (8, 10, 24), rng.uniform(0.3, 0.6))
                    )
                    c.polygon(rect(wx, wy, wx + px * 0.5, wy + py * 0.56), glass)
                    if lit:
                        c.disc(wx + px * 0.25, wy + py * 0.28, px * 0.8, glass, 0.10)
                        if rng.random() < 0.3:
                            c.polygon(
                                rect(wx, wy, wx + px * 0.5, wy + py * 0.2), mix(glass, tint, 0.6)
                            )
            x += wide + rng.uniform(-4, 10)
    if wet:
        y0 = int(floor)
        sheet = c.px[2 * y0 - h : y0][::-1].astype(np.float32)
        shift = (8 * grain(rng, h - y0, w, 50, 4)).astype(int)
        columns = np.clip(np.arange(w)[None, :] + shift, 0, w - 1)
        water = 0.66 * np.take_along_axis(sheet, columns[..., None], axis=1)
        water = (
            water
            + 0.22 * np.asarray(sky[0], np.float32)
            + 8 * grain(rng, h - y0, w, 40, 3)[..., None]
        )
        c.px[y0:] = np.clip(water, 0, 255).astype(np.uint8)
        for _ in range(5):
            x, y, s = rng.uniform(60, w - 60), rng.uniform(floor + 40, h - 40), rng.uniform(28, 52)
            c.brush(
                [
                    [x - s, y],
                    [x + s, y - 4],
                    [x + s * 0.7, y + s * 0.3],
                    [x - s * 0.75, y + s * 0.3],
                ],
                (20, 22, 38),
                0,
                8,
            )
            c.brush(
                [[x, y - 3], [x, y - s * 1.7], [x + s * 0.8, y - s * 0.4]],
                mix(pick(rng, lamps), sky[-1], 0.3),
                60,
                9,
            )
    c.mark(w - 46, h - 42, 32, lamps[0])
    return c.finish("canvas", 1.0, 0.9)


_SKY = "Room 6: Night"


_S = "Vernissage Studio"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "town-everyone-at-home",
        "Nearly Everyone at Home",
        _S,
        "2024",
        _SKY,
        "Count the lit windows in one house and you have counted its evening.",
        partial(
            town,
            900,
            1160,
            hexes("1b2350 4a4a86 b0708f"),
            hexes("4f4f86 3f3f70 2f3058 20223f"),
            hexes("f9d36f f2a64f ffe9b0 f2c27f"),
            False,
        ),
        530,
    ),
    DemoWork(
        "town-harbour-at-ten",
        "Harbour at Ten Past Ten",
        _S,
        "2023",
        _SKY,
        "Everything is said twice, once by the town and once by the water. The water mumbles.",
        partial(
            town,
            1200,
            860,
            hexes("12304a 2f6a7f e0a87a"),
            hexes("3f6a7a 2f5064 24384f 16263c"),
            hexes("ffdf8a f5b45a f4ecd0 ef8a5f"),
            True,
        ),
        540,
    ),
)
