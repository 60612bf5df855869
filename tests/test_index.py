"""The index: exact for few vectors, by codes for many; large files checked by spots."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from gallery.checksums import first_damaged, spots_of
from gallery.index import GalleryIndex
from models.checkpoint import file_sha256

DIM, ARTWORKS, EACH = 48, 600, 5


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    """Five vectors of each of 600 artworks: float32 [3000, 48], each of length 1."""
    rng = np.random.default_rng(3)
    centres = np.repeat(rng.normal(size=(ARTWORKS, DIM)), EACH, axis=0)
    drawn = centres + 0.4 * rng.normal(size=centres.shape)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def owners() -> NDArray[np.intp]:
    return np.repeat(np.arange(ARTWORKS), EACH)


def queries_near(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(4)
    chosen = vectors[rng.integers(len(vectors), size=(count, 2))]
    moved = chosen + 0.05 * rng.normal(size=chosen.shape)
    return np.asarray(moved / np.linalg.norm(moved, axis=2, keepdims=True), np.float32)


def by_hand(
    vectors: NDArray[np.float32], owners: NDArray[np.intp], query: NDArray[np.float32], k: int
) -> list[tuple[int, float]]:
    best = np.full(ARTWORKS, -2.0)
    np.maximum.at(best, np.tile(owners, len(query)), (query @ vectors.T).ravel())
    order = np.argsort(-best, kind="stable")[:k]
    return [(int(number), float(best[number])) for number in order]


def test_few_vectors_are_compared_in_full(
    vectors: NDArray[np.float32], owners: NDArray[np.intp]
) -> None:
    index = GalleryIndex.build(vectors, owners)
    assert (index.kind, len(index)) == ("flat", ARTWORKS * EACH)
    for query in queries_near(vectors, 20):
        found, wanted = index.search(query, 10), by_hand(vectors, owners, query, 10)
        assert [number for number, _ in found] == [number for number, _ in wanted]
        assert np.allclose([s for _, s in found], [s for _, s in wanted], atol=1e-5)


def test_many_are_searched_by_codes_and_the_best_in_full(
    tmp_path: Path, vectors: NDArray[np.float32], owners: NDArray[np.intp]
) -> None:
    built = GalleryIndex.build(vectors, owners, exact_up_to=1000)
    assert built.kind == "codes"
    built.save(tmp_path / "index.faiss")
    index = GalleryIndex.load(tmp_path / "index.faiss", EACH)
    assert index.kind == "codes"
    assert "codes" in str(index)
    hits = 0
    for query in queries_near(vectors, 50):
        found, wanted = index.search(query, 10), by_hand(vectors, owners, query, 10)
        exact = dict(by_hand(vectors, owners, query, ARTWORKS))
        assert all(abs(score - exact[number]) < 1e-5 for number, score in found), "not in full"
        hits += len({n for n, _ in found} & {n for n, _ in wanted})
    assert hits / (50 * 10) >= 0.99


def test_the_same_vectors_make_the_same_codes(
    tmp_path: Path, vectors: NDArray[np.float32], owners: NDArray[np.intp]
) -> None:
    for name in ("a", "b"):
        GalleryIndex.build(vectors, owners, exact_up_to=1000).save(tmp_path / name)
    assert file_sha256(tmp_path / "a") == file_sha256(tmp_path / "b")


@pytest.mark.parametrize("place", [0, 500_000, 999_999])
def test_a_large_file_is_checked_by_spots(tmp_path: Path, place: int) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(1_000_000))
    checksums = {"large": file_sha256(path)}
    spots = spots_of(tmp_path, ["large"], whole_up_to=1000)
    assert first_damaged(tmp_path, checksums, spots, thorough=False) is None
    with path.open("r+b") as file:
        file.seek(place)
        file.write(b"x")
    assert first_damaged(tmp_path, checksums, spots, thorough=False) == path
    assert first_damaged(tmp_path, checksums, spots, thorough=True) == path


def test_a_file_cut_short_or_gone_is_found(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(1_000_000))
    checksums = {"large": file_sha256(path)}
    spots = spots_of(tmp_path, ["large"], whole_up_to=1000)
    path.write_bytes(bytes(999_999))
    assert first_damaged(tmp_path, checksums, spots, thorough=False) == path
    path.unlink()
    assert first_damaged(tmp_path, checksums, spots, thorough=False) == path
