"""Which artwork does a frame vote for? The one that the visitor points at, if it fits."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from gallery.acceptance import LEAST_INLIERS, LEAST_SUPPORT, SHARE_AGAIN
from stream.messages import Outline
from recognition.homography import Verification

HOLD = 1.5
"""How much more another artwork must draw attention to take over from the declared one."""
SOLID_SCORE, SOLID_MARGIN = 0.3, 0.03
"""What the descriptor must say of a work without a plane: see docs/decisions/0006."""
SAME_PLACE = 0.5
"""Overlap from which on two artworks can't both be there."""
TIMES_BEFORE = 2
"""Frames that must have found it in the same place, each with half the support, for half of it to
be enough. With one, a wrong sitter in the same pose got 10 votes in 1,300 frames, with two 2."""
LEAST_ATTENTION = 0.1
"""Attention that an artwork must draw that isn't at the frame's centre: nobody points at less."""
_SPREAD = 0.22
_STEPS = (np.arange(24) + 0.5) / 24
_X, _Y = np.meshgrid(_STEPS, _STEPS)
_WEIGHTS = np.exp(-((_X - 0.5) ** 2 + (_Y - 0.5) ** 2) / (2 * _SPREAD**2))


@dataclass(frozen=True, slots=True)
class Bar:
    """What an artwork must reach to be accepted.

    Attributes:
        inliers: at least.
        support: at least (see `Verification.support`).
    """

    inliers: int = LEAST_INLIERS
    support: float = LEAST_SUPPORT

    def reached(self, inliers: int, support: float) -> bool:
        """Tell whether a verification with so many is good enough."""
        return inliers >= self.inliers and support >= self.support

    @property
    def half(self) -> Bar:
        """As many inliers, and half the support: see `Candidate.accepted_by`."""
        return Bar(self.inliers, SHARE_AGAIN * self.support)

    def times(self, factor: float) -> Bar:
        """Ask for so many times as much."""
        return Bar(math.ceil(factor * self.inliers), factor * self.support)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An artwork that may be in the frame.

    Attributes:
        number: its number in the gallery.
        score: best inner product of its embeddings and the frame's, -1..1.
        verification: how its local features fit.
        again: frames just before found it in the same place, with half the support at least.
    """

    number: int
    score: float
    verification: Verification
    again: bool = False

    def reaches(self, bar: Bar) -> bool:
        """Tell whether its verification is good enough by itself."""
        return bar.reached(self.verification.inliers, self.verification.support)

    def accepted_by(self, bar: Bar) -> bool:
        """Tell whether it is good enough, with what frames before say.

        Support of wrong fits falls off exponentially, so half of it in each of three frames is
        rarer than all of it in one, if chance makes them; and chance seldom makes them lie alike.
        """
        return self.reaches(bar.half if self.again else bar)


def choose(candidates: Sequence[Candidate], bar: Bar, held: int | None = None) -> Candidate | None:
    """Pick what the frame votes for.

    Args:
        candidates: what was verified.
        bar: what an accepted artwork needs.
        held: number of the artwork that is declared already; it keeps the vote until another draws
            clearly more attention, so that a trembling hand doesn't flip between neighbours.

    Returns:
        Of the accepted artworks the one that draws most attention; ties go to more inliers, then
        to the better score. Of those that lie over each other only the best supported counts: a
        near-duplicate, or what shares a motif. None where none is accepted, or is pointed at.
    """
    accepted = [
        (found, found.verification.outline)
        for found in candidates
        if found.accepted_by(bar) and found.verification.outline is not None
    ]

    def drawn(found: Candidate, outline: Outline) -> float:
        return attention(outline) * (HOLD if found.number == held else 1.0)

    def outdone(found: Candidate, outline: Outline) -> bool:
        """Tell whether another lies in the same place, and the picture says more for that one."""
        return any(
            support(other) > support(found) and overlap(place, outline) >= SAME_PLACE
            for other, place in accepted
            if other is not found
        )

    def support(found: Candidate) -> float:
        return found.verification.support * (HOLD if found.number == held else 1.0)

    def pointed_at(found: Candidate, outline: Outline) -> bool:
        return holds_centre(found) or drawn(found, outline) >= LEAST_ATTENTION

    def rank(one: tuple[Candidate, Outline]) -> tuple[float, int, float]:
        return drawn(*one), one[0].verification.inliers, one[0].score

    left = [one for one in accepted if pointed_at(*one) and not outdone(*one)]
    return max(left, key=rank)[0] if left else None


def seen_again(found: Candidate, places: Sequence[Outline]) -> Candidate:
    """Mark a candidate that lies where `TIMES_BEFORE` frames just before found it."""
    outline = found.verification.outline
    if outline is None:
        return found
    there = sum(overlap(outline, one) >= SAME_PLACE for one in places)
    return replace(found, again=there >= TIMES_BEFORE)


def overlap(a: Outline, b: Outline) -> float:
    """Intersection over union of two convex outlines, 0..1."""
    first, second = (np.array(outline, np.float32) for outline in (a, b))
    shared, _ = cv2.intersectConvexConvex(first, second)
    union = cv2.contourArea(first) + cv2.contourArea(second) - shared
    return float(shared / union) if union > 0 else 0.0


def choose_solid(
    candidates: Sequence[Candidate], min_inliers: int, solid: Callable[[int], bool]
) -> Candidate | None:
    """Pick a work without a plane, where no picture was accepted.

    Both ways must agree on it: the descriptor finds it nearest of all by a clear margin, and local
    features fit one of its photographs.

    Args:
        candidates: what was verified, best score first.
        min_inliers: inliers that a solid work needs.
        solid: tells whether an artwork, by number, is one.
    """
    if not candidates or not solid(candidates[0].number):
        return None
    best = candidates[0]
    ahead = best.score - (candidates[1].score if len(candidates) > 1 else 0.0)
    sure = best.verification.inliers >= min_inliers and best.score >= SOLID_SCORE
    return best if sure and ahead >= SOLID_MARGIN else None


def holds_centre(found: Candidate | None) -> bool:
    """Tell whether an accepted artwork is where the visitor points: its outline has the centre."""
    outline = found.verification.outline if found else None
    if outline is None:
        return False
    corners = np.array(outline, np.float32)
    return cv2.pointPolygonTest(corners, (0.5, 0.5), measureDist=False) >= 0


def attention(outline: Outline) -> float:
    """How much of the visitor's attention an outline has, 0..1.

    Its share of a bell-shaped weight (standard deviation 0.22 frames) about the frame's centre:
    large and central outlines have much of it, small or distant ones little.

    Args:
        outline: convex, clockwise, in 0..1 of the frame.
    """
    inside = np.ones_like(_WEIGHTS, bool)
    corners = np.array(outline)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        inside &= (bx - ax) * (_Y - ay) - (by - ay) * (_X - ax) >= 0
    return float(_WEIGHTS[inside].sum() / _WEIGHTS.sum())
