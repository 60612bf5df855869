"""Stripes and chequers that will not stand still, after Bridget Riley."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, pick, vary
from demo.shapes import rect
from demo.texture import cloud, grain
from demo.work import DemoWork, Image


def curves(w: int, h: int, colours: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint upright stripes that sway together and change colour as they go."""
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    sway = 62 * np.sin(ys / 148 + 1.2 * np.sin(xs / 310)) + 24 * np.sin(ys / 61 + xs / 170)
    slow = 36 * (cloud(rng, h, w, 600, 2) - 0.5)
    place = (xs + sway + slow) / 31 + 40
    band = np.floor(place).astype(int)
    order = rng.integers(0, len(colours), band.max() + 2)
    order[1:] += order[1:] == order[:-1]
    table = np.asarray([vary(rng, colours[k % len(colours)], 5) for k in order], np.uint8)
    step = (np.floor(ys / 260 + 0.5 * np.sin(xs / 200) + place * 0.23)).astype(int)
    px: Image = table[(band + step * 3) % len(table)]
    c = Canvas(rng, w, h, (0, 0, 0))
    c.px = cv2.GaussianBlur(px, (0, 0), 0.8)
    c.px = np.clip(c.px + 5 * c.hairs(90)[..., None], 0, 255).astype(np.uint8)
    c.mark(w - 36, h - 36, 28, (250, 248, 240))
    return c.finish("canvas", 1.0, 0.8)


def nile(w: int, h: int, colours: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint straight stripes of many widths in the colours of a painted tomb."""
    c = Canvas(rng, w, h, colours[0])
    x, last = 0.0, -1
    while x < w:
        k = int(rng.choice([j for j in range(len(colours)) if j != last]))
        width = float(rng.choice([13, 13, 13, 26, 39]))
        y, tone = 0.0, colours[k]
        while y < h:
            drop = float(rng.choice([180, 320, 900]))
            c.brush(rect(x - 0.5, y, x + width + 0.5, y + drop), vary(rng, tone, 5), 90, 8)
            y += drop
            if rng.random() < 0.4:
                tone = pick(rng, colours)
        x, last = x + width, k
    c.mark(w - 40, h - 40, 30, colours[1])
    return c.finish("canvas", 1.0, 0.7)


def fold(ink: RGB, paper: RGB, rng: np.random.Generator) -> Image:
    """Paint a chequerboard that dips out of sight along one line."""
    w, h = 1120, 1040
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    slant = xs + 70 * np.sin(ys / 260) + 10 * grain(rng, h, w, 300, 300)
    u = np.where(
        slant < 690,
        np.arcsin(np.clip(slant / 690, 0, 1)),
        np.pi - np.arcsin(np.clip((1250 - slant) / 560, 0, 1)),
    )
    rows = ys + 16 * np.sin(xs / 130) + 7 * grain(rng, h, w, 160, 160)
    cells = (np.floor(u * 9.2) + np.floor(rows / 74)).astype(int) % 2
    tone = cloud(rng, h, w, 220, 3)[..., None]
    dark = np.asarray(ink) * (1 - tone) + np.asarray((38, 52, 92)) * tone
    px = np.where(cells[..., None] == 0, dark, np.asarray(paper)).astype(np.uint8)
    c = Canvas(rng, w, h, paper)
    c.px = cv2.GaussianBlur(px, (0, 0), 0.8)
    for k in range(7):
        c.disc(
            60 + 160 * k + rng.normal(0, 30),
            rng.uniform(60, h - 60),
            rng.uniform(8, 15),
            (214, 72, 48),
        )
    c.px = np.clip(c.px + 7 * c.hairs(30)[..., None], 0, 255).astype(np.uint8)
    return c.finish("canvas", 1.3, 1.0)


_R = "Vernissage Studio, after Bridget Riley"


_INK_ON_PAPER: tuple[RGB, RGB] = ((22, 24, 31), (242, 238, 226))


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "riley-long-grass",
        "Long Grass, Late Light",
        _R,
        "2024",
        "Room 3: Colour",
        "Nothing moves but your eyes. Look at one stripe for ten seconds, if you can.",
        partial(curves, 1180, 880, hexes("e9efe2 1f5f6b f2b33d d9573f 7fb3a6 f6dfb8 29407a")),
        4,
    ),
    DemoWork(
        "riley-painted-tomb",
        "Seven Colours from a Painted Tomb",
        _R,
        "2023",
        "Room 3: Colour",
        "Turquoise, blue, red, yellow, green, black and white: a palette that lasted three thousand"
        " years before anyone thought to change it.",
        partial(nile, 1000, 1080, hexes("f1ebdc 23242b 1f9bb0 2350a0 d8452f f0b42f 3f8f57")),
        15,
    ),
    DemoWork(
        "riley-fold",
        "The Fold",
        _R,
        "2024",
        "Room 3: Colour",
        "A chequerboard slips over an edge that is not there. Seven red dots were added so that"
        " you could find your way back.",
        partial(fold, *_INK_ON_PAPER),
        38,
    ),
)
