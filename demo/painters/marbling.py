"""Marbled paper: drops on a bath that push one another, and combs drawn through them."""

from __future__ import annotations

from functools import partial

import numpy as np

from demo.canvas import Canvas
from demo.palette import RGB, hexes, mix, pick, vary
from demo.shapes import Points
from demo.work import DemoWork, Image


class Bath:
    """A bath of size on which drops of colour float: closed curves that push one another."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.inks: list[RGB] = []
        self.curves = np.zeros((0, 420, 2))

    def drop(self, x: float, y: float, r: float, ink: RGB) -> None:
        """Let a drop fall: everything already there moves aside and keeps its area.

        Args:
            x: Centre across, pixels.
            y: Centre down, pixels.
            r: Radius, pixels.
            ink: Colour.
        """
        off = self.curves - (x, y)
        d2 = np.maximum((off**2).sum(axis=2, keepdims=True), 1e-3)
        self.curves = off * np.sqrt(1 + r * r / d2) + (x, y)
        a = np.linspace(0, 2 * np.pi, 420, endpoint=False)
        new = np.stack([x + r * np.cos(a), y + r * np.sin(a)], axis=1)
        self.curves = np.concatenate([self.curves, new[None]])
        self.inks.append(ink)

    def rake(self, degrees: float, teeth: Points, pull: float, reach: float) -> None:
        """Draw the teeth of a comb through the bath.

        Args:
            degrees: Direction of the pull.
            teeth: Positions of the teeth across the pull, pixels.
            pull: How far the colour at a tooth moves, pixels.
            reach: How quickly that fades to the sides, pixels.
        """
        a = np.radians(degrees)
        way, across = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
        at = self.curves @ across
        move = np.zeros_like(at)
        for tooth in teeth:
            move += pull * np.exp(-np.abs(at - tooth) / reach)
        self.curves = self.curves + move[..., None] * way

    def wave(self, degrees: float, length: float, depth: float) -> None:
        """Sway the whole bath like a slow wave.

        Args:
            degrees: Direction in which the colour moves.
            length: Wave length, pixels.
            depth: Largest shift, pixels.
        """
        a = np.radians(degrees)
        way, across = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
        at = self.curves @ across
        self.curves = self.curves + (depth * np.sin(at * 2 * np.pi / length))[..., None] * way

    def curl(self, x: float, y: float, r: float, turn: float) -> None:
        """Stir with a stick about one point.

        Args:
            x: Centre across, pixels.
            y: Centre down, pixels.
            r: Reach, pixels.
            turn: Turn at the centre, radians.
        """
        off = self.curves - (x, y)
        a = turn * np.exp(-(off**2).sum(axis=2) / (r * r))
        cos, sin = np.cos(a), np.sin(a)
        u, v = off[..., 0], off[..., 1]
        self.curves = np.stack([x + u * cos - v * sin, y + u * sin + v * cos], axis=2)


def marbled(kind: str, w: int, h: int, inks: tuple[RGB, ...], rng: np.random.Generator) -> Image:
    """Paint a sheet of marbled paper: ``stone``, ``nonpareil``, ``bouquet`` or ``spanish``."""
    bath = Bath(rng)
    count = {"stone": 190, "nonpareil": 120, "bouquet": 120, "spanish": 150}[kind]
    for k in range(count):
        r = float(np.clip(rng.gamma(2.2, 31), 12, 150))
        if kind == "stone" and k > 120:
            r *= 0.45
        x, y = rng.uniform(-0.1, 1.1) * w, rng.uniform(-0.1, 1.1) * h
        bath.drop(x, y, r, vary(rng, pick(rng, inks[1:]), 6))
    if kind == "nonpareil":
        bath.rake(90, np.arange(0, -w - 60, -120.0) + rng.normal(0, 12), 240, 42)
        bath.rake(-90, np.arange(60, w + 60, 120.0), 240, 42)
        bath.rake(
            0, np.arange(0, h + 40, 30.0) + rng.normal(0, 3, int(np.ceil((h + 40) / 30))), 92, 12
        )
    elif kind == "bouquet":
        bath.rake(90, -np.arange(0, w + 60, 90.0), 190, 30)
        bath.rake(0, np.arange(0, h + 40, 34.0), 74, 13)
        for i in range(4):
            for j in range(4):
                x, y = (j + 0.5 + 0.5 * (i % 2)) * w / 4, (i + 0.5) * h / 4
                bath.curl(x + rng.normal(0, 14), y + rng.normal(0, 14), w * 0.085, 2.6 * (-1) ** j)
    elif kind == "spanish":
        bath.wave(62, 210, 26)
        bath.wave(28, 96, 9)
        bath.curl(w * 0.62, h * 0.4, w * 0.3, 1.6)
        bath.curl(w * 0.25, h * 0.75, w * 0.22, -1.8)
    c = Canvas(rng, w, h, inks[0])
    vein = mix(inks[0], inks[1], 0.25)
    for curve, ink in zip(bath.curves, bath.inks, strict=True):
        c.polygon(curve, ink)
        c.line(curve, mix(ink, vein, 0.6), 1.4, 0.5, True)
    for _ in range(420):
        at = rng.uniform(0, 1, 2) * (w, h)
        c.disc(at[0], at[1], float(rng.gamma(1.3, 1.5)) + 0.8, pick(rng, inks), 0.85)
    c.mark(w - 44, h - 44, 32, inks[0])
    return c.finish("paper", 1.1, 0.6)


_ROOM = "Room 9: Earth and Tile"


_E = "Vernissage Bindery, marbled by combs"


WORKS: tuple[DemoWork, ...] = (
    DemoWork(
        "marbling-endpaper-stone",
        "Endpaper for a Book of Storms",
        _E,
        "2023",
        _ROOM,
        "Each drop pushes the earlier ones aside and none of them ever mixes. The oldest colour"
        " has become the thin veins.",
        partial(
            marbled, "stone", 860, 1160, hexes("f0e6d2 1f3f66 7fa3b8 c8553f e9d3a8 2f2f45 b98a4f")
        ),
        111,
    ),
    DemoWork(
        "marbling-nonpareil",
        "Nonpareil in Five Colours",
        _E,
        "2024",
        _ROOM,
        "A comb is drawn down, up, and once across, as finely as the hand allows. The pattern has"
        " been made in this way for four hundred years.",
        partial(
            marbled, "nonpareil", 1140, 860, hexes("f4ead6 7a2335 d9903f 2f6f6f efd9a5 24344f")
        ),
        122,
    ),
    DemoWork(
        "marbling-bouquet",
        "Bouquet, Stirred",
        _E,
        "2025",
        _ROOM,
        "Sixteen turns of a stick, half of them clockwise. Say which ones were made by the"
        " left-handed apprentice.",
        partial(
            marbled,
            "bouquet",
            1060,
            1060,
            hexes("f6efe0 5a2f5f d86f8a f0b89a 3f7f7a f3dfb5 2f2f55"),
        ),
        133,
    ),
    DemoWork(
        "marbling-spanish-wave",
        "Spanish Wave, Interrupted",
        _E,
        "2024",
        _ROOM,
        "The sheet was rocked as it was laid down. That is all the drawing there is.",
        partial(
            marbled, "spanish", 920, 1180, hexes("f2ead8 2f5f4f 9fbf8a e3c35f 1f3545 d97f4f efe3c2")
        ),
        144,
    ),
)
