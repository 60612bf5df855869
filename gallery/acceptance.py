"""When a gallery believes a verification: fitted at enrolment, kept with the gallery."""

from __future__ import annotations

import math

import numpy as np
from pydantic import BaseModel, ConfigDict

LEAST_INLIERS = 6
"""Measured floor: one more than most wrong artworks reach."""
LEAST_SUPPORT = 2.5
"""Measured floor of inliers times agreement: wrong artworks reached 0.5 in 760 frames, and 2 where
two sitters have the same pose; of right ones 3% have less
(docs/decisions/0010-appearance-agreement.md)."""
LEAST_INLIERS_SOLID = 16
"""The same for works without a plane, whose wider tolerance fits more by chance."""
TAIL_FROM = 5
"""Inliers from which on a fit counts as one: fewer are hardly more than a homography needs."""
SUPPORT_TAIL_FROM = 0.2
"""Support from which on a wrong fit looks a little like the frame, too."""
CORROBORATED_SHARE = 0.5
"""Share of the support that is enough where frames just before found as much in the same place."""


Weights = tuple[float, float, float, float, float]


class Acceptance(BaseModel):
    """What an accepted verification needs, and what was measured to say so.

    Attributes:
        min_inliers: inliers that an artwork needs to get a frame's vote.
        min_inliers_solid: the same for works without a plane.
        min_support: inliers times agreement (see recognition.appearance) that it needs, too.
        weights: of (1, log inliers, inlier ratio, score, agreement) in the logistic model of being
            right.
        target: false declarations a look that were asked for.
        bound: upper 95% bound of what is to be expected, extrapolated.
        looks: looks at artworks as if they were not enrolled, that this rests on.
        fooled: how many of those agreed on a wrong artwork at 5 inliers or more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_inliers: int = LEAST_INLIERS
    min_inliers_solid: int = LEAST_INLIERS_SOLID
    min_support: float = LEAST_SUPPORT
    weights: Weights = (-12.0, 4.0, 2.0, 2.0, 8.0)
    target: float = 1e-4
    bound: float | None = None
    looks: int = 0
    fooled: int = 0

    def probability(self, inliers: int, matches: int, score: float, agreement: float) -> float:
        """Probability, 0..1, that a verified artwork is the right one."""
        logit = float(np.dot(self.weights, evidence(inliers, matches, score, agreement)))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def evidence(inliers: int, matches: int, score: float, agreement: float) -> Weights:
    """What the logistic model looks at."""
    return 1.0, math.log1p(inliers), inliers / max(1, matches), score, agreement
