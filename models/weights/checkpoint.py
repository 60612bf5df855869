"""Read a safetensors checkpoint of DINOv2 into numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from models.dinov2.architecture import Dinov2Config, FloatArray, ModelError, check_tensors

TRAINING_ONLY = ("embeddings.mask_token",)
PREFIXES = ("dinov2.", "backbone.")


def read_checkpoint(path: Path, config: Dinov2Config) -> dict[str, FloatArray]:
    """Read and check a checkpoint.

    Args:
        path: The safetensors file.
        config: The architecture that it should hold.

    Returns:
        Parameters by canonical name, float32.

    Raises:
        ModelError: The file cannot be read, or holds another architecture.
    """
    try:
        stored = load_file(path)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path} is not a readable safetensors file ({error})") from None
    try:
        tensors = canonical_names(stored)
        check_tensors(tensors, config)
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from None
    return tensors


def canonical_names(stored: dict[str, np.ndarray]) -> dict[str, FloatArray]:
    """Drop a wrapper's prefix and the tensors that only training uses; convert to float32.

    Args:
        stored: Tensors of a checkpoint as saved by ``Dinov2Model`` or by a model around it.

    Raises:
        ModelError: A tensor holds no floating-point numbers.
    """
    prefix = next((p for p in PREFIXES if f"{p}embeddings.cls_token" in stored), "")
    tensors: dict[str, FloatArray] = {}
    for name, values in stored.items():
        plain = name.removeprefix(prefix)
        if plain in TRAINING_ONLY:
            continue
        if values.dtype.kind != "f":
            raise ModelError(f"{name} holds {values.dtype}, not floating-point numbers")
        tensors[plain] = values.astype(np.float32)
    return tensors
