"""Exact search by a byte a number: for each query it is proved that nothing nearer was left out."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

_SLACK = 1e-5
"""Products of unit vectors in float32 differ by less, in whatever order they are summed."""
_MORE = 100
"""Vectors compared in full beyond those that are asked for."""
_SLICE = 20_000


class ProvedIndex:
    """All vectors a byte a number, from 0 to 255 over one range, and the vectors themselves.

    By Cauchy and Schwarz a product with a coded vector is off by the length of its coding error at
    most, for queries of length 1. So where the last vector picked by codes, that much nearer than
    it seems, would still be further away than the last one asked for, no other can be nearer.
    Queries for which that fails are searched one by one, so the answer is exact for all.
    """

    def __init__(self, vectors: NDArray[np.float32], owners: NDArray[np.intp]) -> None:
        """Code vectors, float32 [n, dim] of length 1; `owners` (intp [n]) says of which artwork."""
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
        self._each = int(np.bincount(owners).max())
        self.unproved = 0
        """Queries so far for which all vectors had to be compared."""

    def search(self, queries: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Find the `k` artworks nearest to any of the queries, as `GalleryIndex.search` does."""
        depth = min(len(self._vectors), k * self._each)
        picked = min(len(self._vectors), depth + _MORE)
        seeming, rows = self.index.search(queries, picked)
        best: dict[int, float] = {}
        for query, last, mine in zip(queries, seeming[:, -1], rows, strict=True):
            scores = self._vectors[mine] @ query
            least = np.partition(scores, -depth)[-depth]
            if picked < len(self._vectors) and last + self._error >= least:
                self.unproved += 1
                scores, mine = self._vectors @ query, np.arange(len(self._vectors))
            for row in np.argpartition(-scores, depth - 1)[:depth].tolist():
                owner, score = int(self._owners[mine[row]]), float(scores[row])
                best[owner] = max(score, best.get(owner, -2.0))
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
