"""A gallery's head and indexes: made of all photographs, or taken over and extended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.files import link_or_copy
from enrolment.measurements import Measurement
from enrolment.photographs import OnStep
from enrolment.sample import INDEXED_VIEWS, head_sample
from gallery.feature_index import FeatureIndex
from gallery.index import GalleryIndex
from gallery.store import EnrolledArtwork, Gallery
from gallery.write import HEAD_FILE
from models.head import Head, fit_head
from vision.features import LocalFeatures

Photograph = tuple[int, Measurement]
"""The index of a photograph's artwork, and its measurement."""
_ALWAYS_FITTED = 250
"""Photographs up to which the head is fitted anew for each version, in a second."""
_GROWTH = 1.25
"""Growth of a larger gallery from which on its head is fitted, and its indexes are built, anew."""
_BATCH = 128
"""Photographs whose descriptors are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """What was written.

    Attributes:
        index: the index of embeddings.
        fitted_references: photographs that there were when the head was fitted.
        unchanged: names of the files that are those of the last version.
    """

    index: GalleryIndex
    fitted_references: int
    unchanged: tuple[str, ...]


def index_photographs(
    folder: Path,
    photographs: Sequence[Photograph],
    artworks: Sequence[EnrolledArtwork],
    base: Gallery | None,
    shipped: Head | None,
    on_step: OnStep,
) -> Indexed:
    """Write the head and the indexes of a gallery.

    Args:
        folder: the gallery's folder.
        photographs: all photographs, artwork by artwork.
        artworks: the artworks.
        base: the last version.
        shipped: the head that comes with the model; without one a head is fitted.
        on_step: called with the progress.
    """
    views = INDEXED_VIEWS
    unchanged: tuple[str, ...] = ()
    owners = np.repeat([owner for owner, _ in photographs], 1 + views).astype(np.intp)
    if base and _fits_still(base, photographs, views, shipped):
        link_or_copy(base.folder / HEAD_FILE, folder / HEAD_FILE)
        embeddings = _known_embeddings(base, photographs, views)
        features = _extended(base, photographs, artworks)
        fitted, unchanged = _fitted_references(base), (HEAD_FILE,)
    else:
        head = shipped or _fit(photographs)
        head.save(folder / HEAD_FILE)
        embeddings = _embed(head, [one for _, one in photographs], views)
        features, fitted = None, len(photographs)
    index = GalleryIndex.build(embeddings, owners)
    index.save(folder / "index.faiss")
    del embeddings
    features = features or FeatureIndex.build(
        [owner for owner, _ in photographs],
        partial(_read_rootsift, photographs),
        lambda done: on_step("Indexing", done, len(photographs)),
    )
    features.save(folder)
    return Indexed(index, fitted, unchanged)


def _fits_still(
    base: Gallery, photographs: Sequence[Photograph], views: int, shipped: Head | None
) -> bool:
    """Return whether the last version's head and indexes go on with these photographs."""
    if shipped and not np.array_equal(base.head.projection, shipped.projection):
        return False
    known = sum(one.base is base for _, one in photographs)
    manifest, count = base.manifest, len(photographs)
    return (
        count > _ALWAYS_FITTED
        and known * _GROWTH >= count
        and _fitted_references(base) / _GROWTH <= count <= _fitted_references(base) * _GROWTH
        and manifest.vectors == (1 + views) * manifest.references
    )


def _fitted_references(base: Gallery) -> int:
    return base.manifest.fitted_references or base.manifest.references


def _fit(photographs: Sequence[Photograph]) -> Head:
    """Fit a head to a sample of the photographs, with all of their views."""
    sample = [photographs[n] for n in head_sample([one.reference.views for _, one in photographs])]
    descriptors = [one.descriptors(one.reference.views) for _, one in sample]
    owners = [np.full(len(own), owner) for (owner, _), own in zip(sample, descriptors, strict=True)]
    return fit_head(np.concatenate(descriptors), np.concatenate(owners))


def _embed(head: Head, measurements: Sequence[Measurement], views: int) -> NDArray[np.float32]:
    """Embed photographs, each with its first `views`: float32 [n * (1 + views), dim]."""
    batches = [np.zeros((0, head.dim), np.float32)]
    for start in range(0, len(measurements), _BATCH):
        batch = measurements[start : start + _BATCH]
        batches.append(head(np.concatenate([one.descriptors(views) for one in batch])))
    return np.concatenate(batches)


def _known_embeddings(
    base: Gallery, photographs: Sequence[Photograph], views: int
) -> NDArray[np.float32]:
    """Return embeddings as `_embed` does, of known photographs those of the last version."""
    stored = base.vector_index.vectors().reshape(-1, 1 + views, base.head.dim)
    numbers = (one.file_number for artwork in base.artworks for one in artwork.references)
    rows = {number: row for row, number in enumerate(numbers)}
    new = [one for _, one in photographs if one.base is None]
    fresh = iter(_embed(base.head, new, views).reshape(-1, 1 + views, base.head.dim))
    embeddings = np.empty((len(photographs), *stored.shape[1:]), np.float32)
    for place, (_, one) in enumerate(photographs):
        embeddings[place] = stored[rows[one.reference.file_number]] if one.base else next(fresh)
    return embeddings.reshape(-1, base.head.dim)


def _extended(
    base: Gallery, photographs: Sequence[Photograph], artworks: Sequence[EnrolledArtwork]
) -> FeatureIndex | None:
    """Return the last version's index of features with what changed, or None if it is small."""
    places = {_numbers(artwork): index for index, artwork in enumerate(artworks)}
    moved = np.array([places.get(_numbers(one), -1) for one in base.artworks], np.int32)
    stay = set(moved.tolist())
    added = [(n, owner) for n, (owner, _) in enumerate(photographs) if owner not in stay]
    read = partial(_read_rootsift, photographs)
    return FeatureIndex.extended(base.folder, moved, added, read, _fitted_references(base))


def _numbers(artwork: EnrolledArtwork) -> tuple[int, ...]:
    return tuple(reference.file_number for reference in artwork.references)


def _read_rootsift(photographs: Sequence[Photograph], place: int, limit: int) -> LocalFeatures:
    return photographs[place][1].rootsift(limit)
