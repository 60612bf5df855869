"""Pictures to embeddings: one onnxruntime session that everyone shares."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

from models.architecture import ModelError
from models.dinov2 import with_outputs

PREPROCESSING = "centre-square+inner, area-resize 224, rgb uint8 (v1)"
"""Names what `two_crops` does; stored with a gallery, so that a change of it is noticed."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is: written beside it by the exporter.

    `fingerprint` is of the file; `space` is equal for models whose embeddings may be compared:
    the same weights and recipe in another precision that passed the exporter's parity check.
    """

    name: str
    weights: str
    precision: str
    fingerprint: str
    space: str
    resolution: int
    descriptor_dim: int


class Embedder:
    """Embeds batches of square pictures. Safe to call from several threads."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        """Load an exported model and its card.

        Args:
            path: the `.onnx` file; its card lies beside it.
            threads: threads of one run.

        Raises:
            ModelError: a file is missing or broken; the message says what to run.
        """
        self.card = read_card(path)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        # Spinning threads would take the cores from decoding and matching between two frames.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = ort.InferenceSession(
                _load_graph(path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise ModelError(
                f"{path}: not a usable model ({error}); run: vernissage export"
            ) from None

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Describe pictures.

        Args:
            crops: uint8 [n, resolution, resolution, 3], RGB.

        Returns:
            float32 [n, descriptor_dim].
        """
        (descriptors,) = self._session.run(["descriptor"], {"image": crops})
        return np.asarray(descriptors)


def read_card(path: Path) -> ModelCard:
    """Read the card beside an exported model.

    Raises:
        ModelError: the model or its card is missing or broken.
    """
    for wanted in (path, path.with_suffix(".json")):
        if not wanted.is_file():
            raise ModelError(f"{wanted}: no such model file; make it with: vernissage export")
    try:
        values = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return ModelCard(**{name: values[name] for name in ModelCard.__dataclass_fields__})
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path.with_suffix('.json')}: not a model card ({error}); run: vernissage export"
        ) from None


def _load_graph(path: Path) -> bytes:
    """Read the model without what only the final CLS needs."""
    model: bytes = with_outputs(onnx.load(path), ["descriptor"]).SerializeToString()
    return model


AROUND = ((-0.15, 0.0), (0.15, 0.0), (0.0, -0.15), (0.0, 0.15))
AROUND_SHARE = 0.5
"""Where `crops_around` looks, measured for half hidden artworks and for ones beside others."""


def square_crop(
    image: NDArray[np.uint8],
    share: float,
    resolution: int,
    away: tuple[float, float] = (0.0, 0.0),
) -> NDArray[np.uint8]:
    """Cut the square whose side is `share` of the shorter side, and resize it.

    Args:
        image: uint8 [height, width, 3].
        share: 0..1.
        resolution: side of the result in pixels.
        away: how far its centre is from the image's, to the right and down, in shares of the
            image's width and height; the square must lie inside.

    Returns:
        uint8 [resolution, resolution, 3], channels as they came.
    """
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * share))
    top = (height - side) // 2 + round(away[1] * height)
    left = (width - side) // 2 + round(away[0] * width)
    square = image[top : top + side, left : left + side]
    way = cv2.INTER_AREA if side > resolution else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(square, (resolution, resolution), interpolation=way))


def two_crops(image: NDArray[np.uint8], inner: float, resolution: int) -> NDArray[np.uint8]:
    """Cut the two crops that a frame is embedded by: the centre square, and its inner part.

    Args:
        image: uint8 [height, width, 3], BGR.
        inner: side of the second crop as a share of the first, 0..1.
        resolution: side of the results in pixels.

    Returns:
        uint8 [2, resolution, resolution, 3], RGB.
    """
    crops = [square_crop(image, share, resolution) for share in (1.0, inner)]
    return np.ascontiguousarray(np.stack(crops)[..., ::-1])


def crops_around(image: NDArray[np.uint8], resolution: int) -> NDArray[np.uint8]:
    """Cut four crops left, right, above and below of the centre, for a closer look.

    Args:
        image: uint8 [height, width, 3], BGR.
        resolution: side of the results in pixels.

    Returns:
        uint8 [4, resolution, resolution, 3], RGB.
    """
    crops = [square_crop(image, AROUND_SHARE, resolution, away) for away in AROUND]
    return np.ascontiguousarray(np.stack(crops)[..., ::-1])
