"""Where a gallery keeps the files of each photograph, and how they are written and read.

Descriptors of the model are float16 (float32 in galleries of earlier versions).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.arrays import load_array
from common.files import file_sha256
from vision.features import LocalFeatures
from vision.images import PictureError

ORIGINALS = "originals"
DESCRIPTORS = "descriptors"
ROOTSIFT_FOLDER = "fine"
PICTURE_FOLDERS = ("pictures", "thumbnails")
_ROOTSIFT_RECORD = np.dtype(
    [("xy", np.float32, (2,)), ("pose", np.float32, (2,)), ("descriptor", np.uint8, (128,))]
)


def make_folders(folder: Path) -> None:
    """Make the folders for photographs' files in a folder; they may be there already."""
    for name in (*PICTURE_FOLDERS, ORIGINALS, DESCRIPTORS, ROOTSIFT_FOLDER):
        (folder / name).mkdir(parents=True, exist_ok=True)


def original_name(path: Path) -> str:
    """Name a photograph by its content.

    Raises:
        PictureError: the file can't be read.
    """
    try:
        return file_sha256(path)[:20] + path.suffix.lower()
    except FileNotFoundError:
        raise PictureError("no such file") from None
    except OSError as error:
        raise PictureError(f"can't be read ({error.strerror})") from None


def stem(file_number: int) -> str:
    """Return how the names of a photograph's files in a gallery begin."""
    return f"{file_number:06}"


def measured_names(name: str) -> tuple[str, ...]:
    """Return the files of a photograph, but the original, relative to their folder.

    Args:
        name: how their names begin: `stem` of its number in a gallery.
    """
    pictures = (f"{kind}/{name}.jpg" for kind in PICTURE_FOLDERS)
    return *pictures, f"{DESCRIPTORS}/{name}.npy", rootsift_name(name)


def load_descriptors(folder: Path, name: str, views: int) -> NDArray[np.float32]:
    """Read the descriptors of a photograph and of its first few views: float32 [1 + views, dim].

    Raises:
        OSError: the file is missing.
    """
    stored = load_array(folder / DESCRIPTORS / f"{name}.npy")
    return np.asarray(stored[: 1 + views], np.float32)


def save_rootsift(features: LocalFeatures, path: Path) -> None:
    """Write the RootSIFT features of a photograph, the strongest first."""
    records = np.zeros(len(features), _ROOTSIFT_RECORD)
    records["xy"], records["pose"] = features.xy, features.poses
    records["descriptor"] = features.descriptors
    np.save(path, records)


def load_rootsift(
    folder: Path, name: str, size: tuple[int, int], limit: int | None = None
) -> LocalFeatures:
    """Read the RootSIFT features of a photograph.

    Args:
        folder: the gallery's folder.
        name: how the file's name begins.
        size: width and height in pixels at which they were found.
        limit: read only so many of the strongest.

    Raises:
        OSError: the file is missing.
    """
    path = folder / rootsift_name(name)
    records = load_array(path, "r" if limit else None)[:limit]
    xy, poses, descriptors = (
        np.ascontiguousarray(records[field]) for field in ("xy", "pose", "descriptor")
    )
    return LocalFeatures(xy, descriptors, *size, poses=poses)


def rootsift_name(name: str) -> str:
    """Return the name of a photograph's RootSIFT file, relative to its folder."""
    return f"{ROOTSIFT_FOLDER}/{name}.npy"
