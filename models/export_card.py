"""The model card that is written beside an exported model, as JSON."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common.files import file_sha256
from models.dinov2.parity import Parity
from models.model_card import model_name
from models.weights.sources import Weights

CARD_FORMAT = 1
RECIPE = "cls+gem3 of each block, unit length each, concatenated (v1)"
"""How a descriptor is made from block outputs; descriptors of other recipes can't be compared."""


def space_fingerprint(weights: Weights, resolution: int) -> str:
    """Fingerprint the space of the descriptors: the same for every precision of one model.

    Returns:
        SHA-256 over parameters, architecture, resolution, pooled blocks and recipe.
    """
    digest = hashlib.sha256()
    definition = [RECIPE, repr(weights.config), resolution, list(weights.pooling.blocks)]
    digest.update(json.dumps(definition).encode())
    for name in sorted(weights.tensors):
        digest.update(name.encode())
        digest.update(weights.tensors[name].tobytes())
    return digest.hexdigest()


def make_card(
    weights: Weights, model: Path, precision: str, resolution: int, parity: Parity
) -> dict[str, Any]:
    """Describe an exported model; `models/model_card.py` reads it, and galleries rely on it."""
    return {
        "format": CARD_FORMAT,
        "name": model_name(weights.config.name, resolution, "fp32"),
        "weights": weights.label,
        "source": weights.source,
        "reason": weights.reason,
        "weights_sha256": weights.sha256,
        "precision": precision,
        "fingerprint": file_sha256(model),
        "space": space_fingerprint(weights, resolution),
        "resolution": resolution,
        "descriptor_dim": 2 * len(weights.pooling.blocks) * weights.config.hidden,
        "hidden": weights.config.hidden,
        "blocks": list(weights.pooling.blocks),
        "final_cls": weights.pooling.final_cls,
        "parity": {"descriptor": parity.descriptor, "cls": parity.cls},
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
