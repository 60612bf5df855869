"""Pieced and stitched quilts."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, box_at, rect, turned
from demo.work import DemoWork, Image


def _fabric(c: Canvas, shape: Points, colour: RGB, second: RGB) -> None:
    """Draw a patch cut from printed cotton: plain, dotted, striped or sprigged."""
    rng = c.rng
    c.brush(shape, vary(rng, colour, 7), body=10)
    kind = int(rng.integers(0, 5))
    (x0, y0), (x1, y1) = shape.min(axis=0), shape.max(axis=0)
    if kind < 2 or min(x1 - x0, y1 - y0) < 12:
        return
    outline = np.round(shape).astype(np.float32)
    step = float(rng.uniform(10, 18))
    turn = float(rng.choice([0, 45, 90]))
    for y in np.arange(y0, y1, step):
        for x in np.arange(x0 + (step / 2 if round((y - y0) / step) % 2 else 0), x1, step):
            at = (float(x + rng.normal(0, 1)), float(y + rng.normal(0, 1)))
            if cv2.pointPolygonTest(outline, at, True) < 4:
                continue
            if kind == 2:
                c.disc(*at, 2.6, second)
            elif kind == 3:
                c.polygon(box_at(*at, step * 0.9, 3, turn), second, 0.85)
            else:
                c.polygon(box_at(*at, 7, 2.5, 45), second)
                c.polygon(box_at(*at, 7, 2.5, -45), second)


def _stitch(c: Canvas, pts: npt.ArrayLike, thread: RGB) -> None:
    """Draw hand stitches along a line: each casts its small shadow."""
    p = np.asarray(pts, np.float64)
    for a, b in pairwise(p):
        long = float(np.hypot(*(b - a)))
        for t in np.arange(3, long - 5, 11):
            u, v = a + (b - a) * t / long, a + (b - a) * (t + 6) / long
            c.line([u + 1.5, v + 1.5], (40, 34, 36), 2, 0.35)
            c.line([u, v], thread, 2, 0.9)


def quilt(
    kind: str, cols: int, rows: int, inks: tuple[RGB, ...], rng: np.random.Generator
) -> Image:
    """Paint a pieced quilt: ``cabin``, ``geese``, ``star`` or ``strips``."""
    size = (1180 - 80) / max(cols, rows)
    w, h = round(cols * size + 80), round(rows * size + 80)
    c = Canvas(rng, w, h, inks[1])
    _fabric(c, rect(0, 0, w, h), inks[1], inks[0])
    for i in range(rows):
        for j in range(cols):
            x, y = 40 + j * size, 40 + i * size
            if kind == "cabin":
                warm = (i + j) % 2
                x0, y0, x1, y1 = x, y, x + size, y + size
                log = size / 9
                for k in range(16):
                    tone = inks[2:5] if (k % 4 < 2) == bool(warm) else inks[5:]
                    side = k % 4
                    piece = (
                        (x0, y0, x1, y0 + log),
                        (x1 - log, y0, x1, y1),
                        (x0, y1 - log, x1, y1),
                        (x0, y0, x0 + log, y1),
                    )[side]
                    _fabric(c, rect(*piece), pick(rng, tone), inks[0])
                    y0 += log * (side == 0)
                    x1 -= log * (side == 1)
                    y1 -= log * (side == 2)
                    x0 += log * (side == 3)
                _fabric(c, rect(x0, y0, x1, y1), inks[2], inks[0])
            elif kind == "geese":
                turn = float(rng.choice([0, 90, 180, 270]))
                mid = (x + size / 2, y + size / 2)
                _fabric(c, rect(x, y, x + size, y + size), pick(rng, [inks[0], inks[-1]]), inks[1])
                for k in range(3):
                    t = y + size * k / 3
                    goose = [[x, t + size / 3], [x + size / 2, t], [x + size, t + size / 3]]
                    _fabric(c, turned(goose, turn, mid), pick(rng, inks[2:-1]), inks[0])
            elif kind == "star":
                heart = np.array([x + size / 2, y + size / 2])
                ground, one, two = inks[0], pick(rng, inks[2:]), pick(rng, inks[1:])
                _fabric(c, rect(x, y, x + size, y + size), vary(rng, ground, 5), one)
                for k in range(8):
                    a = np.radians(45 * k + np.array([0, 22.5, 0, -22.5]))
                    r = np.array([0, 0.26, 0.48, 0.26]) * size
                    tip = np.stack([r * np.cos(a), r * np.sin(a)], axis=1) + heart
                    _fabric(c, tip, one if k % 2 else two, ground)
            else:
                across = (i + j) % 2
                at = 0.0
                while at < size - 4:
                    step = min(float(rng.uniform(16, 56)), size - at)
                    lean = rng.normal(0, 3.5, 2)
                    strip = np.array(
                        [
                            [x, y + at + lean[0]],
                            [x + size, y + at + lean[1]],
                            [x + size, y + at + step + 3],
                            [x, y + at + step + 3],
                        ]
                    )
                    mid2 = (x + size / 2, y + size / 2)
                    _fabric(c, turned(strip, 90.0 * across, mid2), pick(rng, inks), inks[0])
                    at += step
            corner = rect(x + 5, y + 5, x + size - 5, y + size - 5)
            _stitch(c, [*corner, corner[0]], mix(inks[0], inks[-1], 0.2))
    edge = rect(17, 17, w - 17, h - 17)
    _stitch(c, [*edge, edge[0]], inks[0])
    return c.finish("cloth", 0.9, 1.6)


_ROOM = "Room 4: Loom and Needle"


_Q = "Vernissage Quilting Circle"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "quilt-log-cabin",
        "Log Cabin, Half in Shade",
        _Q,
        "2023",
        _ROOM,
        "Each block is lit from one side, like a cabin with a fire in it. The red square in the"
        " middle is the hearth.",
        partial(
            quilt, "cabin", 5, 6, hexes("f3e9d6 2b2f3a c23b33 e58a4f f0bf6a 33506f 5f7f93 7f5f7a")
        ),
        61,
    ),
    DemoWork(
        "quilt-wild-geese",
        "Wild Geese, Undecided",
        _Q,
        "2024",
        _ROOM,
        "Geese ought to fly one way. These were pieced by four people who did not talk about it"
        " beforehand.",
        partial(
            quilt, "geese", 7, 6, hexes("f4ecdc 3a2f3f b5473a d9923f 3f6f6a 7a9f6a 8f4a6a e9dcc0")
        ),
        72,
    ),
    DemoWork(
        "quilt-stars-over-the-yard",
        "Stars Over the Yard",
        _Q,
        "2025",
        _ROOM,
        "Made from the shirts of one family. Every star has two colours and somewhere there is one"
        " star that has the wrong two.",
        partial(quilt, "star", 5, 5, hexes("22305a f1e3c2 e8b64c d9573f 9fc6c0 e58a9b f4efe2")),
        83,
    ),
    DemoWork(
        "quilt-work-clothes",
        "Work Clothes, Saved",
        _Q,
        "2024",
        _ROOM,
        "Denim, drill and one good dress. Nothing was measured, which is why nothing is dull.",
        partial(
            quilt, "strips", 4, 5, hexes("d9dfe0 26364f 3f5f86 7f9bb5 b5473a 8a7f6a e0b45a 4a4f4f")
        ),
        94,
    ),
)
