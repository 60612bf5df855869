"""A gallery on disk: one folder, written atomically, and refused if it does not fit the model."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.arrays import load_array
from gallery.acceptance import Acceptance
from gallery.audio import AUDIO_FOLDER
from gallery.catalogue import Form
from gallery.checksums import first_damaged
from gallery.feature_index import FeatureIndex
from gallery.index import GalleryIndex
from gallery.layout import load_rootsift, stem
from gallery.manifest import FORMAT_VERSION, GalleryError, Manifest, read_manifest
from gallery.translations import Translation
from models.head import HEAD_VERSION, Head
from models.model_card import EQUAL_COSINE, PREPROCESSING, ModelCard
from vision.features import LocalFeatures
from vision.images import read_thumbnail_grey
from vision.synthetic_views import VIEWS_VERSION
from vision.wall_views import FILLS

ACCEPTANCE_FILE = "acceptance.json"
THUMBNAIL_PX = 480
PICTURE_PX = 1280
_CACHED_THUMBNAILS = 512
"""Thumbnails in memory, 16 kB each; a frame needs one or two."""

log = logging.getLogger("vernissage.gallery")


class Reference(BaseModel):
    """One enrolled photograph of an artwork.

    `width` and `height`, in pixels, are the size at which its local features (rows `start` to
    `stop`) were found. `file_number` (`number` in the file) names its files on disk and stays the
    same from version to version. `original` names the unchanged photograph by its content. `views`
    is how many views its descriptors are of, besides itself.
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
    views: int = len(FILLS)


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
    """An opened gallery; its local features stay on disk, memory-mapped."""

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
        """Whether it was measured with the synthetic views of this program's version."""
        return self.manifest.views_version == VIEWS_VERSION

    def index_of(self, artwork_id: str) -> int | None:
        """Return the index of the artwork with this id, or None."""
        return self._indices.get(artwork_id)

    def is_solid(self, index: int) -> bool:
        """Return whether artwork `index` is non-planar."""
        return self.artworks[index].form == "solid"

    def feature_records(self, reference: Reference) -> NDArray[np.void]:
        """Return the ORB features of a photograph as an array of `FEATURE`, memory-mapped."""
        return self._features[reference.start : reference.stop]

    def features(self, index: int) -> list[LocalFeatures]:
        """Return the ORB features of each photograph of artwork `index`."""
        found = []
        for reference in self.artworks[index].references:
            rows = self.feature_records(reference)
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
        """Read the RootSIFT features of each photograph of artwork `index` from disk.

        A photograph is left out if a newer version of the gallery has just dropped its file.
        """
        found = []
        for reference in self.artworks[index].references:
            with contextlib.suppress(FileNotFoundError):
                found.append(_load_rootsift(self.folder, reference))
        return found

    @cached_property
    def thumbnail_grey(self) -> Callable[[int, int], NDArray[np.uint8]]:
        """Return a function that reads a photograph as a small grey square: uint8 [128, 128].

        It is called with the artwork's index and the photograph's place, from 0. The last few
        hundred results stay in memory.
        """
        return lru_cache(maxsize=_CACHED_THUMBNAILS)(
            lambda index, view: read_thumbnail_grey(
                self.picture_path(index, thumbnail=True, view=view)
            )
        )

    def picture_path(self, index: int, *, thumbnail: bool, view: int = 0) -> Path:
        """Return the JPEG of a photograph of artwork `index`: the first, or another `view`.

        Raises:
            IndexError: the artwork has fewer photographs.
        """
        kind = "thumbnails" if thumbnail else "pictures"
        return self.folder / kind / f"{self.artworks[index].references[view].file_number:06}.jpg"

    def audio_path(self, index: int, language: str = "") -> Path | None:
        """Return the audio of artwork `index` in the gallery's or another language, or None."""
        artwork = self.artworks[index]
        texts = artwork.languages.get(language) if language else artwork
        return self.folder / AUDIO_FOLDER / texts.audio if texts and texts.audio else None


def open_gallery(folder: Path, card: ModelCard, *, thorough: bool = False) -> Gallery:
    """Open a gallery for use with a model.

    Args:
        folder: the gallery's folder.
        card: the model's card.
        thorough: check large files as a whole, which means reading all of them.

    Raises:
        GalleryError: the gallery is missing or damaged, or was made with another model or another
            version of this program.
    """
    manifest = read_manifest(folder)
    mend = f"make it again: vernissage enrol {manifest.source} --out {folder}"
    made_alike = (manifest.head_version, manifest.preprocessing) == (HEAD_VERSION, PREPROCESSING)
    if manifest.format_version != FORMAT_VERSION or not made_alike:
        raise GalleryError(f"{folder}: written by another version of Vernissage; {mend}")
    if manifest.space != card.space:
        raise GalleryError(
            f"{folder}: made with model {manifest.model} ({manifest.space[:12]}), "
            f"but the model in use is {card.name} ({card.space[:12]}); {mend}"
        )
    if not _is_compatible(manifest, card):
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
        load_array(folder / "features.npy", "r"),
    )


def _load_rootsift(folder: Path, reference: Reference) -> LocalFeatures:
    return load_rootsift(folder, stem(reference.file_number), (reference.width, reference.height))


def _is_compatible(manifest: Manifest, card: ModelCard) -> bool:
    """Return whether descriptors are comparable: the same file and precision, or both proved."""
    same = (manifest.precision, manifest.fingerprint) == (card.precision, card.fingerprint)
    return same or min(manifest.cosine, card.cosine) >= EQUAL_COSINE


def read_acceptance(folder: Path) -> Acceptance:
    """Read the acceptance fitted at enrolment, or the measured defaults if none was fitted.

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
