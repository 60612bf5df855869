"""A gallery's manifest: what it is and what it was made with; read without index and model."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from errors import UserError

FORMAT_VERSION = 6
IndexKind = Literal["flat", "codes"]
Pending = Literal["", "thresholds", "works"]


class GalleryError(UserError):
    """A gallery can't be used; the message names the command that mends it."""


class Manifest(BaseModel):
    """A gallery's description, and what it was made with.

    `precision`, `fingerprint` and `cosine` are those of the model's card at enrolment. Galleries
    without them were made with files that the exporter had proved. `views_version` is the version
    of the synthetic views; galleries without it were made with version 1. `index` is how the
    `vectors` are searched. `spots` are digests of parts of large files (see gallery.checksums).
    `fitted_references` is how many photographs there were when the head was fitted; 0: all of them.
    `pending` is what follows in the background: fitted `thresholds`, until which they are cautious;
    or `works`, the rest of the demo gallery, and then thresholds.
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
    fitted_references: int = 0
    index: IndexKind = "flat"
    pending: Pending = ""
    checksums: dict[str, str]
    spots: dict[str, str] = {}


def read_manifest(folder: Path) -> Manifest:
    """Read a gallery's manifest.

    Raises:
        GalleryError: the manifest is missing or damaged.
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
