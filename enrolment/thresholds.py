"""What a vote needs in a gallery: thresholds and probabilities fitted to what calibration saw."""

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

_MOST_SUPPORT = 6.0
"""More is not asked for: right artworks would be lost; more inliers are, then."""


_KNOWN_LOOKS, _KNOWN_FOOLED = 190, 0


_KNOWN_STEPS, _KNOWN_ENDS = 25, 114
"""What 760 frames at 95 paintings gave, counted in with each gallery's own: five artworks can't
tell by themselves how chance inliers fall off, and would ask for far too many."""


_KNOWN_FITS, _KNOWN_ALIKE, _KNOWN_EXCESS = 154, 7, 0.73
"""The same of support: fits of wrong artworks, how many had SUPPORT_TAIL_FROM, and by how much
more in sum; in 760 frames at 192 paintings."""


_FURTHER = 10
"""How much rarer support is taken to be, at most, than what was never seen may be: further on
there is no telling that its tail goes on as it began."""


_CONFIDENCE_Z = 1.645
"""One-sided 95%."""


def fit_weights(
    right: NDArray[np.float64], wrong: NDArray[np.float64], ridge: float = 0.1
) -> Weights:
    """Fit logistic regression by Newton's method (IRLS; Bishop 2006, section 4.3.3).

    Both kinds count alike, however many there are of each. The ridge keeps the weights finite
    where the two are separable, as they mostly are.

    Args:
        right: float64 [n, 5], `evidence` of right artworks.
        wrong: float64 [m, 5], of wrong ones.
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


@dataclass(frozen=True, slots=True)
class Fit:
    """What a vote needs, and the upper 95% bound of false declarations a look at that."""

    min_inliers: int
    min_support: float
    bound: float


def fit_bar(
    best_wrong: NDArray[np.intp],
    agreed_wrong: NDArray[np.intp],
    wrong_support: NDArray[np.float64],
    target: float,
) -> Fit:
    """Find the least inliers and support that keep false declarations under a target.

    Chance inliers fall off geometrically, and the support of chance fits exponentially. How fast is
    fitted to single frames, which are many; how often a look agrees on a wrong artwork at all is
    bounded by the looks (Wilson's upper bound). The frames of a look are taken for no more
    witnesses than one, so that half the support in all of them counts for no more than in one:
    P(look fooled at k inliers and support s) <= P(fooled at 5) * r ** (k - 5)
    * P(support >= s / 2 | a wrong fit).

    Args:
        best_wrong: intp [frames], most inliers of any wrong artwork in each frame.
        agreed_wrong: intp [looks], most inliers at which a look agrees on one wrong artwork.
        wrong_support: float64 [n], support of wrong artworks with 5 inliers or more.
        target: false declarations a look.
    """
    fooled = int(np.sum(agreed_wrong >= TAIL_FROM))
    at_least_once = upper_bound(fooled + _KNOWN_FOOLED, len(agreed_wrong) + _KNOWN_LOOKS)
    beyond = best_wrong[best_wrong >= TAIL_FROM] - TAIL_FROM
    # Geometric tail: the share of steps that led further up.
    steps, ends = int(beyond.sum()) + _KNOWN_STEPS, len(beyond) + _KNOWN_ENDS
    decay = upper_bound(steps, steps + ends)
    # Exponential tail: the mean excess, at its upper bound (of a gamma, by its normal limit).
    excess = wrong_support[wrong_support >= SUPPORT_TAIL_FROM] - SUPPORT_TAIL_FROM
    alike = len(excess) + _KNOWN_ALIKE
    share = upper_bound(alike, len(wrong_support) + _KNOWN_FITS)
    mean = (float(excess.sum()) + _KNOWN_EXCESS) / alike
    scale = mean * (1 + _CONFIDENCE_Z / math.sqrt(alike))
    never_seen = upper_bound(0, len(wrong_support) + _KNOWN_FITS) / _FURTHER
    inliers = MIN_INLIERS
    while True:
        reached = at_least_once * decay ** (inliers - TAIL_FROM)
        needed = SUPPORT_TAIL_FROM + max(0.0, scale * math.log(reached * share / target))
        support = max(MIN_SUPPORT, math.ceil(100 * needed / CORROBORATED_SHARE) / 100)
        beyond_it = CORROBORATED_SHARE * support - SUPPORT_TAIL_FROM
        alike_too = max(never_seen, share * math.exp(-beyond_it / scale))
        if support <= _MOST_SUPPORT and reached * alike_too <= target:
            return Fit(inliers, support, reached * alike_too)
        inliers += 1


def upper_bound(successes: int, trials: int) -> float:
    """Upper 95% bound of a probability (Wilson 1927)."""
    if trials == 0:
        return 1.0
    z2 = _CONFIDENCE_Z**2
    share = successes / trials
    centre = share + z2 / (2 * trials)
    width = _CONFIDENCE_Z * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return min(1.0, (centre + width) / (1 + z2 / trials))
