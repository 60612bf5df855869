"""The card beside an exported model, and the names of its files."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from models.dinov2.architecture import ModelError

EQUAL_COSINE = 0.99
"""Minimum cosine to the exact descriptors at which another precision opens the same galleries."""
NATIVE_RESOLUTION = 224
"""Side of the pictures that the weights were last trained on; file names leave it out."""
RESOLUTION = 168
"""Side of the pictures that the model takes unless told otherwise: half the time of the native one
(docs/measurements/index-views.md)."""
PREPROCESSING = "centre-square+inner, on a wall at 0.45 and 0.85, rgb uint8 (v2)"
"""What pictures and views the descriptors are of; stored with a gallery, so that a change of it is
noticed."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What the exporter wrote about a model.

    `weights_sha256` is the digest of the weights' file, and `fingerprint` that of the exported one.
    `space` is equal for models of the same weights and recipe, in any precision. `cosine` is the
    minimum cosine that was measured between the descriptors and the exact ones, 0 if it was not
    measured.
    """

    name: str
    weights: str
    weights_sha256: str
    precision: str
    fingerprint: str
    space: str
    resolution: int
    descriptor_dim: int
    cosine: float


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
        values["cosine"] = float(values["parity"]["descriptor"])
        return ModelCard(**{field.name: values[field.name] for field in fields(ModelCard)})
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{path.with_suffix('.json')}: not a model card ({error}); run: vernissage export"
        ) from None


def variant_path(path: Path, card: ModelCard, kind: str) -> Path:
    """Return the path of the same model in another kind, such as ``fp32`` or ``int8-static``."""
    if kind == card.precision:
        return path
    return path.with_name(f"{card.name}.onnx" if kind == "fp32" else f"{card.name}-{kind}.onnx")


def model_name(size: str, resolution: int, precision: str) -> str:
    """Return the stem of a model's files, such as ``dinov2-small`` or ``dinov2-small-336-int8``."""
    parts = ["dinov2", size]
    if resolution != NATIVE_RESOLUTION:
        parts.append(str(resolution))
    if precision != "fp32":
        parts.append(precision)
    return "-".join(parts)
