"""Measured photographs on disk, so that none is measured twice.

A photograph is known by its content. What was measured on it lies in the gallery that has it, or,
while an enrolment runs, in a folder beside: `.NAME.measured/`. There a stopped enrolment, a killed
one too, finds what it had done.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from common.arrays import load_array
from common.files import link_or_copy, write_atomic
from enrolment.measure import Record
from gallery.audio import AUDIO_FOLDER
from gallery.layout import (
    DESCRIPTORS,
    ORIGINALS,
    ROOTSIFT_FOLDER,
    load_descriptors,
    load_rootsift,
    make_folders,
    measured_names,
    save_rootsift,
    stem,
)
from gallery.store import Gallery, Reference
from models.model_card import PREPROCESSING, ModelCard
from vision.features import LocalFeatures
from vision.synthetic_views import VIEWS_VERSION

_RECORD_VERSION = 1
"""Version of the files in `.NAME.measured/`; raise it when anything else is measured."""
_ORB, _DONE = "orb", "done"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A measured photograph; what was measured lies on disk.

    Attributes:
        folder: the gallery, or the folder beside it.
        name: how the names of its files begin.
        reference: its entry in that gallery; of a new one the number and rows mean nothing.
        base: the gallery, if it lies in one.
        pixels: digest of a new one's pixels: one picture may come as several files.
    """

    folder: Path
    name: str
    reference: Reference
    base: Gallery | None = None
    pixels: str = ""

    def orb_records(self) -> NDArray[np.void]:
        """Return its ORB features as an array of `FEATURE`."""
        if self.base:
            return self.base.feature_records(self.reference)
        return np.asarray(load_array(self.folder / _ORB / f"{self.name}.npy"))

    def rootsift(self, limit: int) -> LocalFeatures:
        """Return its strongest RootSIFT features."""
        size = (self.reference.width, self.reference.height)
        return load_rootsift(self.folder, self.name, size, limit)

    def descriptors(self, views: int) -> NDArray[np.float32]:
        """Return the descriptors of it and of its first views: float32 [1 + views, dim]."""
        return load_descriptors(self.folder, self.name, views)

    def link_into(self, gallery: str, number: int) -> None:
        """Give its files a second name in a gallery's folder, under a number."""
        # Strings: building paths takes longer than the links.
        folder = str(self.folder)
        for old, new in zip(measured_names(self.name), measured_names(stem(number)), strict=True):
            link_or_copy(f"{folder}/{old}", f"{gallery}/{new}")
        original = f"{ORIGINALS}/{self.reference.original}"
        link_or_copy(f"{folder}/{original}", f"{gallery}/{original}")


def link_all(measurements: Sequence[Measurement], numbers: Sequence[int], gallery: Path) -> None:
    """Give the files of measured photographs second names in a gallery's folder.

    Args:
        measurements: the photographs.
        numbers: the numbers of their files there.
        gallery: the gallery's folder.
    """
    folder = str(gallery)
    for one, number in zip(measurements, numbers, strict=True):
        one.link_into(folder, number)


class BaseMeasurements:
    """The measurements in a gallery's last version, by the name of the original."""

    def __init__(self, base: Gallery | None) -> None:
        """Offer the measurements in `base`; none without one, or if its synthetic views differ.

        Descriptors of other views must not be mixed with new ones: the head is fitted to both.
        """
        self._base = base if base and base.has_current_views else None
        self._originals = base.folder / ORIGINALS if base else None
        self.audio = base.folder / AUDIO_FOLDER if base else None
        """The folder of the last version's audio."""
        references = [
            one for artwork in (base.artworks if base else ()) for one in artwork.references
        ]
        # Also if nothing is reused, because browsers cache pictures by their file numbers.
        self.next_file_number = max((one.file_number for one in references), default=-1) + 1
        """The first file number that no photograph has."""
        self._references: dict[str, Reference] = {}
        if self._base:
            kept = [
                {path.stem for path in (self._base.folder / name).glob("*.npy")}
                for name in (DESCRIPTORS, ROOTSIFT_FOLDER)
            ]
            self._references = {
                one.original: one
                for one in references
                if one.original and all(stem(one.file_number) in names for names in kept)
            }

    def find(self, original: str) -> Measurement | None:
        """Return the measurement of the photograph with this content name, or None."""
        reference = self._references.get(original)
        if reference is None or self._base is None:
            return None
        return Measurement(
            self._base.folder, stem(reference.file_number), reference, base=self._base
        )

    def name_of(self, path: Path) -> str | None:
        """Return the content name of a file that the last version keeps, else None."""
        return (
            path.name if path.parent == self._originals and path.name in self._references else None
        )


class _Done(BaseModel):
    """What is written last of a measured photograph: it is whole then."""

    model_config = ConfigDict(frozen=True)

    pixels: str
    reference: Reference


class NewMeasurements:
    """The folder beside a gallery with what was measured on photographs that aren't in it yet."""

    def __init__(self, gallery: Path, card: ModelCard) -> None:
        """Use the folder beside `gallery`; what another model or version left there is deleted."""
        gallery = gallery.absolute()
        self.folder = gallery.with_name(f".{gallery.name}.measured")
        stamp = {
            "version": _RECORD_VERSION,
            "views_version": VIEWS_VERSION,
            "space": card.space,
            "precision": card.precision,
            "fingerprint": card.fingerprint,
            "resolution": card.resolution,
            "preprocessing": PREPROCESSING,
        }
        wanted, found = json.dumps(stamp), self.folder / "stamp.json"
        if not (found.is_file() and found.read_text(encoding="utf-8") == wanted):
            self.clear()
        make_folders(self.folder)
        for name in (_ORB, _DONE):
            (self.folder / name).mkdir(exist_ok=True)
        write_atomic(found, wanted.encode())

    def clear(self) -> None:
        """Delete the folder, once a gallery has what lies in it."""
        # First what says that the others are whole, in case this is stopped between.
        shutil.rmtree(self.folder / _DONE, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def find(self, original: str, views: int) -> Measurement | None:
        """Return a measurement with at least so many synthetic views, or None."""
        try:
            done = _Done.model_validate_json(self._done(original).read_bytes())
        except (OSError, ValidationError):
            return None
        return self._measurement(done) if done.reference.views >= views else None

    def keep(self, record: Record, path: Path, original: str, pixels: str) -> Measurement:
        """Write what was measured on a photograph.

        Args:
            record: what was measured.
            path: the photograph.
            original: its content name.
            pixels: digest of its pixels.
        """
        name, orb = _name(original), record.orb
        picture, thumbnail, descriptors, rootsift = measured_names(name)
        for old in (picture, thumbnail, descriptors, rootsift, f"{ORIGINALS}/{original}"):
            # A gallery may have the same file under another name: never write into it.
            (self.folder / old).unlink(missing_ok=True)
        (self.folder / picture).write_bytes(record.picture)
        (self.folder / thumbnail).write_bytes(record.thumbnail)
        np.save(self.folder / descriptors, record.descriptors.astype(np.float16))
        save_rootsift(record.rootsift, self.folder / rootsift)
        shutil.copyfile(path, self.folder / ORIGINALS / original)
        np.save(self._orb(name), orb.as_records())
        reference = Reference(
            file_number=0,
            width=orb.width,
            height=orb.height,
            start=0,
            stop=len(orb),
            picture_width=record.picture_size[0],
            picture_height=record.picture_size[1],
            original=original,
            views=len(record.descriptors) - 1,
        )
        done = _Done(pixels=pixels, reference=reference)
        write_atomic(self._done(original), done.model_dump_json().encode())
        return self._measurement(done)

    def _measurement(self, done: _Done) -> Measurement:
        name = _name(done.reference.original)
        return Measurement(self.folder, name, done.reference, pixels=done.pixels)

    def _done(self, original: str) -> Path:
        return self.folder / _DONE / f"{_name(original)}.json"

    def _orb(self, name: str) -> Path:
        return self.folder / _ORB / f"{name}.npy"


def _name(original: str) -> str:
    """Return a photograph's content name without its suffix."""
    return original.partition(".")[0]
