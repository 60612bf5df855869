"""Search by number of artworks: recall, memory and time of FAISS's kinds of index, and of ours.

FAISS's exact search is compared with HNSW, IVF and product quantisation, with 8-bit codes and a
proof, and with the index that a gallery selects by itself. A search is that of one frame, two crops
in one call, as in use; both indexes of a ratio are timed in turns. Vectors are drawn, not real:
artworks are normal, with the covariance between the artworks of an enrolled gallery; views and
queries are normal around them, with the covariance of its references and synthetic views.

    python -m benchmarks.search [GALLERY] [--sizes 1000,10000,100000]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.proved import ProvedIndex
from gallery.index import GalleryIndex
from settings import REPOSITORY

Vectors = NDArray[np.float32]
ASKED = 20
"""Number of artworks that a search returns, as in recognition."""
TOP = 10
CROPS = 2
GOAL = 0.99
TIMED = 20
"""Number of frames that are timed; all frames count for recall."""
_SLICE = 20_000
DEMO = REPOSITORY / ".cache" / "galleries" / "demo"
HEADINGS = (
    "index", "set to", "recall at 10", "built, s", "MB", "ms a frame", "ms a crop", "of exact",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Drawn:
    """A drawn gallery and queries.

    Attributes:
        vectors: float32 [n, dim].
        owners: intp [n], the artwork of each vector.
        frames: float32 [frames, 2, dim], the queries: two crops of each frame.
    """

    vectors: Vectors
    owners: NDArray[np.intp]
    frames: Vectors

    @property
    def per_artwork(self) -> int:
        """Number of vectors of each artwork."""
        return int(np.bincount(self.owners).max())


@dataclass(frozen=True)
class Kind:
    """A kind of index: its name for FAISS, and settings; the first to meet `GOAL` is used."""

    name: str
    factory: Callable[[int, int], str]
    settings: tuple[str, ...] = ("",)


class SearchIndex(Protocol):
    """An index that finds artworks as a gallery's index does."""

    def search(self, queries: Vectors, k: int) -> list[tuple[int, float]]:
        """Find the `k` artworks nearest to any of the queries, best first."""


class SlowError(Exception):
    """An index takes too long to build."""


def lists(vectors: int) -> int:
    """Return the usual number of an IVF's lists: 4 sqrt(n), rounded to a power of two."""
    return int(2 ** np.round(np.log2(4 * np.sqrt(vectors))))


_PROBES = tuple(f"nprobe={probes}" for probes in (4, 16, 64, 256, 1024))
KINDS = (
    Kind("Flat fp16", lambda n, d: "SQfp16"),
    Kind("Flat 8 bit", lambda n, d: "SQ8"),
    Kind("HNSW", lambda n, d: "HNSW32,Flat", tuple(f"efSearch={e}" for e in (64, 256, 1024))),
    Kind("IVF-Flat", lambda n, d: f"IVF{lists(n)},Flat", _PROBES),
    Kind("IVF-PQ", lambda n, d: f"IVF{lists(n)},PQ{d // 2}x4fs", _PROBES),
    Kind("IVF-PQ, re-ranked", lambda n, d: f"IVF{lists(n)},PQ{d // 2}x4fs,RFlat", _PROBES),
    Kind("PQ, re-ranked", lambda n, d: f"PQ{d // 2}x4fs,RFlat"),
    Kind("PQ of half the length", lambda n, d: f"PQ{d // 4}x4fs,RFlat"),
    Kind("rotated at random", lambda n, d: f"RR{d},PQ{d // 4}x4fs,RFlat"),
    Kind("RaBitQ, re-ranked", lambda n, d: f"RR{d},RaBitQfs,RFlat"),
)


def read_vectors(folder: Path) -> tuple[Vectors, NDArray[np.intp]]:
    """Read a gallery's embeddings, float32 [n, dim], and which artwork each is of, intp [n]."""
    try:
        index: Any = faiss.read_index(str(folder / "index.faiss"))
    except RuntimeError:
        sys.exit(f"{folder}: no gallery there; make one: vernissage enrol demo --out {folder}")
    inner = faiss.downcast_index(index.index)
    if not isinstance(inner, faiss.IndexFlatIP):
        sys.exit(f"{folder}: too large to draw from; name a gallery of up to 4,000 artworks")
    return inner.reconstruct_n(0, inner.ntotal), faiss.vector_to_array(index.id_map)


def rotate_into(vectors: Vectors, dim: int) -> Vectors:
    """Rotate vectors at random into a space of more dimensions; their products stay the same."""
    current = vectors.shape[1]
    if dim < current:
        sys.exit(f"--dim {dim}: the gallery's vectors have {current}; ask for as many or more")
    axes, _ = np.linalg.qr(np.random.default_rng(3).standard_normal((dim, current)))
    return np.asarray(vectors @ axes.T, np.float32)


def draw(folder: Path, options: argparse.Namespace, artworks: int) -> Drawn:
    """Draw artworks, their vectors, and frames of some of them, with a gallery's covariance."""
    per_artwork, frames = options.each, options.frames
    real, owners = read_vectors(folder)
    if options.dim:
        real = rotate_into(real, options.dim)
    means = np.stack([real[owners == owner].mean(axis=0) for owner in np.unique(owners)])
    centre = means.mean(axis=0)
    inside = real - means[np.searchsorted(np.unique(owners), owners)]
    rng = np.random.default_rng(1)

    def spread(deviations: Vectors, count: int) -> Vectors:
        """Draw `count` normal vectors with the covariance of `deviations`: float32 [count, dim]."""
        covariance = deviations.T @ deviations / len(deviations)
        values, axes = np.linalg.eigh(covariance)
        normal = rng.standard_normal((count, len(values)), np.float32)
        return np.asarray((normal * np.sqrt(np.maximum(values, 0))) @ axes.T, np.float32)

    def unit(vectors: Vectors) -> Vectors:
        vectors /= np.linalg.norm(vectors, axis=-1, keepdims=True)
        return vectors

    drawn = centre + spread(means - centre, artworks)
    shown = drawn[rng.integers(0, artworks, frames)]
    queries = np.repeat(shown, CROPS, axis=0) + spread(inside, frames * CROPS)
    vectors = np.empty((artworks * per_artwork, real.shape[1]), np.float32)
    for start in range(0, artworks, _SLICE):
        some = np.repeat(drawn[start : start + _SLICE], per_artwork, axis=0)
        rows = slice(start * per_artwork, start * per_artwork + len(some))
        vectors[rows] = unit(some + spread(inside, len(some)))
    numbers = np.repeat(np.arange(artworks, dtype=np.intp), per_artwork)
    return Drawn(vectors, numbers, unit(queries).reshape(frames, CROPS, -1))


def build(factory: str, drawn: Drawn, limit_s: float) -> faiss.IndexIDMap:
    """Build an index from FAISS's name for it.

    Raises:
        SlowError: building takes longer than `limit_s` seconds.
    """
    count, dim = drawn.vectors.shape
    index = faiss.IndexIDMap(faiss.index_factory(dim, factory, faiss.METRIC_INNER_PRODUCT))
    began = time.monotonic()
    sample = np.random.default_rng(2).permutation(count)[: max(20_000, 40 * lists(count))]
    index.train(drawn.vectors[sample])
    for start in range(0, count, _SLICE):
        rows = slice(start, start + _SLICE)
        index.add_with_ids(drawn.vectors[rows], drawn.owners[rows].astype(np.int64))
        spent, share = time.monotonic() - began, min(1.0, (start + _SLICE) / count)
        if spent > limit_s * share and spent > 0.1 * limit_s and share < 1:
            raise SlowError(f"over {limit_s:.0f} s")
    return index


def size_mb(index: faiss.Index) -> float:
    """Return the size of an index on disk, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        faiss.write_index(index, str(path))
        return path.stat().st_size / 1e6


def find(index: SearchIndex, queries: Vectors) -> list[int]:
    """Find the artworks nearest to a frame's crops, best first."""
    return [artwork for artwork, _ in index.search(queries, ASKED)]


def recall(truth: list[list[int]], found: list[list[int]]) -> float:
    """Return the share of the true first ten that are among the first ten found, 0..1."""
    pairs = zip(truth, found, strict=True)
    return statistics.fmean(len({*a[:TOP]} & {*b[:TOP]}) / len(a[:TOP]) for a, b in pairs)


def time_both(
    exact: SearchIndex, other: SearchIndex, frames: Vectors
) -> tuple[float, float, float]:
    """Time two indexes in turns.

    Returns:
        Milliseconds of `other` for a frame and for a single crop, and the ratio of its time for a
        frame to that of `exact`.
    """
    spent: dict[str, list[float]] = {"exact": [], "frame": [], "crop": []}
    for frame in frames[:TIMED]:
        for name, index, queries in (
            ("exact", exact, frame),
            ("frame", other, frame),
            ("crop", other, frame[:1]),
        ):
            began = time.perf_counter()
            index.search(queries, ASKED)
            spent[name].append(1000 * (time.perf_counter() - began))
    ratio = statistics.median(a / b for a, b in zip(spent["frame"], spent["exact"], strict=True))
    return statistics.median(spent["frame"]), statistics.median(spent["crop"]), ratio


def compare(drawn: Drawn, limit_s: float) -> Iterator[tuple[str, ...]]:
    """Yield a row of the table for each kind: Flat first, ours last."""
    per = drawn.per_artwork
    flat = build("Flat", drawn, 1e9)
    exact = GalleryIndex(flat, per)
    faiss.omp_set_num_threads(1)
    truth = [find(exact, frame) for frame in drawn.frames]

    def row(
        name: str, index: Any, wrapped: SearchIndex, build_s: float, settings: tuple[str, ...]
    ) -> tuple[str, ...]:
        faiss.omp_set_num_threads(1)
        share, chosen = 0.0, ""
        for chosen in settings:
            if chosen:
                space: Any = faiss.ParameterSpace()
                space.set_index_parameters(index.index, chosen)
            share = recall(truth, [find(wrapped, frame) for frame in drawn.frames])
            if share >= GOAL:
                break
        frame_ms, crop_ms, ratio = time_both(exact, wrapped, drawn.frames)
        figures = (f"{share:.4f}", f"{build_s:.1f}", f"{size_mb(index):.0f}")
        times = (f"{frame_ms:.2f}", f"{crop_ms:.2f}", f"{ratio:.3f}")
        return name, chosen, *figures, *times

    yield row("Flat", flat, exact, 0.0, ("",))
    for kind in KINDS:
        faiss.omp_set_num_threads(0)
        factory = kind.factory(*drawn.vectors.shape)
        began = time.monotonic()
        try:
            index = build(factory, drawn, limit_s)
        except (SlowError, RuntimeError) as error:
            reason = str(error) if isinstance(error, SlowError) else "too few vectors"
            yield kind.name, "", "-", reason, *"----"
            continue
        spent = time.monotonic() - began
        yield row(f"{kind.name} ({factory})", index, GalleryIndex(index, per), spent, kind.settings)
    faiss.omp_set_num_threads(0)
    began = time.monotonic()
    proved = ProvedIndex(drawn.vectors, drawn.owners)
    spent = time.monotonic() - began
    name, *figures = row("8 bit uniform, proved", proved.index, proved, spent, ("",))
    yield f"{name} ({proved.unproved} not)", *figures
    faiss.omp_set_num_threads(0)
    began = time.monotonic()
    ours = GalleryIndex.build(drawn.vectors, drawn.owners)
    spent = time.monotonic() - began
    yield row(f"ours: {ours.kind}", ours.faiss_index, ours, spent, ("",))


def main() -> None:
    """Print a table for each number of artworks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "gallery", nargs="?", type=Path, default=DEMO, help="gallery whose vectors are imitated"
    )
    parser.add_argument("--sizes", default="1000,10000,100000", help="artworks, with commas")
    parser.add_argument(
        "--each", type=int, default=1, help="vectors of an artwork; galleries have 11"
    )
    parser.add_argument("--dim", type=int, help="dimensions; default: those that the gallery has")
    parser.add_argument("--frames", type=int, default=100, help="frames searched for")
    parser.add_argument("--limit", type=float, default=300, help="seconds that a build may take")
    options = parser.parse_args()
    console = Console()
    for size in (int(text) for text in options.sizes.split(",")):
        table = Table(title=f"{size:,} artworks, {options.each} vectors each; drawn, not real")
        for name in HEADINGS:
            table.add_column(name, justify="left" if name in HEADINGS[:2] else "right")
        for figures in compare(draw(options.gallery, options, size), options.limit):
            table.add_row(*figures)
        console.print(table)


if __name__ == "__main__":
    main()
