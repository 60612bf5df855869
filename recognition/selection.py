"""Which artwork a frame votes for: of those that fit, the one that the visitor points at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from recognition.candidate import SAME_PLACE, Candidate, Threshold, holds_centre
from vision.outline import attention, overlap
from vision.points import Outline

HYSTERESIS = 1.5
"""How much more attention another artwork must draw to take over from the declared one."""
SOLID_SCORE, SOLID_MARGIN = 0.3, 0.03
"""Score, and lead over the next artwork, that a non-planar work needs
(docs/decisions/0006-non-planar-works.md)."""
LEAST_ATTENTION = 0.1
"""Attention that an artwork beside the frame's centre must draw: nobody points at less."""


def select_artwork(
    candidates: Sequence[Candidate], threshold: Threshold, declared: int | None = None
) -> Candidate | None:
    """Return the candidate that the frame votes for.

    Args:
        candidates: the artworks that were verified.
        threshold: what an accepted artwork needs.
        declared: index of the artwork that is declared already. It keeps the vote until another
            draws clearly more attention, so that a trembling hand doesn't flip between neighbours.

    Returns:
        The accepted artwork that draws most attention; ties go to more inliers, then to the better
        score. Of artworks that overlap only the best supported counts: the others are
        near-duplicates, or share a motif. None where none is accepted, or none is pointed at.
    """
    accepted = [
        (found, found.verification.outline)
        for found in candidates
        if found.accepted_by(threshold) and found.verification.outline is not None
    ]

    def bonus(found: Candidate) -> float:
        return HYSTERESIS if found.index == declared else 1.0

    def drawn(found: Candidate, outline: Outline) -> float:
        return attention(outline) * bonus(found)

    def support(found: Candidate) -> float:
        return found.verification.support * bonus(found)

    def outdone(found: Candidate, outline: Outline) -> bool:
        """Return whether a better supported artwork lies in the same place."""
        return any(
            support(other) > support(found) and overlap(place, outline) >= SAME_PLACE
            for other, place in accepted
            if other is not found
        )

    def pointed_at(found: Candidate, outline: Outline) -> bool:
        return holds_centre(found) or drawn(found, outline) >= LEAST_ATTENTION

    def rank(one: tuple[Candidate, Outline]) -> tuple[float, int, float]:
        return drawn(*one), one[0].verification.inliers, one[0].score

    left = [one for one in accepted if pointed_at(*one) and not outdone(*one)]
    return max(left, key=rank)[0] if left else None


def select_solid(
    candidates: Sequence[Candidate], min_inliers: int, is_solid: Callable[[int], bool]
) -> Candidate | None:
    """Return the non-planar work that the frame votes for, where no picture was accepted.

    Two ways must agree on it: its embedding is the nearest of all by a clear margin, and local
    features fit one of its photographs.

    Args:
        candidates: the artworks that were verified, best score first.
        min_inliers: inliers that a non-planar work needs.
        is_solid: returns whether the artwork of an index is non-planar.
    """
    if not candidates or not is_solid(candidates[0].index):
        return None
    best = candidates[0]
    ahead = best.score - (candidates[1].score if len(candidates) > 1 else 0.0)
    fits = best.verification.inliers >= min_inliers and best.score >= SOLID_SCORE
    return best if fits and ahead >= SOLID_MARGIN else None
