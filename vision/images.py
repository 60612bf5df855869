"""Photographs and JPEGs: validated, upright, in RGB, at a workable size."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MIN_SIDE = 64
MAX_PIXELS = 300_000_000
WORKING_PX = 1280
"""Longer side in pixels of a picture in memory: enough for every use here."""
THUMBNAIL_GREY_PX = 128
"""Side in pixels of the grey square that an artwork seen in a frame is compared with."""

BgrImage = NDArray[np.uint8]
"""A camera's picture: uint8 [height, width, 3], BGR. The pictures of a gallery are RGB."""


class PictureError(ValueError):
    """A picture can't be enrolled; the message says why, in a few words."""


class JpegError(ValueError):
    """A stranger's bytes are not a JPEG of an accepted size; the message says why."""


def decode_jpeg(data: bytes, *, max_pixels: int, max_side: int | None = None) -> NDArray[np.uint8]:
    """Decode a JPEG that a stranger sent. Its size is checked before its pixels are decoded.

    Args:
        data: the file's bytes.
        max_pixels: largest number of pixels in all.
        max_side: largest longer side in pixels; None for any.

    Returns:
        uint8 [height, width, 3], RGB.

    Raises:
        JpegError: the data has another format, is damaged, or is too large.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as opened:
            width, height = opened.size
            if width * height > max_pixels:
                raise JpegError(f"{width} x {height} pixels; at most {max_pixels} in all")
            if max_side and max(width, height) > max_side:
                raise JpegError(f"{width} x {height} pixels; at most {max_side} a side")
            return np.asarray(opened.convert("RGB"))
    except JpegError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise JpegError("not a JPEG picture that can be read") from None


def load_picture(path: Path | BinaryIO) -> NDArray[np.uint8]:
    """Read a picture from a file or from memory, shrunk to at most 1280 px on its longer side.

    Returns:
        uint8 [height, width, 3], RGB, upright as its EXIF says, transparency on white.

    Raises:
        PictureError: it is missing, not a picture, damaged, tiny, or so large that it may be a
            decompression bomb.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                return _upright_rgb(opened)
    except PictureError:
        raise
    except FileNotFoundError:
        raise PictureError("no such file") from None
    except UnidentifiedImageError:
        raise PictureError("not a picture that can be read") from None
    except Image.DecompressionBombError:
        raise PictureError(f"over {MAX_PIXELS // 1_000_000} megapixels; save it smaller") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureError(f"damaged ({error})") from None


def _upright_rgb(opened: Image.Image) -> NDArray[np.uint8]:
    width, height = opened.size
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"only {width} x {height} px; at least {MIN_SIDE} on each side")
    if width * height > MAX_PIXELS:
        raise PictureError(f"{width} x {height} px is over {MAX_PIXELS // 1_000_000} megapixels")
    opened.draft("RGB", (WORKING_PX, WORKING_PX))
    picture = ImageOps.exif_transpose(opened)
    picture.thumbnail((WORKING_PX, WORKING_PX), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if picture.mode == "I;16":
        picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    return np.asarray(picture.convert("RGB"))


def encode_jpeg(image: NDArray[np.uint8], longest_px: int) -> tuple[bytes, tuple[int, int]]:
    """Encode a picture (uint8 RGB) as JPEG, shrunk to `longest_px`; return it, and its size."""
    picture = Image.fromarray(image)
    picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=86, optimize=True)
    return data.getvalue(), picture.size


def read_thumbnail_grey(path: Path) -> NDArray[np.uint8]:
    """Read a thumbnail in grey, squeezed to a square, to compare frames with it.

    Returns:
        uint8 [128, 128].

    Raises:
        OSError: the file is missing or damaged.
    """
    # A JPEG decoder reads half the size for a quarter of the work; that is still larger than 128.
    grey = cv2.imread(str(path), cv2.IMREAD_REDUCED_GRAYSCALE_2)
    if grey is None:
        raise OSError(f"{path}: missing or damaged")
    return np.asarray(
        cv2.resize(grey, (THUMBNAIL_GREY_PX,) * 2, interpolation=cv2.INTER_AREA), np.uint8
    )
