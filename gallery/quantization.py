"""Short codes for many embeddings: one bit per dimension, spent where embeddings vary most."""

from __future__ import annotations

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

_TRAINING = 20_000
"""Vectors that codes are fitted to; more of them make no better codes."""
_SUBVECTOR = 4
"""Dimensions that one code of four bits stands for."""
_MIN_VARIANCE = 1e-6
"""Least variance of a direction, as a fraction of the greatest; smaller ones are raised to it."""


@dataclass(frozen=True, eq=False)
class OpqCodes:
    """An index of codes with all vectors behind it, while it is being filled.

    Embeddings vary far more in some directions than in others, and queries vary as they do. So
    codes are made of principal components, allocated so that all subvectors vary alike (parametric
    OPQ: Ge et al., PAMI 2014). Each component is first multiplied by the deviation of queries along
    it, because an error counts in proportion to that (Guo et al., AISTATS 2016), and queries are
    divided by it. Products stay the same, but different matrices rotate vectors and queries.

    Attributes:
        index: the index to fill.
        rotation: the rotation of vectors, and after `close` that of queries.
        query_matrix: float32 [padded, dim], the matrix for queries.
    """

    index: faiss.IndexRefineFlat
    rotation: faiss.LinearTransform
    query_matrix: NDArray[np.float32]

    @classmethod
    def fit(cls, embeddings: NDArray[np.float32]) -> OpqCodes:
        """Fit codes to embeddings, float32 [n, dim], without adding these."""
        count, dim = embeddings.shape
        # The seed is fixed, so that the same photographs make the same gallery.
        rows = np.random.default_rng(0).permutation(count)[:_TRAINING]
        sample = embeddings[np.sort(rows)]
        stored, queried = rotations(sample)
        rotation = faiss.LinearTransform(dim, len(stored), False)
        faiss.copy_array_to_vector(stored.ravel(), rotation.A)
        rotation.is_trained = True
        scan = faiss.IndexPQFastScan(
            len(stored), len(stored) // _SUBVECTOR, 4, faiss.METRIC_INNER_PRODUCT
        )
        index = faiss.IndexRefineFlat(faiss.IndexPreTransform(rotation, scan))
        index.train(sample)
        return cls(index, rotation, queried)

    def close(self) -> None:
        """Make the index ready for queries; no vectors may be added after this."""
        faiss.copy_array_to_vector(self.query_matrix.ravel(), self.rotation.A)


def rotations(sample: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute the matrices that rotate and scale vectors before coding, and queries.

    Args:
        sample: float32 [n, dim].

    Returns:
        One matrix for vectors and one for queries, float32 [padded, dim]. Rows are directions,
        subvector by subvector; padded is `dim` rounded up to a multiple of a subvector's length,
        with rows of zeros. The first matrix transposed times the second is the unit matrix.
    """
    dim = sample.shape[1]
    values, axes = np.linalg.eigh(sample.T.astype(np.float64) @ sample / len(sample))
    values = np.maximum(values[::-1], _MIN_VARIANCE * values[-1])
    deviation = np.sqrt(values)
    subvectors = -(-dim // _SUBVECTOR)
    stored, queried = np.zeros((2, subvectors * _SUBVECTOR, dim), np.float32)
    # Weighted by the queries' deviation, a direction's own deviation becomes its variance.
    for row, direction in zip(allocate(values, subvectors), range(dim), strict=True):
        axis = axes[:, dim - 1 - direction]
        stored[row], queried[row] = axis * deviation[direction], axis / deviation[direction]
    return stored, queried


def allocate(variances: NDArray[np.float64], subvectors: int) -> list[int]:
    """Allocate directions to subvectors, so that the products of their variances are alike.

    Args:
        variances: float64 [n], descending, above 0.
        subvectors: number of subvectors; each takes at most `_SUBVECTOR` directions.

    Returns:
        The row of each direction; the rows of a subvector are adjacent.
    """
    logs = np.log(variances / variances[-1])
    filled, total = np.zeros(subvectors, int), np.zeros(subvectors)
    rows = []
    for log in logs:
        chosen = int(np.argmin(np.where(filled < _SUBVECTOR, total, np.inf)))
        rows.append(chosen * _SUBVECTOR + int(filled[chosen]))
        filled[chosen] += 1
        total[chosen] += log
    return rows
