"""Which artworks share finer features with a frame? Each feature votes for the one it looks like.

An artwork that is half hidden, off centre or in glare is nowhere near its embedding, but its
visible corners still look like themselves. Votes are weighed by how much nearer the artwork's
feature is than any other artwork's (the ratio of Lowe, IJCV 2004, section 7.1).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from gallery.features import LocalFeatures

EACH = 300
"""Strongest features of a photograph that are voted with, in a gallery of up to 5,000."""
MOST = 1_500_000
"""Features in all: 200 MB on disk."""
_VOTING = 2000
_NEIGHBOURS = 4
_RATIO = 0.9
_BEYOND = 1.3
_LISTS_FROM = 4000
"""Features from which on they are sorted into lists, of which a few are searched."""
_PROBES = 8


class Landmarks:
    """The strongest finer features of a gallery, and whose they are."""

    def __init__(self, index: faiss.Index) -> None:
        """Wrap a FAISS index whose ids are artwork numbers (one id on many vectors)."""
        self._index = index

    @classmethod
    def build(cls, photographs: Iterable[tuple[int, LocalFeatures]], count: int) -> Landmarks:
        """Index features.

        Args:
            photographs: an artwork's number, and the finer features of a photograph of it.
            count: how many photographs there are.
        """
        each = min(EACH, max(1, MOST // max(1, count)))
        owners: list[NDArray[np.int64]] = []
        descriptors = [np.zeros((0, 128), np.uint8)]
        for number, features in photographs:
            descriptors.append(np.asarray(features.descriptors[:each], np.uint8))
            owners.append(np.full(len(descriptors[-1]), number, np.int64))
        vectors = np.concatenate(descriptors).astype(np.float32)
        index = _empty(len(vectors))
        if len(vectors):
            index.train(vectors)
            index.add_with_ids(vectors, np.concatenate(owners))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> Landmarks:
        """Open what `save` wrote; it stays on disk, memory-mapped."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, path: Path) -> None:
        """Write to a file."""
        faiss.write_index(self._index, str(path))

    @property
    def in_lists(self) -> bool:
        """Whether a search looks at a part of the features only."""
        return isinstance(self._index, faiss.IndexIVF)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, frame: LocalFeatures, count: int) -> list[int]:
        """Find the artworks that most features of a frame look like.

        Args:
            frame: finer features, the strongest first.
            count: at most so many.

        Returns:
            Numbers of artworks with any vote, most votes first, ties by number.
        """
        if not len(frame) or not len(self):
            return []
        vectors = np.ascontiguousarray(frame.descriptors[:_VOTING], np.float32)
        squared, owners = self._index.search(vectors, _NEIGHBOURS)
        squared = np.where(owners >= 0, squared, np.inf)
        nearest, mine = squared[:, 0], owners[:, 0]
        others = np.where(owners != mine[:, None], squared, np.inf).min(axis=1)
        # Where all neighbours are of one artwork (it has several photographs, or repeats itself),
        # another's is further than the last.
        others = np.where(np.isinf(others), _BEYOND * squared[:, -1], others)
        passed = (mine >= 0) & (nearest < _RATIO**2 * others)
        ratio = np.sqrt(nearest[passed] / np.maximum(others[passed], 1e-9))
        votes = np.bincount(mine[passed], weights=1 - ratio)
        ranked = np.argsort(-votes, kind="stable")[:count]
        return [int(number) for number in ranked if votes[number] > 0]


def _empty(count: int) -> faiss.Index:
    """Make an index for `count` features, a byte a value."""
    if count < _LISTS_FROM:
        return faiss.IndexIDMap(faiss.IndexFlatL2(128))
    quantizer = faiss.IndexFlatL2(128)
    lists = int(2 ** np.floor(np.log2(np.sqrt(count))))
    index = faiss.IndexIVFScalarQuantizer(quantizer, 128, lists, faiss.ScalarQuantizer.QT_8bit)
    index.nprobe = _PROBES
    return index
