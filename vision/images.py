"""Photographs from disk: opened with care, upright, in RGB, at a workable size."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

MIN_SIDE = 64
MAX_PIXELS = 300_000_000
WORKING_PX = 1280
"""Longer side of a picture in memory: enough for every use here."""


class PictureError(ValueError):
    """A picture can't be enrolled; the message says why, in a few words."""


def load_picture(path: Path | BinaryIO) -> NDArray[np.uint8]:
    """Read a picture, a file's or one in memory, at most 1280 px on its longer side.

    Returns:
        uint8 [height, width, 3], RGB, turned upright by its EXIF, transparency on white.

    Raises:
        PictureError: missing, not a picture, damaged, tiny, or so large that it may be a bomb.
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


def save_jpeg(image: NDArray[np.uint8], path: Path, longest_px: int) -> tuple[int, int]:
    """Write a picture (uint8 RGB) as JPEG, shrunk to `longest_px`; returns (width, height)."""
    picture = Image.fromarray(image)
    picture.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    picture.save(path, "JPEG", quality=86, progressive=True)
    return picture.size
