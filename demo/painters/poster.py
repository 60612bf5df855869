"""Type on paper: concert bills, fair notices, a lecture, a film."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import arc, box_at, moved, rect, turned, wedge
from demo.work import DemoWork, Image


def concert(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint arcs that widen like a crescendo, and small type set flush left."""
    paper, ink, *colours = inks
    c = Canvas(rng, 840, 1190, paper)
    for k in range(8):
        start = 180 + 11.25 * 2 ** (k * 0.42)
        long = 30 + 26 * k * rng.uniform(0.7, 1.1)
        ring = wedge(240, 800, 60 + 74 * k, 116 + 74 * k + 5 * k, start, start + long)
        c.brush(ring, vary(rng, colours[k % len(colours)], 5), 30 * k, 9)
    c.letters("strings", 60, 1010, 104, ink)
    c.letters("at eight", 60, 1104, 104, colours[0])
    for k in range(11):  # strings, drawn tight through the title
        y = 936 + 17 * k + rng.normal(0, 3)
        c.line([[44, y], [560, y + rng.normal(0, 9)]], paper, float(rng.choice([2, 3, 4])))
    for k, line in enumerate(
        ("tuesday 4 november", "town hall, great room", "bartok  ligeti  webern")
    ):
        c.letters(line, 250, 836 + 34 * k, 26, ink)
    c.letters("doors close when the music starts", 60, 64, 24, ink)
    c.mark(790, 64, 36, colours[0])
    return c.finish("print", 1.0, 0.6)


def jazz(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a moon, a keyboard that bends, and big wandering letters."""
    paper, ink, *colours = inks
    c = Canvas(rng, 900, 1200, paper)
    c.brush(rect(0, 0, 900, 1200), paper, 60, 8)
    c.brush(arc(580, 400, 290), colours[0], 30, 10)
    c.brush(arc(480, 350, 250), mix(paper, colours[1], 0.25), 120, 10)
    for k in range(19):
        a0, a1 = 196 + 9 * k, 196 + 9 * k + 8
        c.brush(wedge(430, 1010, 250, 430 + 30 * np.sin(k), a0, a1), vary(rng, ink, 4), a0, 7)
        if k % 7 not in (2, 6):
            c.brush(wedge(430, 1010, 330, 438 + 30 * np.sin(k), a0 + 6, a1 + 4), paper, a0, 7)
    for letter, x, y, size, turn, k in (
        ("M", 60, 300, 250, 8, 1),
        ("O", 250, 260, 220, -6, 2),
        ("O", 90, 520, 250, 10, 3),
        ("N", 300, 500, 200, -12, 1),
        ("J", 480, 1140, 230, 4, 2),
        ("A", 560, 1140, 250, -4, 3),
        ("Z", 715, 1110, 170, 9, 1),
        ("Z", 800, 1150, 150, -8, 2),
    ):
        c.letters(letter, x + 5, y + 6, size, mix(paper, (0, 0, 0), 0.4), angle=turn)
        c.letters(letter, x, y, size, colours[k % len(colours)], angle=turn)
    c.letters("THE CELLAR, EVERY FULL MOON", 60, 60, 30, ink, track=5)
    c.letters("bring a chair", 60, 1150, 30, colours[0])
    return c.finish("print", 1.0, 0.8)


def lecture(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a huge numeral cut by bars, and a column of type on its side."""
    paper, ink, *colours = inks
    c = Canvas(rng, 800, 1130, paper)
    c.brush(rect(0, 0, 800, 640), colours[0], 0, 9)
    c.letters("7", 110, 650, 780, ink)
    for k in range(13):
        y = 60 + 46 * k
        c.brush(
            rect(300 + 22 * k, y, 800, y + 14 + 1.6 * k), vary(rng, colours[1 + k % 2], 5), 0, 9
        )
    c.letters("lectures", 60, 790, 118, ink)
    c.letters("on nothing in particular", 64, 850, 50, colours[0])
    for k, line in enumerate(
        (
            "1  why shelves bend",
            "2  the inside of a bell",
            "3  maps of smells",
            "4  crows, again",
            "5  the colour of Tuesday",
            "6  knots that hold",
            "7  (to be announced)",
        )
    ):
        c.letters(line, 64, 914 + 28 * k, 23, ink if k % 2 else mix(ink, colours[0], 0.5))
    c.letters("winter term, free of charge", 760, 1090, 27, ink, angle=90)
    c.mark(640, 1060, 44, colours[1])
    return c.finish("print", 1.1, 0.6)


def cinema(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a stair, a long shadow, and a title that climbs."""
    paper, ink, *colours = inks
    c = Canvas(rng, 820, 1180, paper)
    c.brush(rect(0, 0, 820, 1180), colours[0], 90, 9)
    c.brush(
        [[640, -10], [830, -10], [830, 420], [300, 1190], [-10, 1190], [-10, 1000]], paper, 60, 8
    )
    for k in range(11):
        x, y = 70 + 66 * k, 1040 - 74 * k
        c.brush(
            [[x, y], [x + 68, y], [830, y + 26], [830, 1190], [x, 1190]],
            vary(rng, mix(colours[1], ink, 0.09 * k), 4),
            30 * k,
            8,
        )
        c.line([[x, y], [x + 68, y]], paper, 4)
    figure = np.array([[0, 0], [16, -70], [8, -120], [22, -136], [34, -120], [30, -70], [48, 0]])
    c.brush(moved(figure, 478, 520), ink, 90, 7)
    c.disc(500, 372, 17, ink)
    shadow = moved(turned(figure * (1.5, 4.4), -38, (0, 0)), 478, 520)
    c.polygon(shadow, ink, 0.30)
    for word, x, y in (("THE", 50, 130), ("THIRD", 50, 218), ("LANDING", 50, 306)):
        c.letters(word, x + 4, y + 4, 84, mix(colours[0], (0, 0, 0), 0.4))
        c.letters(word, x, y, 84, paper)
    c.letters("a film in one staircase", 52, 352, 25, paper)
    c.letters("from Friday   palace cinema   17 19 21", 800, 1160, 24, paper, "rs")
    return c.finish("print", 1.0, 0.6)


def alphabet(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a specimen sheet: letters of all sizes locked up like printer's type."""
    paper, ink, *colours = inks
    c = Canvas(rng, 1180, 880, paper)
    x, y, row = 30.0, 30.0, 0
    text = "ALPHABETSFORSALE&HIREQUICKWOVENJUDGEMYXZ?!8235"
    k = 0
    while y < 850:
        tall = (190, 120, 250, 90, 180)[row % 5]
        while x < 1150:
            wide = tall * rng.uniform(0.62, 0.9)
            back = pick(rng, [*colours, paper, ink])
            front = pick(rng, [p for p in (*colours, paper, ink) if p != back])
            c.brush(rect(x, y, x + wide - 6, y + tall - 6), vary(rng, back, 5), body=9)
            c.letters(
                text[k % len(text)],
                x + wide / 2,
                y + tall / 2,
                tall * 0.95,
                front,
                "mm",
                float(rng.choice([0, 0, 0, 90, -90, 180])),
            )
            x, k = x + wide, k + 1
        x, y, row = 30.0 - rng.uniform(0, 30), y + tall, row + 1
    return c.finish("print", 1.1, 0.7)


def fair(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a fruit-crate label that shouts in three sizes."""
    paper, ink, *colours = inks
    c = Canvas(rng, 1080, 1080, paper)
    for k in range(36):
        ray = wedge(540, 560, 40, 900, 10 * k, 10 * k + 5)
        c.brush(ray, vary(rng, colours[0], 6), 10 * k, 9)
    for k in range(26):
        row = int(np.floor(np.sqrt(2 * k + 0.25) - 0.5))
        x = 540 + (k - row * (row + 1) / 2 - row / 2) * 92 + rng.normal(0, 4)
        at = (x, 330 + row * 74 + rng.normal(0, 3))
        if row > 5:
            continue
        c.brush(arc(*at, 50), vary(rng, colours[1], 9), 40, 14)
        c.line(arc(*at, 50), mix(colours[1], ink, 0.6), 3, 0.7, True)
        c.disc(at[0] - 16, at[1] - 18, 9, mix(colours[1], paper, 0.7))
        leaf = turned([[0, 0], [22, -14], [44, 0], [22, 10]], rng.uniform(-60, 10), (0, 0))
        c.brush(moved(leaf, at[0], at[1] - 44), colours[2], 20, 10)
    c.brush(box_at(540, 900, 960, 190, -4), ink, 0, 8)
    c.letters("SUNDAY ORANGES", 540, 900, 112, paper, "mm", 4)
    c.letters("picked with the left hand", 540, 1020, 36, ink, "mm")
    c.brush(rect(60, 50, 1020, 190), colours[3], 0, 8)
    c.letters("EXTRA FANCY", 540, 122, 128, paper, "mm")
    c.letters("40 lb", 110, 740, 50, ink, "mm", 12)
    c.letters("net", 970, 740, 50, ink, "mm", -12)
    return c.finish("print", 1.0, 0.7)


_ROOM = "Room 8: Print Room"
_W = "Vernissage Type Workshop"

WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "poster-strings-at-eight",
        "Strings at Eight",
        f"{_W}, after Josef Müller-Brockmann",
        "2023",
        _ROOM,
        "The arcs grow by the same proportion as the string lengths of a falling scale. You"
        " can nearly hear the page turn.",
        partial(concert, hexes("f2efe6 17181c d8372c 2b5fa8 efb02f 5f9a86")),
        70,
    ),
    DemoWork(
        "poster-moon-jazz",
        "Moon Jazz",
        _W,
        "2024",
        _ROOM,
        "A bill for a cellar with no address. Those who were meant to come always found it.",
        partial(jazz, hexes("1b2142 f6ecd2 f2c14e ef6f4f 5fb6b0 e59ab0")),
        81,
    ),
    DemoWork(
        "poster-seven-lectures",
        "Seven Lectures on Nothing in Particular",
        _W,
        "2025",
        _ROOM,
        "The fourth lecture was so full that it had to be given twice.",
        partial(lecture, hexes("efe8d8 1c1d22 e2552f 2f6f7a e9bf4f")),
        92,
    ),
    DemoWork(
        "poster-third-landing",
        "The Third Landing",
        f"{_W}, after Saul Bass",
        "2024",
        _ROOM,
        "A film in one staircase. The shadow is longer than the light would allow, which is the"
        " whole plot.",
        partial(cinema, hexes("f3e4c6 1a1618 b8322c 3f2f3f")),
        101,
    ),
    DemoWork(
        "poster-specimen",
        "Alphabets for Sale and Hire",
        _W,
        "2023",
        _ROOM,
        "A printer's specimen, locked up from odd wood letters. It reads, more or less, from the"
        " top left.",
        partial(alphabet, hexes("f1e7d2 20222b c9402f e9ad35 2f6b73 8fa89a")),
        112,
    ),
    DemoWork(
        "poster-sunday-oranges",
        "Sunday Oranges",
        _W,
        "2026",
        _ROOM,
        "Crate labels had to be read across a harbour. This one can be read across a caf\u00e9.",
        partial(fair, hexes("fbf0d4 1f3550 f6cf6a ef8b2c 3f8a55 c8352f")),
        123,
    ),
)
