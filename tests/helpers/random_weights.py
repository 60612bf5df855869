"""Random weights that are the same on every machine."""

from __future__ import annotations

import math

import numpy as np

from models.dinov2.architecture import Dinov2Config, FloatArray, parameter_shapes


def seeded_tensors(config: Dinov2Config, seed: int) -> dict[str, FloatArray]:
    """Make random weights of sensible scale, the same for the same seed on any machine."""
    rng = np.random.default_rng(seed)
    tensors: dict[str, FloatArray] = {}
    for name, shape in sorted(parameter_shapes(config).items()):
        fan_in = math.prod(shape[1:]) if len(shape) > 1 else 1
        noise = rng.standard_normal(shape)
        if name.endswith(("norm1.weight", "norm2.weight", "layernorm.weight", "lambda1")):
            values = 1.0 + 0.1 * noise
        elif "token" in name or "position" in name or name.endswith("bias"):
            values = 0.1 * noise
        else:
            values = noise / math.sqrt(fan_in)
        tensors[name] = values.astype(np.float32)
    return tensors
