"""Woven hangings, after Anni Albers."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, vary
from demo.shapes import rect
from demo.texture import cloud, grain
from demo.work import DemoWork, Image


def _threads(
    rng: np.random.Generator,
    plan: npt.NDArray[np.intp],
    warp: RGB,
    inks: tuple[RGB, ...],
    pitch: int,
) -> Image:
    """Weave a plan of colour numbers: each weft pick passes over and under the warp."""
    rows, cols = plan.shape
    table = np.asarray(inks, np.float32)
    weft = table[plan] + rng.normal(0, 7, (rows, cols, 1)) + rng.normal(0, 9, (rows, 1, 1))
    over = (np.add.outer(np.arange(rows), np.arange(cols)) % 2).astype(bool)
    over |= rng.random((rows, cols)) < 0.45
    warps = np.asarray(warp, np.float32) + rng.normal(0, 10, (1, cols, 1))
    cloth = np.where(over[..., None], weft, 0.45 * weft + 0.55 * warps).astype(np.float32)
    h, w = rows * pitch, cols * pitch
    big = cv2.resize(cloth, (w, h), interpolation=cv2.INTER_NEAREST)
    dip = np.abs(np.sin(np.pi * (np.arange(h) + 0.5) / pitch)).astype(np.float32)
    gap = np.abs(np.sin(np.pi * (np.arange(w) + 0.5) / pitch)).astype(np.float32)
    shade = 0.66 + 0.24 * dip[:, None] + 0.14 * gap[None, :]
    shade = shade + 0.05 * grain(rng, h, w, pitch * 5, pitch)
    out: Image = np.clip(big * shade[..., None], 0, 255).astype(np.uint8)
    return out


def _hang(rng: np.random.Generator, cloth: Image, wall: RGB, fringe: RGB) -> Image:
    """Hang a cloth on a pale wall, with a fringe at the foot."""
    h, w = cloth.shape[:2]
    c = Canvas(rng, w + 60, h + 120, wall)
    c.brush(rect(0, 0, c.w, c.h), wall, 0, 6)
    c.polygon(rect(38, 40, 38 + w, 46 + h), mix(wall, (0, 0, 0), 0.35), 0.5)
    c.px[34 : 34 + h, 30 : 30 + w] = cloth
    for x in np.arange(33, 30 + w, 6.5):
        sway = np.cumsum(rng.normal(0, 1.6, 5))
        path = np.stack([x + sway, 32 + h + np.linspace(0, rng.uniform(44, 66), 5)], axis=1)
        c.line(path, vary(rng, fringe, 14), 3)
    return c.finish("cloth", 0.8, 1.4)


def _blocks(rng: np.random.Generator, rows: int, cols: int, n: int) -> npt.NDArray[np.intp]:
    """Return upright and level blocks laid over one another, in pairs that answer each other."""
    plan = np.zeros((rows, cols), np.intp)
    for _ in range(64):
        h, w = int(rng.choice([4, 7, 12, 22])), int(rng.choice([10, 18, 30]))
        y, x = int(rng.integers(0, rows)), int(rng.integers(0, cols // w + 1)) * w
        plan[y : y + h, x : x + w] = rng.integers(n)
        if rng.random() < 0.5:
            plan[y : y + h : 2, x : x + w] = rng.integers(n)
    return plan


def hanging(
    kind: str, rows: int, cols: int, inks: tuple[RGB, ...], rng: np.random.Generator
) -> Image:
    """Paint a woven wall hanging: ``blocks``, ``meander``, ``ikat`` or ``hills``."""
    n = len(inks)
    v, u = np.mgrid[0:rows, 0:cols]
    if kind == "blocks":
        plan = _blocks(rng, rows, cols, n)
    elif kind == "meander":
        cells = rng.integers(0, 2, (rows // 8 + 1, cols // 8 + 1))
        side = cells[v // 8, u // 8]
        line = np.where(side, (v % 8 < 3) | (u % 8 < 2), (v % 8 > 5) | (u % 8 > 5))
        tone = (v // 26 + (u // 40)) % (n - 2)
        plan = np.where(line, 1 + (cloud(rng, rows, cols, 60, 2) > 0.52), (2 + tone) % n)
        plan[line & (rng.random((rows // 8 + 1, cols // 8 + 1)) < 0.12)[v // 8, u // 8]] = n - 1
    elif kind == "ikat":
        feather = rng.normal(0, 2.4, cols)[None, :] + grain(rng, rows, cols, 2, 9)
        wave = np.abs(((v + feather) % 56) - 28) + np.abs((u % 48) - 24)
        plan = (wave // 9 + v // 56 + 2 * (u // 48)).astype(np.intp) % n
    else:
        plan = np.zeros((rows, cols), np.intp)
        for k in range(9):
            edge = rows * (0.12 + 0.1 * k) + 13 * grain(rng, 1, cols, 34, 1)[0] * (1 + 0.06 * k)
            plan[v > edge[None, :]] = 1 + k % (n - 1)
            speck = (np.abs(v - edge[None, :] - 6) < 3) & (rng.random((rows, cols)) < 0.4)
            plan[speck] = (2 + k) % n
        plan[(v - rows * 0.17) ** 2 + (u - cols * 0.7) ** 2 < 190] = n - 1
    cloth = _threads(rng, plan.astype(np.intp), inks[1], inks, 7)
    return _hang(rng, cloth, (236, 232, 224), inks[1])


_ROOM = "Room 4: Loom and Needle"


_A = "Vernissage Loom, after Anni Albers"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "weaving-city",
        "City Seen by a Thread",
        _A,
        "2023",
        _ROOM,
        "Level threads make the streets, upright ones the houses. The whole town can be rolled up"
        " and carried under one arm.",
        partial(hanging, "blocks", 148, 104, hexes("efe6d2 23252b b9802f 7d3b2e 4a6670 d8c29a")),
        7,
    ),
    DemoWork(
        "weaving-red-meander",
        "Meander in Red",
        _A,
        "2024",
        _ROOM,
        "A maze with no way in. It was planned on squared paper and unpicked twice.",
        partial(hanging, "meander", 132, 132, hexes("e9c9a8 7d1f2b c4372e e8895a 3a2430 f2d9a0")),
        34,
    ),
    DemoWork(
        "weaving-ikat-letter",
        "Ikat for a Long Journey",
        _A,
        "2025",
        _ROOM,
        "The threads were dyed before they were woven. The feathered edges are not blur: each one"
        " is a thread that slipped a little.",
        partial(hanging, "ikat", 146, 96, hexes("f1e8d3 1f2f55 2f6f8f d9573f e8b64c 5f8f7a")),
        45,
    ),
    DemoWork(
        "weaving-hills-of-home",
        "Hills, from the Loom Window",
        _A,
        "2026",
        _ROOM,
        "Nine ranges of hills and one small sun. The weaver worked from the top, so the weather"
        " came first.",
        partial(
            hanging,
            "hills",
            112,
            152,
            hexes("cfe0df 2f4a5a 5f8f8a a9bf7f e3c46b d98a4f 8a4f5a f4e3a1"),
        ),
        56,
    ),
)
