"""What is installed: the model files in one folder, and the card beside each."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path

from models.dinov2.architecture import ModelError


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a model is: written beside it by the exporter.

    `fingerprint` is of the file; `space` is equal for models of the same weights and recipe, in
    any precision; `cosine` is how near the descriptors are to the exact ones: the least that was
    found, 0 where nobody has looked.
    """

    name: str
    weights: str
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
    """Name the file of the same model in another kind, such as ``fp32`` or ``int8-static``."""
    if kind == card.precision:
        return path
    return path.with_name(f"{card.name}.onnx" if kind == "fp32" else f"{card.name}-{kind}.onnx")


def model_name(size: str, resolution: int, precision: str) -> str:
    """Gives the stem of a model's files, such as ``dinov2-small`` or ``dinov2-small-336-int8``."""
    parts = ["dinov2", size]
    if resolution != 224:
        parts.append(str(resolution))
    if precision != "fp32":
        parts.append(precision)
    return "-".join(parts)


EQUAL_COSINE = 0.99
"""Descriptors at least so near to the exact ones go with the same galleries."""


PREPROCESSING = "centre-square+inner, area-resize 224, rgb uint8 (v1)"
"""Names what `two_crops` does; stored with a gallery, so that a change of it is noticed."""
