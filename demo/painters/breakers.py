"""The sea: printed waves, after Hokusai."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, vary
from demo.shapes import Points, arc, moved, rect
from demo.texture import grain
from demo.work import DemoWork, Image


def _curl(rng: np.random.Generator, x: float, y: float, size: float, way: int) -> Points:
    """Return the hooked outline of a breaking wave, from its foot over the crest and back."""
    a = np.radians(np.linspace(200, rng.uniform(435, 485), 50))
    r = size * np.linspace(1.0, rng.uniform(0.26, 0.42), 50)
    r = r * (1 + 0.045 * grain(rng, 1, 50, 7, 1)[0])
    hook = np.stack([x + way * r * np.cos(a), y + r * np.sin(a)], axis=1)
    p, q, u, v = size * rng.uniform(0.8, 1.25, 4)
    foot = np.array([[x - way * p * 2.4, y + size * 1.6], [x - way * size * 1.5, y + q * 0.7]])
    return np.concatenate([foot, hook, [[x + way * u * 0.5, y + v * 1.9]]])


def _foam(c: Canvas, path: Points, size: float, pale: RGB, line: RGB) -> None:
    """Draw claws and pearls of foam along a crest."""
    rng = c.rng
    for x, y in path:
        for _ in range(2):
            r = size * rng.uniform(0.25, 1.0)
            dx, dy = rng.normal(0, size * 0.8, 2)
            c.line(arc(x + dx, y + dy, r), line, 2, 0.8, True)
            c.disc(x + dx, y + dy, r, vary(rng, pale, 3))
        if rng.random() < 0.5:
            c.disc(
                x + rng.normal(0, size * 4), y - rng.gamma(2, size * 1.4), rng.uniform(1.5, 4), pale
            )


def _mountain(c: Canvas, x: float, y: float, tall: float, rock: RGB, snow: RGB) -> None:
    """Draw a snow-capped cone on the horizon; no two have the same flanks."""
    rng = c.rng
    t = np.linspace(0, 1, 9) ** rng.uniform(0.7, 0.95)
    east, west = tall * rng.uniform(1.4, 2.2, 2)
    left = np.stack([x + (t - 1) * west - 6, y + 9 - t * tall], axis=1)
    right = np.stack([x + (1 - t) * east + 6, y + 9 - t * tall], axis=1)[::-1]
    flank = np.concatenate([left, right]) + rng.normal(0, tall * 0.012, (18, 2))
    c.brush(flank, rock, 60, 8)
    drop = np.where(np.arange(9) % 2, 1, -0.4) * tall * rng.uniform(0.05, 0.2, 9)
    drips = np.linspace(flank[12], flank[5], 9) + np.stack([np.zeros(9), drop], axis=1)
    c.brush(np.concatenate([flank[5:13], drips[1:-1]]), snow, 60, 6)


def breakers(
    w: int,
    h: int,
    colours: tuple[RGB, ...],
    horizon: float,
    curls: tuple[tuple[float, ...], ...],
    sun: tuple[float, float, float],
    rng: np.random.Generator,
) -> Image:
    """Paint rows of swell under a printed sky, with breaking waves.

    ``colours``: sky above, sky below, deep water, middle, light, foam, outline, sun.
    ``curls`` holds x, y and size as shares of the height and a side, -1 or 1.
    """
    top, low, deep, middle, light, pale, ink, disc = colours
    c = Canvas(rng, w, h, low)
    c.fade((top, low), 0, horizon * h)
    c.brush(arc(sun[0] * w, sun[1] * h, sun[2] * h), disc, 0, 9)
    for k in range(5):
        x, y = rng.uniform(0, w), horizon * h * rng.uniform(0.1, 0.8)
        xs = np.linspace(-1, 1, 40)
        bank = y + 9 * np.sin(xs * 5 + k) * (1 - xs**2)
        half = rng.uniform(80, 210)
        thick = rng.uniform(8, 22) * (1 - xs**2)
        shape = np.concatenate(
            [
                np.stack([x + half * xs, bank], axis=1),
                np.stack([x + half * xs, bank + thick], axis=1)[::-1],
            ]
        )
        c.brush(shape, mix(pale, low, 0.4), 0, 6, 0.8)
    rock = mix(deep, low, 0.35)
    _mountain(c, rng.uniform(0.52, 0.72) * w, horizon * h, rng.uniform(0.08, 0.15) * h, rock, pale)
    xs = np.linspace(-10, w + 10, 160)
    rows = int(rng.integers(8, 12))
    crest, spray, every = rng.uniform(0.6, 1.3), rng.uniform(0.6, 1.3), int(rng.integers(2, 5))
    for k in range(rows):
        t = k / (rows - 1)
        base = h * (horizon + (1.02 - horizon) * t**1.25)
        size = 8 + 34 * t
        phase, pitch = rng.uniform(0, 6.3), rng.uniform(260, 420) * (0.6 + 0.7 * t)
        swell = base - size * (1.2 * np.abs(np.sin(xs * np.pi / pitch + phase)) ** crest)
        swell += 0.4 * size * np.sin(xs / 90 + k)
        body = mix(mix(light, middle, min(1.0, 1.8 * t)), deep, max(0.0, 1.7 * t - 0.7))
        curve = np.stack([xs, swell], axis=1)
        c.brush(np.concatenate([curve, [[w + 10, h + 9], [-10, h + 9]]]), vary(rng, body, 5), 0, 9)
        for stripe in range(1, 9):
            tint = pale if stripe % every == 1 else mix(deep, ink, 0.4)
            drop = size * 0.34 * stripe * (1 + 0.3 * np.sin(xs / pitch * 3 + stripe))
            line = np.stack([xs, swell + drop], axis=1)
            a = int(rng.integers(0, 60))
            c.line(line[a : a + int(rng.integers(50, 110))], tint, 1.2 + 1.6 * t, 0.75)
        c.line(curve, ink, 1.5 + 1.5 * t, 0.9)
        _foam(
            c, curve[rng.random(len(curve)) < 0.35], spray * (2 + 5 * t), pale, mix(deep, pale, 0.4)
        )
        for x, y, r, way, row in curls:
            if row != k:
                continue
            claw = _curl(rng, x * w, y * h, r * h, int(way))
            c.brush(claw, deep, 60, 9)
            stripes, first = int(rng.integers(5, 10)), int(rng.integers(2))
            for stripe in range(1, stripes):
                inner = claw[2 : int(rng.integers(30, 44))] - (x * w, y * h)
                depth = 1 - 0.8 * stripe / stripes + 0.03 * grain(rng, 1, len(inner), 6, 1)[0]
                bent = inner * depth[:, None] + (x * w, y * h)
                tone = pale if stripe % 2 == first else mix(middle, light, rng.uniform(0.1, 0.7))
                broad = rng.uniform(0.4, 0.9) * 0.8 * r * h / stripes
                c.line(moved(bent, -way * 3 * stripe, 5 * stripe), tone, broad, 0.95)
            c.line(claw, ink, 3)
            _foam(c, claw[14:-1], r * h * 0.085, pale, mix(deep, pale, 0.3))
    wide, tall, left = rng.uniform(26, 40), rng.uniform(66, 110), rng.uniform(0.86, 0.93) * w
    c.brush(rect(left, 34, left + wide, 34 + tall), disc, 90, 10)
    c.mark(left + wide / 2, 34 + tall * 0.28, wide * 0.8, pale)
    c.mark(left + wide / 2, 34 + tall * 0.70, wide * 0.75, pale)
    return c.finish("print", 1.0, 1.0)


_ROOM = "Room 5: Land and Sea"


_H = "Vernissage Print Room, after Katsushika Hokusai"


_DAY = hexes("c9d8d4 f1e6cc 1c3f6e 2f6ba3 8fb9cf f7f3e6 14233f d2492f")


_DAWN = hexes("e58a63 f6dcae 20375e 4a6f95 a9b9b5 fbf3e0 1d2338 d63b2f")


_NIGHT = hexes("14203a 35597a 10243f 1f4f73 5f93a3 dfe9e2 0a1424 f1e3b0")


_JADE = hexes("f3e9cf dfe7cf 17504f 2f857b 9ccbb0 fbf8ea 0f2f33 e8a33d")


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "waves-claw-and-mountain",
        "The Claw and the Mountain",
        _H,
        "2024",
        _ROOM,
        "The wave is a hundred times smaller than the mountain and, for one second, a hundred"
        " times more important.",
        partial(
            breakers,
            1200,
            830,
            _DAY,
            0.46,
            ((0.27, 0.36, 0.20, 1, 3), (0.83, 0.72, 0.10, -1, 6)),
            (0.47, 0.2, 0.06),
        ),
        8,
    ),
    DemoWork(
        "waves-red-morning",
        "Red Morning off the Cape",
        _H,
        "2023",
        _ROOM,
        "Red sky, warm foam. Fishermen who read this sky stayed at home, which is why there are no"
        " boats.",
        partial(breakers, 860, 1180, _DAWN, 0.42, ((0.66, 0.60, 0.12, -1, 5),), (0.3, 0.22, 0.085)),
        16,
    ),
    DemoWork(
        "waves-night-ferry",
        "From the Night Ferry",
        _H,
        "2025",
        _ROOM,
        "Printed in five blues. The moon has been left as bare paper with a breath of yellow.",
        partial(
            breakers,
            1160,
            900,
            _NIGHT,
            0.5,
            ((0.2, 0.62, 0.11, 1, 5), (0.62, 0.78, 0.10, 1, 7)),
            (0.76, 0.17, 0.075),
        ),
        24,
    ),
    DemoWork(
        "waves-jade-channel",
        "Jade Channel, Wind Against Tide",
        _H,
        "2024",
        _ROOM,
        "Where wind and tide disagree the water stands up in short steep rows. Follow one white"
        " line and see how long it lasts.",
        partial(
            breakers,
            1040,
            1040,
            _JADE,
            0.3,
            ((0.74, 0.47, 0.13, -1, 4), (0.2, 0.74, 0.12, 1, 7)),
            (0.2, 0.13, 0.06),
        ),
        35,
    ),
)
