"""The conditions under which artworks are filmed: the rows of the table, and the factors."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Situation:
    """One draw of everything that makes an artwork harder to recognize.

    Attributes:
        fill: share of the frame's area that the artwork covers, 0..1.
        angle_deg: angle to the wall's normal, degrees.
        exposure: light on the sensor as a share of a full exposure, 0..1.
        occlusion: share of the artwork in the frame that people hide, 0..1.
        glare: 0 none .. 1 lamps and a window burn out a third of the varnish.
        blur_px: length of the motion blur, pixels.
        cast: 0 neutral .. 1 strong colour of the light.
        crop: share of the artwork outside the frame, 0..1.
        roll_deg: rotation of the camera about its line of sight, degrees.
        hang: 0 bare on the wall, 1 in a moulding, 2 with neighbours, 3 with close neighbours.
        moire: 0 a painting .. 1 a screen whose pixels beat with the camera's.
        degradation: 0 the wall shows the enrolled photograph itself .. 1 the artwork differs from
            it as much as in real rooms.
        whole: the visitor steps back until the whole artwork is in the frame.
    """

    fill: float
    angle_deg: float
    exposure: float
    occlusion: float
    glare: float
    blur_px: float
    cast: float
    crop: float
    roll_deg: float
    hang: int
    moire: float
    degradation: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """Range from which each value of a `Situation` is drawn; the defaults are good conditions."""

    fill: Range = (0.30, 0.60)
    angle_deg: Range = (0, 15)
    exposure: Range = (1, 1)
    occlusion: Range = (0, 0)
    glare: Range = (0, 0)
    blur_px: Range = (0, 1)
    cast: Range = (0, 0.3)
    crop: Range = (0, 0)
    roll_deg: Range = (0, 4)
    hang: Range = (1, 2)
    moire: Range = (0, 0)
    degradation: Range = (0.8, 1.3)
    whole: bool = True

    def draw(self, rng: np.random.Generator) -> Situation:
        """Draw each value uniformly; fill and exposure uniformly in their logarithm."""

        def uniform(limits: Range) -> float:
            return float(rng.uniform(*limits))

        def log_uniform(limits: Range) -> float:
            return math.exp(rng.uniform(math.log(limits[0]), math.log(limits[1])))

        return Situation(
            fill=log_uniform(self.fill),
            angle_deg=uniform(self.angle_deg),
            exposure=log_uniform(self.exposure),
            occlusion=uniform(self.occlusion),
            glare=uniform(self.glare),
            blur_px=uniform(self.blur_px),
            cast=uniform(self.cast),
            crop=uniform(self.crop),
            roll_deg=uniform(self.roll_deg) * float(rng.choice([-1, 1])),
            hang=int(rng.integers(int(self.hang[0]), int(self.hang[1]) + 1)),
            moire=uniform(self.moire),
            degradation=uniform(self.degradation),
            whole=self.whole,
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: a condition and the recall wanted under it.

    Attributes:
        name: what the table calls it.
        spread: the condition.
        frame_goal: share of frames that should be right, 0..1.
        sequence_goal: share of sequences that should be right, 0..1.
    """

    name: str
    spread: Spread
    frame_goal: float
    sequence_goal: float


@dataclass(frozen=True, slots=True)
class Level:
    """One value of one factor; all other factors are as in good conditions."""

    factor: str
    value: float
    spread: Spread


PLAIN = Spread(fill=(0.30, 0.80), angle_deg=(0, 30))
MODERATE = Spread(
    fill=(0.15, 0.60),
    angle_deg=(0, 40),
    exposure=(0.10, 1),
    occlusion=(0, 0.25),
    glare=(0, 0.4),
    blur_px=(0, 4),
    cast=(0, 0.7),
    crop=(0, 0.15),
    roll_deg=(0, 12),
    hang=(1, 3),
)
ROWS = (
    Row("plain: fills 30% or more, to 30°", PLAIN, 0.99, 0.995),
    Row("at 45°", Spread(angle_deg=(45, 45)), 0.97, 0.99),
    Row("at 60°", Spread(angle_deg=(60, 60)), 0.85, 0.95),
    Row("fills 15% of the picture", Spread(fill=(0.15, 0.15)), 0.95, 0.99),
    Row("fills 8% of the picture", Spread(fill=(0.08, 0.08)), 0.80, 0.92),
    Row("5% of full exposure", Spread(exposure=(0.05, 0.05)), 0.90, 0.95),
    Row("half occluded", Spread(occlusion=(0.5, 0.5)), 0.90, 0.95),
    Row("all together, moderate", MODERATE, 0.90, 0.97),
)
OPEN_SPREADS = (PLAIN, MODERATE)
"""Conditions of artworks that aren't enrolled, in turn."""
OPEN_FRAME_GOAL = 0.001
OPEN_SEQUENCES_GOAL = 2000
"""Number of sequences of the full measurement; no artwork may be declared in any of them."""

FACTORS: dict[str, tuple[str, tuple[float, ...]]] = {
    "fill": ("share of the picture that it fills", (1.0, 0.6, 0.3, 0.15, 0.08, 0.05)),
    "angle_deg": ("angle, degrees", (0, 15, 30, 45, 60)),
    "exposure": ("light, share of a full exposure", (1.0, 0.3, 0.1, 0.05, 0.02)),
    "occlusion": ("share hidden by people", (0, 0.2, 0.35, 0.5, 0.6)),
    "glare": ("glare", (0, 0.35, 0.7, 1)),
    "blur_px": ("motion blur, pixels", (0, 4, 8, 14)),
    "cast": ("colour cast", (0, 0.5, 1)),
    "crop": ("share outside the picture", (0, 0.2, 0.4, 0.6)),
    "roll_deg": ("roll, degrees", (0, 15, 30, 45)),
    "hang": ("hang: bare, moulding, neighbours, close", (0, 1, 2, 3)),
    "moire": ("screen moiré", (0, 0.5, 1)),
    "degradation": ("difference from the photograph enrolled", (0, 0.5, 1, 1.5, 2)),
}
"""Each factor of a situation: the title of its axis, and the values measured."""


def levels() -> list[Level]:
    """List every value of every factor; all other factors are as in good conditions."""
    return [
        Level(name, value, _spread_at(name, value))
        for name, (_, values) in FACTORS.items()
        for value in values
    ]


def _spread_at(name: str, value: float) -> Spread:
    changed = Spread(**{name: (value, value)})  # type: ignore[arg-type]
    if name == "crop":
        # Beside an artwork half out of the frame, a neighbour would be the one pointed at.
        return replace(changed, hang=(1, 1))
    # A camera this close cuts the artwork off at the frame's edges.
    return replace(changed, whole=False) if name == "fill" and value > 0.5 else changed
