"""Recall at ten: how often the nearest ten artworks of a synthetic view hold the right one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gallery.manifest import GalleryError
from gallery.store import Gallery
from vision.images import PictureError, load_picture
from vision.synthetic_views import synthetic_view

NEAREST = 10
_SEED = 20_260


def views_of(
    gallery: Gallery, count: int, resolution: int
) -> tuple[list[NDArray[np.uint8]], NDArray[np.intp]]:
    """Make synthetic views of a gallery's artworks; they differ from the enrolled views.

    Args:
        gallery: the first photograph of each artwork is used.
        count: number of views, spread evenly over the artworks.
        resolution: side of the views in pixels.

    Returns:
        uint8 [resolution, resolution, 3] RGB views, and intp [count], the index of each
        view's artwork.

    Raises:
        GalleryError: one of the gallery's pictures is missing or damaged.
    """
    rng = np.random.default_rng(_SEED)
    indexes = np.arange(count) * len(gallery.artworks) // count
    views, last, image = [], -1, np.zeros((1, 1, 3), np.uint8)
    for index in indexes.tolist():
        if index != last:
            last, image = index, _picture(gallery.picture_path(index, thumbnail=False))
        views.append(synthetic_view(image, rng, resolution))
    return views, indexes


def _picture(path: Path) -> NDArray[np.uint8]:
    try:
        return load_picture(path)
    except PictureError as error:
        raise GalleryError(f"{path}: {error}; make the gallery again: vernissage enrol") from None


def recall(gallery: Gallery, descriptors: NDArray[np.float32], indexes: NDArray[np.intp]) -> float:
    """Return the share of views whose artwork is among the nearest ten, 0..1.

    Args:
        gallery: the gallery to search.
        descriptors: float32 [n, descriptor_dim], descriptors of the views.
        indexes: intp [n], the index of each view's artwork.
    """
    found = [
        index in dict(gallery.vector_index.search(embedding[None], NEAREST))
        for index, embedding in zip(indexes.tolist(), gallery.head(descriptors), strict=True)
    ]
    return float(np.mean(found))
