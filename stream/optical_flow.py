"""Carry a verified artwork's outline to later frames by optical flow.

The method is pyramidal Lucas-Kanade (Bouguet, 2000) on corners that are good to track (Shi and
Tomasi, CVPR 1994), forward and backward (Kalal et al., ICPR 2010), on pictures of 320 px. It costs
a tenth of finding local features. It recognizes nothing: it only carries an outline that local
features have verified, and gives up whenever the flow is unclear.
"""

from __future__ import annotations

from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.outline import plausible
from vision.points import Outline

Grey = NDArray[np.uint8]

_CORNERS = 60
_APART_PX = 5
_QUALITY = 0.02
"""Least strength of a corner, as a fraction of the strongest."""
_WINDOW = (15, 15)
_LEVELS = 3
_BACK_PX = 0.7
"""Greatest distance between a point and itself after forward and backward flow."""
_FIT_PX = 1.5
_MIN_POINTS = 20
_MIN_SHARE = 0.6
"""Fraction of the corners that must be tracked and agree on one homography."""
_MIN_CORRELATION = 0.8
"""Least correlation of the pixels inside the outline now with those of the first frame."""


class FlowTracker:
    """Follows an artwork from the frame that it was verified in to any later one.

    Each frame is compared with that first one, not with the one before. So errors don't add up, and
    another picture put in the artwork's place isn't followed.
    """

    def __init__(self, grey: Grey, outline: Outline) -> None:
        """Begin where an artwork was verified.

        Args:
            grey: the frame, uint8 [height, width], small.
            outline: the artwork's corners in 0..1 of the frame.
        """
        self._grey = grey
        height, width = grey.shape
        self._corners = np.array(outline) * (width, height)
        self._inside = _mask_of(self._corners, grey)
        self._guess: NDArray[np.float32] | None = None

    def follow(self, grey: Grey) -> tuple[Outline, int] | None:
        """Find the outline in a later frame.

        Args:
            grey: the later frame, uint8 [height, width], of the same size.

        Returns:
            The outline, and how many corners agree on it; None where the flow is unclear.
        """
        points = self._points
        if len(points) < _MIN_POINTS or grey.shape != self._grey.shape:
            return None
        moved, found = _flow(self._grey, grey, points, self._guess)
        back, returned = _flow(grey, self._grey, moved, points)
        error = np.linalg.norm(back - points, axis=2).ravel()
        kept = found & returned & (error < _BACK_PX)
        needed = max(_MIN_POINTS, _MIN_SHARE * len(points))
        if kept.sum() < needed:
            return None
        homography, mask = cv2.findHomography(points[kept], moved[kept], cv2.USAC_MAGSAC, _FIT_PX)
        if homography is None or mask is None or mask.sum() < needed:
            return None
        height, width = grey.shape
        corners = cv2.perspectiveTransform(self._corners[None], homography)[0]
        if not plausible(corners, width, height) or not self._looks_alike(grey, homography):
            return None
        # The homography predicts where a lost point is to be searched for in the next frame.
        self._guess = np.asarray(cv2.perspectiveTransform(points, homography), np.float32)
        a, b, c, d = ((float(x), float(y)) for x, y in corners / (width, height))
        return (a, b, c, d), int(mask.sum())

    @cached_property
    def _points(self) -> NDArray[np.float32]:
        """The corners, float32 [n, 1, 2], pixels. Many frames are never followed from."""
        found = cv2.goodFeaturesToTrack(
            self._grey, _CORNERS, _QUALITY, _APART_PX, mask=self._inside
        )
        return np.zeros((0, 1, 2), np.float32) if found is None else np.asarray(found, np.float32)

    def _looks_alike(self, grey: Grey, homography: NDArray[np.float64]) -> bool:
        """Return whether the artwork looks as it did: points may drift onto another picture."""
        height, width = grey.shape
        then = cv2.warpPerspective(self._grey, homography, (width, height))
        mask = cv2.warpPerspective(
            self._inside, homography, (width, height), flags=cv2.INTER_NEAREST
        )
        inside = mask > 0
        return correlation(then[inside], grey[inside]) >= _MIN_CORRELATION


def correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Return the correlation, -1..1, of pixels (uint8 [n] each); 0 where one picture is flat."""
    if len(a) < 2:
        return 0.0
    x, y = a.astype(np.float32), b.astype(np.float32)
    x -= x.mean()
    y -= y.mean()
    scale = float(np.sqrt(np.dot(x, x) * np.dot(y, y)))
    return float(np.dot(x, y)) / scale if scale else 0.0


def _mask_of(corners: NDArray[np.float64], grey: Grey) -> Grey:
    mask = np.zeros_like(grey)
    return np.asarray(cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 255))


def _flow(
    before: Grey, after: Grey, points: NDArray[np.float32], guess: NDArray[np.float32] | None
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return where points (float32 [n, 1, 2], pixels) have moved, and bool [n]: which are found."""
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        points,
        (points if guess is None else guess).copy(),
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return np.asarray(moved), found.ravel() > 0
