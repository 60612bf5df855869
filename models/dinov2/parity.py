"""Check an exported graph against the reference implementation, `models/dinov2/reference.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from models.dinov2 import reference
from models.dinov2.architecture import Dinov2Config, FloatArray, ModelError, Tensors
from models.dinov2.graph import CLS, DESCRIPTOR, INPUT

MIN_COSINE = {"fp32": 0.9999, "int8": 0.99, "int8-static": 0.99, "int8-merged": 0.99}
"""Minimum cosine between the graph's descriptor and the reference's, by precision."""


@dataclass(frozen=True)
class Parity:
    """Minimum cosines over the probe pictures.

    Attributes:
        descriptor: Of the whole descriptor.
        cls: Of the final CLS token.
    """

    descriptor: float
    cls: float


def probe_pictures(resolution: int, seed: int = 2304) -> NDArray[np.uint8]:
    """Make pictures that stress a graph in different ways; the same seed gives the same ones.

    Args:
        resolution: Side in pixels.
        seed: Seed of the random parts.

    Returns:
        ``[4, resolution, resolution, 3]`` uint8 RGB: a colour gradient, cloud-like texture of
        many scales, edges of a few flat shapes, and white noise.
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:resolution, 0:resolution] / max(1, resolution - 1)
    gradient = np.stack([x, y, 1 - (x + y) / 2], axis=-1)
    clouds = np.zeros((resolution, resolution, 3))
    for octave in range(6):
        cells = min(2 ** (octave + 1), resolution)
        pick = np.arange(resolution) * cells // resolution
        clouds += rng.random((cells, cells, 3))[pick][:, pick] / 2**octave
    shapes = np.full((resolution, resolution, 3), 0.8)
    for _ in range(12):
        centre_y, centre_x, radius = rng.random(3) * (1, 1, 0.3)
        shapes[(y - centre_y) ** 2 + (x - centre_x) ** 2 < radius**2] = rng.random(3)
    noise = rng.random((resolution, resolution, 3))
    pictures = np.stack([gradient, clouds / clouds.max(), shapes, noise])
    return np.asarray(np.round(pictures * 255), dtype=np.uint8)


def min_cosine(a: FloatArray, b: FloatArray) -> float:
    """Return the minimum cosine of vectors along the last axis; NaN if one is not finite."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    return float(((a * b).sum(-1) / lengths).min())


@dataclass(frozen=True)
class ReferenceOutputs:
    """The reference's outputs for the probe pictures.

    Attributes:
        pictures: ``[n, side, side, 3]`` uint8 RGB.
        descriptor: ``[n, descriptor_dim]`` float32.
        cls: ``[n, hidden]`` float32.
    """

    pictures: NDArray[np.uint8]
    descriptor: FloatArray
    cls: FloatArray


def run_reference(
    tensors: Tensors, config: Dinov2Config, *, blocks: Sequence[int], resolution: int
) -> ReferenceOutputs:
    """Run the reference on the probe pictures."""
    pictures = probe_pictures(resolution)
    outputs = reference.block_outputs(pictures, tensors, config)
    return ReferenceOutputs(
        pictures,
        reference.descriptor(outputs, blocks),
        reference.final_cls(outputs[-1], tensors, config),
    )


def check_parity(model: Path, expected: ReferenceOutputs, precision: str) -> Parity:
    """Run an exported model on the probe pictures and compare it with the reference.

    Args:
        model: The ``.onnx`` file.
        expected: The reference's outputs.
        precision: A key of `MIN_COSINE`.

    Returns:
        The cosines found. That of the final CLS token is checked for ``fp32`` only.

    Raises:
        ModelError: A cosine is too low.
    """
    session = ort.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    descriptor, cls = session.run([DESCRIPTOR, CLS], {INPUT: expected.pictures})
    found = Parity(min_cosine(descriptor, expected.descriptor), min_cosine(cls, expected.cls))
    lowest = MIN_COSINE[precision]
    checked = [(DESCRIPTOR, found.descriptor)] + [(CLS, found.cls)] * (precision == "fp32")
    for output, cosine in checked:
        if not cosine >= lowest:
            raise ModelError(
                f"parity check failed: cosine of the {precision} {output} to the reference is "
                f"{cosine:.6f}, under {lowest}; nothing was exported"
            )
    return found
