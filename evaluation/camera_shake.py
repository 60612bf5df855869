"""A hand that holds a camera: it drifts, trembles and sways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Hand:
    """How a hand moves: slow drift and tremor, as sines with (amplitude, Hz, phase) for x and y.

    Amplitudes are degrees of turn; a human hand trembles at 8 to 12 Hz.
    """

    across: tuple[tuple[float, float, float], ...]
    down: tuple[tuple[float, float, float], ...]
    sway: tuple[float, float, float]

    def turn(self, t: float) -> tuple[float, float]:
        """Turn at time t in seconds: degrees across and down; none at 0."""
        return _sum(self.across, t) - _sum(self.across, 0), _sum(self.down, t) - _sum(self.down, 0)


def draw_hand(rng: np.random.Generator) -> Hand:
    """Choose how steady it is."""

    def wander() -> tuple[tuple[float, float, float], ...]:
        slow = (float(rng.uniform(0.2, 1.2)), float(rng.uniform(0.15, 0.5)))
        fast = (float(rng.uniform(0.02, 0.1)), float(rng.uniform(8, 12)))
        first, second = (float(v) for v in rng.uniform(0, 2 * math.pi, 2))
        return (*slow, first), (*fast, second)

    sway = (float(rng.uniform(0.0, 0.02)), float(rng.uniform(0.2, 0.6)))
    return Hand(wander(), wander(), (*sway, float(rng.uniform(0, 2 * math.pi))))


def _sum(waves: tuple[tuple[float, float, float], ...], t: float) -> float:
    return sum(size * math.sin(2 * math.pi * hz * t + phase) for size, hz, phase in waves)
