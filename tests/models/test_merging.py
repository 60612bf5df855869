"""Merged tokens: the most similar pairs become one, and a descriptor stays nearly the same."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from models.dinov2.architecture import SIZES
from models.dinov2.graph import DESCRIPTOR, INPUT, IR_VERSION, OPSET, build_model
from models.dinov2.graph_tools import Graph, with_outputs
from models.dinov2.merging import TokenMerger
from models.dinov2.parity import min_cosine, probe_pictures
from tests.helpers.random_weights import seeded_tensors

TINY = SIZES["tiny"]
TOKENS, BATCH = 17, 3


def run(model: onnx.ModelProto, **inputs: NDArray[np.generic]) -> list[NDArray[np.float32]]:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return [np.asarray(result) for result in session.run(None, inputs)]


def merged_once(
    x: NDArray[np.float32], keys: NDArray[np.float32], sizes: NDArray[np.float32], count: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Merge the tokens of one picture in plain numpy: [tokens, hidden] and [tokens, 1]."""
    mean = keys.reshape(len(keys), TINY.heads, -1).mean(1)
    unit = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    alike = unit[::2] @ unit[1::2].T
    alike[0] = -np.inf
    order = np.argsort(alike.max(1))
    kept, merged = order[:-count], order[-count:]
    sums, odd_sizes = (x * sizes)[1::2].copy(), sizes[1::2].copy()
    for index in merged:
        sums[alike[index].argmax()] += (x * sizes)[::2][index]
        odd_sizes[alike[index].argmax()] += sizes[::2][index]
    new = np.concatenate([x[::2][kept], sums / odd_sizes])
    return new, np.concatenate([sizes[::2][kept], odd_sizes])


def test_the_most_similar_tokens_become_one_and_cls_stays_first() -> None:
    graph = Graph()
    merger = TokenMerger(graph, TINY, TOKENS, last=3)
    once = merger.merge("once", "x", "x", block=1)
    sizes, left = merger.sizes, merger.tokens
    twice = merger.merge("twice", once, once, block=2)
    assert merger.merge("last", twice, twice, block=3) == twice, "the last block needs no merge"
    values = [(name, ["batch", None, None]) for name in (once, sizes, twice, merger.sizes)]
    inputs, *outputs = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in [("x", ["batch", TOKENS, TINY.hidden]), *values]
    )
    proto = helper.make_graph(
        graph.nodes, "merge", [inputs], outputs, list(graph.constants.values())
    )
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(proto, opset_imports=[opset], ir_version=IR_VERSION)
    x = np.random.default_rng(1).normal(size=(BATCH, TOKENS, TINY.hidden)).astype(np.float32)
    found = run(model, x=x)
    assert (left, merger.tokens) == (15, 14)
    for index in range(BATCH):
        first, first_sizes = merged_once(x[index], x[index], np.ones((TOKENS, 1), np.float32), 2)
        second, second_sizes = merged_once(first, first, first_sizes, 1)
        for result, expected in zip(found, (first, first_sizes, second, second_sizes), strict=True):
            np.testing.assert_allclose(result[index], expected, atol=1e-5)
        assert found[3][index].sum() == TOKENS
        np.testing.assert_array_equal(found[2][index, 0], x[index, 0])


@pytest.mark.parametrize("resolution", [56, 98])
def test_a_descriptor_is_nearly_the_same_of_fewer_tokens(resolution: int) -> None:
    tensors = seeded_tensors(TINY, seed=7)
    plain, merged = (
        build_model(tensors, TINY, blocks=(1, 2, 3), resolution=resolution, merged=merged)
        for merged in (False, True)
    )
    pictures = probe_pictures(resolution)
    (expected,) = run(with_outputs(plain, [DESCRIPTOR]), **{INPUT: pictures})
    found, tokens = run(with_outputs(merged, [DESCRIPTOR, "block3"]), **{INPUT: pictures})
    assert min_cosine(found, expected) >= 0.99
    assert tokens.shape[1] < 1 + TINY.grid(resolution) ** 2
    alone = [
        run(with_outputs(merged, [DESCRIPTOR]), image=picture[None])[0] for picture in pictures
    ]
    np.testing.assert_allclose(np.concatenate(alone), found, atol=1e-4)
