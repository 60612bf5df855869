"""Charts of a sky that is not there."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, vary
from demo.shapes import Points, arc, rect
from demo.texture import cloud
from demo.work import DemoWork, Image


def _star(c: Canvas, x: float, y: float, r: float, tint: RGB) -> None:
    """Draw a star with points: the brighter, the more."""
    n = 8 if r > 7 else 5
    a = np.linspace(0, 2 * np.pi, 2 * n, endpoint=False) + c.rng.uniform(0, 1)
    reach = np.where(np.arange(2 * n) % 2, 0.42 * r, r)
    c.polygon(np.stack([x + reach * np.cos(a), y + reach * np.sin(a)], axis=1), tint)


def _figures(c: Canvas, stars: Points, count: int, tint: RGB) -> None:
    """Join neighbouring stars to constellations and name them."""
    names = (
        "The Ladder",
        "Ursula",
        "Teacup",
        "The Heron",
        "Two Oars",
        "Kite",
        "The Anchor",
        "Old Fox",
        "Needle",
        "The Bellows",
        "Snail",
        "Lantern",
    )
    order = c.rng.permutation(len(names))
    used: set[int] = set()
    for k in range(count):
        free = [i for i in range(len(stars)) if i not in used]
        at = int(c.rng.choice(free))
        chain = [at]
        for _ in range(int(c.rng.integers(4, 8))):
            used.add(at)
            gap = np.hypot(*(stars - stars[at]).T)
            gap[list(used)] = np.inf
            nxt = int(np.argmin(gap + c.rng.uniform(0, 30, len(gap))))
            if gap[nxt] > 190:
                break
            c.line([stars[at], stars[nxt]], tint, 2, 0.75)
            chain.append(nxt)
            at = nxt
        mid = stars[chain].mean(axis=0)
        c.letters(names[order[k]], mid[0] + 12, mid[1] + 22, 19, tint, track=2)


def planisphere(
    w: int, h: int, inks: tuple[RGB, ...], lean: float, rng: np.random.Generator
) -> Image:
    """Paint a round chart of an invented sky, with grid, milky way and figures."""
    ground, line, pale, gold, deep = inks
    c = Canvas(rng, w, h, ground)
    c.brush(rect(0, 0, w, h), ground, 0, 8)
    x0, y0, r = w / 2, h * 0.49, min(w, h) * 0.455
    c.brush(arc(x0, y0, r), deep, 60, 9)
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    band = (
        (xs - x0) * np.sin(lean) + (ys - y0) * np.cos(lean) + 110 * (cloud(rng, h, w, 380, 3) - 0.5)
    )
    milk = (
        np.exp(-((band / 70) ** 2))
        * cloud(rng, h, w, 130, 4)
        * (np.hypot(xs - x0, ys - y0) < r - 2)
    )
    c.px = np.clip(c.px + 0.55 * milk[..., None] * (np.asarray(pale) - c.px), 0, 255).astype(
        np.uint8
    )
    for k in range(1, 6):
        c.line(arc(x0, y0, r * k / 6), line, 1.0, 0.5, True)
    c.line(arc(x0 + r * 0.14, y0 - r * 0.1, r * 0.62), gold, 2, 0.7, True)
    for k in range(24):
        a = 2 * np.pi * k / 24
        way = np.array([np.cos(a), np.sin(a)])
        c.line([way * r * (0.17 if k % 2 else 0.02) + (x0, y0), way * r + (x0, y0)], line, 1, 0.45)
        c.letters(f"{k}h", x0 + way[0] * r * 1.045, y0 + way[1] * r * 1.045, 19, line, "mm")
    for k in range(180):
        a0 = 2 * k
        c.line(
            [
                arc(x0, y0, r * 1.0, a0, a0 + 1)[0],
                arc(x0, y0, r * (1.02 if k % 5 else 1.03), a0, a0 + 1)[0],
            ],
            line,
            1.5,
            0.9,
        )
    polar = np.stack([rng.uniform(0, 2 * np.pi, 420), r * 0.97 * np.sqrt(rng.random(420))], axis=1)
    stars = np.stack(
        [x0 + polar[:, 1] * np.cos(polar[:, 0]), y0 + polar[:, 1] * np.sin(polar[:, 0])], axis=1
    )
    _figures(c, stars[:110], 10, gold)
    for k, (x, y) in enumerate(stars):
        _star(
            c,
            x,
            y,
            float(rng.uniform(5, 11) if k < 110 else rng.uniform(1.6, 3.6)),
            vary(rng, pale, 8),
        )
    c.line(arc(x0, y0, r), line, 4, 1, True)
    c.line(arc(x0, y0, r * 1.085), line, 2, 1, True)
    c.mark(w - 56, h - 52, 44, gold)
    return c.finish("paper", 1.0, 0.5)


def moons(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a calendar of moons, each painted from another night."""
    ground, line, pale, gold, deep = inks
    w, h = 860, 1180
    c = Canvas(rng, w, h, ground)
    c.brush(rect(0, 0, w, h), ground, 60, 9)
    for k in range(28):
        x, y = 145 + (k % 4) * 190, 118 + (k // 4) * 152
        r = 58.0
        c.brush(arc(x, y, r), deep, 30, 8)
        t = np.cos(2 * np.pi * (k + 0.5) / 28)
        edge = arc(x, y, r, -90, 90) if k < 14 else arc(x, y, r, 90, 270)
        inner = edge.copy()
        inner[:, 0] = x + (edge[:, 0] - x) * t
        tint = vary(rng, pale if k % 5 else gold, 7)
        c.brush(np.concatenate([edge, inner[::-1]]), tint, 40, 16)
        for _ in range(15):
            a, d = rng.uniform(0, 6.3), r * np.sqrt(rng.random()) * 0.86
            px, py = x + d * np.cos(a), y + d * np.sin(a)
            lit = (px - x) > t * np.sqrt(max(r * r - (py - y) ** 2, 0))
            if (lit and k < 14) or (
                k >= 14 and (x - px) > t * np.sqrt(max(r * r - (py - y) ** 2, 0))
            ):
                c.disc(
                    px, py, float(rng.gamma(2, 2.6)), mix(tint, deep, rng.uniform(0.15, 0.4)), 0.8
                )
        c.line(arc(x, y, r), line, 2, 0.7, True)
        c.letters(str(k + 1), x + 52, y + 66, 17, line)
    for _ in range(240):
        c.disc(rng.uniform(0, w), rng.uniform(0, h), float(rng.uniform(0.7, 2.2)), pale, 0.7)
    return c.finish("paper", 1.1, 0.8)


_SKY = "Room 6: Night"


_O = "Vernissage Observatory"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "stars-planisphere",
        "Planisphere for a Borrowed Sky",
        _O,
        "2023",
        _SKY,
        "Ten figures that no one has ever seen overhead, each with its name beside it. Draw"
        " your own eleventh.",
        partial(planisphere, 1080, 1140, hexes("efe5cf 2f3f66 f4eedb e0b054 16244a"), 0.6),
        340,
    ),
    DemoWork(
        "stars-engraved",
        "Southern Heavens, Second State",
        _O,
        "2024",
        _SKY,
        "The engraver ran out of animals and went on with kitchenware.",
        partial(planisphere, 1000, 1200, hexes("2b2436 c9a878 f6e7c8 e8875a 3a2f4f"), -0.9),
        350,
    ),
    DemoWork(
        "stars-twenty-eight-moons",
        "Twenty-Eight Moons",
        _O,
        "2025",
        _SKY,
        "A month of going out on the balcony. Numbers five, ten and fifteen were painted after"
        " dinner.",
        partial(moons, hexes("1c2740 c9cfd9 eee8d6 f0c878 111a2e")),
        360,
    ),
)
