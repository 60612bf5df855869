"""DINOv2's forward pass in plain numpy: slow, short, and what the graph is checked against.

It shares no code with `models/dinov2/graph.py` on purpose. Nothing is folded, fused or reordered
here, so that no error of the graph is hidden by being made twice. Formulas: arXiv:2304.07193 for
the network, arXiv:1711.02512 equation 3 for generalised-mean pooling (GeM).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.dinov2.architecture import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Dinov2Config,
    FloatArray,
    Tensors,
)
from models.dinov2.position_embeddings import interpolate_positions

GEM_POWER = 3.0
GEM_FLOOR = 1e-6


def _linear(x: FloatArray, tensors: Tensors, name: str) -> FloatArray:
    return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]


def _layer_norm(x: FloatArray, tensors: Tensors, name: str, eps: float) -> FloatArray:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + np.float32(eps))
    normed: FloatArray = scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]
    return normed


def _attention(x: FloatArray, tensors: Tensors, prefix: str, config: Dinov2Config) -> FloatArray:
    def heads(name: str) -> FloatArray:
        projected = _linear(x, tensors, f"{prefix}attention.attention.{name}")
        split = projected.reshape(*x.shape[:2], config.heads, config.head_dim)
        return split.transpose(0, 2, 1, 3)

    scores = heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32(config.head_dim**0.5)
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = (raised / raised.sum(-1, keepdims=True)) @ heads("value")
    return _linear(
        mixed.transpose(0, 2, 1, 3).reshape(x.shape), tensors, f"{prefix}attention.output.dense"
    )


def _erf(x: FloatArray) -> FloatArray:
    """Compute the error function to 1.5e-7: Abramowitz and Stegun, formula 7.1.26."""
    t = 1 / (1 + 0.3275911 * np.abs(x, dtype=np.float64))
    series = np.full_like(t, 1.061405429)
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = series * t + coefficient
    erf: FloatArray = (np.sign(x) * (1 - series * t * np.exp(-(x.astype(np.float64) ** 2)))).astype(
        np.float32
    )
    return erf


def _mlp(x: FloatArray, tensors: Tensors, prefix: str) -> FloatArray:
    inner = _linear(x, tensors, f"{prefix}mlp.fc1")
    activated = np.float32(0.5) * inner * (1 + _erf(inner / np.float32(2**0.5)))
    return _linear(activated, tensors, f"{prefix}mlp.fc2")


def embed_patches(
    pictures: NDArray[np.uint8], tensors: Tensors, config: Dinov2Config
) -> FloatArray:
    """Turn pictures into the first tokens.

    Args:
        pictures: ``[batch, side, side, 3]`` uint8 RGB.
        tensors: Parameters by canonical name.
        config: The architecture.

    Returns:
        ``[batch, 1 + patches, hidden]`` float32: CLS, then patches row by row, with positions.
    """
    grid, p = config.grid(pictures.shape[1]), config.patch
    mean = np.array(IMAGENET_MEAN, np.float32)
    std = np.array(IMAGENET_STD, np.float32)
    normalised = (pictures.astype(np.float32) / np.float32(255) - mean) / std
    blocks = normalised.reshape(-1, grid, p, grid, p, 3).transpose(0, 1, 3, 5, 2, 4)
    kernel = tensors["embeddings.patch_embeddings.projection.weight"].reshape(config.hidden, -1)
    patches = blocks.reshape(len(pictures), grid * grid, -1) @ kernel.T
    patches = patches + tensors["embeddings.patch_embeddings.projection.bias"]
    cls = np.repeat(tensors["embeddings.cls_token"], len(pictures), axis=0)
    positions = interpolate_positions(tensors["embeddings.position_embeddings"], grid)
    return np.concatenate([cls, patches], axis=1) + positions


def block_outputs(
    pictures: NDArray[np.uint8], tensors: Tensors, config: Dinov2Config
) -> list[FloatArray]:
    """Run the backbone and keep the tokens after every block.

    Args:
        pictures: ``[batch, side, side, 3]`` uint8 RGB.
        tensors: Parameters by canonical name.
        config: The architecture.

    Returns:
        For each block ``[batch, 1 + patches, hidden]`` float32, before the final layer norm.
    """
    x, outputs = embed_patches(pictures, tensors, config), []
    for index in range(config.layers):
        prefix = f"encoder.layer.{index}."
        normed = _layer_norm(x, tensors, f"{prefix}norm1", config.layer_norm_eps)
        attended = _attention(normed, tensors, prefix, config)
        x = x + attended * tensors[f"{prefix}layer_scale1.lambda1"]
        normed = _layer_norm(x, tensors, f"{prefix}norm2", config.layer_norm_eps)
        x = x + _mlp(normed, tensors, prefix) * tensors[f"{prefix}layer_scale2.lambda1"]
        outputs.append(x)
    return outputs


def final_cls(last: FloatArray, tensors: Tensors, config: Dinov2Config) -> FloatArray:
    """Return the CLS token after the final layer norm, ``[batch, hidden]`` float32."""
    return _layer_norm(last[:, 0], tensors, "layernorm", config.layer_norm_eps)


def gem(patches: FloatArray) -> FloatArray:
    """Pool patches by generalised mean: ``[batch, patches, hidden]`` to ``[batch, hidden]``.

    ``mean(max(x, 1e-6) ** 3) ** (1 / 3)``: negative features count as zero.
    """
    floor = np.maximum(patches, np.float32(GEM_FLOOR)).astype(np.float64)
    mean: NDArray[np.float64] = (floor**GEM_POWER).mean(1) ** (1 / GEM_POWER)
    return mean.astype(np.float32)


def descriptor(outputs: Sequence[FloatArray], blocks: Sequence[int]) -> FloatArray:
    """Pool block outputs into one vector for each picture.

    Args:
        outputs: The result of `block_outputs`.
        blocks: Blocks to pool, counted from 1.

    Returns:
        ``[batch, 2 * len(blocks) * hidden]`` float32: for each block its CLS, then the GeM of its
        patches, each of length 1; the whole is not normalised again.
    """
    parts = []
    for block in blocks:
        tokens = outputs[block - 1]
        parts += [tokens[:, 0], gem(tokens[:, 1:])]
    return np.concatenate(
        [part / np.linalg.norm(part, axis=1, keepdims=True) for part in parts], axis=1
    )
