"""Enrolment: measure the photographs of artworks and write them as a gallery."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from common.files import atomic_folder
from enrolment.measurements import MeasurementCache
from gallery.audio import AUDIO_FOLDER, copy_artwork_audio
from gallery.catalogue import Artwork
from gallery.index import GalleryIndex
from gallery.layout import (
    keep_descriptors,
    keep_original,
    keep_rootsift,
    make_folders,
    original_name,
)
from gallery.manifest import FORMAT_VERSION, GalleryError, Manifest
from gallery.store import PICTURE_PX, THUMBNAIL_PX, EnrolledArtwork, Gallery, Reference
from gallery.versions import keep_old
from gallery.write import write_gallery
from models.embedder import Embedder, square_crop
from models.head import HEAD_VERSION, fit_head
from models.model_card import PREPROCESSING
from vision.features import LocalFeatures, reference_features
from vision.images import PictureError, load_picture, save_jpeg
from vision.rootsift import rootsift_reference_features
from vision.synthetic_views import VIEWS_VERSION, synthetic_view

VIEWS = 10
"""Synthetic views of each photograph."""
_BATCH = 8


@dataclass(frozen=True, slots=True)
class Skipped:
    """A photograph or audio file that wasn't enrolled, and why."""

    path: Path
    artwork_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The result of an enrolment.

    Attributes:
        manifest: manifest of the gallery.
        skipped: files that were left out.
    """

    manifest: Manifest
    skipped: tuple[Skipped, ...]


@dataclass(slots=True)
class _Collected:
    """What accumulates while photographs are read."""

    cache: MeasurementCache
    next_file_number: int
    artworks: list[EnrolledArtwork] = field(default_factory=list)
    features: list[LocalFeatures] = field(default_factory=list)
    descriptors: list[NDArray[np.float32]] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    paths: dict[str, Path] = field(default_factory=dict)
    """Photographs read so far, by content."""
    rows: int = 0
    references: int = 0


def enrol(
    artworks: Sequence[Artwork],
    out: Path,
    embedder: Embedder,
    *,
    name: str,
    source: str,
    language: str = "en",
    base: Gallery | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    finish: Callable[[Path], None] | None = None,
) -> Enrolment:
    """Make a gallery.

    Args:
        artworks: the artworks to enrol.
        out: the gallery's folder; an older gallery there is kept as a version (gallery.versions).
        embedder: the model.
        name: shown to visitors.
        source: where the artworks came from; error messages name it to make the gallery again.
        language: language of the texts, a BCP 47 tag.
        base: the last version. Its photographs aren't measured again, unless it was made with
            other synthetic views.
        on_progress: called with (photographs done, total).
        finish: called with the folder before it takes its place; it may add files.

    Raises:
        GalleryError: nothing could be enrolled, or `out` exists and is not a gallery.
    """
    if out.exists() and not (out / "manifest.json").is_file() and any(out.iterdir()):
        raise GalleryError(f"{out}: exists and is no gallery; choose another --out")
    total = sum(len(artwork.images) for artwork in artworks)
    done = 0
    cache = MeasurementCache(base)
    collected = _Collected(cache, cache.next_file_number)
    with atomic_folder(out, keep_old) as folder:
        make_folders(folder)
        for artwork in artworks:
            _enrol_artwork(artwork, folder, embedder, collected)
            done += len(artwork.images)
            if on_progress:
                on_progress(done, total)
        if not collected.artworks:
            first = collected.skipped[0] if collected.skipped else None
            why = f"; the first: {first.path}: {first.reason}" if first else ""
            raise GalleryError(f"{source}: none of {total} photographs could be enrolled{why}")
        owners = np.array(collected.owners, np.intp)
        descriptors = np.concatenate(collected.descriptors)
        head = fit_head(descriptors, owners)
        index = GalleryIndex.build(head(descriptors), owners)
        manifest = write_gallery(
            folder,
            Manifest(
                format_version=FORMAT_VERSION,
                name=name,
                language=language,
                source=source,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                model=embedder.card.name,
                weights=embedder.card.weights,
                space=embedder.card.space,
                precision=embedder.card.precision,
                fingerprint=embedder.card.fingerprint,
                cosine=embedder.card.cosine,
                preprocessing=PREPROCESSING,
                head_version=HEAD_VERSION,
                views_version=VIEWS_VERSION,
                artworks=len(collected.artworks),
                references=collected.references,
                vectors=len(index),
                vectors_per_artwork=index.vectors_per_artwork,
                features=collected.rows,
                index=index.kind,
                checksums={},
            ),
            collected.artworks,
            head,
            index,
            collected.features,
        )
        if finish:
            finish(folder)
    return Enrolment(manifest, tuple(collected.skipped))


def _enrol_artwork(
    artwork: Artwork, folder: Path, embedder: Embedder, collected: _Collected
) -> None:
    """Measure an artwork's photographs and collect the results."""
    references: list[Reference] = []
    for path in artwork.images:
        try:
            reference, features, descriptors = _measure(path, folder, embedder, collected)
        except PictureError as error:
            collected.skipped.append(Skipped(path, artwork.id, str(error)))
            continue
        start, collected.rows = collected.rows, collected.rows + len(features)
        references.append(reference.model_copy(update={"start": start, "stop": collected.rows}))
        collected.features.append(features)
        collected.references += 1
        collected.descriptors.append(descriptors)
        collected.owners += [len(collected.artworks)] * len(descriptors)
    if references:
        artwork, left_out = copy_artwork_audio(artwork, folder / AUDIO_FOLDER)
        collected.skipped += [Skipped(path, artwork.id, reason) for path, reason in left_out]
        fields = {
            name: getattr(artwork, name)
            for name in EnrolledArtwork.model_fields
            if name != "references"
        }
        collected.artworks.append(EnrolledArtwork(**fields, references=tuple(references)))


def _measure(
    path: Path, folder: Path, embedder: Embedder, collected: _Collected
) -> tuple[Reference, LocalFeatures, NDArray[np.float32]]:
    """Measure a photograph, or reuse its measurement, and write its files.

    Returns:
        Its entry (without rows), its ORB features, and float32 [n, descriptor_dim].

    Raises:
        PictureError: the photograph can't be used, or is in the gallery already.
    """
    original = original_name(path)
    _refuse_duplicate(original, path, collected)
    measured = collected.cache.find(original)
    if measured:
        collected.cache.link_files(measured, folder)
        return measured.reference, measured.features, measured.descriptors
    image = load_picture(path)
    _refuse_duplicate(hashlib.sha256(image.tobytes()).hexdigest(), path, collected)
    file_number = collected.next_file_number
    collected.next_file_number += 1
    name = f"{file_number:06}.jpg"
    width, height = save_jpeg(image, folder / "pictures" / name, PICTURE_PX)
    save_jpeg(image, folder / "thumbnails" / name, THUMBNAIL_PX)
    keep_original(path, folder, original)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    features = reference_features(grey)
    keep_rootsift(rootsift_reference_features(grey), folder, file_number)
    crops = _batches(image, file_number, embedder.card.resolution)
    descriptors = np.concatenate([embedder.embed(batch) for batch in crops])
    keep_descriptors(descriptors, folder, file_number)
    reference = Reference(
        file_number=file_number,
        width=features.width,
        height=features.height,
        start=0,
        stop=len(features),
        picture_width=width,
        picture_height=height,
        original=original,
    )
    return reference, features, descriptors


def _refuse_duplicate(content: str, path: Path, collected: _Collected) -> None:
    """Raise a PictureError if a photograph with the same content was read before."""
    if content in collected.paths:
        raise PictureError(f"same picture as {collected.paths[content].name}")
    collected.paths[content] = path


def _batches(image: NDArray[np.uint8], seed: int, resolution: int) -> Iterator[NDArray[np.uint8]]:
    """Yield a photograph and its views in batches: uint8 [n, resolution, resolution, 3], RGB."""
    rng = np.random.default_rng(seed)
    crops = [square_crop(image, 1.0, resolution)]
    crops += [synthetic_view(image, rng, resolution) for _ in range(VIEWS)]
    for start in range(0, len(crops), _BATCH):
        yield np.stack(crops[start : start + _BATCH])
