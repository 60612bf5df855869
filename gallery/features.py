"""Local features: where an artwork has corners, and what they look like.

ORB (Rublee et al., ICCV 2011) with the settings that were measured for this use: 1000 features,
FAST threshold 7, references at 480 px and camera frames at 640 px on the longer side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

REFERENCE_PX = 480
FRAME_PX = 640
FEATURES = 1000
FAST_THRESHOLD = 7
POOL = 4000
"""Features found on a frame, of which 1000 are kept."""
GRID = (8, 6)
"""Columns and rows of cells that share the features of a frame."""
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


def extract_features(
    image: NDArray[np.uint8], longest_px: int, *, spread: bool = False
) -> LocalFeatures:
    """Find the ORB features of a picture.

    Args:
        image: uint8 [height, width, 3], BGR, or [height, width] grey.
        longest_px: the picture is shrunk (never enlarged) to this on its longer side first.
        spread: take the features from all over the picture instead of the strongest ones: on a
            camera frame those lie on the gilt moulding, and none on the dark painting inside.

    Returns:
        Up to 1000 features; none in a picture without corners.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = longest_px / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = grey.shape
    # Detector objects keep state while they work, so each call has its own: it costs microseconds.
    pool = POOL if spread else FEATURES
    orb = cv2.ORB.create(nfeatures=pool, fastThreshold=FAST_THRESHOLD)
    keypoints = orb.detect(grey, None)
    if spread and len(keypoints) > FEATURES:
        keypoints = [keypoints[row] for row in spread_rows(keypoints, width, height)]
    keypoints, descriptors = orb.compute(grey, keypoints)
    if not keypoints:
        nothing = np.zeros((0, 2), np.float32)
        return LocalFeatures(nothing, np.zeros((0, 32), np.uint8), width, height)
    xy = np.array([point.pt for point in keypoints], np.float32)
    return LocalFeatures(xy, descriptors, width, height)


def spread_rows(keypoints: Sequence[cv2.KeyPoint], width: int, height: int) -> NDArray[np.intp]:
    """Choose 1000 keypoints from all over: the strongest of each cell of a grid, in turns.

    Returns:
        intp [1000]: rows of `keypoints`, rising.
    """
    xy = np.array([point.pt for point in keypoints])
    columns, rows = GRID
    cell = (xy[:, 0] * columns / width).astype(int) * rows + (xy[:, 1] * rows / height).astype(int)
    order = np.lexsort((-np.array([point.response for point in keypoints]), cell))
    starts = np.searchsorted(cell[order], cell[order])
    rank_in_cell = np.arange(len(order)) - starts
    return np.sort(order[np.argsort(rank_in_cell, kind="stable")[:FEATURES]])
