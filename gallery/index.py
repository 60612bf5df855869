"""Nearest artworks to an embedding: exact inner product in FAISS."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray


class GalleryIndex:
    """Embeddings of references and views, and which artwork each is of."""

    def __init__(self, index: faiss.Index, vectors_per_artwork: int) -> None:
        """Wrap a FAISS index whose ids are artwork numbers (one id on many vectors)."""
        self._index = index
        self._per_artwork = vectors_per_artwork

    @classmethod
    def build(cls, embeddings: NDArray[np.float32], owners: NDArray[np.intp]) -> GalleryIndex:
        """Index embeddings.

        Args:
            embeddings: float32 [n, dim], each of length 1.
            owners: intp [n], the artwork's number of each.
        """
        index = faiss.IndexIDMap(faiss.IndexFlatIP(embeddings.shape[1]))
        index.add_with_ids(np.ascontiguousarray(embeddings), owners.astype(np.int64))
        return cls(index, int(np.bincount(owners).max()))

    @classmethod
    def load(cls, path: Path, vectors_per_artwork: int) -> GalleryIndex:
        """Read an index that `save` wrote."""
        return cls(faiss.read_index(str(path)), vectors_per_artwork)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    @property
    def vectors_per_artwork(self) -> int:
        """Most vectors that one artwork has."""
        return self._per_artwork

    @property
    def dim(self) -> int:
        """Length of the embeddings."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, queries: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Find the `k` artworks nearest to any of the queries.

        Args:
            queries: float32 [m, dim]: the crops of one frame.
            k: how many artworks.

        Returns:
            (artwork number, best inner product in -1..1), best first; ties by number.
        """
        # One artwork may take every place with its views, so look deep enough for k artworks.
        depth = min(len(self), k * self._per_artwork)
        scores, numbers = self._index.search(np.ascontiguousarray(queries), depth)
        best: dict[int, float] = {}
        for number, score in zip(numbers.ravel().tolist(), scores.ravel().tolist(), strict=True):
            if number >= 0 and score > best.get(number, -2.0):
                best[number] = score
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
