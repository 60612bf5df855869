"""Local features: where an artwork has corners, and what they look like.

ORB (Rublee et al., ICCV 2011) with the settings that were measured for this use: 1000 features,
FAST threshold 7, references at 480 px and camera frames at 640 px on the longer side.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

REFERENCE_PX = 480
FRAME_PX = 640
FEATURES = 1000
FAST_THRESHOLD = 7
FEATURE = np.dtype([("xy", np.float32, (2,)), ("descriptor", np.uint8, (32,))])
"""One local feature on disk: position in pixels and 256-bit ORB descriptor."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """The local features of one picture.

    Attributes:
        xy: float32 [n, 2], pixels of the picture at the size it was measured at.
        descriptors: uint8 [n, 32].
        width: width of that picture in pixels.
        height: its height.
    """

    xy: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    width: int
    height: int

    def __len__(self) -> int:
        return len(self.xy)

    def as_records(self) -> NDArray[np.void]:
        """Return them as an array of `FEATURE`."""
        records = np.zeros(len(self), FEATURE)
        records["xy"], records["descriptor"] = self.xy, self.descriptors
        return records


def extract_features(image: NDArray[np.uint8], longest_px: int) -> LocalFeatures:
    """Find the ORB features of a picture.

    Args:
        image: uint8 [height, width, 3], BGR, or [height, width] grey.
        longest_px: the picture is shrunk (never enlarged) to this on its longer side first.

    Returns:
        Up to 1000 features, strongest first; none in a picture without corners.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = longest_px / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = grey.shape
    # Detector objects keep state while they work, so each call has its own: it costs microseconds.
    orb = cv2.ORB.create(nfeatures=FEATURES, fastThreshold=FAST_THRESHOLD)
    keypoints, descriptors = orb.detectAndCompute(grey, None)
    if not keypoints:
        nothing = np.zeros((0, 2), np.float32)
        return LocalFeatures(nothing, np.zeros((0, 32), np.uint8), width, height)
    xy = np.array([point.pt for point in keypoints], np.float32)
    return LocalFeatures(xy, descriptors, width, height)
