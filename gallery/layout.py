"""Where a gallery keeps the files of each photograph, and how they are written and read."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

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
    """Make the folders for photographs' files in a gallery's folder."""
    for name in (*PICTURE_FOLDERS, ORIGINALS, DESCRIPTORS, ROOTSIFT_FOLDER):
        (folder / name).mkdir()


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


def keep_original(path: Path, folder: Path, original: str) -> None:
    """Copy a photograph unchanged into a gallery's folder, under the name `original`."""
    shutil.copyfile(path, folder / ORIGINALS / original)


def keep_descriptors(descriptors: NDArray[np.float32], folder: Path, file_number: int) -> None:
    """Write the model's descriptors of a photograph: float32 [n, descriptor_dim]."""
    np.save(descriptors_path(folder, file_number), descriptors)


def descriptors_path(folder: Path, file_number: int) -> Path:
    """Return the file of a photograph's descriptors."""
    return folder / DESCRIPTORS / f"{file_number:06}.npy"


def keep_rootsift(features: LocalFeatures, folder: Path, file_number: int) -> None:
    """Write the RootSIFT features of a photograph into a gallery's folder."""
    records = np.zeros(len(features), _ROOTSIFT_RECORD)
    records["xy"], records["pose"] = features.xy, features.poses
    records["descriptor"] = features.descriptors
    np.save(folder / rootsift_name(file_number), records)


def load_rootsift(folder: Path, file_number: int, width: int, height: int) -> LocalFeatures:
    """Read the RootSIFT features of a photograph of this size in pixels.

    Raises:
        OSError: the file is missing.
    """
    records = np.load(folder / rootsift_name(file_number), allow_pickle=False)
    xy, poses, descriptors = (
        np.ascontiguousarray(records[name]) for name in ("xy", "pose", "descriptor")
    )
    return LocalFeatures(xy, descriptors, width, height, poses=poses)


def rootsift_name(file_number: int) -> str:
    """Return the name of a photograph's RootSIFT file, relative to a gallery's folder."""
    return f"{ROOTSIFT_FOLDER}/{file_number:06}.npy"
