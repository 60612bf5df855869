"""Engine-turned lines: banknote guilloches, and the swing of a harmonograph."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, rect, smooth
from demo.work import DemoWork, Image


def _rosette(
    c: Canvas, x: float, y: float, r: float, lobes: int, passes: int, inks: tuple[RGB, ...]
) -> None:
    """Draw one engine-turned flower: the same wavy ring, cut again and again with a small shift."""
    rng = c.rng
    a = np.linspace(0, 2 * np.pi, 900)
    deep, inner = rng.uniform(0.10, 0.3), rng.uniform(0.25, 0.55)
    twist = rng.uniform(0.5, 2.2)
    for k in range(passes):
        t = k / passes
        base = r * (inner + (1 - inner) * t)
        wave = np.sin(lobes * a + twist * np.pi * t * 2) + 0.4 * np.sin(lobes * 2 * a - 5 * t)
        radius = base * (1 - deep) + r * deep * wave * (0.4 + 0.6 * np.sin(np.pi * t))
        ink = mix(inks[k % len(inks)], inks[(k + 1) % len(inks)], t)
        c.line(np.stack([x + radius * np.cos(a), y + radius * np.sin(a)], axis=1), ink, 1.4, 0.8)


def _band(c: Canvas, x0: float, x1: float, y: float, tall: float, ink: RGB, upright: bool) -> None:
    """Draw a border of interlaced waves whose pace changes along the way."""
    rng = c.rng
    t = np.linspace(x0, x1, 700)
    pace = np.cumsum(1 + 0.6 * np.sin(t / rng.uniform(60, 160) + rng.uniform(0, 6))) * 0.09
    for k in range(9):
        wave = y + tall * np.sin(pace + k * 0.7) * (0.55 + 0.45 * np.cos(k + t / 90))
        path = np.stack([wave, t] if upright else [t, wave], axis=1)
        c.line(path, ink, 1.3, 0.8)


def certificate(
    w: int,
    h: int,
    paper: RGB,
    inks: tuple[RGB, ...],
    spots: tuple[tuple[float, ...], ...],
    words: tuple[str, str],
    rng: np.random.Generator,
) -> Image:
    """Paint a note of no bank: tinted ground, borders, rosettes and a value.

    ``spots`` holds x and y as shares, radius as a share of the shorter side, and lobes.
    """
    c = Canvas(rng, w, h, paper)
    m = min(w, h)
    xs = np.linspace(0, w, 500)
    for k in range(int(h / 11)):
        y = k * 11 + 14 * np.sin(xs / 120 + k * 0.11) + 9 * np.sin(xs / 47 - k * 0.17)
        c.line(np.stack([xs, y], axis=1), mix(paper, inks[k // 14 % len(inks)], 0.5), 1.3, 0.8)
    edge = m * 0.065
    for at, upright in ((edge, False), (h - edge, False), (edge, True), (w - edge, True)):
        span = (edge, (h if upright else w) - edge)
        _band(c, span[0], span[1], at, edge * 0.55, pick(rng, inks), upright)
    for x, y, r, lobes in spots:
        for k in range(5):
            c.disc(
                x * w, y * h, r * m * (0.85 - 0.1 * k), mix(paper, inks[k % len(inks)], 0.3), 0.35
            )
        _rosette(c, x * w, y * h, r * m, int(lobes), 34, inks)
        _rosette(c, x * w, y * h, r * m * 0.45, int(lobes) + 5, 14, inks[::-1])
    c.letters(words[0], w * 0.5, h - edge * 2.1, m * 0.07, inks[0], "mm")
    c.letters(words[1], edge * 1.9, edge * 2.0, m * 0.085, inks[0], "lt")
    step = rng.uniform(4.2, 6.5)  # the lettering is cut with a ruled shade, as on a plate
    for top in (edge * 1.7, h - edge * 2.9):
        for k in range(int(edge * 2.2 / step)):
            y = top + k * step
            xs = np.linspace(edge * 1.5, w - edge * 1.5, 60)
            rule = np.stack([xs, y + step * 0.5 * np.sin(xs / 40 + k)], axis=1)
            c.line(rule, paper, 1.4, 0.8)
    c.mark(w - edge * 2.2, h - edge * 3.6, m * 0.07, inks[1])
    return c.finish("print", 0.7, 0.5)


def _swing(
    rng: np.random.Generator, x: float, y: float, r: float, ratio: tuple[int, int]
) -> Points:
    """Return the path of a pen on two pendulums that slowly come to rest."""
    t = np.linspace(0, 150, 5200)
    tune = rng.normal(0, 0.006, 2)
    p = rng.uniform(0, 2 * np.pi, 4)
    fade = np.exp(-t * rng.uniform(0.008, 0.014))
    px = np.sin((ratio[0] + tune[0]) * t + p[0]) + 0.45 * np.sin(ratio[1] * t * 1.003 + p[1])
    py = np.sin((ratio[1] + tune[1]) * t + p[2]) + 0.45 * np.sin(ratio[0] * t * 0.998 + p[3])
    return np.stack([x + r * 0.69 * px * fade, y + r * 0.69 * py * fade], axis=1)


def pendulum(
    w: int,
    h: int,
    paper: RGB,
    inks: tuple[RGB, ...],
    swings: tuple[tuple[float, ...], ...],
    note: str,
    rng: np.random.Generator,
) -> Image:
    """Paint pendulum drawings in coloured inks.

    ``swings`` holds x and y as shares, radius as a share of the shorter side, and a ratio.
    """
    c = Canvas(rng, w, h, paper)
    c.brush(rect(0, 0, w, h), paper, 90, 7)
    m = min(w, h)
    for k, (x, y, r, a, b) in enumerate(swings):
        ink = inks[k % len(inks)]
        path = _swing(rng, x * w, y * h, r * m, (int(a), int(b)))
        for piece in range(0, len(path) - 1, 130):
            tone = vary(rng, mix(ink, paper, 0.25 * piece / len(path)), 8)
            c.line(path[piece : piece + 131], tone, 1.5, 0.8)
    c.letters(note, w * 0.06, h - m * 0.045, 23, mix(inks[0], paper, 0.2), track=2.5)
    c.mark(w * 0.94, h - m * 0.05, 30, inks[-1])
    return c.finish("paper", 1.1, 0.4)


def orbit_flower(paper: RGB, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a sheet of small trials: ratios tried out one after the other."""
    w, h = 940, 1180
    c = Canvas(rng, w, h, paper)
    for i in range(5):
        for j in range(4):
            x, y = 140 + j * 220, 135 + i * 222
            ratio = ((1, 2), (2, 3), (3, 4), (3, 5), (4, 5), (1, 3), (5, 6), (1, 1))[
                (i * 3 + j * 5) % 8
            ]
            t = np.linspace(0, 70, 1700)
            fade, p = np.exp(-t * rng.uniform(0.012, 0.03)), rng.uniform(0, 6.28, 3)
            px = np.sin(ratio[0] * t * rng.uniform(0.995, 1.005) + p[0]) * fade
            py = np.sin(ratio[1] * t + p[1]) * (fade + 0.12 * np.sin(t * 7 + p[2]) * fade)
            ink = inks[(i + j * 2) % len(inks)]
            c.line(np.stack([x + 92 * px, y + 92 * py], axis=1), vary(rng, ink, 10), 1.5, 0.85)
            c.letters(f"{ratio[0]}:{ratio[1]}", x - 98, y + 108, 19, mix(ink, paper, 0.2))
    line = np.stack([np.linspace(60, w - 60, 9), h - 28 + rng.normal(0, 2, 9)], axis=1)
    c.line(smooth(line), inks[0], 2, 0.7)
    return c.finish("paper", 1.1, 0.6)


_ROOM = "Room 8: Print Room"
_B = "Vernissage Print Room, engine-turned"
_P = "Vernissage Studio, drawn by pendulum"

WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "guilloche-bank-of-afternoons",
        "Five Afternoons, Payable to the Bearer",
        _B,
        "2023",
        _ROOM,
        "A note from a bank that lends time. The line pattern was invented against forgers, and"
        " stayed because it is beautiful.",
        partial(
            certificate,
            1200,
            640,
            hexes("eef0e2")[0],
            hexes("1f5f57 8a3f4f 2f4f86"),
            ((0.25, 0.5, 0.38, 9), (0.74, 0.5, 0.30, 12)),
            ("FIVE AFTERNOONS", "5"),
        ),
        42,
    ),
    DemoWork(
        "guilloche-share-in-the-moon",
        "Share Certificate, Lunar Ferry Company",
        _B,
        "2024",
        _ROOM,
        "One share entitles the holder to a window seat. Look into the large rosette: it was drawn"
        " as a single wave, thirty-four times.",
        partial(
            certificate,
            860,
            1180,
            hexes("f5ead8")[0],
            hexes("7a2f3f c9772f 3f4f7f"),
            ((0.5, 0.38, 0.42, 16), (0.27, 0.76, 0.17, 7), (0.73, 0.76, 0.17, 8)),
            ("LUNAR FERRY CO.", "No. 1969"),
        ),
        51,
    ),
    DemoWork(
        "guilloche-ticket-north",
        "Ticket, One Way, North",
        _B,
        "2025",
        _ROOM,
        "Blue ink for the sea, violet for the evening. The clerk's monogram is in the corner.",
        partial(
            certificate,
            1140,
            800,
            hexes("e3ecef")[0],
            hexes("1d3f7a 6a4a93 1f7f8f"),
            ((0.32, 0.44, 0.32, 6), (0.70, 0.40, 0.24, 10), (0.55, 0.70, 0.13, 13)),
            ("NORTH", "1 WAY"),
        ),
        64,
    ),
    DemoWork(
        "guilloche-licence-to-wander",
        "Licence to Wander",
        _B,
        "2026",
        _ROOM,
        "Valid in all weathers. The ochre lines cross the green ones at an angle that no hand"
        " could keep up for so long.",
        partial(
            certificate,
            1040,
            1040,
            hexes("f3eed9")[0],
            hexes("3f5f2f b8862b a2452f"),
            ((0.5, 0.46, 0.36, 21), (0.83, 0.19, 0.09, 8), (0.17, 0.74, 0.09, 9)),
            ("LICENCE TO WANDER", "A 77"),
        ),
        73,
    ),
    DemoWork(
        "harmonograph-third",
        "A Major Third, Dying Away",
        _P,
        "2023",
        _ROOM,
        "Two pendulums swing five times against four: in music, a major third. You are looking at"
        " a chord.",
        partial(
            pendulum,
            1080,
            1080,
            hexes("f4eedf")[0],
            hexes("1f3a6a b5402f"),
            ((0.5, 0.48, 0.46, 4, 5), (0.5, 0.48, 0.30, 1, 2)),
            "4 : 5   24 march",
        ),
        10,
    ),
    DemoWork(
        "harmonograph-deep",
        "Deep-Sea Creature, Unnamed",
        _P,
        "2024",
        _ROOM,
        "Drawn on black card in white, green and orange ink, each colour in one go, without"
        " lifting the pen.",
        partial(
            pendulum,
            860,
            1160,
            hexes("101722")[0],
            hexes("e9f1ea 7fd0c4 f2a77a"),
            ((0.5, 0.36, 0.46, 2, 3), (0.52, 0.68, 0.34, 1, 2), (0.5, 0.5, 0.2, 3, 4)),
            "2 : 3  minus a little",
        ),
        20,
    ),
    DemoWork(
        "harmonograph-sheet-of-trials",
        "Twenty Trials on a Saturday",
        _P,
        "2024",
        _ROOM,
        "A working sheet: whole-number ratios, tried out one by one and labelled by hand.",
        partial(orbit_flower, hexes("f3f0e6")[0], hexes("22304f a83a4a 2f7a6f b9802a 5f4a8f")),
        37,
    ),
)
