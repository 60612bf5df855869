"""Occluders: people in front of an artwork, as silhouettes from below and from the side."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from evaluation.camera import HEIGHT, WIDTH, Matrix

_MAX_PEOPLE = 8
_COARSE = 4
"""Coverage is counted at this fraction of the resolution."""


@dataclass(frozen=True, slots=True)
class Person:
    """A person seen from behind, in pixels of the frame.

    Attributes:
        x: centre of the head when fully in the way.
        top: top of the head when fully in the way.
        width: width of the shoulders.
        entry: (dx, dy) from the position fully in the way to that before entering.
        clothes: colour, linear RGB, 0..1.
        hair: the same.
        lean: sideways shift of the head as a share of the width.
        check: contrast of the cloth's checks; 0 is plain.
    """

    x: float
    top: float
    width: float
    entry: tuple[float, float]
    clothes: tuple[float, float, float]
    hair: tuple[float, float, float]
    lean: float
    check: float


@dataclass(frozen=True, slots=True)
class Crowd:
    """People, and how far they have entered: 0 not yet in the way .. 1 fully in the way."""

    people: tuple[Person, ...]
    advance: float


def gather_crowd(quad: Matrix, share: float, rng: np.random.Generator) -> Crowd:
    """Draw people who hide `share` of an artwork.

    Args:
        quad: float64 [4, 2], the artwork's corners in pixels.
        share: 0..1, of the part of the artwork that is in the frame.
        rng: decides their number, sizes and colours.

    Returns:
        The crowd; it hides the share to within about 2%.
    """
    if share <= 0:
        return Crowd((), 0.0)
    people: tuple[Person, ...] = ()
    while len(people) < _MAX_PEOPLE:
        people += (_person(quad, rng),)
        low, high = 0.0, 1.0
        if covered_share(Crowd(people, 1.0), quad) < share:
            continue
        for _ in range(9):
            middle = (low + high) / 2
            if covered_share(Crowd(people, middle), quad) < share:
                low = middle
            else:
                high = middle
        return Crowd(people, high)
    return Crowd(people, 1.0)


def covered_share(crowd: Crowd, quad: Matrix) -> float:
    """Return the hidden share of the part of the artwork that is in the frame, 0..1."""
    size = (HEIGHT // _COARSE, WIDTH // _COARSE)
    artwork = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(artwork, np.round(quad / _COARSE).astype(np.int32), 1)
    hidden = np.zeros(size, np.uint8)
    for person in crowd.people:
        _draw(person, crowd.advance, 0.0, hidden, hidden, 1 / _COARSE)
    return float(hidden[artwork > 0].mean()) if artwork.any() else 0.0


def paint_people(picture: NDArray[np.float32], crowd: Crowd, sway_px: float) -> NDArray[np.float32]:
    """Draw people over a picture, out of focus.

    Args:
        picture: float32 [480, 640, 3], linear RGB.
        crowd: the people.
        sway_px: how far they have moved sideways, pixels.

    Returns:
        float32 [480, 640, 3], linear RGB.
    """
    for person in crowd.people:
        body, head = np.zeros((2, HEIGHT, WIDTH), np.uint8)
        _draw(person, crowd.advance, sway_px, body, head, 1.0)
        softness = 1.0 + person.width / 120
        alpha = cv2.GaussianBlur(np.maximum(body, head).astype(np.float32), (0, 0), softness)
        hair = cv2.GaussianBlur(head.astype(np.float32), (0, 0), softness)[..., None]
        x = np.arange(WIDTH, dtype=np.float32)
        # Bodies are round, so they are darker at the edges; clothes have folds.
        across = (x - person.x) / max(person.width, 1.0)
        shade = np.exp(-1.2 * across**2) * (1 + 0.12 * np.sin(19 * across + 3 * person.lean))
        down = np.arange(HEIGHT, dtype=np.float32)[:, None] / max(person.width, 1.0)
        cloth = 1 + person.check * np.sign(np.sin(70 * across)) * np.sign(np.sin(70 * down))
        colour = np.asarray(shade)[None, :, None] * (
            cloth[..., None] * np.array(person.clothes, np.float32) * (1 - hair)
            + np.array(person.hair, np.float32) * hair
        )
        picture = picture * (1 - alpha[..., None]) + colour.astype(np.float32) * alpha[..., None]
    return np.asarray(picture, np.float32)


def _person(quad: Matrix, rng: np.random.Generator) -> Person:
    left, top = quad.min(axis=0).clip(0)
    right, bottom = np.minimum(quad.max(axis=0), (WIDTH, HEIGHT))
    wide, high = right - left, bottom - top
    width = float(rng.uniform(0.35, 0.75) * max(wide, 0.5 * high))
    from_side = rng.random() < 0.4
    if from_side:
        to_left = rng.random() < 0.5
        x = left + wide * (rng.uniform(0.1, 0.5) if to_left else rng.uniform(0.5, 0.9))
        start = (left - 0.7 * width if to_left else right + 0.7 * width) - x
        entry, head_top = (float(start), 0.0), top - high * rng.uniform(0, 0.3)
    else:
        x, head_top = left + wide * rng.uniform(0.05, 0.95), top - high * rng.uniform(0, 0.1)
        entry = (0.0, float(bottom - head_top))
    tint = rng.uniform(0.3, 1, 3) * rng.choice([0.03, 0.08, 0.25], p=[0.4, 0.4, 0.2])
    hair = np.array([0.05, 0.035, 0.025]) * rng.choice([0.4, 1, 3, 7])
    return Person(
        float(x),
        float(head_top),
        width,
        entry,
        (float(tint[0]), float(tint[1]), float(tint[2])),
        (float(hair[0]), float(hair[1]), float(hair[2])),
        float(rng.uniform(-0.08, 0.08)),
        float(rng.choice([0.0, 0.0, 0.3])),
    )


def _draw(
    person: Person,
    advance: float,
    sway_px: float,
    body: NDArray[np.uint8],
    head: NDArray[np.uint8],
    scale: float,
) -> None:
    """Draw body and head into their masks as ones."""
    w = person.width * scale
    x = (person.x + person.entry[0] * (1 - advance) + sway_px) * scale
    y = (person.top + person.entry[1] * (1 - advance)) * scale
    outline = [(-0.10, 0.42), (-0.12, 0.52), (-0.42, 0.64), (-0.50, 0.85), (-0.55, 1.6)]
    outline += [(-0.50, 6.0), (0.50, 6.0), (0.55, 1.6), (0.50, 0.85), (0.42, 0.64)]
    outline += [(0.12, 0.52), (0.10, 0.42)]
    points = np.array([[x + a * w, y + b * w] for a, b in outline])
    cv2.fillPoly(body, [np.round(points).astype(np.int32)], 1)
    centre = (round(x + person.lean * w), round(y + 0.25 * w))
    cv2.ellipse(head, centre, (max(1, round(0.19 * w)), max(1, round(0.25 * w))), 0, 0, 360, 1, -1)
