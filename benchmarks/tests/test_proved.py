"""The benchmark's proved search is exact: it finds what exact search finds."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.proved import ProvedIndex
from gallery.index import GalleryIndex


def unit(vectors: np.ndarray) -> np.ndarray:
    """Scale each vector to length 1."""
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize(("noise", "proved"), [(1.0, True), (0.02, False)])
def test_as_exact_as_comparing_all(noise: float, proved: bool) -> None:
    """Codes prove scattered vectors; vectors too alike for their codes are all compared."""
    rng = np.random.default_rng(1)
    middle = rng.standard_normal(32)
    vectors = unit(middle + noise * rng.standard_normal((4000, 32)))
    owners = np.repeat(np.arange(2000), 2)
    queries = unit(middle + noise * rng.standard_normal((6, 32)))
    ours, exact = ProvedIndex(vectors, owners), GalleryIndex.build(vectors, owners)
    for query in queries:
        found, wanted = ours.search(query[None], 5), exact.search(query[None], 5)
        assert [number for number, _ in found] == [number for number, _ in wanted]
        assert np.allclose([score for _, score in found], [score for _, score in wanted])
    assert (ours.unproved == 0) is proved
