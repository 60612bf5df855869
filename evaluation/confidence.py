"""Exact confidence bounds of a counted share (Clopper and Pearson, 1934)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np


def interval(hits: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the two-sided Clopper-Pearson interval of a share.

    Args:
        hits: how often the event happened.
        total: number of trials.
        confidence: of the interval, 0..1.

    Returns:
        Lower and upper bound, 0..1; (0, 1) if nothing was counted.
    """
    tail = (1 - confidence) / 2
    return _lower(hits, total, tail), _upper(hits, total, tail)


def upper_bound(hits: int, total: int, confidence: float = 0.95) -> float:
    """Return the one-sided upper bound of a share, 0..1.

    With no hit it is 1 - (1 - confidence) ** (1 / total): at 95%, about 3 / total (rule of three).
    """
    return _upper(hits, total, 1 - confidence)


def _upper(hits: int, total: int, tail: float) -> float:
    if hits >= total:
        return 1.0
    chance = _at_most_hits(hits, total)
    return _solve(lambda p: chance(p) - tail)


def _lower(hits: int, total: int, tail: float) -> float:
    if hits <= 0:
        return 0.0
    chance = _at_most_hits(hits - 1, total)
    return _solve(lambda p: tail - (1 - chance(p)))


def _solve(falling: Callable[[float], float]) -> float:
    """Find the share at which a falling function is zero, to 60 bisections."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if falling(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most_hits(hits: int, total: int) -> Callable[[float], float]:
    """Return the chance of at most `hits` in `total` trials, as a function of p, 0 < p < 1."""
    k = np.arange(hits + 1)
    lgamma = np.vectorize(math.lgamma, otypes=[float])
    ways = math.lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1)
    return lambda p: float(np.exp(ways + k * math.log(p) + (total - k) * math.log1p(-p)).sum())
