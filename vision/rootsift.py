"""RootSIFT features, for the second pass: they match through blur, glare and from afar.

SIFT (Lowe, IJCV 2004) as RootSIFT (Arandjelovic and Zisserman, CVPR 2012), at ten times the cost
of ORB. Measured in docs/decisions/0013-second-pass.md.
"""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.features import FRAME_PX, REFERENCE_PX, LocalFeatures, strong_and_spread, to_grey

REFERENCE_FEATURES = 1000
FRAME_STRONGEST, FRAME_SPREAD = 1500, 1500
POOL = 10_000
"""Features found on a frame, of which 3000 are kept; a checked cloth alone has thousands."""
_CONTRAST = 0.02
"""Half of SIFT's own threshold: dark paintings have little contrast."""
_CLIP = 2.0
"""Clip limit of the local contrast (CLAHE; Zuiderveld, Graphics Gems IV, 1994)."""
_SCALE = 512.0
"""Scales a RootSIFT value, 0..1 and rarely over 0.5, to a byte."""


def rootsift_reference_features(image: NDArray[np.uint8]) -> LocalFeatures:
    """Find the RootSIFT features of a reference.

    Args:
        image: uint8 [height, width, 3], BGR, or [height, width] grey.

    Returns:
        Up to 1000, the strongest first, in pixels of the picture at 480 px; descriptors
        uint8 [n, 128].
    """
    return _detect(_equalize(to_grey(image, REFERENCE_PX)), REFERENCE_FEATURES)


def rootsift_frame_features(image: NDArray[np.uint8]) -> LocalFeatures:
    """Find the RootSIFT features of a camera frame.

    Args:
        image: uint8 [height, width, 3], BGR, or [height, width] grey.

    Returns:
        Up to 3000, the strongest and others spread all over it (a checked cloth has thousands of
        strong ones), in pixels of the picture at 640 px; descriptors uint8 [n, 128].
    """
    grey = to_grey(image, FRAME_PX)
    found = _detect(_equalize(grey), POOL)
    limits = (FRAME_STRONGEST, FRAME_SPREAD)
    rows = strong_and_spread(found.xy, (found.width, found.height), limits)
    return replace(found.only(rows), picture=grey)


def _equalize(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Raise the contrast in shade and glare; of references, too, so that both stay alike."""
    return np.asarray(cv2.createCLAHE(_CLIP, (8, 8)).apply(grey))


def _detect(grey: NDArray[np.uint8], count: int) -> LocalFeatures:
    """Find up to `count` RootSIFT features in grey [height, width], the strongest first."""
    sift = cv2.SIFT.create(nfeatures=count, contrastThreshold=_CONTRAST)
    keypoints, descriptors = sift.detectAndCompute(grey, None)
    height, width = grey.shape
    if not keypoints:
        nothing = np.zeros((0, 2), np.float32)
        return LocalFeatures(nothing, np.zeros((0, 128), np.uint8), width, height)
    # SIFT returns a few more if the last ones are equally strong.
    strongest = np.argsort([-point.response for point in keypoints], kind="stable")[:count]
    xy = np.asarray(cv2.KeyPoint.convert(keypoints), np.float32)[strongest]
    poses = np.array([(point.size, math.radians(point.angle)) for point in keypoints], np.float32)
    shares = descriptors / np.maximum(descriptors.sum(axis=1, keepdims=True), 1e-9)
    values = np.clip(np.round(_SCALE * np.sqrt(shares)), 0, 255).astype(np.uint8)
    return LocalFeatures(xy, values[strongest], width, height, poses=poses[strongest])
