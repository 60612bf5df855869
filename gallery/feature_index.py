"""Which artworks share finer features with a frame? Each feature votes for those it looks like.

An artwork that is half hidden, off centre or in glare is nowhere near its embedding, but its
visible corners still look like themselves. A vote weighs how much nearer the artwork's feature is
than others (the ratio of Lowe, IJCV 2004, section 7.1), and says where the artwork would be: only
votes that say the same count together (section 7.3 there; gallery.placing).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from vision.features import LocalFeatures
from vision.hough import MIN_WEIGHT, pair_weights, pose_offsets, poses

FEATURE_INDEX_FILES = ("landmarks.faiss", "landmarks.npy")
EACH = 500
"""Strongest features of a photograph that are voted with, in a gallery of up to 3,000."""
MOST = 1_500_000
"""Features in all: 240 MB on disk."""
_NEIGHBOURS = 4
_BEYOND = 1.3
_LISTS_FROM = 4000
"""Features from which on they are sorted into lists, of which a few are searched."""
_PROBES = 8
_CELL = 0.3
"""Width of the cells in which centres count together, in sides of the artwork."""
_LANDMARK = np.dtype([("owner", np.int32), ("whole", np.float32, (4,))])


class FeatureIndex:
    """The strongest finer features of a gallery: whose they are, and where in the picture."""

    def __init__(self, index: faiss.Index, marks: NDArray[np.void]) -> None:
        """Wrap a FAISS index and what is known of each of its vectors, in the same order."""
        self._index = index
        self._marks = marks

    @classmethod
    def build(cls, photographs: Iterable[tuple[int, LocalFeatures]], count: int) -> FeatureIndex:
        """Index features.

        Args:
            photographs: an artwork's number, and the finer features of a photograph of it.
            count: how many photographs there are.
        """
        each = min(EACH, max(1, MOST // max(1, count)))
        descriptors = [np.zeros((0, 128), np.uint8)]
        marks = [np.zeros(0, _LANDMARK)]
        for number, features in photographs:
            descriptors.append(np.asarray(features.descriptors[:each], np.uint8))
            mine = np.zeros(len(descriptors[-1]), _LANDMARK)
            mine["owner"], mine["whole"] = number, pose_offsets(features)[:each]
            marks.append(mine)
        vectors = np.concatenate(descriptors).astype(np.float32)
        index = _empty(len(vectors))
        if len(vectors):
            index.train(vectors)
            index.add(vectors)
        return cls(index, np.concatenate(marks))

    @classmethod
    def load(cls, folder: Path) -> FeatureIndex:
        """Open what `save` wrote; it stays on disk, memory-mapped."""
        vectors, marks = (folder / name for name in FEATURE_INDEX_FILES)
        return cls(
            faiss.read_index(str(vectors), faiss.IO_FLAG_MMAP_IFC),
            np.load(marks, mmap_mode="r", allow_pickle=False),
        )

    def save(self, folder: Path) -> None:
        """Write to two files in a gallery's folder."""
        vectors, marks = (folder / name for name in FEATURE_INDEX_FILES)
        faiss.write_index(self._index, str(vectors))
        np.save(marks, self._marks)

    @property
    def in_lists(self) -> bool:
        """Whether a search looks at a part of the features only."""
        return isinstance(self._index, faiss.IndexIVF)

    def __len__(self) -> int:
        return len(self._marks)

    def search(self, frame: LocalFeatures, count: int) -> list[int]:
        """Find the artworks that most features of a frame look like, all in one place.

        Args:
            frame: finer features.
            count: at most so many.

        Returns:
            Numbers of artworks with any vote, most votes first, ties by number.
        """
        if not len(frame) or not len(self):
            return []
        vectors = np.ascontiguousarray(frame.descriptors, np.float32)
        squared, found = self._index.search(vectors, _NEIGHBOURS)
        owners = np.where(found >= 0, self._marks["owner"][found], -1)
        weights = _weights(squared.astype(np.float64), owners)
        voting, nth = np.nonzero(weights > MIN_WEIGHT)
        marks = self._marks[found[voting, nth]]
        places, possible = poses(frame, voting, marks["whole"])
        votes = _strongest_places(
            marks["owner"][possible], places[possible], weights[voting, nth][possible]
        )
        ranked = np.argsort(-votes, kind="stable")[:count]
        return [int(number) for number in ranked if votes[number] > 0]


def _weights(squared: NDArray[np.float64], owners: NDArray[np.int32]) -> NDArray[np.float64]:
    """Weigh each neighbour, 0..1, against the last one, which stands for what is alike by chance.

    Args:
        squared: float64 [n, k], squared distances, rising.
        owners: int32 [n, k], whose the neighbours are; -1 where there are fewer.
    """
    # Where the last is of the same artwork (it has several photographs, or repeats itself),
    # another's is further than the last.
    same = owners == owners[:, -1:]
    last = np.where(same, _BEYOND * squared[:, -1:], squared[:, -1:])
    weights = pair_weights(squared, last)
    few = owners[:, -1] < 0
    weights[few] = 1 - np.sqrt(1 / _BEYOND)
    weights[:, -1] = 0
    return np.where(owners >= 0, weights, 0)


def _strongest_places(
    owners: NDArray[np.int32], places: NDArray[np.float32], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add up votes that say about the same place, and take each artwork's strongest place.

    Cells overlap by half in centre and size, or votes for one place would fall apart at a border.

    Args:
        owners: int32 [n], for whom.
        places: float32 [n, 3], centre and side of the artwork, pixels.
        weights: float64 [n].

    Returns:
        float64 [most owners]: votes of each artwork by number.
    """
    strongest = np.zeros(int(owners.max(initial=-1)) + 1)
    octave = np.log2(places[:, 2])
    for shift, right, down in product((0.0, 0.5), repeat=3):
        size = np.floor(octave + shift)
        cell = _CELL * 2 ** (size + 0.5 - shift)
        columns = np.floor(places[:, 0] / cell + right)
        rows = np.floor(places[:, 1] / cell + down)
        keys = np.column_stack([owners, size, columns, rows]).astype(np.int64)
        # Far from overflowing: cells are at least 15 pixels, artworks fewer than 10 million.
        keys[:, 2:] += 512
        packed = ((keys[:, 0] * 64 + keys[:, 1]) * 1024 + keys[:, 2]) * 1024 + keys[:, 3]
        _, first, place = np.unique(packed, return_index=True, return_inverse=True)
        np.maximum.at(strongest, owners[first], np.bincount(place, weights=weights))
    return strongest


def _empty(count: int) -> faiss.Index:
    """Make an index for `count` features, a byte a value."""
    if count < _LISTS_FROM:
        return faiss.IndexFlatL2(128)
    quantizer = faiss.IndexFlatL2(128)
    lists = int(2 ** np.floor(np.log2(np.sqrt(count))))
    index = faiss.IndexIVFScalarQuantizer(quantizer, 128, lists, faiss.ScalarQuantizer.QT_8bit)
    index.nprobe = _PROBES
    return index
