"""Thresholds and probabilities of a gallery's votes, fitted to the probes of its calibration."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gallery.acceptance import (
    CORROBORATED_SHARE,
    MIN_INLIERS,
    MIN_SUPPORT,
    SUPPORT_TAIL_FROM,
    TAIL_FROM,
    Weights,
)

_MAX_SUPPORT = 6.0
"""Highest threshold of support, because a higher one would lose right artworks; beyond it the
threshold of inliers is raised instead."""
_PRIOR_ATTEMPTS, _PRIOR_FALSE_AGREEMENTS = 190, 0
_PRIOR_STEPS, _PRIOR_ENDS = 25, 114
"""Counts from 760 frames of 95 paintings, added to each gallery's own. Five artworks alone can't
show how chance inliers fall off, and would ask for far too many."""
_PRIOR_FITS, _PRIOR_ALIKE, _PRIOR_EXCESS = 154, 7, 0.73
"""The same for support: fits of wrong artworks, how many of them reached SUPPORT_TAIL_FROM, and the
sum of their excess over it; from 760 frames of 192 paintings."""
_MAX_EXTRAPOLATION = 10
"""Support is taken to be at most this many times rarer than the bound on what was never observed,
because its tail need not go on as it began."""
_CONFIDENCE_Z = 1.645
"""Normal quantile of a one-sided 95% bound."""


@dataclass(frozen=True, slots=True)
class FittedThreshold:
    """The thresholds of a vote, and the upper 95% bound of false declarations per attempt."""

    min_inliers: int
    min_support: float
    bound: float


def fit_weights(
    right: NDArray[np.float64], wrong: NDArray[np.float64], ridge: float = 0.1
) -> Weights:
    """Fit logistic regression by Newton's method (IRLS; Bishop 2006, section 4.3.3).

    Right and wrong artworks have the same total weight, whatever their numbers. The ridge keeps the
    weights finite if the two are separable, as they mostly are.

    Args:
        right: float64 [n, 5], `evidence` of right artworks.
        wrong: float64 [m, 5], `evidence` of wrong artworks.
        ridge: penalty on all weights but the constant.
    """
    samples = np.concatenate([right, wrong])
    truth = np.repeat([1.0, 0.0], [len(right), len(wrong)])
    shares = np.repeat(
        [0.5 / max(1, len(right)), 0.5 / max(1, len(wrong))], [len(right), len(wrong)]
    )
    shares *= len(samples)
    penalty = np.diag([1e-6, ridge, ridge, ridge, ridge])
    weights = np.zeros(5)
    for _ in range(30):
        expected = 1 / (1 + np.exp(-np.clip(samples @ weights, -30, 30)))
        gradient = samples.T @ (shares * (expected - truth)) + penalty @ weights
        curvature = (samples * (shares * expected * (1 - expected))[:, None]).T @ samples + penalty
        step = np.linalg.solve(curvature, gradient)
        weights -= step
        if np.abs(step).max() < 1e-8:
            break
    a, b, c, d, e = (round(float(weight), 6) for weight in weights)
    return a, b, c, d, e


def fit_threshold(
    best_wrong: NDArray[np.intp],
    agreed_wrong: NDArray[np.intp],
    wrong_support: NDArray[np.float64],
    target: float,
) -> FittedThreshold:
    """Find the lowest inliers and support that keep false declarations under a target.

    Chance inliers fall off geometrically, and the support of chance fits exponentially. The rates
    are fitted to single frames, which are many. Wilson's upper bound over the attempts limits how
    often an attempt agrees on a wrong artwork at all. The frames of an attempt are taken for one
    witness, so half the support in all of them counts for no more than in one:
    P(attempt wrong at k inliers and support s) <= P(wrong at 5) * r ** (k - 5)
    * P(support >= s / 2 | a wrong fit).

    Args:
        best_wrong: intp [frames], most inliers of any wrong artwork in each frame.
        agreed_wrong: intp [attempts], most inliers at which an attempt agrees on a wrong artwork.
        wrong_support: float64 [n], support of wrong artworks with 5 inliers or more.
        target: false declarations per attempt.
    """
    false_agreements = int(np.sum(agreed_wrong >= TAIL_FROM)) + _PRIOR_FALSE_AGREEMENTS
    at_tail = upper_bound(false_agreements, len(agreed_wrong) + _PRIOR_ATTEMPTS)
    beyond = best_wrong[best_wrong >= TAIL_FROM] - TAIL_FROM
    # Geometric tail: the fraction of steps that go further up.
    steps, ends = int(beyond.sum()) + _PRIOR_STEPS, len(beyond) + _PRIOR_ENDS
    decay = upper_bound(steps, steps + ends)
    # Exponential tail: the mean excess, at its upper bound (of a gamma, by its normal limit).
    excess = wrong_support[wrong_support >= SUPPORT_TAIL_FROM] - SUPPORT_TAIL_FROM
    alike = len(excess) + _PRIOR_ALIKE
    fraction = upper_bound(alike, len(wrong_support) + _PRIOR_FITS)
    mean = (float(excess.sum()) + _PRIOR_EXCESS) / alike
    scale = mean * (1 + _CONFIDENCE_Z / math.sqrt(alike))
    unobserved = upper_bound(0, len(wrong_support) + _PRIOR_FITS) / _MAX_EXTRAPOLATION
    inliers = MIN_INLIERS
    while True:
        at_inliers = at_tail * decay ** (inliers - TAIL_FROM)
        needed = SUPPORT_TAIL_FROM + max(0.0, scale * math.log(at_inliers * fraction / target))
        support = max(MIN_SUPPORT, math.ceil(100 * needed / CORROBORATED_SHARE) / 100)
        excess_needed = CORROBORATED_SHARE * support - SUPPORT_TAIL_FROM
        at_support = max(unobserved, fraction * math.exp(-excess_needed / scale))
        if support <= _MAX_SUPPORT and at_inliers * at_support <= target:
            return FittedThreshold(inliers, support, at_inliers * at_support)
        inliers += 1


def upper_bound(successes: int, trials: int) -> float:
    """Return the one-sided upper 95% bound of a probability (Wilson 1927)."""
    if trials == 0:
        return 1.0
    z2 = _CONFIDENCE_Z**2
    fraction = successes / trials
    centre = fraction + z2 / (2 * trials)
    width = _CONFIDENCE_Z * math.sqrt(fraction * (1 - fraction) / trials + z2 / (4 * trials**2))
    return min(1.0, (centre + width) / (1 + z2 / trials))
