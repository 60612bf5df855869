"""An index of RootSIFT features: each feature of a frame votes for the artworks it resembles.

An artwork that is half hidden, off centre or in glare is far from its embedding, but its visible
corners still look the same. The weight of a vote is how much nearer the artwork's feature is than
other features (the ratio of Lowe, IJCV 2004, section 7.1). A vote also gives the artwork's pose:
only votes for about the same pose are added up (section 7.3 there; vision.hough).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from common.arrays import load_array
from vision.features import LocalFeatures
from vision.hough import MIN_WEIGHT, pair_weights, pose_offsets, poses

FEATURE_INDEX_FILES = ("landmarks.faiss", "landmarks.npy")
PER_PHOTOGRAPH = 500
"""Strongest features of a photograph that are indexed, in a gallery of up to 3,000 photographs."""
MAX_FEATURES = 1_500_000
"""Most features in all: 240 MB on disk."""
ReadFeatures = Callable[[int, int], LocalFeatures]
OnAdded = Callable[[int], None]
_SAMPLE = 400
"""Photographs whose features the lists are fitted to; more of them make no better lists."""
_BATCH = 64
"""Photographs that are added at a time."""
_NEIGHBOURS = 4
_BEYOND = 1.3
"""Assumed squared distance of the nearest other artwork, as a multiple of the last neighbour's."""
_LISTS_FROM = 4000
"""Fewest features that are sorted into lists, of which a search reads a few."""
_PROBES = 8
_CELL = 0.3
"""Width of the cells in which centres are counted together, in sides of the artwork."""
_ENTRY = np.dtype([("owner", np.int32), ("whole", np.float32, (4,))])


class FeatureIndex:
    """The strongest RootSIFT features of a gallery, with their artworks and poses."""

    def __init__(self, index: faiss.Index, entries: NDArray[np.void]) -> None:
        """Wrap a FAISS index and the entry of each of its vectors, in the same order."""
        self._index = index
        self._entries = entries

    @classmethod
    def build(
        cls, owners: Sequence[int], read: ReadFeatures, on_added: OnAdded = lambda _: None
    ) -> FeatureIndex:
        """Index features; of a large gallery only a sample is in memory at any time.

        Args:
            owners: for each photograph, its artwork's index.
            read: called with the photograph's place in `owners` and the most features wanted;
                returns its strongest RootSIFT features.
            on_added: called with the number of photographs added so far.
        """
        limit = _per_photograph(len(owners))
        sample = np.unique(np.linspace(0, len(owners) - 1, _SAMPLE).astype(int)).tolist()
        found = [_vectors(read(place, limit), limit) for place in sample if len(owners)]
        vectors = np.concatenate([*found, np.zeros((0, 128), np.float32)])
        index = _empty(len(vectors) * len(owners) // max(1, len(sample)))
        if len(vectors):
            index.train(vectors)
        del found, vectors
        built = cls(index, np.zeros(0, _ENTRY))
        built._add(list(enumerate(owners)), read, limit, on_added)
        return built

    @classmethod
    def extended(
        cls,
        folder: Path,
        moved: NDArray[np.int32],
        photographs: Sequence[tuple[int, int]],
        read: ReadFeatures,
        references: int,
    ) -> FeatureIndex | None:
        """Return the index in a folder with some artworks removed and others added.

        Args:
            folder: of the last version.
            moved: int32 [artworks of the last version], each one's new index, or -1: removed.
            photographs: (place, artwork's new index) of each photograph to add.
            read: as for `build`.
            references: number of photographs that the index was built for.

        Returns:
            The index, in memory; None if it is so small that it must be built anew.
        """
        vectors, entries = (folder / name for name in FEATURE_INDEX_FILES)
        index = faiss.read_index(str(vectors))
        if not isinstance(index, faiss.IndexIVF):
            return None
        kept = load_array(entries)
        present = kept["owner"] >= 0
        kept["owner"][present] = moved[kept["owner"][present]]
        removed = np.flatnonzero(present & (kept["owner"] < 0))
        if len(removed):
            index.remove_ids(faiss.IDSelectorBatch(removed))
        extended = cls(index, kept)
        extended._add(photographs, read, _per_photograph(references))
        return extended

    def _add(
        self,
        photographs: Sequence[tuple[int, int]],
        read: ReadFeatures,
        limit: int,
        on_added: OnAdded = lambda _: None,
    ) -> None:
        """Add photographs, given as (place, artwork's index), in batches."""
        all_entries, first = [self._entries], len(self._entries)
        for start in range(0, len(photographs), _BATCH):
            batch = photographs[start : start + _BATCH]
            vectors, entries = [], []
            for place, artwork in batch:
                features = read(place, limit)
                vectors.append(_vectors(features, limit))
                new = np.zeros(len(vectors[-1]), _ENTRY)
                new["owner"], new["whole"] = artwork, pose_offsets(features)[:limit]
                entries.append(new)
            added = np.concatenate(vectors)
            if isinstance(self._index, faiss.IndexIVF):
                # Rows of removed artworks stay in `entries`, so FAISS's own count isn't the row.
                self._index.add_with_ids(added, np.arange(first, first + len(added)))
            else:
                self._index.add(added)
            first += len(added)
            all_entries += entries
            on_added(start + len(batch))
        self._entries = np.concatenate(all_entries)

    @classmethod
    def load(cls, folder: Path) -> FeatureIndex:
        """Open an index that `save` wrote; it stays on disk, memory-mapped."""
        vectors, entries = (folder / name for name in FEATURE_INDEX_FILES)
        return cls(
            faiss.read_index(str(vectors), faiss.IO_FLAG_MMAP_IFC),
            load_array(entries, "r"),
        )

    def save(self, folder: Path) -> None:
        """Write the index as two files into a gallery's folder."""
        vectors, entries = (folder / name for name in FEATURE_INDEX_FILES)
        faiss.write_index(self._index, str(vectors))
        np.save(entries, self._entries)

    @property
    def in_lists(self) -> bool:
        """Whether a search reads only a part of the features."""
        return isinstance(self._index, faiss.IndexIVF)

    def __len__(self) -> int:
        return len(self._entries)

    def search(self, frame: LocalFeatures, count: int) -> list[int]:
        """Find the artworks with the most votes of a frame's features for one pose.

        Args:
            frame: RootSIFT features.
            count: most artworks to return.

        Returns:
            Indices of artworks with any vote, most votes first, ties by index.
        """
        if not len(frame) or not len(self):
            return []
        vectors = np.ascontiguousarray(frame.descriptors, np.float32)
        squared, found = self._index.search(vectors, _NEIGHBOURS)
        owners = np.where(found >= 0, self._entries["owner"][found], -1)
        weights = _vote_weights(squared.astype(np.float64), owners)
        voting, nth = np.nonzero(weights > MIN_WEIGHT)
        entries = self._entries[found[voting, nth]]
        centres, possible = poses(frame, voting, entries["whole"])
        votes = _strongest_poses(
            entries["owner"][possible], centres[possible], weights[voting, nth][possible]
        )
        ranked = np.argsort(-votes, kind="stable")[:count]
        return [int(artwork) for artwork in ranked if votes[artwork] > 0]


def _vote_weights(squared: NDArray[np.float64], owners: NDArray[np.int32]) -> NDArray[np.float64]:
    """Weigh each neighbour, 0..1, against the last one, which stands for a chance resemblance.

    Args:
        squared: float64 [n, k], squared distances, ascending.
        owners: int32 [n, k], artworks of the neighbours; -1 if there are fewer.

    Returns:
        float64 [n, k].
    """
    # If the last neighbour is of the same artwork (it has several photographs, or repeats itself),
    # the nearest feature of another artwork is further away than the last.
    same = owners == owners[:, -1:]
    last = np.where(same, _BEYOND * squared[:, -1:], squared[:, -1:])
    weights = pair_weights(squared, last)
    few = owners[:, -1] < 0
    weights[few] = 1 - np.sqrt(1 / _BEYOND)
    weights[:, -1] = 0
    return np.where(owners >= 0, weights, 0)


def _strongest_poses(
    owners: NDArray[np.int32], centres: NDArray[np.float32], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add up votes for about the same pose, and take each artwork's strongest pose.

    Cells overlap by half in centre and size, or votes for one pose would be split at a border.

    Args:
        owners: int32 [n], the artwork of each vote.
        centres: float32 [n, 3], centre x and y, and side, of the artwork in pixels.
        weights: float64 [n], the weight of each vote.

    Returns:
        float64 [largest owner + 1]: votes of each artwork by index.
    """
    strongest = np.zeros(int(owners.max(initial=-1)) + 1)
    octave = np.log2(centres[:, 2])
    for shift, right, down in product((0.0, 0.5), repeat=3):
        size = np.floor(octave + shift)
        cell = _CELL * 2 ** (size + 0.5 - shift)
        columns = np.floor(centres[:, 0] / cell + right)
        rows = np.floor(centres[:, 1] / cell + down)
        keys = np.column_stack([owners, size, columns, rows]).astype(np.int64)
        # No overflow: cells are at least 15 pixels wide, artworks fewer than 10 million.
        keys[:, 2:] += 512
        packed = ((keys[:, 0] * 64 + keys[:, 1]) * 1024 + keys[:, 2]) * 1024 + keys[:, 3]
        _, first, group = np.unique(packed, return_index=True, return_inverse=True)
        np.maximum.at(strongest, owners[first], np.bincount(group, weights=weights))
    return strongest


def _per_photograph(photographs: int) -> int:
    """Return how many features of each photograph are indexed in a gallery of so many."""
    return min(PER_PHOTOGRAPH, max(1, MAX_FEATURES // max(1, photographs)))


def _vectors(features: LocalFeatures, limit: int) -> NDArray[np.float32]:
    """Return the descriptors of the strongest features as FAISS takes them: float32 [n, 128]."""
    return np.asarray(features.descriptors[:limit], np.float32)


def _empty(count: int) -> faiss.Index:
    """Make an empty index for `count` features; large ones store one byte per value."""
    if count < _LISTS_FROM:
        return faiss.IndexFlatL2(128)
    quantizer = faiss.IndexFlatL2(128)
    lists = int(2 ** np.floor(np.log2(np.sqrt(count))))
    index = faiss.IndexIVFScalarQuantizer(quantizer, 128, lists, faiss.ScalarQuantizer.QT_8bit)
    index.nprobe = _PROBES
    return index
