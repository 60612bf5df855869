"""One frame as a query: its crops and local features, each found once, when first asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from models.embedder import CROPS, frame_crop
from recognition.candidate import Verification
from vision.features import LocalFeatures, frame_features
from vision.images import BgrImage
from vision.rootsift import rootsift_frame_features


@dataclass(frozen=True, eq=False)
class Query:
    """A query image. Not safe to share between threads: one worker asks about it.

    Attributes:
        image: uint8 [height, width, 3], BGR.
        resolution: side in pixels of the crops that the model takes.
        verified: verifications by ORB features so far, by index of the artwork.
    """

    image: BgrImage
    resolution: int
    verified: dict[int, Verification] = field(default_factory=dict)

    def crop(self, number: int) -> NDArray[np.uint8]:
        """Cut the crop of this number (see `CROPS`): uint8 [1, resolution, resolution, 3], RGB."""
        return frame_crop(self.image, CROPS[number], self.resolution)

    @cached_property
    def orb(self) -> LocalFeatures:
        """The ORB features of the image."""
        return frame_features(self.image)

    @cached_property
    def rootsift(self) -> LocalFeatures:
        """The RootSIFT features of the image, which take ten times as long to find."""
        return rootsift_frame_features(self.image)
