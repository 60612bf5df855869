"""Which artwork does a frame vote for? The one that the visitor points at, if it fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recognition.candidate import SAME_PLACE, Bar, Candidate, holds_centre
from vision.outline import Outline, attention, overlap

HOLD = 1.5
"""How much more another artwork must draw attention to take over from the declared one."""
SOLID_SCORE, SOLID_MARGIN = 0.3, 0.03
"""What the descriptor must say of a work without a plane: see docs/decisions/0006."""
LEAST_ATTENTION = 0.1
"""Attention that an artwork must draw that isn't at the frame's centre: nobody points at less."""


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
