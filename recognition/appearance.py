"""Does the picture itself agree? A second witness beside local features, independent of them.

A handful of corners can agree on a wrong artwork: two sitters in the same pose have the same face
in the same place. So the artwork as the homography finds it in the frame is laid over its
photograph, and held against it block by block, by normalised cross-correlation after light and
contrast are taken out (Gonzalez and Woods, Digital Image Processing, section 12.2; local contrast
normalisation after Jarrett et al., ICCV 2009). Measured in
docs/decisions/0010-appearance-agreement.md.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from recognition.candidate import Verification
from vision.images import THUMBNAIL_GREY_PX

BLOCK, STEP = 16, 12
"""Side of the blocks that are compared, and how far apart they lie; of 128 pixels."""
SEARCH = 4
"""How far a block may lie from where it is expected: a homography of few points is off by that."""
ALIKE = 0.7
"""Correlation from which on a block looks the same."""
_SIGMA = 5.0
"""Reach of what counts as light rather than detail, in pixels of 128."""
_NOISE = 4.0
"""Variance, in grey levels squared, that is no detail."""
_DETAILED, _VISIBLE = 6.0, 2.0
"""Standard deviation of grey levels that makes detail, of a photograph and of a frame."""
_FEWEST = 8
"""Blocks that a share is taken of at least: one or two prove nothing."""
_SHRUNK = 1.3
_FLAT = 1e-9
"""Product of two variances that is rounding."""


def agreement(
    thumbnail_grey: NDArray[np.uint8],
    grey: NDArray[np.uint8],
    reference: tuple[int, int],
    fit: Verification,
) -> float:
    """Tell how much of an artwork's detail in view looks as in its photograph.

    Args:
        thumbnail_grey: uint8 [128, 128], the photograph squeezed to a square, grey.
        grey: uint8 [height, width], the frame that `fit` was found in.
        reference: width and height of the photograph, in the pixels that `fit` maps from.
        fit: how the photograph lies in the frame.

    Returns:
        Share, 0..1, of the blocks with detail within the frame that look alike; 0 without a plane.
    """
    if fit.homography is None:
        return 0.0
    scale = np.diag([reference[0] / THUMBNAIL_GREY_PX, reference[1] / THUMBNAIL_GREY_PX, 1.0])
    seen, inside = _rectified(grey, fit.homography @ scale)
    wanted, detail = _contrast_free(thumbnail_grey)
    found, visible = _contrast_free(seen)
    # From here on [10, 10]: a number, or yes or no, for each block.
    comparable = (
        (_means(inside.astype(np.float32)) == 1)
        & (_means(detail) >= _DETAILED)
        & (_means(visible) >= _VISIBLE)
    )
    # Most blocks of a right artwork lie where they are expected: only the others are looked for.
    alike = comparable & (_correlations(wanted, found) >= ALIKE)
    for row, column in np.argwhere(comparable & ~alike):
        top, left = STEP * row, STEP * column
        block = wanted[top : top + BLOCK, left : left + BLOCK]
        around = found[_around(top), _around(left)]
        correlation = cv2.matchTemplate(around, block, cv2.TM_CCOEFF_NORMED)
        alike[row, column] = correlation.max() >= ALIKE
    return float(np.sum(alike) / max(np.sum(comparable), _FEWEST))


def _around(start: int) -> slice:
    return slice(max(0, start - SEARCH), start + BLOCK + SEARCH)


def _means(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of each block of float32 [128, 128]."""
    means = cv2.boxFilter(picture, cv2.CV_32F, (BLOCK, BLOCK), anchor=(0, 0))
    starts = slice(0, THUMBNAIL_GREY_PX - BLOCK + 1, STEP)
    return np.asarray(means[starts, starts])


def _correlations(wanted: NDArray[np.float32], found: NDArray[np.float32]) -> NDArray[np.float32]:
    """Correlation, -1..1, of each block with what lies in the same place."""
    mean, other = _means(wanted), _means(found)
    spread = (_means(wanted * wanted) - mean**2) * (_means(found * found) - other**2)
    common = _means(wanted * found) - mean * other
    return np.asarray(common / np.sqrt(np.maximum(spread, _FLAT)))


def _rectified(
    grey: NDArray[np.uint8], to_frame: NDArray[np.float64]
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Lay the artwork in a frame over its photograph.

    Args:
        grey: uint8 [height, width].
        to_frame: float64 [3, 3], pixels of the thumbnail_grey to pixels of the frame.

    Returns:
        uint8 and bool [128, 128]: the artwork, and what of it lies within the frame.
    """
    middle = THUMBNAIL_GREY_PX / 2
    points = np.array([[[middle, middle]], [[middle + 1, middle]], [[middle, middle + 1]]])
    at, right, down = cv2.perspectiveTransform(points, to_frame)[:, 0]
    shrunk = float(np.sqrt(abs(np.linalg.det(np.stack([right - at, down - at])))))
    if shrunk > _SHRUNK:
        # Finer detail than the thumbnail_grey has would fold into it.
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), shrunk / 2))
    size, inverse = (THUMBNAIL_GREY_PX, THUMBNAIL_GREY_PX), cv2.WARP_INVERSE_MAP
    seen = cv2.warpPerspective(grey, to_frame, size, flags=cv2.INTER_LINEAR | inverse)
    whole = np.full(grey.shape, 255, np.uint8)
    inside = cv2.warpPerspective(whole, to_frame, size, flags=cv2.INTER_NEAREST | inverse)
    return np.asarray(seen), np.asarray(inside) > 0


def _contrast_free(
    picture: NDArray[np.uint8],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Take out light and contrast.

    Returns:
        float32 [128, 128] each: detail of about the same strength everywhere, and how strong it
        was: standard deviation in grey levels.
    """
    plain = picture.astype(np.float32)
    detail = plain - cv2.GaussianBlur(plain, (0, 0), _SIGMA)
    variance = np.maximum(cv2.GaussianBlur(detail * detail, (0, 0), _SIGMA), 0)
    return detail / np.sqrt(variance + _NOISE), np.sqrt(variance)
