"""Measurements of photographs that a gallery's next version reuses.

Photographs are identified by their content. A gallery keeps each one unchanged (`originals/`), the
model's descriptors of it (`descriptors/`) and its RootSIFT features (`fine/`). The next version
shares all of them by hard links.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.files import link_or_copy
from gallery.layout import (
    DESCRIPTORS,
    ORIGINALS,
    PICTURE_FOLDERS,
    descriptors_path,
    rootsift_name,
)
from gallery.store import Gallery, Reference
from vision.features import LocalFeatures


@dataclass(frozen=True, slots=True, eq=False)
class Measurement:
    """The measurement of one photograph.

    Attributes:
        reference: its entry in the last version.
        features: its ORB features.
        descriptors: float32 [n, descriptor_dim], of it and of its synthetic views.
    """

    reference: Reference
    features: LocalFeatures
    descriptors: NDArray[np.float32]


class MeasurementCache:
    """The measurements in a gallery's last version, by photograph."""

    def __init__(self, base: Gallery | None) -> None:
        """Offer the measurements in `base`; none without one, or if its synthetic views differ.

        Descriptors of other views must not be mixed with new ones: the head is fitted to both.
        """
        self._base = base
        self._places = {
            reference.original: (index, place)
            for index, artwork in enumerate(
                base.artworks if base and base.has_current_views else ()
            )
            for place, reference in enumerate(artwork.references)
            if reference.original
        }
        # Also if nothing is reused, because browsers cache pictures by their file numbers.
        used = [r.file_number for a in (base.artworks if base else ()) for r in a.references]
        self.next_file_number = max(used, default=-1) + 1
        """The first file number that no photograph has."""

    def find(self, original: str) -> Measurement | None:
        """Return the measurement of the photograph with this content name, or None."""
        if self._base is None or original not in self._places:
            return None
        index, place = self._places[original]
        reference = self._base.artworks[index].references[place]
        path = descriptors_path(self._base.folder, reference.file_number)
        rootsift = self._base.folder / rootsift_name(reference.file_number)
        if not (path.is_file() and rootsift.is_file()):
            return None
        features = self._base.features(index)[place]
        return Measurement(reference, features, np.load(path, allow_pickle=False))

    def link_files(self, measurement: Measurement, folder: Path) -> None:
        """Link the files of a measured photograph into a new version's folder."""
        assert self._base is not None
        reference = measurement.reference
        names = [f"{kind}/{reference.file_number:06}.jpg" for kind in PICTURE_FOLDERS]
        names += [
            f"{DESCRIPTORS}/{reference.file_number:06}.npy",
            rootsift_name(reference.file_number),
            f"{ORIGINALS}/{reference.original}",
        ]
        for name in names:
            link_or_copy(self._base.folder / name, folder / name)
