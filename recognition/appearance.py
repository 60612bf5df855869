"""Compare the artwork in the frame with its photograph, as evidence beside local features.

A handful of corners can agree on a wrong artwork: two sitters in the same pose have the same face
in the same place. So the artwork is cut out of the frame by its homography, laid over its
photograph, and compared with it block by block. The measure is normalised cross-correlation, after
light and contrast are taken out (Gonzalez and Woods, Digital Image Processing, section 12.2; local
contrast normalisation after Jarrett et al., ICCV 2009). Measured in
docs/decisions/0010-appearance-agreement.md.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.candidate import Verification
from vision.images import THUMBNAIL_GREY_PX

BLOCK, STEP = 16, 12
"""Side of the compared blocks, and the distance between their corners, in pixels of 128."""
SEARCH = 4
"""Pixels by which a block may be displaced: a homography of few points is that inexact."""
MIN_CORRELATION = 0.7
"""Correlation from which on a block looks the same."""
_SIGMA = 5.0
"""Standard deviation of the blur that separates light from detail, in pixels of 128."""
_NOISE = 4.0
"""Variance, in grey levels squared, that is no detail."""
_MIN_REFERENCE_DETAIL, _MIN_FRAME_DETAIL = 6.0, 2.0
"""Least standard deviation of grey levels that is detail, in a photograph and in a frame."""
_MIN_BLOCKS = 8
"""Least divisor of the fraction: one or two blocks prove nothing."""
_BLUR_FROM = 1.3
"""Frame pixels a thumbnail pixel above which the frame is blurred before it is sampled."""
_ROUNDING = 1e-9
"""Product of two variances that is rounding."""


def appearance_agreement(
    thumbnail_grey: NDArray[np.uint8],
    grey: NDArray[np.uint8],
    size: tuple[int, int],
    fit: Verification,
) -> float:
    """Return how much of an artwork's detail in view looks as in its photograph.

    Args:
        thumbnail_grey: uint8 [128, 128], the photograph squeezed to a square, grey.
        grey: uint8 [height, width], the frame that `fit` was found in.
        size: width and height of the photograph, in the pixels that `fit` maps from.
        fit: the verification of the photograph in the frame.

    Returns:
        Fraction, 0..1, of the blocks with detail within the frame that look alike; 0 without a
        homography.
    """
    if fit.homography is None:
        return 0.0
    scale = np.diag([size[0] / THUMBNAIL_GREY_PX, size[1] / THUMBNAIL_GREY_PX, 1.0])
    rectified, inside = _rectify(grey, fit.homography @ scale)
    expected, reference_detail = _normalize_contrast(thumbnail_grey)
    found, frame_detail = _normalize_contrast(rectified)
    # From here on arrays are [10, 10]: one value for each block.
    comparable = (
        (_means(inside.astype(np.float32)) == 1)
        & (_means(reference_detail) >= _MIN_REFERENCE_DETAIL)
        & (_means(frame_detail) >= _MIN_FRAME_DETAIL)
    )
    # Most blocks of the right artwork are not displaced: only the others are searched for.
    alike = comparable & (_correlations(expected, found) >= MIN_CORRELATION)
    for row, column in np.argwhere(comparable & ~alike):
        top, left = STEP * row, STEP * column
        block = expected[top : top + BLOCK, left : left + BLOCK]
        neighbourhood = found[_search_range(top), _search_range(left)]
        correlation = cv2.matchTemplate(neighbourhood, block, cv2.TM_CCOEFF_NORMED)
        alike[row, column] = correlation.max() >= MIN_CORRELATION
    return float(np.sum(alike) / max(np.sum(comparable), _MIN_BLOCKS))


def _search_range(start: int) -> slice:
    return slice(max(0, start - SEARCH), start + BLOCK + SEARCH)


def _means(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of each block of float32 [128, 128]."""
    means = cv2.boxFilter(picture, cv2.CV_32F, (BLOCK, BLOCK), anchor=(0, 0))
    starts = slice(0, THUMBNAIL_GREY_PX - BLOCK + 1, STEP)
    return np.asarray(means[starts, starts])


def _correlations(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the correlation, -1..1, of each block with the one in the same place."""
    mean_a, mean_b = _means(a), _means(b)
    variances = (_means(a * a) - mean_a**2) * (_means(b * b) - mean_b**2)
    covariance = _means(a * b) - mean_a * mean_b
    return np.asarray(covariance / np.sqrt(np.maximum(variances, _ROUNDING)))


def _rectify(
    grey: NDArray[np.uint8], to_frame: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Warp the artwork in a frame onto its photograph.

    Args:
        grey: uint8 [height, width].
        to_frame: float64 [3, 3], pixels of the thumbnail to pixels of the frame.

    Returns:
        uint8 and bool [128, 128]: the artwork, and which of its pixels lie within the frame.
    """
    middle = THUMBNAIL_GREY_PX / 2
    points = np.array([[[middle, middle]], [[middle + 1, middle]], [[middle, middle + 1]]])
    at, right, down = cv2.perspectiveTransform(points, to_frame)[:, 0]
    shrunk = float(np.sqrt(abs(np.linalg.det(np.stack([right - at, down - at])))))
    if shrunk > _BLUR_FROM:
        # Finer detail than the thumbnail has would alias.
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), shrunk / 2))
    size, inverse = (THUMBNAIL_GREY_PX, THUMBNAIL_GREY_PX), cv2.WARP_INVERSE_MAP
    rectified = cv2.warpPerspective(grey, to_frame, size, flags=cv2.INTER_LINEAR | inverse)
    whole = np.full(grey.shape, 255, np.uint8)
    inside = cv2.warpPerspective(whole, to_frame, size, flags=cv2.INTER_NEAREST | inverse)
    return np.asarray(rectified), np.asarray(inside) > 0


def _normalize_contrast(
    picture: NDArray[np.uint8],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Take light and contrast out of a picture.

    Returns:
        float32 [128, 128] each: detail of about the same strength everywhere, and the strength
        that it had, as the standard deviation of grey levels.
    """
    plain = picture.astype(np.float32)
    detail = plain - cv2.GaussianBlur(plain, (0, 0), _SIGMA)
    variance = np.maximum(cv2.GaussianBlur(detail * detail, (0, 0), _SIGMA), 0)
    return detail / np.sqrt(variance + _NOISE), np.sqrt(variance)
