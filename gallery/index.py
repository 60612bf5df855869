"""Search for the artworks nearest to an embedding, with FAISS: by inner product, exact or by codes.

Few vectors are compared one by one. Of many vectors, short codes are scanned (4-bit product
quantisation: Jegou et al., PAMI 2011; scanned in registers: Andre et al., VLDB 2015), and the best
are compared in full. gallery/quantization.py fits the codes. All of it was chosen by measurement:
docs/decisions/0009-search-by-size.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from gallery.manifest import IndexKind
from gallery.quantization import OpqCodes

EXACT_UP_TO = 50_000
"""Most vectors (not artworks: each photograph has three or more) that are all compared in full."""
COMPARED_IN_FULL = 2_000
"""Vectors with the best codes that are compared in full, for each query."""


class GalleryIndex:
    """Embeddings of photographs and their synthetic views, with the artwork of each."""

    def __init__(self, index: Any, vectors_per_artwork: int) -> None:
        """Wrap a FAISS index whose ids are artworks' indices (many vectors have the same id)."""
        self._index = index
        self._per_artwork = vectors_per_artwork
        inner = faiss.downcast_index(index.index)
        self._kind: IndexKind = "codes" if isinstance(inner, faiss.IndexRefineFlat) else "flat"

    @classmethod
    def build(
        cls,
        embeddings: NDArray[np.float32],
        owners: NDArray[np.intp],
        exact_up_to: int = EXACT_UP_TO,
    ) -> GalleryIndex:
        """Index embeddings, by codes if there are many.

        Args:
            embeddings: float32 [n, dim], each of length 1.
            owners: intp [n], the index of each embedding's artwork.
            exact_up_to: most vectors that are searched without codes; at least 16, because codes
                are fitted to as many.
        """
        embeddings = np.ascontiguousarray(embeddings)
        count, dim = embeddings.shape
        codes = None if count <= exact_up_to else OpqCodes.fit(embeddings)
        index = faiss.IndexIDMap(codes.index if codes else faiss.IndexFlatIP(dim))
        index.add_with_ids(embeddings, owners.astype(np.int64))
        if codes:
            codes.close()
        return cls(index, int(np.bincount(owners).max()))

    @classmethod
    def load(cls, path: Path, vectors_per_artwork: int) -> GalleryIndex:
        """Open an index that `save` wrote; its vectors stay memory-mapped on disk, codes do not."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), vectors_per_artwork)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    @property
    def faiss_index(self) -> Any:
        """Return the wrapped FAISS index."""
        return self._index

    @property
    def kind(self) -> IndexKind:
        """Return how it is searched: `flat`, exactly; `codes`, by codes and then in full."""
        return self._kind

    @property
    def vectors_per_artwork(self) -> int:
        """Return the most vectors of any artwork."""
        return self._per_artwork

    def vectors(self) -> NDArray[np.float32]:
        """Return all embeddings in the order in which they were indexed: float32 [n, dim]."""
        inner: Any = faiss.downcast_index(self._index.index)
        stored = faiss.downcast_index(inner.refine_index) if self._kind == "codes" else inner
        return np.asarray(stored.reconstruct_n(0, len(self)))

    @property
    def dim(self) -> int:
        """Return the length of the embeddings."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def __str__(self) -> str:
        how = "all compared in full"
        if self._kind == "codes":
            inner: Any = faiss.downcast_index(self._index.index)
            size = inner.base_index.sa_code_size()
            how = f"by codes of {size} bytes, the best {COMPARED_IN_FULL} in full"
        return f"{self._kind}, {len(self)} vectors, {how}"

    def search(self, queries: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Find the `k` artworks nearest to any of the queries.

        Args:
            queries: float32 [m, dim]: the crops of one frame.
            k: number of artworks.

        Returns:
            (artwork index, best inner product in -1..1), best first, ties by index. The products
            are exact. A search by codes may miss artworks that rank low.
        """
        # The views of one artwork may be the nearest vectors, so search deep enough for k artworks.
        depth = min(len(self), k * self._per_artwork)
        parameters = None
        if self._kind == "codes":
            factor = max(1.0, COMPARED_IN_FULL / depth)
            # FAISS's stubs don't know that its parameter classes take arguments by name.
            make: Any = faiss.IndexRefineSearchParameters
            parameters = make(k_factor=factor)
        scores, owners = self._index.search(np.ascontiguousarray(queries), depth, params=parameters)
        best: dict[int, float] = {}
        for owner, score in zip(owners.ravel().tolist(), scores.ravel().tolist(), strict=True):
            if owner >= 0 and score > best.get(owner, -2.0):
                best[owner] = score
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
