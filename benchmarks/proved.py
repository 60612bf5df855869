"""Exact search by 8-bit codes, with a proof for each query that no nearer vector was left out."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

_SLACK = 1e-5
"""Bound on float32 rounding of products of unit vectors, in any order of summation."""
_EXTRA = 100
"""Vectors compared in full, beyond those that are asked for."""
_SLICE = 20_000


class ProvedIndex:
    """Index of 8-bit codes, with one range for all dimensions, beside the vectors themselves.

    By the Cauchy-Schwarz inequality, the product of a query of length 1 with a coded vector differs
    from the true product by the length of the coding error at most. If the last vector picked by
    codes could not be nearer than the last one asked for, even with that error, then no vector that
    was left out can be. Queries for which this fails are compared with all vectors, so that every
    answer is exact.
    """

    def __init__(self, vectors: NDArray[np.float32], owners: NDArray[np.intp]) -> None:
        """Code vectors, float32 [n, dim] of length 1; `owners`, intp [n], are their artworks."""
        count, dim = vectors.shape
        uniform = faiss.ScalarQuantizer.QT_8bit_uniform
        self.index = faiss.IndexScalarQuantizer(dim, uniform, faiss.METRIC_INNER_PRODUCT)
        self.index.train(vectors)
        self.index.add(vectors)
        self._error = _SLACK + max(
            float(np.linalg.norm(some - self.index.reconstruct_n(start, len(some)), axis=1).max())
            for start in range(0, count, _SLICE)
            for some in [vectors[start : start + _SLICE]]
        )
        self._vectors, self._owners = vectors, owners
        self._per_artwork = int(np.bincount(owners).max())
        self.unproved = 0
        """Number of queries so far that were compared with all vectors."""

    def search(self, queries: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Find the `k` artworks nearest to any of the queries, as `GalleryIndex.search` does."""
        depth = min(len(self._vectors), k * self._per_artwork)
        picked = min(len(self._vectors), depth + _EXTRA)
        coded_scores, rows = self.index.search(queries, picked)
        best: dict[int, float] = {}
        for query, last, picked_rows in zip(queries, coded_scores[:, -1], rows, strict=True):
            scores = self._vectors[picked_rows] @ query
            lowest = np.partition(scores, -depth)[-depth]
            if picked < len(self._vectors) and last + self._error >= lowest:
                self.unproved += 1
                scores, picked_rows = self._vectors @ query, np.arange(len(self._vectors))
            for row in np.argpartition(-scores, depth - 1)[:depth].tolist():
                owner, score = int(self._owners[picked_rows[row]]), float(scores[row])
                best[owner] = max(score, best.get(owner, -2.0))
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
