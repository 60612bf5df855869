"""Pictures to descriptors: one loaded model that all threads share."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.batching import BatchingRuntime
from models.precision import FILE, select_precision
from models.runtime import CPU, open_runtime

CROPS = (1.0, 0.65)
"""Sides of the crops of a frame, as fractions of its shorter side, in the order in which the model
is asked about them. The second finds artworks that fill less of the frame than the views that were
enrolled; it is asked only where the first leads to nothing."""


class Embedder:
    """Describes batches of square pictures. Safe to call from several threads."""

    def __init__(self, path: Path, threads: int = 2, precision: str = FILE) -> None:
        """Load an exported model and its card.

        Args:
            path: the `.onnx` file; its card lies beside it.
            threads: threads of one run.
            precision: how to run it, see `models.precision.select_precision`.

        Raises:
            ModelError: a file is missing or broken; the message says what to run.
        """
        selected = select_precision(path, precision)
        self.card = selected.card
        self.reason = selected.reason
        """Why it runs in this precision."""
        self._run = open_runtime(selected.path, selected.precision, threads)
        self._on_cores = selected.precision.provider in (CPU, "openvino")

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe pictures.

        Args:
            crops: uint8 [n, resolution, resolution, 3], RGB.

        Returns:
            float32 [n, descriptor_dim].
        """
        return self._run(crops)

    def batched(self, on_run: Callable[[int], object], runs: int = 1) -> Embedder:
        """Return an embedder of the same model that joins what waiting threads ask.

        Args:
            on_run: called before each run with the number of calls it answers.
            runs: most runs at once, where cores run the model. An accelerator runs once at a time,
                for all that wait.
        """
        batched = copy(self)
        batched._run = BatchingRuntime(self._run, on_run, runs if self._on_cores else 1)
        return batched


def square_crop(image: NDArray[np.uint8], share: float, resolution: int) -> NDArray[np.uint8]:
    """Cut the centre square whose side is `share` of the shorter side, and resize it.

    Args:
        image: uint8 [height, width, 3].
        share: side of the square, 0..1 of the shorter side.
        resolution: side of the result in pixels.

    Returns:
        uint8 [resolution, resolution, 3], channels in the same order.
    """
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * share))
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    method = cv2.INTER_AREA if side > resolution else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(square, (resolution, resolution), interpolation=method))


def frame_crop(image: NDArray[np.uint8], share: float, resolution: int) -> NDArray[np.uint8]:
    """Cut a crop of a frame for the model: a batch of one centre square.

    Args:
        image: uint8 [height, width, 3], BGR.
        share: side of the square, 0..1 of the shorter side.
        resolution: side of the result in pixels.

    Returns:
        uint8 [1, resolution, resolution, 3], RGB.
    """
    crop = square_crop(image, share, resolution)
    return np.ascontiguousarray(crop[None, ..., ::-1])
