"""The index: exact for few vectors, by codes for many; large files are checked by spots."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
import pytest
from numpy.typing import NDArray

from common.files import file_sha256
from gallery import index as gallery_index
from gallery.checksums import first_damaged, spots_of
from gallery.index import GalleryIndex
from gallery.quantization import allocate, rotations

DIM, ARTWORKS, PER_ARTWORK = 48, 600, 5


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    """Five vectors of each of 600 artworks: float32 [3000, 48], each of length 1."""
    rng = np.random.default_rng(3)
    centres = np.repeat(rng.normal(size=(ARTWORKS, DIM)), PER_ARTWORK, axis=0)
    drawn = centres + 0.4 * rng.normal(size=centres.shape)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module")
def owners() -> NDArray[np.intp]:
    return np.repeat(np.arange(ARTWORKS), PER_ARTWORK)


def queries_near(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(4)
    chosen = vectors[rng.integers(len(vectors), size=(count, 2))]
    moved = chosen + 0.05 * rng.normal(size=chosen.shape)
    return np.asarray(moved / np.linalg.norm(moved, axis=2, keepdims=True), np.float32)


def brute_force(
    vectors: NDArray[np.float32], owners: NDArray[np.intp], query: NDArray[np.float32], k: int
) -> list[tuple[int, float]]:
    best = np.full(ARTWORKS, -2.0)
    np.maximum.at(best, np.tile(owners, len(query)), (query @ vectors.T).ravel())
    order = np.argsort(-best, kind="stable")[:k]
    return [(int(index), float(best[index])) for index in order]


def test_few_vectors_are_compared_in_full(
    vectors: NDArray[np.float32], owners: NDArray[np.intp]
) -> None:
    index = GalleryIndex.build(vectors, owners)
    assert (index.kind, len(index)) == ("flat", ARTWORKS * PER_ARTWORK)
    for query in queries_near(vectors, 20):
        found, wanted = index.search(query, 10), brute_force(vectors, owners, query, 10)
        assert [artwork for artwork, _ in found] == [artwork for artwork, _ in wanted]
        assert np.allclose([s for _, s in found], [s for _, s in wanted], atol=1e-5)


def test_many_are_searched_by_codes_and_the_best_in_full(
    tmp_path: Path, vectors: NDArray[np.float32], owners: NDArray[np.intp]
) -> None:
    built = GalleryIndex.build(vectors, owners, exact_up_to=1000)
    assert built.kind == "codes"
    built.save(tmp_path / "index.faiss")
    index = GalleryIndex.load(tmp_path / "index.faiss", PER_ARTWORK)
    assert index.kind == "codes"
    assert str(index) == "codes, 3000 vectors, by codes of 6 bytes, the best 2000 in full"
    hits = 0
    for query in queries_near(vectors, 50):
        found, wanted = index.search(query, 10), brute_force(vectors, owners, query, 10)
        exact = dict(brute_force(vectors, owners, query, ARTWORKS))
        assert all(abs(score - exact[artwork]) < 1e-5 for artwork, score in found), "not in full"
        hits += len({n for n, _ in found} & {n for n, _ in wanted})
    assert hits / (50 * 10) >= 0.99


def test_the_same_vectors_make_the_same_codes(
    tmp_path: Path, vectors: NDArray[np.float32], owners: NDArray[np.intp]
) -> None:
    for name in ("a", "b"):
        GalleryIndex.build(vectors, owners, exact_up_to=1000).save(tmp_path / name)
    assert file_sha256(tmp_path / "a") == file_sha256(tmp_path / "b")


def uneven(count: int, dim: int, seed: int) -> NDArray[np.float32]:
    """Vectors whose directions differ in variance as those of embeddings do: float32 [n, dim]."""
    axes = np.linalg.qr(np.random.default_rng(5).normal(size=(dim, dim)))[0]
    drawn = np.random.default_rng(seed).normal(size=(count, dim)) * 0.97 ** np.arange(dim) @ axes
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def recall_at_10(index: GalleryIndex, vectors: NDArray[np.float32]) -> float:
    queries = uneven(200, vectors.shape[1], 7)
    wanted = np.argsort(-(queries @ vectors.T), axis=1)[:, :10]
    hits = 0
    for query, best in zip(queries, wanted, strict=True):
        found = index.search(query[None], 20)[:10]
        hits += len({artwork for artwork, _ in found} & {*best.tolist()})
    return hits / wanted.size


@pytest.mark.parametrize("dim", [128, 126])
def test_codes_miss_few_of_the_nearest_vectors(monkeypatch: pytest.MonkeyPatch, dim: int) -> None:
    monkeypatch.setattr(gallery_index, "COMPARED_IN_FULL", 200)
    drawn = uneven(20_000, dim, 6)
    index = GalleryIndex.build(drawn, np.arange(len(drawn)), exact_up_to=1000)
    assert "codes of 16 bytes" in str(index)
    assert recall_at_10(index, drawn) >= 0.99


def test_codes_miss_fewer_than_plain_ones_of_the_same_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gallery_index, "COMPARED_IN_FULL", 50)
    drawn = uneven(20_000, 128, 6)
    owners = np.arange(len(drawn))
    plain = faiss.IndexIDMap(faiss.index_factory(128, "PQ32x4fs,RFlat", faiss.METRIC_INNER_PRODUCT))
    plain.train(drawn)
    plain.add_with_ids(drawn, owners)
    missed = 1 - recall_at_10(GalleryIndex.build(drawn, owners, exact_up_to=1000), drawn)
    assert missed < 0.7 * (1 - recall_at_10(GalleryIndex(plain, 1), drawn))


def test_rotating_vectors_and_queries_keeps_their_products() -> None:
    flat = np.zeros((500, 10), np.float32)
    flat[:, :9] = uneven(500, 9, 8)  # a direction in which nothing varies
    stored, queried = rotations(flat)
    assert stored.shape == queried.shape == (12, 10)
    assert np.allclose(stored.T @ queried, np.eye(10), atol=1e-4)


def test_directions_are_allocated_evenly() -> None:
    variances = 0.9 ** np.arange(32.0)
    rows = allocate(variances, 8)
    assert sorted(rows) == list(range(32))
    parts = np.zeros(8)
    np.add.at(parts, np.array(rows) // 4, np.log(variances))
    assert np.ptp(parts) < 0.02 * abs(parts.mean())


def test_codes_of_older_galleries_are_searched(
    tmp_path: Path, vectors: NDArray[np.float32], owners: NDArray[np.intp]
) -> None:
    factory = f"PQ{DIM // 2}x4fs,RFlat"
    older = faiss.IndexIDMap(faiss.index_factory(DIM, factory, faiss.METRIC_INNER_PRODUCT))
    older.train(vectors)
    older.add_with_ids(vectors, owners.astype(np.int64))
    faiss.write_index(older, str(tmp_path / "index.faiss"))
    index = GalleryIndex.load(tmp_path / "index.faiss", PER_ARTWORK)
    assert index.kind == "codes"
    assert "codes of 12 bytes" in str(index)
    for query in queries_near(vectors, 20):
        found, wanted = index.search(query, 10), brute_force(vectors, owners, query, 10)
        assert found[0][0] == wanted[0][0]
        assert abs(found[0][1] - wanted[0][1]) < 1e-5


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


def test_a_truncated_or_missing_file_is_found(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(1_000_000))
    checksums = {"large": file_sha256(path)}
    spots = spots_of(tmp_path, ["large"], whole_up_to=1000)
    path.write_bytes(bytes(999_999))
    assert first_damaged(tmp_path, checksums, spots, thorough=False) == path
    path.unlink()
    assert first_damaged(tmp_path, checksums, spots, thorough=False) == path
