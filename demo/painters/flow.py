"""Strokes that follow a wind."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points, rect
from demo.texture import Field, cloud
from demo.work import DemoWork, Image


def _paths(field: Field, starts: Points, steps: int, stride: float) -> npt.NDArray[np.float64]:
    """Follow a field of angles from many starts at once; return starts x steps x 2 points."""
    h, w = field.shape
    at = starts.astype(np.float64)
    out = np.empty((len(starts), steps, 2))
    for k in range(steps):
        out[:, k] = at
        x = np.clip(at[:, 0], 0, w - 1).astype(int)
        y = np.clip(at[:, 1], 0, h - 1).astype(int)
        a = field[y, x]
        at = at + stride * np.stack([np.cos(a), np.sin(a)], axis=1)
    return out


def _free(taken: npt.NDArray[np.bool_], path: npt.NDArray[np.float64], cell: float) -> int:
    """Return how many points at the start of a path lie on free ground."""
    rows, cols = taken.shape
    ix, iy = (path[:, 0] / cell).astype(int), (path[:, 1] / cell).astype(int)
    inside = (ix >= 0) & (iy >= 0) & (ix < cols) & (iy < rows)
    blocked = ~inside
    blocked[inside] = taken[iy[inside], ix[inside]]
    return int(np.argmax(blocked)) if blocked.any() else len(path)


def streams(w: int, h: int, kind: str, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint strokes that follow one wind: ``ropes``, ``hair``, ``leaves`` or ``shoal``."""
    ground, ink, *colours = inks
    c = Canvas(rng, w, h, ground)
    c.brush(rect(0, 0, w, h), ground, 0, 9)
    field: Field = cloud(rng, h, w, 620, 2) * (7.5 if kind != "shoal" else 10) + rng.uniform(0, 6)
    field = field.astype(np.float32)
    if kind == "hair":
        starts = rng.uniform((-40, -40), (w + 40, h + 40), (1500, 2))
        tone = cloud(rng, h, w, 380, 2)
        for path in _paths(field, starts, 46, 6.5):
            x, y = np.clip(path[20], 0, (w - 1, h - 1)).astype(int)
            place = int(np.clip(tone[y, x] * len(colours) * 1.25 - 0.5, 0, len(colours) - 1))
            c.line(path, vary(rng, colours[place], 15), float(rng.choice([1.0, 2.0, 3.0])), 0.8)
    else:
        cell = {"ropes": 7.0, "leaves": 9.0, "shoal": 10.0}[kind]
        taken = np.zeros((int(h / cell) + 1, int(w / cell) + 1), bool)
        starts = rng.uniform((0, 0), (w, h), (2600, 2))
        steps = {"ropes": 120, "leaves": 30, "shoal": 16}[kind]
        for k, path in enumerate(_paths(field, starts, steps, 6.0)):
            n = _free(taken, path, cell)
            if n < (10 if kind != "shoal" else 7):
                continue
            wide = {"ropes": 8 + 34 * (1 - k / 2600) ** 4, "leaves": 14.0, "shoal": 16.0}[kind]
            path = path[:n]
            along = np.gradient(path, axis=0)
            side = np.stack([-along[:, 1], along[:, 0]], axis=1)
            side /= np.hypot(*side.T)[:, None] + 1e-9
            t = np.linspace(0, 1, n)
            belly = np.ones(n) if kind == "ropes" else np.sin(np.pi * t**0.8) ** 0.8
            if kind == "shoal":
                belly = np.where(t < 0.18, 0.75 - 3 * t, np.sin(np.pi * (t - 0.05)) * 1.1)
            half = side * (belly * wide / 2)[:, None]
            tint = vary(rng, pick(rng, [*colours, *colours[:2], ink]), 8)
            shape = np.concatenate([path + half, (path - half)[::-1]])
            c.brush(
                shape,
                tint,
                float(np.degrees(field[int(min(path[0, 1], h - 1)), int(min(path[0, 0], w - 1))])),
                15,
            )
            if kind == "ropes" and wide > 14:
                for _ in range(int(rng.integers(0, 4))):
                    a = int(rng.integers(0, n - 4))
                    b = min(n - 1, a + int(rng.integers(2, 9)))
                    piece = np.concatenate(
                        [(path + half)[a : b + 1], (path - half)[a : b + 1][::-1]]
                    )
                    c.brush(piece, pick(rng, colours), body=12)
            elif kind == "leaves":
                c.line(path, mix(tint, ground, 0.55), 1.6, 0.8)
            elif kind == "shoal":
                eye = path[int(n * 0.82)]
                c.disc(eye[0], eye[1], 2.6, ground)
            pad = int(np.ceil(wide / 2 / cell + 0.2))
            for x, y in (path / cell).astype(int):
                taken[max(0, y - pad) : y + pad + 1, max(0, x - pad) : x + pad + 1] = True
    c.mark(w - 46, h - 44, 34, mix(ink, ground, 0.1))
    return c.finish("canvas" if kind != "hair" else "paper", 1.0, 0.9)


_ROOM = "Room 2: The Plotter"


_F = "Vernissage Studio, drawn by wind"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "flow-harbour-ropes",
        "Ropes in a Tidal Harbour",
        _F,
        "2023",
        _ROOM,
        "Wide strokes were laid first, and none may cross another. The thin ones had to find their"
        " way between.",
        partial(
            streams,
            1180,
            880,
            "ropes",
            hexes("f1e8d6 1f2a3f d8532f f0b24a 2f7f8a 7fb0a5 efc9a8 3f4f86"),
        ),
        230,
    ),
    DemoWork(
        "flow-fur",
        "Fur of an Animal Not Yet Described",
        _F,
        "2024",
        _ROOM,
        "Fifteen hundred hairs, all combed by the same invisible hand. Find the place where the"
        " parting begins.",
        partial(
            streams, 860, 1160, "hair", hexes("16181f f0e6d2 e07a3f f2b95f 8f3f4f 3f6f8a d9cfc0")
        ),
        240,
    ),
    DemoWork(
        "flow-willow-in-october",
        "Willow in October",
        _F,
        "2025",
        _ROOM,
        "Leaves that hang on a wind rather than on a tree.",
        partial(
            streams, 900, 1180, "leaves", hexes("eef0e0 2f4a3a 8fa53f d9b53f c9702f 5f8a5f e3d28a")
        ),
        250,
    ),
    DemoWork(
        "flow-herring",
        "Herring, Turning",
        _F,
        "2024",
        _ROOM,
        "Each fish knows only its neighbours. The shoal knows where it is going.",
        partial(
            streams, 1160, 840, "shoal", hexes("12384a e8f0ea 5f9fae a9ccd0 f0b56a 2f6f86 d9e3dc")
        ),
        260,
    ),
)
