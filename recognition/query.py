"""One frame as a query: its crops and local features, each found once, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.embedder import two_crops
from vision.features import LocalFeatures, frame_features
from vision.images import BgrImage
from vision.rootsift import rootsift_frame_features


@dataclass(frozen=True, eq=False)
class Query:
    """A query image. Not safe to share between threads: one worker asks about it.

    Attributes:
        image: uint8 [height, width, 3], BGR.
        resolution: side in pixels of the crops that the model takes.
    """

    image: BgrImage
    resolution: int

    @cached_property
    def crops(self) -> NDArray[np.uint8]:
        """The crops that are embedded: uint8 [2, resolution, resolution, 3], RGB."""
        return two_crops(self.image, self.resolution)

    @cached_property
    def orb(self) -> LocalFeatures:
        """The ORB features of the image."""
        return frame_features(self.image)

    @cached_property
    def rootsift(self) -> LocalFeatures:
        """The RootSIFT features of the image, which take ten times as long to find."""
        return rootsift_frame_features(self.image)
