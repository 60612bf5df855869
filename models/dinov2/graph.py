"""Build DINOv2 as an ONNX graph, from numpy weights and without torch.

The graph takes a picture's bytes and returns the pooled descriptor. Every constant step is folded
into the weights: normalisation into the patch projection, LayerScale into the linear layer before
it, the position embedding into one table for the chosen resolution. Each is exact in real
arithmetic. The exporter checks this graph against `models/dinov2/reference.py`, which is the same
network unfolded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from models.dinov2.architecture import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    Dinov2Config,
    FloatArray,
    ModelError,
    Tensors,
    check_tensors,
)
from models.dinov2.graph_tools import Graph
from models.dinov2.merging import TokenMerger, add_mean
from models.dinov2.position_embeddings import interpolate_positions
from models.dinov2.reference import GEM_FLOOR, GEM_POWER

OPSET = 23
"""The first with Attention, which onnxruntime runs as one kernel since 1.23."""
IR_VERSION = 11

INPUT = "image"
DESCRIPTOR = "descriptor"
CLS = "cls"


def folded_projection(tensors: Tensors, config: Dinov2Config) -> tuple[FloatArray, FloatArray]:
    """Fold ImageNet normalisation into the patch projection.

    ``W ((x / 255 - mean) / std) + b = (W / (255 std)) x + (b - W (mean / std))``, exact since the
    projection has no padding. Computed in float64.

    Returns:
        Weight ``[hidden, patch * patch * 3]`` for patches laid out row, column, channel, and bias
        ``[hidden]``, both float32.
    """
    prefix = "embeddings.patch_embeddings.projection."
    weight = tensors[prefix + "weight"].astype(np.float64).transpose(0, 2, 3, 1)
    mean, std = np.array(IMAGENET_MEAN), np.array(IMAGENET_STD)
    bias = tensors[prefix + "bias"] - (weight * (mean / std)).sum(axis=(1, 2, 3))
    folded = (weight / (255.0 * std)).reshape(config.hidden, -1)
    return folded.astype(np.float32), bias.astype(np.float32)


def _embed(graph: Graph, tensors: Tensors, config: Dinov2Config, resolution: int) -> str:
    grid, p = config.grid(resolution), config.patch
    positions = interpolate_positions(tensors["embeddings.position_embeddings"], grid)
    weight, bias = folded_projection(tensors, config)
    rows = graph.op("Reshape", "patches/rows", INPUT, graph.ints(-1, grid, p, grid, p * 3))
    swapped = graph.op("Transpose", "patches/transpose", rows, perm=[0, 1, 3, 2, 4])
    flat = graph.op("Reshape", "patches/flat", swapped, graph.ints(-1, grid * grid, p * p * 3))
    pixels = graph.op("Cast", "patches/float", flat, to=TensorProto.FLOAT)
    kernel = graph.constant("projection.weight", weight.T)
    projected = graph.op("MatMul", "projection/matmul", pixels, kernel)
    offset = graph.constant("positions.patches", positions[:, 1:] + bias)
    patches = graph.op("Add", "patches", projected, offset)
    cls = graph.constant("positions.cls", tensors["embeddings.cls_token"] + positions[:, :1])
    batch = graph.op("Shape", "batch", INPUT, start=0, end=1)
    shape = graph.op("Concat", "cls/shape", batch, graph.ints(1, config.hidden), axis=0)
    expanded = graph.op("Expand", "cls/expand", cls, shape)
    return graph.op("Concat", "tokens", expanded, patches, axis=1)


class _Blocks:
    """Adds transformer blocks to a graph, and merges tokens between them if there is a merger."""

    def __init__(
        self, graph: Graph, tensors: Tensors, config: Dinov2Config, merger: TokenMerger | None
    ) -> None:
        self.graph, self.tensors, self.config, self.merger = graph, tensors, config, merger

    def norm(self, name: str, x: str, key: str) -> str:
        scale = self.graph.constant(f"{name}.weight", self.tensors[f"{key}.weight"])
        bias = self.graph.constant(f"{name}.bias", self.tensors[f"{key}.bias"])
        return self.graph.op(
            "LayerNormalization", name, x, scale, bias, axis=-1, epsilon=self.config.layer_norm_eps
        )

    def linear(self, name: str, x: str, key: str, gain: str | None = None) -> str:
        """Add a linear layer, with a LayerScale folded in if ``gain`` names one."""
        weight, bias = self.tensors[f"{key}.weight"], self.tensors[f"{key}.bias"]
        if gain is not None:
            scale = self.tensors[gain]
            weight, bias = weight * scale[:, None], bias * scale
        return self.graph.linear(name, x, weight, bias)

    def attention(self, name: str, x: str, key: str) -> str:
        heads = self.config.heads
        parts = [
            self.linear(f"{name}/{part}", x, f"{key}attention.attention.{part}")
            for part in ("query", "key", "value")
        ]
        mask = self.merger.mask(name) if self.merger else []
        # The scale 1 / sqrt(head_dim) is the operator's default.
        mixed = self.graph.op(
            "Attention", f"{name}/mixed", *parts, *mask, q_num_heads=heads, kv_num_heads=heads
        )
        return self.linear(
            f"{name}/out", mixed, f"{key}attention.output.dense", f"{key}layer_scale1.lambda1"
        )

    def mlp(self, name: str, x: str, key: str) -> str:
        inner = self.linear(f"{name}/fc1", x, f"{key}mlp.fc1")
        active = self.graph.op("Gelu", f"{name}/gelu", inner)
        return self.linear(f"{name}/fc2", active, f"{key}mlp.fc2", f"{key}layer_scale2.lambda1")

    def block(self, x: str, index: int) -> str:
        """Add block ``index`` (from 0); its result is called ``block<index + 1>``."""
        name, key, op = f"block{index + 1}", f"encoder.layer.{index}.", self.graph.op
        normed = self.norm(f"{name}/norm1", x, f"{key}norm1")
        x = op("Add", f"{name}/attended", x, self.attention(f"{name}/attention", normed, key))
        if self.merger:
            keys = f"{name}/attention/key"
            x = self.merger.merge(f"{name}/merge", x, keys, index + 1)
        normed = self.norm(f"{name}/norm2", x, f"{key}norm2")
        return op("Add", name, x, self.mlp(f"{name}/mlp", normed, key))


def _pool(graph: Graph, sizes: Mapping[int, str]) -> None:
    """Add the descriptor: `models.dinov2.reference.descriptor` in ONNX.

    Args:
        graph: With the blocks.
        sizes: The blocks to pool, counted from 1, with the sizes of their tokens (`TokenMerger`).
    """
    parts: list[str] = []
    first = graph.constant("index_0", np.array(0, np.int64))
    floor = graph.constant("gem.floor", np.float32(GEM_FLOOR))
    power = graph.constant("gem.power", np.float32(GEM_POWER))
    root = graph.constant("gem.root", np.float32(1 / GEM_POWER))
    bounds = (graph.ints(1), graph.ints(2**31 - 1), graph.ints(1))
    for block, sizes_there in sizes.items():
        tokens, name = f"block{block}", f"pool{block}"
        cls = graph.op("Gather", f"{name}/cls", tokens, first, axis=1)
        patches = graph.op("Slice", f"{name}/patches", tokens, *bounds)
        clipped = graph.op("Max", f"{name}/clip", patches, floor)
        raised = graph.op("Pow", f"{name}/pow", clipped, power)
        mean = add_mean(graph, f"{name}/mean", raised, sizes_there)
        gem = graph.op("Pow", f"{name}/gem", mean, root)
        parts += [
            graph.op("LpNormalization", f"{part}/unit", part, axis=1, p=2) for part in (cls, gem)
        ]
    graph.op("Concat", DESCRIPTOR, *parts, axis=1)


def _check_blocks(blocks: Sequence[int], config: Dinov2Config) -> None:
    within = bool(blocks) and min(blocks) >= 1 and max(blocks) <= config.layers
    if not within or list(blocks) != sorted(set(blocks)):
        raise ModelError(f"blocks to pool, {list(blocks)}, must ascend within 1 to {config.layers}")


def build_model(
    tensors: Tensors,
    config: Dinov2Config,
    *,
    blocks: Sequence[int],
    resolution: int = 224,
    merged: bool = False,
) -> Any:
    """Build the graph.

    Args:
        tensors: Parameters by canonical name, float32.
        config: The architecture.
        blocks: Blocks to pool into the descriptor, counted from 1, ascending.
        resolution: Side of the pictures in pixels, a multiple of the patch.
        merged: Whether tokens that are alike are merged: nearly the same, and faster.

    Returns:
        An `onnx.ModelProto`. Input ``image`` uint8 RGB ``[batch, resolution, resolution, 3]``;
        outputs ``descriptor`` float32 ``[batch, 2 * len(blocks) * hidden]`` (as
        `models.dinov2.reference.descriptor`) and ``cls`` float32 ``[batch, hidden]``, the CLS token
        after the final layer norm. The tokens after block n are the inner value ``block<n>``.

    Raises:
        ModelError: Tensors, blocks or resolution do not fit the architecture.
    """
    check_tensors(tensors, config)
    _check_blocks(blocks, config)
    graph = Graph()
    x = _embed(graph, tensors, config, resolution)
    tokens = 1 + config.grid(resolution) ** 2
    merger = TokenMerger(graph, config, tokens, max(blocks)) if merged else None
    writer = _Blocks(graph, tensors, config, merger)
    sizes: dict[int, str] = {}
    for index in range(config.layers):
        x = writer.block(x, index)
        if index + 1 in blocks:
            sizes[index + 1] = merger.sizes if merger else ""
    _pool(graph, sizes)
    last = graph.op("Gather", "last/cls", x, graph.constant("index_0", np.int64(0)), axis=1)
    writer.norm(CLS, last, "layernorm")

    def value(name: str, kind: int, *shape: str | int) -> Any:
        return helper.make_tensor_value_info(name, kind, list(shape))

    proto = helper.make_graph(
        graph.nodes,
        f"dinov2_{config.name}",
        [value(INPUT, TensorProto.UINT8, "batch", resolution, resolution, 3)],
        [
            value(DESCRIPTOR, TensorProto.FLOAT, "batch", 2 * len(blocks) * config.hidden),
            value(CLS, TensorProto.FLOAT, "batch", config.hidden),
        ],
        list(graph.constants.values()),
    )
    model = helper.make_model(
        proto,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="vernissage",
    )
    onnx.checker.check_model(model, full_check=True)
    return model
