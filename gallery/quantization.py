"""Short codes for many embeddings: one bit a number, placed where it tells most."""

from __future__ import annotations

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

_TRAINING = 20_000
"""Vectors that codes are fitted to; more don't make them better."""
_PART = 4
"""Numbers that one code of four bits stands for."""
_LEAST = 1e-6
"""Directions with less than this share of the greatest variance count as having it."""


@dataclass(frozen=True, eq=False)
class OpqCodes:
    """An index of codes, all vectors behind it, while it is filled.

    Embeddings vary far more in some directions than in others, and queries vary as they do. So
    codes are made of principal components, dealt out so that all parts vary alike (parametric OPQ:
    Ge et al., PAMI 2014). Each is first multiplied by the deviation of queries along it, as an
    error counts by that (Guo et al., AISTATS 2016), and queries are divided by it: products stay
    what they were, but vectors and queries are turned by different matrices, one after the other.

    Attributes:
        index: to be filled.
        turn: what it turns vectors by, and after `close` queries.
        asked: float32 [padded, dim], the matrix for queries.
    """

    index: faiss.IndexRefineFlat
    turn: faiss.LinearTransform
    asked: NDArray[np.float32]

    @classmethod
    def fit(cls, embeddings: NDArray[np.float32]) -> OpqCodes:
        """Fit to embeddings, float32 [n, dim], without adding them."""
        count, dim = embeddings.shape
        # A fixed seed: the same photographs make the same gallery.
        rows = np.random.default_rng(0).permutation(count)[:_TRAINING]
        sample = embeddings[np.sort(rows)]
        stored, asked = rotations(sample)
        turn = faiss.LinearTransform(dim, len(stored), False)
        faiss.copy_array_to_vector(stored.ravel(), turn.A)
        turn.is_trained = True
        scan = faiss.IndexPQFastScan(
            len(stored), len(stored) // _PART, 4, faiss.METRIC_INNER_PRODUCT
        )
        index = faiss.IndexRefineFlat(faiss.IndexPreTransform(turn, scan))
        index.train(sample)
        return cls(index, turn, asked)

    def close(self) -> None:
        """Make the index ready for queries; from now on no vectors may be added."""
        faiss.copy_array_to_vector(self.asked.ravel(), self.turn.A)


def rotations(sample: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Find how vectors are turned and stretched before they are coded, and queries.

    Args:
        sample: float32 [n, dim].

    Returns:
        For vectors and for queries, float32 [padded, dim]: rows are directions, part by part;
        padded is `dim` made a multiple of a part's length, by rows of nothing. The transposed
        first times the second is the unit matrix.
    """
    dim = sample.shape[1]
    values, axes = np.linalg.eigh(sample.T.astype(np.float64) @ sample / len(sample))
    values = np.maximum(values[::-1], _LEAST * values[-1])
    deviation = np.sqrt(values)
    parts = -(-dim // _PART)
    stored, asked = np.zeros((2, parts * _PART, dim), np.float32)
    # Weighted by queries' deviation, a direction's own deviation is its variance.
    for row, direction in zip(allocate(values, parts), range(dim), strict=True):
        axis = axes[:, dim - 1 - direction]
        stored[row], asked[row] = axis * deviation[direction], axis / deviation[direction]
    return stored, asked


def allocate(spreads: NDArray[np.float64], parts: int) -> list[int]:
    """Deal directions out to parts, so that the products of each part's spreads are alike.

    Args:
        spreads: float64 [n], falling, above 0.
        parts: how many parts; each takes `_PART` directions at most.

    Returns:
        The row of each direction; rows of a part follow each other.
    """
    heights = np.log(spreads / spreads[-1])
    filled, total = np.zeros(parts, int), np.zeros(parts)
    rows = []
    for height in heights:
        part = int(np.argmin(np.where(filled < _PART, total, np.inf)))
        rows.append(part * _PART + int(filled[part]))
        filled[part] += 1
        total[part] += height
    return rows
