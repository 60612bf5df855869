"""What a gallery has learnt of photographs, so that nothing is measured twice.

Photographs are known by their content. A gallery keeps each as it came (`originals/`), the model's
descriptors of it (`descriptors/`) and its finer local features (`fine/`); all are shared, by hard
links, with the next version.
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
    """One photograph, measured.

    Attributes:
        reference: as the gallery before had it.
        features: its local features.
        descriptors: float32 [n, descriptor_dim], of it and its synthetic views.
    """

    reference: Reference
    features: LocalFeatures
    descriptors: NDArray[np.float32]


class MeasurementCache:
    """The photographs of a gallery's last version."""

    def __init__(self, base: Gallery | None) -> None:
        """Look up in `base`; without one, or with one made with other synthetic views, in nothing.

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
        # Even where nothing is reused: browsers keep pictures by their file numbers.
        used = [r.file_number for a in (base.artworks if base else ()) for r in a.references]
        self.next_file_number = max(used, default=-1) + 1
        """The first number that no photograph has."""

    def find(self, original: str) -> Measurement | None:
        """Return what is known of a photograph, or None."""
        if self._base is None or original not in self._places:
            return None
        index, place = self._places[original]
        reference = self._base.artworks[index].references[place]
        path = descriptors_path(self._base.folder, reference.file_number)
        if (
            not path.is_file()
            or not (self._base.folder / rootsift_name(reference.file_number)).is_file()
        ):
            return None
        features = self._base.features(index)[place]
        return Measurement(reference, features, np.load(path, allow_pickle=False))

    def share_files(self, learnt: Measurement, folder: Path) -> None:
        """Give a new version the files of a photograph."""
        assert self._base is not None
        number, original = learnt.reference.file_number, learnt.reference.original
        names = [f"{kind}/{number:06}.jpg" for kind in PICTURE_FOLDERS]
        names += [
            f"{DESCRIPTORS}/{number:06}.npy",
            rootsift_name(number),
            f"{ORIGINALS}/{original}",
        ]
        for name in names:
            link_or_copy(self._base.folder / name, folder / name)
