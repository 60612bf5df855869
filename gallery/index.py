"""Nearest artworks to an embedding, in FAISS: by inner product, exact or by codes.

Few vectors are compared one by one. Of many, short codes are scanned (4-bit product quantisation:
Jegou et al., PAMI 2011; scanned in registers: Andre et al., VLDB 2015), and the most promising
compared in full. How codes are fitted is in gallery/codes.py. All was chosen by measurement:
docs/decisions/0009-search-by-size.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import faiss
import numpy as np
from numpy.typing import NDArray

from gallery.quantization import OpqCodes

EXACT_UP_TO = 50_000
"""Vectors (not artworks: each photograph has eleven) up to which all are compared in full."""
COMPARED_IN_FULL = 2_000
"""Vectors of the best codes that are compared in full, for each query."""

IndexKind = Literal["flat", "codes"]


class GalleryIndex:
    """Embeddings of references and views, and which artwork each is of."""

    def __init__(self, index: Any, vectors_per_artwork: int) -> None:
        """Wrap a FAISS index whose ids are artwork numbers (one id on many vectors)."""
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
        """Index embeddings; their number decides how.

        Args:
            embeddings: float32 [n, dim], each of length 1.
            owners: intp [n], the artwork's number of each.
            exact_up_to: most vectors that are searched without codes; at least 16, which codes
                are fitted to.
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
        """Open an index that `save` wrote; its vectors stay on disk, memory-mapped, codes don't."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), vectors_per_artwork)

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        faiss.write_index(self._index, str(path))

    @property
    def faiss_index(self) -> Any:
        """What FAISS searches."""
        return self._index

    @property
    def kind(self) -> IndexKind:
        """How it is searched: `flat`, exactly; `codes`, by codes and then in full."""
        return self._kind

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
            k: how many artworks.

        Returns:
            (artwork number, best inner product in -1..1), best first; ties by number. The products
            are exact; by codes, artworks that come far down may be missed.
        """
        # One artwork may take every place with its views, so look deep enough for k artworks.
        depth = min(len(self), k * self._per_artwork)
        wider = None
        if self._kind == "codes":
            factor = max(1.0, COMPARED_IN_FULL / depth)
            # The stubs don't know that FAISS's classes of settings take them by name.
            make: Any = faiss.IndexRefineSearchParameters
            wider = make(k_factor=factor)
        scores, numbers = self._index.search(np.ascontiguousarray(queries), depth, params=wider)
        best: dict[int, float] = {}
        for number, score in zip(numbers.ravel().tolist(), scores.ravel().tolist(), strict=True):
            if number >= 0 and score > best.get(number, -2.0):
                best[number] = score
        return sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
