"""Land under a changing sky: ridges and northern lights."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, arc, moved, rect
from demo.texture import grain
from demo.work import DemoWork, Image


def _skyline(rng: np.random.Generator, w: int, base: float, tall: float, rough: float) -> Points:
    """Return a mountain edge from left to right."""
    xs = np.linspace(-10, w + 10, 260)
    ys = np.zeros(260)
    for k in range(6):
        ys += tall * rough**k * grain(rng, 1, 260, 90 / 2**k, 1)[0]
    return np.stack([xs, base + ys], axis=1)


def _pine(c: Canvas, x: float, y: float, tall: float, tint: RGB) -> None:
    """Draw a fir, in a few ragged tiers."""
    rng = c.rng
    c.line([[x, y], [x, y - tall]], tint, max(1.5, tall / 30))
    for k in range(7):
        top = y - tall * (1 - 0.13 * k)
        half = tall * (0.045 + 0.032 * k) * rng.uniform(0.8, 1.2)
        c.polygon(
            [[x, top - tall * 0.06], [x + half, top + tall * 0.12], [x - half, top + tall * 0.11]],
            tint,
        )


def ridges(
    w: int,
    h: int,
    sky: tuple[RGB, ...],
    far: RGB,
    near: RGB,
    orb: tuple[float, float, float],
    disc: RGB,
    pines: bool,
    rng: np.random.Generator,
) -> Image:
    """Paint ranges behind one another, each paler.

    ``orb`` holds its centre, as shares of width and height, and its radius, as one of the height.
    """
    c = Canvas(rng, w, h, sky[0])
    c.fade(sky, 0, h * 0.75)
    x, y, r = orb[0] * w, orb[1] * h, orb[2] * h
    for k in range(6):
        c.disc(x, y, r * (1.9 - 0.15 * k), mix(disc, sky[-1], 0.4), 0.08)
    c.brush(arc(x, y, r), disc, 20, 10)
    for k in range(8):
        t = k / 7
        edge = _skyline(rng, w, h * (0.36 + 0.085 * k), h * (0.026 + 0.012 * (1 - t)), 0.55)
        tint = mix(far, near, t**1.1)
        shape = np.concatenate([edge, [[w + 10, h + 10], [-10, h + 10]]])
        c.brush(shape, tint, 30 * k, 10)
        for j in range(1, 9):
            drop = moved(edge, 0, j * h * 0.012)
            a = int(rng.integers(0, 200))
            c.line(drop[a : a + int(rng.integers(15, 60))], mix(tint, sky[-1], 0.25), 2, 0.35)
        if k < 7:
            for j in range(4):
                mist = moved(edge, 0, h * (0.075 + 0.012 * j))
                c.polygon(
                    np.concatenate([mist, [[w + 10, h + 10], [-10, h + 10]]]),
                    mix(tint, sky[-1], 0.5),
                    0.14,
                )
        if pines and k > 3:
            for _ in range(int(26 + 10 * k)):
                at = edge[int(rng.integers(0, 260))]
                _pine(
                    c,
                    at[0],
                    at[1] + 6 + rng.uniform(0, h * 0.04),
                    rng.uniform(10, 19) * (k - 2),
                    vary(rng, mix(tint, near, 0.5), 5),
                )
    for _ in range(7):
        bx, by, size = rng.uniform(0.2, 0.9) * w, rng.uniform(0.1, 0.35) * h, rng.uniform(7, 16)
        c.line(
            [[bx - size, by - size * 0.4], [bx, by], [bx + size, by - size * 0.5]],
            mix(near, far, 0.2),
            2.4,
            0.8,
        )
    c.mark(w - 50, h - 46, 34, mix(near, sky[-1], 0.75))
    return c.finish("canvas", 1.0, 1.0)


def pulsar(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint white lines, each hiding those behind it, that heap up into peaks."""
    ground, line, *colours = inks
    w, h = 900, 1140
    c = Canvas(rng, w, h, ground)
    c.brush(rect(0, 0, w, h), ground, 90, 8)
    xs = np.linspace(120, w - 120, 190)
    lobe = np.exp(-(((xs - w / 2) / 150) ** 2))
    for k in range(54):
        shift = rng.normal(0, 22)
        bump = np.zeros(190)
        for _ in range(9):
            bump += rng.gamma(1.6, 15) * np.exp(
                -(((xs - rng.normal(w / 2 + shift, 95)) / rng.uniform(9, 26)) ** 2)
            )
        ys = 170 + k * 16.4 - bump * (0.35 + lobe) - 1.6 * np.abs(grain(rng, 1, 190, 2, 1)[0])
        edge = np.stack([xs, ys], axis=1)
        c.polygon(
            np.concatenate([edge, [[w - 120, 178 + k * 16.4], [120, 178 + k * 16.4]]]), ground
        )
        c.line(edge, mix(line, colours[k * len(colours) // 54], 0.75 if k % 6 == 2 else 0.12), 2)
    c.mark(w - 70, h - 56, 34, colours[0])
    return c.finish("print", 1.0, 0.4)


def aurora(w: int, h: int, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint curtains of light over firs and a still lake."""
    deep, sky, *glows = inks
    c = Canvas(rng, w, h, deep)
    shore = int(h * 0.66)
    c.fade((deep, sky), 0, h)
    for _ in range(340):
        c.disc(
            rng.uniform(0, w),
            rng.uniform(0, shore),
            float(rng.gamma(1.5, 0.8)) + 0.6,
            (240, 240, 226),
            0.85,
        )
    px = c.px.astype(np.float32)
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    for k, glow in enumerate(glows):
        bend = (
            h * (0.22 + 0.1 * k)
            + 0.11 * h * np.sin(xs[0] / (w * 0.13) + 2.1 * k)
            + 0.13 * h * grain(rng, 1, w, 170, 1)[0]
        )
        rays = 0.55 + 0.45 * grain(rng, 1, w, 9, 1)[0] + 0.3 * grain(rng, 1, w, 34, 1)[0]
        up = bend[None, :] + 0.12 * h - ys
        curtain = np.where(
            up > 0, np.exp(-up / (h * (0.13 + 0.05 * np.abs(rays[None, :])))), np.exp(up / 14)
        )
        strength = np.clip(curtain * np.clip(rays, 0.1, 1.6)[None, :], 0, 1) * (0.95 - 0.14 * k)
        px += strength[..., None] * (np.asarray(glow, np.float32) - px) * 0.85
    c.px = np.clip(px, 0, 255).astype(np.uint8)
    ridge = _skyline(rng, w, shore - 46, 17, 0.6)
    c.brush(
        np.concatenate([ridge, [[w + 10, shore + 4], [-10, shore + 4]]]),
        mix(deep, (4, 8, 14), 0.4),
        0,
        7,
    )
    for _ in range(150):
        x = rng.uniform(-10, w + 10)
        _pine(
            c,
            x,
            shore + rng.uniform(-8, 4),
            rng.uniform(26, 100) * (1.2 - 0.7 * np.sin(np.pi * x / w)),
            vary(rng, (9, 17, 22), 3),
        )
    sheet = c.px[shore - (h - shore) : shore][::-1].astype(np.float32)
    ripple = (5 * grain(rng, h - shore, w, 90, 5)).astype(int)
    columns = np.clip(np.arange(w)[None, :] + ripple, 0, w - 1)
    water = np.take_along_axis(sheet, columns[..., None], axis=1)
    water = (
        0.72 * water
        + 0.10 * np.asarray(sky, np.float32)
        + 7 * grain(rng, h - shore, w, 60, 4)[..., None]
    )
    c.px[shore:] = np.clip(water, 0, 255).astype(np.uint8)
    for _ in range(60):
        x, y = rng.uniform(0, w), shore + (h - shore) * rng.random() ** 0.7
        half = rng.uniform(10, 90)
        c.line(
            [[x - half, y], [x + half, y + rng.normal(0, 1)]],
            mix(pick(rng, glows), deep, 0.35),
            2,
            0.4,
        )
    c.mark(w - 50, h - 44, 34, glows[0])
    return c.finish("canvas", 1.0, 0.8)


_SKY = "Room 6: Night"


_LAND = "Room 5: Land and Sea"


_S = "Vernissage Studio"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "ridges-eight-to-the-coast",
        "Eight Ridges to the Coast",
        _S,
        "2023",
        _LAND,
        "Air has a colour, and here it is, in eight coats. The last ridge is further off.",
        partial(
            ridges,
            1200,
            800,
            hexes("8fb5c9 cfdcd3 f6e3c0"),
            (158, 182, 190),
            (20, 44, 62),
            (0.3, 0.2, 0.055),
            (250, 240, 208),
            True,
        ),
        480,
    ),
    DemoWork(
        "ridges-copper-evening",
        "Copper Evening",
        _S,
        "2024",
        _LAND,
        "Painted from a train that did not stop. The sun is lower in every window.",
        partial(
            ridges,
            860,
            1160,
            hexes("5a3a5f c9605a f0a860 f9d99a"),
            (222, 142, 104),
            (52, 24, 48),
            (0.62, 0.29, 0.075),
            (255, 236, 176),
            False,
        ),
        490,
    ),
    DemoWork(
        "ridges-pulse",
        "Pulse from a Hill Country",
        _S,
        "2025",
        _SKY,
        "Fifty-four profiles of the same valley, one above the other. It was once mistaken for a"
        " signal from a star.",
        partial(pulsar, hexes("14161c f0ece0 e8875a 5fb5b0 e3c05f")),
        500,
    ),
    DemoWork(
        "aurora-over-firs",
        "Northern Lights over Firs",
        _S,
        "2023",
        _SKY,
        "The lake was so still that for a while nobody could say which way was up.",
        partial(aurora, 1180, 840, hexes("0b1730 1f3f5f 5fe0a5 3fb5c0 a56fd0")),
        510,
    ),
    DemoWork(
        "aurora-red-hour",
        "The Red Hour",
        _S,
        "2025",
        _SKY,
        "A rare colour, seen once in eleven years. The dog would not go out.",
        partial(aurora, 820, 1160, hexes("160f26 3a2447 f0606f f2a25f 7fd0a0")),
        520,
    ),
)
