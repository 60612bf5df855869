"""When a gallery believes a verification: fitted at enrolment, kept with the gallery."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

LEAST_INLIERS = 8
"""Measured floor: wrong artworks reached 6 in 2,331 verifications on real footage."""
LEAST_INLIERS_SOLID = 16
"""The same for works without a plane, whose wider tolerance fits more by chance."""
TAIL_FROM = 5
"""Inliers from which on a fit counts as one: fewer are hardly more than a homography needs."""
_KNOWN_LOOKS, _KNOWN_FOOLED = 190, 0
_KNOWN_STEPS, _KNOWN_ENDS = 25, 114
"""What 760 frames at 95 paintings gave, counted in with each gallery's own: five artworks can't
tell by themselves how chance inliers fall off, and would ask for far too many."""
_CONFIDENCE_Z = 1.645
"""One-sided 95%."""


class Acceptance(BaseModel):
    """What an accepted verification needs, and what was measured to say so.

    Attributes:
        min_inliers: inliers that an artwork needs to get a frame's vote.
        min_inliers_solid: the same for works without a plane.
        weights: of (1, log inliers, inlier ratio, score) in the logistic model of being right.
        target: false declarations a look that were asked for.
        bound: upper 95% bound of what is to be expected, extrapolated.
        looks: looks at artworks as if they were not enrolled, that this rests on.
        fooled: how many of those agreed on a wrong artwork at 5 inliers or more.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    min_inliers: int = LEAST_INLIERS
    min_inliers_solid: int = LEAST_INLIERS_SOLID
    weights: tuple[float, float, float, float] = (-12.0, 4.0, 4.0, 2.0)
    target: float = 1e-4
    bound: float | None = None
    looks: int = 0
    fooled: int = 0

    def probability(self, inliers: int, matches: int, score: float) -> float:
        """Probability, 0..1, that a verified artwork is the right one."""
        logit = float(np.dot(self.weights, evidence(inliers, matches, score)))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))


def evidence(inliers: int, matches: int, score: float) -> tuple[float, float, float, float]:
    """What the logistic model looks at."""
    return 1.0, math.log1p(inliers), inliers / max(1, matches), score


def fit_weights(
    right: NDArray[np.float64], wrong: NDArray[np.float64], ridge: float = 0.1
) -> tuple[float, float, float, float]:
    """Fit logistic regression by Newton's method (IRLS; Bishop 2006, section 4.3.3).

    Both kinds count alike, however many there are of each. The ridge keeps the weights finite
    where the two are separable, as they mostly are.

    Args:
        right: float64 [n, 4], `evidence` of right artworks.
        wrong: float64 [m, 4], of wrong ones.
        ridge: penalty on all weights but the constant.
    """
    samples = np.concatenate([right, wrong])
    truth = np.repeat([1.0, 0.0], [len(right), len(wrong)])
    shares = np.repeat(
        [0.5 / max(1, len(right)), 0.5 / max(1, len(wrong))], [len(right), len(wrong)]
    )
    shares *= len(samples)
    penalty = np.diag([1e-6, ridge, ridge, ridge])
    weights = np.zeros(4)
    for _ in range(30):
        expected = 1 / (1 + np.exp(-np.clip(samples @ weights, -30, 30)))
        gradient = samples.T @ (shares * (expected - truth)) + penalty @ weights
        curvature = (samples * (shares * expected * (1 - expected))[:, None]).T @ samples + penalty
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    a, b, c, d = (round(float(weight), 6) for weight in weights)
    return a, b, c, d


def fit_min_inliers(
    best_wrong: NDArray[np.intp], agreed_wrong: NDArray[np.intp], target: float
) -> tuple[int, float]:
    """Find the least number of inliers that keeps false declarations under a target.

    Chance inliers fall off geometrically. How fast is fitted to single frames, which are many; how
    often a look agrees on a wrong artwork at all is bounded by the looks (Wilson's upper bound),
    and the two multiplied: P(look fooled at k) <= P(look fooled at 5) * r ** (k - 5).

    Args:
        best_wrong: intp [frames], most inliers of any wrong artwork in each frame.
        agreed_wrong: intp [looks], most inliers at which a look agrees on one wrong artwork.
        target: false declarations a look.

    Returns:
        The number, at least 8, and the upper 95% bound of false declarations a look at it.
    """
    fooled = int(np.sum(agreed_wrong >= TAIL_FROM))
    at_least_once = upper_bound(fooled + _KNOWN_FOOLED, len(agreed_wrong) + _KNOWN_LOOKS)
    beyond = best_wrong[best_wrong >= TAIL_FROM] - TAIL_FROM
    # Geometric tail: the share of steps that led further up.
    steps, ends = int(beyond.sum()) + _KNOWN_STEPS, len(beyond) + _KNOWN_ENDS
    decay = upper_bound(steps, steps + ends)
    needed = TAIL_FROM + max(0.0, math.log(target / at_least_once) / math.log(decay))
    chosen = max(LEAST_INLIERS, math.ceil(needed - 1e-9))
    return chosen, at_least_once * decay ** (chosen - TAIL_FROM)


def upper_bound(successes: int, trials: int) -> float:
    """Upper 95% bound of a probability (Wilson 1927)."""
    if trials == 0:
        return 1.0
    z2 = _CONFIDENCE_Z**2
    share = successes / trials
    centre = share + z2 / (2 * trials)
    width = _CONFIDENCE_Z * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return min(1.0, (centre + width) / (1 + z2 / trials))
