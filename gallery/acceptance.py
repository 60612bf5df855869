"""When a verification is accepted: fitted at enrolment and stored with the gallery."""

from __future__ import annotations

import math

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

MIN_INLIERS = 6
"""Measured floor: one more than most wrong artworks reach."""
MIN_SUPPORT = 2.5
"""Measured floor of inliers times agreement. Wrong artworks reached 0.5 in 760 frames, and 2 if two
sitters have the same pose; 3% of right artworks have less
(docs/decisions/0010-appearance-agreement.md)."""
MIN_INLIERS_SOLID = 16
"""The same for non-planar works, whose wider tolerance fits more points by chance."""
TAIL_FROM = 5
"""Fewest inliers that count as a fit: a homography alone needs almost as many."""
SUPPORT_TAIL_FROM = 0.2
"""Least support at which a wrong fit also looks a little like the frame."""
CORROBORATED_SHARE = 0.5
"""Fraction of the support that is enough if earlier frames found as much in the same place."""

Weights = tuple[float, float, float, float, float]


class Acceptance(BaseModel):
    """The thresholds and weights of an accepted verification, and the measurement behind them.

    Attributes:
        min_inliers: inliers that an artwork needs to get a frame's vote.
        min_inliers_solid: the same for non-planar works.
        min_support: inliers times agreement (see recognition.appearance) that it needs as well.
        weights: of (1, log inliers, inlier ratio, score, agreement) in the logistic model of being
            right.
        target: false declarations per attempt that were asked for.
        bound: upper 95% bound of the expected false declarations per attempt, extrapolated.
        attempts: attempts at artworks treated as if they were not enrolled, behind this fit
            (`looks` in the file).
        false_agreements: how many of those agreed on a wrong artwork with 5 inliers or more
            (`fooled` in the file).
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, serialize_by_alias=True
    )

    min_inliers: int = MIN_INLIERS
    min_inliers_solid: int = MIN_INLIERS_SOLID
    min_support: float = MIN_SUPPORT
    weights: Weights = (-12.0, 4.0, 2.0, 2.0, 8.0)
    target: float = 1e-4
    bound: float | None = None
    attempts: int = Field(0, alias="looks")
    false_agreements: int = Field(0, alias="fooled")

    @property
    def fitted(self) -> bool:
        """Whether it was fitted to its gallery, and is not a default."""
        return self.attempts > 0

    def probability(self, inliers: int, matches: int, score: float, agreement: float) -> float:
        """Return the probability, 0..1, that a verified artwork is the right one."""
        logit = float(np.dot(self.weights, evidence(inliers, matches, score, agreement)))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


PROVISIONAL = Acceptance(min_inliers=12, min_inliers_solid=20, min_support=3.5)
"""Thresholds of a gallery that is served before it is probed: above what probes have asked for so
far, which was 6 inliers and a support of 2.5 mostly, and 11 and 3.12 at most."""


def cautious(old: Acceptance | None, target: float) -> Acceptance:
    """Return thresholds for a gallery that isn't probed yet.

    Args:
        old: those of the last version, or None. The stricter ones count, each number by itself.
        target: false declarations per attempt that the fitted ones will stay under.
    """
    if old is None:
        return PROVISIONAL.model_copy(update={"target": target})
    stricter = {
        name: max(getattr(PROVISIONAL, name), getattr(old, name))
        for name in ("min_inliers", "min_inliers_solid", "min_support")
    }
    return Acceptance(**stricter, weights=old.weights, target=target)


def evidence(inliers: int, matches: int, score: float, agreement: float) -> Weights:
    """Return the logistic model's inputs: 1, log(1 + inliers), inlier ratio, score, agreement."""
    return 1.0, math.log1p(inliers), inliers / max(1, matches), score, agreement
