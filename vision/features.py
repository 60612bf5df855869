"""Local features: the corners of an artwork, and descriptors of their surroundings.

ORB (Rublee et al., ICCV 2011) with settings measured for this use: see
docs/decisions/0004-local-features.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

REFERENCE_PX = 480
REFERENCE_FEATURES = 700
SQUEEZED_FEATURES = 400
SQUEEZE = 0.5
"""References are also described at half their width, as seen from 60 degrees to the side: ORB alone
tolerates about 40 degrees (affine simulation, after ASIFT: Morel and Yu, 2009)."""
FRAME_PX = 640
FRAME_STRONGEST = 750
FRAME_SPREAD = 750
POOL = 6000
"""Features found on a frame, of which 1500 are kept."""
GRID = (8, 6)
"""Columns and rows of cells that share the spread features of a frame."""
FAST_THRESHOLD = 7
FEATURE = np.dtype([("xy", np.float32, (2,)), ("descriptor", np.uint8, (32,))])
"""One local feature on disk: position in pixels and 256-bit ORB descriptor."""


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """The local features of one picture.

    Attributes:
        xy: float32 [n, 2], pixels of the picture at the size it was measured at.
        descriptors: uint8 [n, 32] of ORB, or [n, 128] of RootSIFT (see vision.rootsift).
        width: width of that picture in pixels.
        height: its height.
        picture: uint8 [height, width], that picture in grey; of camera frames only.
        poses: float32 [n, 2], diameter in pixels and orientation in radians; of RootSIFT only,
            else [0, 2].
    """

    xy: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    width: int
    height: int
    picture: NDArray[np.uint8] | None = None
    poses: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))

    def __len__(self) -> int:
        return len(self.xy)

    def only(self, rows: NDArray[np.intp] | slice) -> LocalFeatures:
        """Return the RootSIFT features of these rows; ORB features have no poses to take along."""
        return replace(
            self, xy=self.xy[rows], descriptors=self.descriptors[rows], poses=self.poses[rows]
        )

    def as_records(self) -> NDArray[np.void]:
        """Return these features as an array of `FEATURE`."""
        records = np.zeros(len(self), FEATURE)
        records["xy"], records["descriptor"] = self.xy, self.descriptors
        return records


def reference_features(image: NDArray[np.uint8]) -> LocalFeatures:
    """Find the ORB features of a reference, seen from the front and from the side.

    Args:
        image: uint8 [height, width, 3], BGR, or [height, width] grey.

    Returns:
        Up to 1100 features, in pixels of the picture at 480 px; none in a picture without corners.
    """
    grey = to_grey(image, REFERENCE_PX)
    height, width = grey.shape
    squeezed = cv2.resize(grey, None, fx=SQUEEZE, fy=1, interpolation=cv2.INTER_AREA)
    front = _strongest(grey, REFERENCE_FEATURES)
    oblique = _strongest(np.asarray(squeezed), SQUEEZED_FEATURES)
    stretch = np.array([width / squeezed.shape[1], 1.0], np.float32)
    return LocalFeatures(
        np.concatenate([front.xy, oblique.xy * stretch]),
        np.concatenate([front.descriptors, oblique.descriptors]),
        width,
        height,
    )


def frame_features(image: NDArray[np.uint8]) -> LocalFeatures:
    """Find the ORB features of a camera frame: the strongest, and others spread all over it.

    The strongest alone lie on gilt mouldings and labels, and none on the dark painting inside.
    Spread ones alone are too few on an artwork that fills little of the frame.

    Args:
        image: uint8 [height, width, 3], BGR, or [height, width] grey.

    Returns:
        Up to 1500 features, in pixels of the picture at 640 px; none in a frame without corners.
    """
    grey = to_grey(image, FRAME_PX)
    height, width = grey.shape
    orb = cv2.ORB.create(nfeatures=POOL, fastThreshold=FAST_THRESHOLD)
    keypoints = orb.detect(grey, None)
    if len(keypoints) > FRAME_STRONGEST:
        # One call: a loop over thousands would keep the interpreter from receiving frames.
        xy = np.asarray(cv2.KeyPoint.convert(keypoints))
        response = np.array([point.response for point in keypoints])
        order = np.argsort(-response, kind="stable")
        limits = (FRAME_STRONGEST, FRAME_SPREAD)
        rows = order[strong_and_spread(xy[order], (width, height), limits)]
        keypoints = [keypoints[row] for row in np.sort(rows)]
    return replace(_describe(orb, grey, keypoints), picture=grey)


def to_grey(image: NDArray[np.uint8], longest_px: int) -> NDArray[np.uint8]:
    """Convert a picture to grey, and shrink its longer side to `longest_px` if it is larger.

    Args:
        image: uint8 [height, width, 3], BGR, or [height, width] grey.
        longest_px: longest side of the result in pixels.

    Returns:
        uint8 [height, width].
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    scale = longest_px / max(grey.shape)
    if scale < 1:
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(grey)


def _strongest(grey: NDArray[np.uint8], count: int) -> LocalFeatures:
    # A detector keeps state while it works, so each call makes its own, which costs microseconds.
    orb = cv2.ORB.create(nfeatures=count, fastThreshold=FAST_THRESHOLD)
    return _describe(orb, grey, orb.detect(grey, None))


def _describe(
    orb: cv2.ORB, grey: NDArray[np.uint8], keypoints: Sequence[cv2.KeyPoint]
) -> LocalFeatures:
    height, width = grey.shape
    keypoints, descriptors = orb.compute(grey, keypoints)
    if not keypoints:
        nothing = np.zeros((0, 2), np.float32)
        return LocalFeatures(nothing, np.zeros((0, 32), np.uint8), width, height)
    xy = np.asarray(cv2.KeyPoint.convert(keypoints), np.float32)
    return LocalFeatures(xy, descriptors, width, height)


def strong_and_spread(
    xy: NDArray[np.float32], size: tuple[int, int], limits: tuple[int, int]
) -> NDArray[np.intp]:
    """Select the strongest features, then the strongest others of each grid cell, cell by cell.

    Args:
        xy: float32 [n, 2], positions in pixels, the strongest feature first.
        size: width and height of the picture in pixels.
        limits: how many of the strongest, and how many spread ones.

    Returns:
        intp [at most the sum of both limits]: ascending rows of `xy`.
    """
    strongest, spread = limits
    rest = np.arange(strongest, len(xy))
    columns, rows = GRID
    x, y = xy[rest].T
    cell = (x * columns / size[0]).astype(int) * rows + (y * rows / size[1]).astype(int)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], cell[order])
    rank = np.arange(len(order)) - starts
    chosen = rest[order[np.argsort(rank, kind="stable")[:spread]]]
    return np.concatenate([np.arange(min(strongest, len(xy))), np.sort(chosen)])
