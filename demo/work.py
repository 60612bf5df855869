"""A work of the demo gallery: its texts, and how it is painted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
"""A picture: HxWx3 uint8, RGB."""

Painter = Callable[[np.random.Generator], Image]
"""Paints a picture from a random generator and from nothing else."""


@dataclass(frozen=True)
class DemoWork:
    """One generative artwork: its label on the wall, and how to paint it.

    Attributes:
        id: A slug, unique in the demo gallery.
        title: Title on the label.
        artist: The studio, and the artist who inspired it.
        year: Year of making, as it would be printed.
        room: The room it hangs in.
        text: One to three sentences for the visitor.
        painter: Paints the work from a seeded generator.
        seed: The seed.
    """

    id: str
    title: str
    artist: str
    year: str
    room: str
    text: str
    painter: Painter = field(repr=False, compare=False)
    seed: int = 0

    def paint(self) -> Image:
        """Paint the work.

        Returns:
            HxWx3 uint8 RGB, long side 1024 to 1200; the same array on every call.
        """
        return self.painter(np.random.default_rng(self.seed))
