"""How sure a share is that was counted: exact binomial bounds (Clopper and Pearson, 1934)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np


def interval(hits: int, of: int, sure: float = 0.95) -> tuple[float, float]:
    """Two-sided Clopper-Pearson interval of a share.

    Args:
        hits: how often it happened.
        of: out of how many.
        sure: confidence, 0..1.

    Returns:
        Lower and upper bound, 0..1; (0, 1) where nothing was counted.
    """
    tail = (1 - sure) / 2
    return _lower(hits, of, tail), _upper(hits, of, tail)


def at_most(hits: int, of: int, sure: float = 0.95) -> float:
    """One-sided upper bound of a share.

    With no hit it is 1 - (1 - sure) ** (1 / of): about 3 / of, the rule of three.
    """
    return _upper(hits, of, 1 - sure)


def _upper(hits: int, of: int, tail: float) -> float:
    if hits >= of:
        return 1.0
    chance = _at_most_hits(hits, of)
    return _solve(lambda p: chance(p) - tail)


def _lower(hits: int, of: int, tail: float) -> float:
    if hits <= 0:
        return 0.0
    chance = _at_most_hits(hits - 1, of)
    return _solve(lambda p: tail - (1 - chance(p)))


def _solve(falling: Callable[[float], float]) -> float:
    """Find where a falling function of a share is zero; `_lower` hands in a rising one, negated."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if falling(middle) > 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _at_most_hits(hits: int, of: int) -> Callable[[float], float]:
    """Chance of at most `hits` out of `of`, by the chance p of each, 0 < p < 1."""
    k = np.arange(hits + 1)
    lgamma = np.vectorize(math.lgamma, otypes=[float])
    ways = math.lgamma(of + 1) - lgamma(k + 1) - lgamma(of - k + 1)
    return lambda p: float(np.exp(ways + k * math.log(p) + (of - k) * math.log1p(-p)).sum())
