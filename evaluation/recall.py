"""How often an artwork is among the nearest ten, over synthetic views of a gallery."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gallery.store import Gallery, GalleryError
from vision.images import PictureError, load_picture
from vision.synthetic_views import synthetic_view

NEAREST = 10
_SEED = 20_260


def views_of(
    gallery: Gallery, count: int, resolution: int
) -> tuple[list[NDArray[np.uint8]], NDArray[np.intp]]:
    """Look at artworks as visitors do; other views than those enrolled.

    Args:
        gallery: its first photographs are looked at, of all artworks alike.
        count: how many views.
        resolution: side of the views in pixels.

    Returns:
        uint8 [resolution, resolution, 3] RGB views, and intp [count]: the artwork of each.

    Raises:
        GalleryError: one of its pictures is gone or damaged.
    """
    rng = np.random.default_rng(_SEED)
    numbers = np.arange(count) * len(gallery.artworks) // count
    views, last, image = [], -1, np.zeros((1, 1, 3), np.uint8)
    for number in numbers.tolist():
        if number != last:
            last, image = number, _picture(gallery.picture_path(number, thumbnail=False))
        views.append(synthetic_view(image, rng, resolution))
    return views, numbers


def _picture(path: Path) -> NDArray[np.uint8]:
    try:
        return load_picture(path)
    except PictureError as error:
        raise GalleryError(f"{path}: {error}; make the gallery again: vernissage enrol") from None


def recall(gallery: Gallery, descriptors: NDArray[np.float32], numbers: NDArray[np.intp]) -> float:
    """Share of views whose artwork is among the nearest ten, 0..1.

    Args:
        gallery: what is searched.
        descriptors: float32 [n, descriptor_dim], of views.
        numbers: intp [n], the artwork of each.
    """
    found = [
        number in dict(gallery.vector_index.search(embedding[None], NEAREST))
        for number, embedding in zip(numbers.tolist(), gallery.head(descriptors), strict=True)
    ]
    return float(np.mean(found))
