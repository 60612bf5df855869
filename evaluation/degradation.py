"""Degradation: how an artwork in its room differs from its photograph in the catalogue.

Without it, each photograph would be compared with itself, and every figure would be too good.
Catalogue photographs are lit evenly, exposed for the paint alone, retouched and sharpened; the real
artwork is dark beside a wall, under varnish, in the light of its room. Measured on one gallery:
plain scenes of the undegraded photographs gave ORB a median of 380 inliers, and real footage of the
same paintings (five clips, filling 13% to 59% of the picture) 24 to 122. Scenes at strengths from
0.8 to 1.3 give 164 if the artwork fills 30% or more, and 70 if it fills 15%: they are still easier
than those clips.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Linear = NDArray[np.float32]
"""float32 [height, width, channels], proportional to light; 1 is a fully lit white wall."""


def degrade(picture: Linear, strength: float, rng: np.random.Generator) -> Linear:
    """Change a catalogue photograph into the artwork as it looks in a room.

    Args:
        picture: float32 [height, width, 3], linear RGB of the catalogue photograph.
        strength: 0 the photograph itself .. 1 as different from it as in real rooms, or more.
        rng: decides everything else.

    Returns:
        float32 [height, width, 3], linear RGB.
    """
    if strength <= 0:
        return picture
    shape = picture.shape[:2]
    longest = max(shape)
    # Other lamps and another camera change tones and colours.
    gamma = np.exp(
        strength * rng.normal(0, 0.3, 3) * (0.4, 0.4, 0.4) + strength * rng.normal(0, 0.3)
    )
    changed = np.power(picture.clip(1e-5, 1), gamma.astype(np.float32))
    mixed = np.eye(3) + strength * rng.normal(0, 0.06, (3, 3))
    changed = (changed @ mixed.T.astype(np.float32)).clip(0, 1)
    # Catalogue photographs are sharpened; the artwork is softer.
    soft = strength * rng.uniform(1.0, 2.4) * longest / 570
    if soft > 0.2:
        changed = cv2.GaussianBlur(changed, (0, 0), soft)
    # Catalogues stretch tones to the full range; paint is far darker than the wall beside it.
    changed *= np.float32(np.exp(-strength * rng.uniform(0.3, 1.3)))
    # Light falls unevenly, in patches down to a tenth of the picture.
    light = np.exp(strength * (0.18 * _field(shape, 3, rng) + 0.08 * _field(shape, 12, rng)))
    # Raking light shows relief: canvas, brush strokes, cracks.
    relief = rng.standard_normal(shape, np.float32)
    fine = cv2.GaussianBlur(relief, (0, 0), 0.8 * longest / 570)
    coarse = cv2.GaussianBlur(relief, (0, 0), 2.2 * longest / 570)
    rough = strength * rng.uniform(0.0, 0.03)
    light *= 1 + np.float32(rough) * (fine / fine.std() + coarse / coarse.std())
    # Varnish scatters the room's light over dark passages.
    haze = strength * rng.uniform(0.002, 0.012) * np.exp(0.4 * _field(shape, 4, rng))
    changed = (changed * light[..., None] + haze[..., None]).clip(0, None)
    return _bend(np.asarray(changed, np.float32), strength * rng.uniform(0, 0.006), rng)


def _field(shape: tuple[int, ...], cells: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Make a smooth random field of unit variance, float32 [height, width]."""
    coarse = rng.standard_normal((cells + 2, cells + 2), np.float32)
    return np.asarray(cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def _bend(picture: Linear, share: float, rng: np.random.Generator) -> Linear:
    """Bend the canvas or panel: shift points smoothly, by about `share` of the longer side."""
    high, wide = picture.shape[:2]
    amount = np.float32(share * max(high, wide))
    x = np.arange(wide, dtype=np.float32) + amount * _field((high, wide), 2, rng)
    y = np.arange(high, dtype=np.float32)[:, None] + amount * _field((high, wide), 2, rng)
    return np.asarray(cv2.remap(picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101))
