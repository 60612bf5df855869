"""Camera shake: how a camera in a human hand drifts, trembles and sways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class CameraShake:
    """Movement of a handheld camera, as sums of sines (amplitude, Hz, phase).

    A human hand trembles at 8 to 12 Hz.

    Attributes:
        across: slow drift and tremor about the vertical axis, degrees.
        down: the same about the horizontal axis.
        sway: sideways movement, units of the wall.
    """

    across: tuple[tuple[float, float, float], ...]
    down: tuple[tuple[float, float, float], ...]
    sway: tuple[float, float, float]

    def rotation(self, t: float) -> tuple[float, float]:
        """Return the rotation at time t in seconds: degrees across and down; (0, 0) at t = 0."""
        return _sum(self.across, t) - _sum(self.across, 0), _sum(self.down, t) - _sum(self.down, 0)


def draw_shake(rng: np.random.Generator) -> CameraShake:
    """Draw how much a camera shakes."""

    def draw_axis() -> tuple[tuple[float, float, float], ...]:
        slow = (float(rng.uniform(0.2, 1.2)), float(rng.uniform(0.15, 0.5)))
        fast = (float(rng.uniform(0.02, 0.1)), float(rng.uniform(8, 12)))
        first, second = (float(v) for v in rng.uniform(0, 2 * math.pi, 2))
        return (*slow, first), (*fast, second)

    sway = (float(rng.uniform(0.0, 0.02)), float(rng.uniform(0.2, 0.6)))
    return CameraShake(draw_axis(), draw_axis(), (*sway, float(rng.uniform(0, 2 * math.pi))))


def _sum(waves: tuple[tuple[float, float, float], ...], t: float) -> float:
    return sum(amplitude * math.sin(2 * math.pi * hz * t + phase) for amplitude, hz, phase in waves)
