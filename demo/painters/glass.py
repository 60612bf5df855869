"""Leaded glass."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, vary
from demo.shapes import Points, arc, rect
from demo.texture import cloud, strokes
from demo.work import DemoWork, Image


def _panes(w: int, h: int, seeds: Points) -> npt.NDArray[np.intp]:
    """Return the index of the nearest seed for every pixel: HxW."""
    spots = np.full((h, w), 255, np.uint8)
    xy = np.clip(np.round(seeds).astype(int), 0, (w - 1, h - 1))
    spots[xy[:, 1], xy[:, 0]] = 0
    _, labels = cv2.distanceTransformWithLabels(
        spots, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    number = np.zeros(int(labels.max()) + 1, np.intp)
    number[labels[xy[:, 1], xy[:, 0]]] = np.arange(len(xy))
    out: npt.NDArray[np.intp] = number[labels]
    return out


def _lead(
    c: Canvas, panes: npt.NDArray[np.intp], tints: npt.NDArray[np.float32], width: int
) -> None:
    """Fill panes with streaky glass and draw the lead between them."""
    rng, w, h = c.rng, c.w, c.h
    glow = cloud(rng, h, w, 150, 4)
    light = (
        0.74 + 0.5 * glow + 0.055 * strokes(rng, h, w, 70, 5) + 0.04 * strokes(rng, h, w, 150, 9)
    )
    lit = np.clip(tints[panes] * light[..., None], 0, 255)
    edge = np.zeros((h, w), np.uint8)
    edge[:, 1:] |= (panes[:, 1:] != panes[:, :-1]).astype(np.uint8)
    edge[1:] |= (panes[1:] != panes[:-1]).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    lead = cv2.GaussianBlur(cv2.dilate(edge, kernel).astype(np.float32), (0, 0), 1.0)[..., None]
    shine = np.clip(cv2.Sobel(lead[..., 0], cv2.CV_32F, 1, 1), -0.4, 0.4)[..., None]
    metal = np.asarray((30, 29, 32), np.float32) + 130 * shine
    c.px = np.clip(lit * (1 - lead) + metal * lead, 0, 255).astype(np.uint8)


def rose(inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a round window: rings of petals about a heart."""
    w = h = 1100
    c = Canvas(rng, w, h, inks[0])
    seeds, tints = [[550.0, 550.0]], [inks[2]]
    for ring, (r, n) in enumerate(((95, 8), (180, 12), (262, 12), (338, 24), (410, 24), (478, 36))):
        for k in range(n):
            a = 2 * np.pi * (k + 0.5 * (ring % 2)) / n
            jitter = rng.normal(0, 6, 2)
            seeds.append([550 + r * np.cos(a) + jitter[0], 550 + r * np.sin(a) + jitter[1]])
            tints.append(inks[1 + (ring * 2 + k % (3 if ring % 2 else 2)) % (len(inks) - 1)])
    for _ in range(70):
        a = rng.uniform(0, 2 * np.pi)
        seeds.append(
            [550 + rng.uniform(545, 760) * np.cos(a), 550 + rng.uniform(545, 760) * np.sin(a)]
        )
        tints.append(inks[0])
    table = np.asarray([vary(rng, t, 16) for t in tints], np.float32)
    _lead(c, _panes(w, h, np.asarray(seeds)), table, 8)
    for r in (512, 300, 140, 56):
        c.line(arc(550, 550, r), (26, 25, 28), 13 if r == 512 else 9)
    c.mark(1050, 1052, 34, mix(inks[1], (255, 255, 255), 0.4))
    return c.finish("glaze", 0.8, 1.0)


def scene(w: int, h: int, kind: str, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a leaded picture: ``hills`` under a sun, a ``river``, or ``flowers`` in a lancet."""
    c = Canvas(rng, w, h, inks[0])
    n = 330 if kind != "flowers" else 300
    seeds = rng.uniform(0, 1, (n * 9, 2))
    kept = [seeds[0]]
    for s in seeds:  # keep panes of like size
        if len(kept) < n and (np.hypot(*(np.asarray(kept) - s).T) > 0.034).all():
            kept.append(s)
    uv = np.asarray(kept)
    u, v = uv[:, 0], uv[:, 1]
    if kind == "hills":
        k = np.clip(3 + ((v - 0.46 - 0.07 * np.sin(u * 7)) * 11).astype(int), 3, len(inks) - 1)
        k = np.where(v < 0.46 + 0.06 * np.sin(u * 7 + 1), (rng.random(len(u)) < 0.4).astype(int), k)
        k = np.where(np.hypot((u - 0.68) * w / h, v - 0.24) < 0.115, 2, k)
    elif kind == "river":
        bank = np.abs(u - 0.5 - 0.26 * np.sin(v * 5.5)) - 0.05 - 0.13 * v
        k = np.where(
            bank < 0, rng.integers(0, 3, len(u)), 3 + (v * 3.2 + rng.random(len(u))).astype(int)
        )
        k = np.where(v < 0.16, 7, k)
    else:
        k = rng.choice([0, 0, 1], len(u))
        for x, y in ((0.3, 0.28), (0.68, 0.2), (0.5, 0.44), (0.26, 0.6), (0.72, 0.58)):
            d = np.hypot((u - x), (v - y) * h / w)
            tint = int(rng.integers(4, len(inks)))
            k = np.where(d < 0.145, tint, k)
            k = np.where(d < 0.045, 3, k)
            stem = (np.abs(u - x - (0.5 - x) * (v - y)) < 0.035) & (v > y + 0.09)
            k = np.where(stem & (k < 2), 2, k)
        k = np.where((v > 0.84) & (rng.random(len(v)) < 0.75), 2, k)
    table = np.asarray([vary(rng, inks[min(int(i), len(inks) - 1)], 15) for i in k], np.float32)
    _lead(c, _panes(w, h, uv * (w, h)), table, 8)
    c.line(rect(7, 7, w - 7, h - 7), (26, 25, 28), 18, closed=True)
    if kind == "flowers":
        top = np.concatenate(
            [arc(w * 0.94, h * 0.44, w * 0.9, 180, 240), arc(w * 0.06, h * 0.44, w * 0.9, 300, 360)]
        )
        left = np.concatenate([[[0, 0], [w * 0.5, 0]], top[: len(top) // 2][::-1], [[0, h * 0.44]]])
        right = np.concatenate([[[w, 0], [w * 0.5, 0]], top[len(top) // 2 :], [[w, h * 0.44]]])
        for side in (left, right):
            c.brush(side, (205, 196, 178), 90, 18)
        c.line(top, (26, 25, 28), 15)
    c.mark(w - 60, h - 58, 34, (235, 228, 210))
    return c.finish("glaze", 0.8, 1.0)


_GLASS = "Room 7: Garden and Glass"


_G = "Vernissage Glassworks"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "glass-rose-for-a-station",
        "Rose Window for a Railway Station",
        _G,
        "2023",
        _GLASS,
        "Six rings of panes, and none of the panes is quite regular. At half past four the floor"
        " in front of it turns blue.",
        partial(rose, hexes("2a3350 c8324a f2b73f 2f5fb0 3f9f8f 7a4aa0 f0e3c0")),
        150,
    ),
    DemoWork(
        "glass-sun-over-vineyards",
        "Sun Over Vineyards",
        _G,
        "2024",
        _GLASS,
        "Glass has no outline of its own: every line that you see is lead. The sun took only a"
        " handful of panes.",
        partial(
            scene,
            1160,
            860,
            "hills",
            hexes("a9d3e6 d3e6e0 f9c53a f0a24a c9b83f 8fae4a 4f8a55 2f6a5a 24505f"),
        ),
        160,
    ),
    DemoWork(
        "glass-river-window",
        "The River Comes Down to Us",
        _G,
        "2025",
        _GLASS,
        "Read it from the top, as water does.",
        partial(
            scene,
            760,
            1180,
            "river",
            hexes("3f8fc9 6fb5dd 2f6fae d9a84a 9faf4f 5f8f4a 3f6f4f f2c9a0"),
        ),
        170,
    ),
    DemoWork(
        "glass-five-poppies",
        "Lancet with Five Poppies",
        _G,
        "2026",
        _GLASS,
        "The stone arch was there first. Poppies were chosen because people walk towards red"
        " glass before they know why.",
        partial(
            scene,
            800,
            1200,
            "flowers",
            hexes("bcd9d6 dbe8cf 4f8f55 2a2430 d8352f e8603f c22f4f e88a3a"),
        ),
        180,
    ),
)
