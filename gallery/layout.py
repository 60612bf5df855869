"""Where a gallery keeps the files of each photograph."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from common.files import file_sha256
from vision.features import (
    LocalFeatures,
)
from vision.images import PictureError

FINE_FOLDER = "fine"


_FINE = np.dtype(
    [("xy", np.float32, (2,)), ("pose", np.float32, (2,)), ("descriptor", np.uint8, (128,))]
)


def keep_rootsift(features: LocalFeatures, folder: Path, number: int) -> None:
    """Keep the finer features of photograph `number` in a gallery's folder."""
    records = np.zeros(len(features), _FINE)
    records["xy"], records["pose"] = features.xy, features.poses
    records["descriptor"] = features.descriptors
    np.save(folder / rootsift_name(number), records)


def load_rootsift(folder: Path, number: int, width: int, height: int) -> LocalFeatures:
    """Read the finer features of photograph `number`, which has that size in pixels.

    Raises:
        OSError: there are none.
    """
    records = np.load(folder / rootsift_name(number), allow_pickle=False)
    xy, poses, descriptors = (
        np.ascontiguousarray(records[name]) for name in ("xy", "pose", "descriptor")
    )
    return LocalFeatures(xy, descriptors, width, height, poses=poses)


def rootsift_name(number: int) -> str:
    """Name the file of photograph `number`, in a gallery's folder."""
    return f"{FINE_FOLDER}/{number:06}.npy"


ORIGINALS = "originals"


DESCRIPTORS = "descriptors"


PICTURE_FOLDERS = ("pictures", "thumbnails")


def make_folders(folder: Path) -> None:
    """Make the folders that photographs' files are written to."""
    for name in (*PICTURE_FOLDERS, ORIGINALS, DESCRIPTORS, FINE_FOLDER):
        (folder / name).mkdir()


def original_name(path: Path) -> str:
    """Name a photograph by its content.

    Raises:
        PictureError: it can't be read.
    """
    try:
        return file_sha256(path)[:20] + path.suffix.lower()
    except FileNotFoundError:
        raise PictureError("no such file") from None
    except OSError as error:
        raise PictureError(f"can't be read ({error.strerror})") from None


def keep_original(path: Path, folder: Path, original: str) -> None:
    """Keep a photograph as it came."""
    shutil.copyfile(path, folder / ORIGINALS / original)


def keep_descriptors(descriptors: NDArray[np.float32], folder: Path, number: int) -> None:
    """Keep the model's descriptors of photograph `number`: float32 [n, descriptor_dim]."""
    np.save(_descriptors_path(folder, number), descriptors)


def _descriptors_path(folder: Path, number: int) -> Path:
    return folder / DESCRIPTORS / f"{number:06}.npy"
