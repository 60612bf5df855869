"""What is measured on one photograph: a picture in, a record out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from enrolment.sample import INDEXED_VIEWS
from gallery.store import PICTURE_PX, THUMBNAIL_PX
from models.embedder import Embedder, square_crop
from vision.features import LocalFeatures, reference_features
from vision.images import encode_jpeg
from vision.rootsift import rootsift_reference_features
from vision.synthetic_views import synthetic_view
from vision.wall_views import FILLS, wall_view

_BATCH = 8


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """The measurement of one photograph.

    Attributes:
        picture: JPEG that cards show.
        picture_size: its width and height in pixels.
        thumbnail: JPEG of lists, and of comparing appearance.
        orb: ORB features.
        rootsift: RootSIFT features, the strongest first.
        descriptors: float32 [1 + views, descriptor_dim], of the photograph and of its views.
    """

    picture: bytes
    picture_size: tuple[int, int]
    thumbnail: bytes
    orb: LocalFeatures
    rootsift: LocalFeatures
    descriptors: NDArray[np.float32]


def measure(image: NDArray[np.uint8], embedder: Embedder, views: int, seed: int) -> Record:
    """Measure a photograph.

    Args:
        image: uint8 [height, width, 3], RGB.
        embedder: the model.
        views: number of views: those that are indexed, and random ones if there are more.
        seed: decides the random views.
    """
    picture, picture_size = encode_jpeg(image, PICTURE_PX)
    thumbnail, _ = encode_jpeg(image, THUMBNAIL_PX)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))
    resolution, rng = embedder.card.resolution, np.random.default_rng(seed)
    crops = [square_crop(image, 1.0, resolution)]
    crops += [wall_view(image, fill, resolution) for fill in FILLS]
    crops += [synthetic_view(image, rng, resolution) for _ in range(views - INDEXED_VIEWS)]
    batches = [np.stack(crops[start : start + _BATCH]) for start in range(0, len(crops), _BATCH)]
    return Record(
        picture,
        picture_size,
        thumbnail,
        reference_features(grey),
        rootsift_reference_features(grey),
        np.concatenate([embedder.embed(batch) for batch in batches]),
    )
