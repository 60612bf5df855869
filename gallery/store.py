"""A gallery on disk: one folder, written beside and renamed, refused where it doesn't fit."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.files import file_sha256
from errors import UserError
from gallery.acceptance import Acceptance
from gallery.audio import AUDIO_FOLDER
from gallery.catalogue import Form
from gallery.checksums import first_damaged, spots_of
from gallery.feature_index import FEATURE_INDEX_FILES, FeatureIndex
from gallery.index import GalleryIndex, IndexKind
from gallery.layout import load_rootsift
from gallery.translations import Translation
from models.head import HEAD_VERSION, Head
from models.model_card import EQUAL_COSINE, PREPROCESSING, ModelCard
from vision.features import FEATURE, LocalFeatures
from vision.images import read_thumbnail_grey
from vision.synthetic_views import VIEWS_VERSION

FORMAT_VERSION = 6
ACCEPTANCE_FILE = "acceptance.json"
THUMBNAIL_PX = 480
PICTURE_PX = 1280
_THUMBNAILS = 512
"""Remembered at 16 kB each: of those in view, one or two are asked for a frame."""
_CHECKED = ("artworks.jsonl", "index.faiss", "head.npz", "features.npy", *FEATURE_INDEX_FILES)

log = logging.getLogger("vernissage.gallery")


class GalleryError(UserError):
    """A gallery can't be used; the message says which command mends it."""


class Manifest(BaseModel):
    """What a gallery is, and what it was made with.

    `precision`, `fingerprint` and `cosine` are of the model's card then; galleries from before
    they were written down were made with files that the exporter had proved. `views_version` is of
    the synthetic views (see vision.synthetic_views); galleries from before it was written down were
    made with version 1. `index` is how its `vectors` are searched; `spots` are digests of parts of large files (see gallery.checksums).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format_version: int
    name: str
    language: str
    source: str
    created: str
    model: str
    weights: str
    space: str
    precision: str = ""
    fingerprint: str = ""
    cosine: float = 1.0
    preprocessing: str
    head_version: int
    views_version: int = 1
    artworks: int
    references: int
    vectors: int
    vectors_per_artwork: int
    features: int
    index: IndexKind = "flat"
    checksums: dict[str, str]
    spots: dict[str, str] = {}


class Reference(BaseModel):
    """One photograph of an artwork, as it was enrolled.

    `width` and `height` are those at which its local features (rows `start` to `stop`) were found;
    `file_number` (`number` in the file) names its files on disk, and is kept from version to version;
    `original` names the photograph as it came, by its content.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True, serialize_by_alias=True)

    file_number: int = Field(alias="number")
    width: int
    height: int
    start: int
    stop: int
    picture_width: int
    picture_height: int
    original: str = ""


class EnrolledArtwork(BaseModel):
    """An artwork of a gallery; one line of `artworks.jsonl`."""

    model_config = ConfigDict(frozen=True)

    id: str
    title: str
    artist: str = ""
    year: str = ""
    room: str = ""
    text: str = ""
    details: dict[str, str] = {}
    form: Form = "flat"
    audio: Path | None = None
    languages: dict[str, Translation] = {}
    references: tuple[Reference, ...]


@dataclass(frozen=True, eq=False)
class Gallery:
    """An opened gallery. Local features stay on disk, memory-mapped."""

    folder: Path
    manifest: Manifest
    artworks: tuple[EnrolledArtwork, ...]
    head: Head
    vector_index: GalleryIndex
    feature_index: FeatureIndex
    acceptance: Acceptance
    _features: NDArray[np.void] = field(repr=False)

    @cached_property
    def _indices(self) -> dict[str, int]:
        return {artwork.id: index for index, artwork in enumerate(self.artworks)}

    @property
    def has_current_views(self) -> bool:
        """Whether it was measured with the synthetic views that this program makes."""
        return self.manifest.views_version == VIEWS_VERSION

    def index_of(self, artwork_id: str) -> int | None:
        """Return the index of the artwork with this id, or None."""
        return self._indices.get(artwork_id)

    def is_solid(self, index: int) -> bool:
        """Whether artwork `index` has no plane."""
        return self.artworks[index].form == "solid"

    def features(self, index: int) -> list[LocalFeatures]:
        """Local features of each photograph of artwork `index`."""
        found = []
        for reference in self.artworks[index].references:
            rows = self._features[reference.start : reference.stop]
            found.append(
                LocalFeatures(
                    np.ascontiguousarray(rows["xy"]),
                    np.ascontiguousarray(rows["descriptor"]),
                    reference.width,
                    reference.height,
                )
            )
        return found

    def rootsift_features(self, index: int) -> list[LocalFeatures]:
        """Finer features of each photograph of artwork `index`, read from disk.

        A photograph that a newer version of the gallery has just done without is left out.
        """
        found = []
        for reference in self.artworks[index].references:
            with contextlib.suppress(FileNotFoundError):
                found.append(_load_fine(self.folder, reference))
        return found

    @cached_property
    def thumbnail_grey(self) -> Callable[[int, int], NDArray[np.uint8]]:
        """Read a photograph as a small square, by its artwork's index and its place from 0.

        uint8 [128, 128], grey; the last few hundred are remembered.
        """
        return lru_cache(maxsize=_THUMBNAILS)(
            lambda index, view: read_thumbnail_grey(
                self.picture_path(index, thumbnail=True, view=view)
            )
        )

    def picture_path(self, index: int, *, thumbnail: bool, view: int = 0) -> Path:
        """Return the JPEG of artwork `index`'s first photograph, or of another `view`.

        Raises:
            IndexError: the artwork has fewer photographs.
        """
        kind = "thumbnails" if thumbnail else "pictures"
        return self.folder / kind / f"{self.artworks[index].references[view].file_number:06}.jpg"

    def audio_path(self, index: int, language: str = "") -> Path | None:
        """Return what is to be heard of artwork `index`, in the gallery's or another language."""
        artwork = self.artworks[index]
        told = artwork.languages.get(language) if language else artwork
        return self.folder / AUDIO_FOLDER / told.audio if told and told.audio else None


def open_gallery(folder: Path, card: ModelCard, *, thorough: bool = False) -> Gallery:
    """Open a gallery for use with a model.

    Args:
        folder: the gallery's folder.
        card: of the model.
        thorough: check large files as a whole, which reads all of them.

    Raises:
        GalleryError: missing, damaged, or made with another model or version of this program.
    """
    manifest = read_manifest(folder)
    mend = f"make it again: vernissage enrol {manifest.source} --out {folder}"
    if manifest.format_version != FORMAT_VERSION or manifest.head_version != HEAD_VERSION:
        raise GalleryError(f"{folder}: written by another version of Vernissage; {mend}")
    if manifest.space != card.space or manifest.preprocessing != PREPROCESSING:
        raise GalleryError(
            f"{folder}: made with model {manifest.model} ({manifest.space[:12]}), "
            f"but the model in use is {card.name} ({card.space[:12]}); {mend}"
        )
    if not _goes_with(manifest, card):
        raise GalleryError(
            f"{folder}: made in precision {manifest.precision or 'int8'}, and its descriptors are "
            f"not known to equal those of {card.precision} (cosine {card.cosine:.4f}, "
            f"{EQUAL_COSINE} is needed); measure both: vernissage doctor --speed; or {mend}"
        )
    damaged = first_damaged(folder, manifest.checksums, manifest.spots, thorough=thorough)
    if damaged:
        raise GalleryError(f"{damaged}: missing or damaged; {mend}")
    lines = (folder / "artworks.jsonl").read_text(encoding="utf-8").splitlines()
    vector_index = GalleryIndex.load(folder / "index.faiss", manifest.vectors_per_artwork)
    log.info("%s: %d artworks; search: %s", manifest.name, len(lines), vector_index)
    return Gallery(
        folder,
        manifest,
        tuple(EnrolledArtwork.model_validate_json(line) for line in lines),
        Head.load(folder / "head.npz"),
        vector_index,
        FeatureIndex.load(folder),
        read_acceptance(folder),
        np.load(folder / "features.npy", mmap_mode="r", allow_pickle=False),
    )


def _load_fine(folder: Path, reference: Reference) -> LocalFeatures:
    return load_rootsift(folder, reference.file_number, reference.width, reference.height)


def _goes_with(manifest: Manifest, card: ModelCard) -> bool:
    """Whether descriptors may be compared: the same file run alike, or both proved."""
    same = (manifest.precision, manifest.fingerprint) == (card.precision, card.fingerprint)
    return same or min(manifest.cosine, card.cosine) >= EQUAL_COSINE


def read_manifest(folder: Path) -> Manifest:
    """Read what a gallery says of itself.

    Raises:
        GalleryError: there is none.
    """
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise GalleryError(
            f"{folder}: no gallery there; make one: vernissage enrol SOURCE --out {folder}"
        ) from None
    except ValidationError as error:
        raise GalleryError(
            f"{path}: damaged ({error.error_count()} errors); make the gallery again: "
            f"vernissage enrol SOURCE --out {folder}"
        ) from None


def read_acceptance(folder: Path) -> Acceptance:
    """Read what was fitted at enrolment; the measured defaults where nothing was.

    Raises:
        GalleryError: the file is damaged.
    """
    path = folder / ACCEPTANCE_FILE
    if not path.is_file():
        return Acceptance()
    try:
        return Acceptance.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise GalleryError(f"{path}: damaged ({error.error_count()} errors); enrol again") from None


def write_gallery(
    folder: Path,
    manifest: Manifest,
    artworks: list[EnrolledArtwork],
    head: Head,
    vector_index: GalleryIndex,
    features: list[LocalFeatures],
) -> Manifest:
    """Fill `folder` (one from `atomic_folder`) and seal it with checksums.

    Returns:
        The manifest as written.
    """
    head.save(folder / "head.npz")
    vector_index.save(folder / "index.faiss")
    records = [found.as_records() for found in features]
    np.save(folder / "features.npy", np.concatenate([*records, np.zeros(0, FEATURE)]))
    photographs = (
        (index, _load_fine(folder, reference))
        for index, artwork in enumerate(artworks)
        for reference in artwork.references
    )
    FeatureIndex.build(photographs, manifest.references).save(folder)
    return seal(folder, manifest, artworks)


def seal(folder: Path, manifest: Manifest, artworks: Sequence[EnrolledArtwork]) -> Manifest:
    """Write what is told of artworks, then the manifest with the checksums of all.

    Returns:
        The manifest as written.
    """
    lines = [artwork.model_dump_json() + "\n" for artwork in artworks]
    (folder / "artworks.jsonl").write_text("".join(lines), encoding="utf-8")
    sealed = manifest.model_copy(
        update={
            "checksums": {name: file_sha256(folder / name) for name in _CHECKED},
            "spots": spots_of(folder, _CHECKED),
        }
    )
    text = json.dumps(sealed.model_dump(), indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
    return sealed
