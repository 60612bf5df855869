"""The graph against the reference, against pinned values, and against the wheel's own graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from PIL import Image

from models.dinov2 import reference
from models.dinov2.architecture import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    SIZES,
    FloatArray,
    ModelError,
    check_tensors,
    config_for,
    parameter_shapes,
)
from models.dinov2.graph import CLS, DESCRIPTOR, INPUT, build_model, folded_projection
from models.dinov2.graph_tools import with_outputs
from models.dinov2.parity import min_cosine, probe_pictures
from models.dinov2.position_embeddings import cubic_weights
from models.weights import wheel as wheel_module
from models.weights.sources import load_weights
from settings import REPOSITORY
from tests.helpers.random_weights import seeded_tensors

TINY = SIZES["tiny"]
# Of `seeded_tensors(TINY, 7)` over `probe_pictures(56)`, blocks 1 and 2, as numpy computes them.
PINNED_DESCRIPTOR = [-0.07716, -0.03281, 0.06429, 0.10837]
PINNED_GEM = [0.12795, 0.06477, 0.08989, 0.11478]
PINNED_CLS = [-0.60856, -0.61577, 0.27579, 0.49481]

MASTERS = REPOSITORY.parent / "shared" / "data" / "gallery" / "masters"


def run(model: Any, names: list[str] | None, **inputs: NDArray[Any]) -> list[FloatArray]:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found: list[FloatArray] = session.run(names, inputs)
    return found


@pytest.fixture(scope="module")
def tiny() -> dict[str, FloatArray]:
    return seeded_tensors(TINY, seed=7)


def test_canonical_vectors_of_the_seeded_tiny_model(tiny: dict[str, FloatArray]) -> None:
    model = build_model(tiny, TINY, blocks=(1, 2), resolution=56)
    descriptor, cls = run(model, None, image=probe_pictures(56))
    assert descriptor.shape == (4, 512) and cls.shape == (4, 128)
    assert descriptor.dtype == cls.dtype == np.float32
    np.testing.assert_allclose(descriptor[0, :4], PINNED_DESCRIPTOR, atol=1e-4)
    np.testing.assert_allclose(descriptor[3, -4:], PINNED_GEM, atol=1e-4)
    np.testing.assert_allclose(cls[1, :4], PINNED_CLS, atol=1e-4)


@pytest.mark.parametrize("resolution", [14, 56, 70, 112])
def test_every_block_agrees_with_the_reference(
    tiny: dict[str, FloatArray], resolution: int
) -> None:
    model = build_model(tiny, TINY, blocks=(1, 2, 3), resolution=resolution)
    pictures = probe_pictures(resolution)
    names = [f"block{index}" for index in (1, 2, 3)]
    *blocks, cls, descriptor = run(
        with_outputs(model, [*names, CLS, DESCRIPTOR]), None, image=pictures
    )
    expected = reference.block_outputs(pictures, tiny, TINY)
    for ours, theirs in zip(blocks, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=2e-4)
    np.testing.assert_allclose(cls, reference.final_cls(expected[-1], tiny, TINY), atol=2e-4)
    np.testing.assert_allclose(descriptor, reference.descriptor(expected, (1, 2, 3)), atol=1e-5)


def test_batch_is_dynamic_and_pictures_do_not_mix(tiny: dict[str, FloatArray]) -> None:
    model = build_model(tiny, TINY, blocks=(2,), resolution=56)
    pictures = probe_pictures(56)
    (together,) = run(model, [DESCRIPTOR], image=pictures)
    for index in range(len(pictures)):
        (alone,) = run(model, [DESCRIPTOR], image=pictures[index : index + 1])
        np.testing.assert_allclose(alone[0], together[index], atol=1e-5)


def test_each_part_of_the_descriptor_has_unit_length(tiny: dict[str, FloatArray]) -> None:
    (descriptor,) = run(
        build_model(tiny, TINY, blocks=(1, 3), resolution=56),
        [DESCRIPTOR],
        image=probe_pictures(56),
    )
    lengths = np.linalg.norm(descriptor.reshape(4, 4, 128), axis=-1)
    np.testing.assert_allclose(lengths, 1.0, atol=1e-5)


def test_normalisation_folds_exactly(tiny: dict[str, FloatArray]) -> None:
    weight, bias = folded_projection(tiny, TINY)
    pixels = np.random.default_rng(1).integers(0, 256, (5, 14, 14, 3))
    normalised = (pixels / 255 - np.array(IMAGENET_MEAN)) / np.array(IMAGENET_STD)
    kernel = tiny["embeddings.patch_embeddings.projection.weight"]
    plain = np.einsum("nyxc,dcyx->nd", normalised, kernel)
    plain += tiny["embeddings.patch_embeddings.projection.bias"]
    np.testing.assert_allclose(pixels.reshape(5, -1) @ weight.T + bias, plain, atol=1e-4)


@pytest.mark.parametrize(("source", "target"), [(37, 16), (4, 5), (4, 1), (5, 9)])
def test_bicubic_agrees_with_onnx_resize(source: int, target: int) -> None:
    image = np.random.default_rng(2).standard_normal((1, 3, source, source)).astype(np.float32)
    resize = onnx.helper.make_node(
        "Resize",
        ["x", "", "", "size"],
        ["y"],
        mode="cubic",
        cubic_coeff_a=-0.75,
        coordinate_transformation_mode="half_pixel",
    )
    value = onnx.helper.make_tensor_value_info
    graph = onnx.helper.make_graph(
        [resize],
        "resize",
        [value("x", 1, image.shape), value("size", 7, [4])],
        [value("y", 1, [1, 3, target, target])],
    )
    opset = [onnx.helper.make_opsetid("", 19)]
    model = onnx.helper.make_model(graph, opset_imports=opset, ir_version=9)
    (expected,) = run(model, None, x=image, size=np.array([1, 3, target, target]))
    axis = cubic_weights(source, target)
    np.testing.assert_allclose(axis.sum(1), 1.0)
    np.testing.assert_allclose(axis @ image @ axis.T, expected, atol=1e-5)


def test_cutting_leaves_out_what_the_descriptor_does_not_need(
    tiny: dict[str, FloatArray],
) -> None:
    model = build_model(tiny, TINY, blocks=(1, 2), resolution=56)
    cut = with_outputs(model, [DESCRIPTOR])
    assert not any(node.name.startswith("block3") for node in cut.graph.node)
    assert not any(tensor.name.startswith("block3") for tensor in cut.graph.initializer)
    pictures = probe_pictures(56)
    (whole,) = run(model, [DESCRIPTOR], image=pictures)
    np.testing.assert_array_equal(run(cut, None, image=pictures)[0], whole)
    with pytest.raises(ModelError, match="no value 'block9'"):
        with_outputs(model, ["block9"])


@pytest.mark.parametrize("size", ["small", "base", "large"])
def test_published_parameter_counts(size: str) -> None:
    # The checkpoints hold these and the mask token; their sizes in bytes are public.
    stored = {"small": 88_249_960, "base": 346_345_912, "large": 1_217_522_888}[size]
    config = config_for(size)
    shapes = parameter_shapes(config).values()
    values = sum(int(np.prod(shape)) for shape in shapes) + config.hidden
    assert 0 < stored - 4 * values < 60_000, "the rest is the file's header"


def test_bad_requests_are_refused_in_one_line(tiny: dict[str, FloatArray]) -> None:
    cases: list[tuple[str, dict[str, Any]]] = [
        ("ascend within 1 to 3", {"blocks": (0, 1)}),
        ("ascend within 1 to 3", {"blocks": (2, 4)}),
        ("ascend within 1 to 3", {"blocks": (2, 1)}),
        ("ascend within 1 to 3", {"blocks": ()}),
        ("not a positive multiple of 14; take 56", {"blocks": (1,), "resolution": 57}),
        ("not a positive multiple of 14", {"blocks": (1,), "resolution": 0}),
    ]
    for words, request in cases:
        with pytest.raises(ModelError, match=words) as caught:
            build_model(tiny, TINY, **request)
        assert "\n" not in str(caught.value)
    with pytest.raises(ModelError, match="no model size 'huge'; there are"):
        config_for("huge")


def test_wrong_tensors_are_refused_by_name(tiny: dict[str, FloatArray]) -> None:
    name = "encoder.layer.1.mlp.fc1.weight"
    missing = {key: value for key, value in tiny.items() if key != name}
    with pytest.raises(ModelError, match=f"lacks tensor {name}$"):
        check_tensors(missing, TINY)
    with pytest.raises(ModelError, match=r"unknown tensor register_tokens"):
        check_tensors(tiny | {"register_tokens": np.zeros(3, np.float32)}, TINY)
    with pytest.raises(ModelError, match=r"fc1.weight is \[128, 512\], not \[512, 128\]"):
        check_tensors(tiny | {name: tiny[name].T}, TINY)
    broken = tiny[name].copy()
    broken[0, 0] = np.nan
    with pytest.raises(ModelError, match="not finite"):
        check_tensors(tiny | {name: broken}, TINY)


def real_pictures() -> NDArray[np.uint8]:
    """Made-up pictures, and paintings if the shared galleries are there."""
    found = [
        np.asarray(Image.open(path).convert("RGB").resize((224, 224), Image.Resampling.BICUBIC))
        for path in sorted(MASTERS.glob("*.jpg"))[:4]
    ]
    return np.concatenate([probe_pictures(224), np.array(found).reshape(-1, 224, 224, 3)]).astype(
        np.uint8
    )


def test_every_block_agrees_with_the_wheels_own_graph(wheel: Path) -> None:
    weights = load_weights("wheel", cache_dir=wheel.parent)
    model = build_model(weights.tensors, weights.config, blocks=weights.pooling.blocks)
    layers = range(weights.config.layers)
    ours = with_outputs(model, [*(f"block{index + 1}" for index in layers), CLS])
    theirs = with_outputs(
        wheel_module.read_wheel_model(wheel),
        [
            *(f"/backbone/encoder/layer.{index}/Add_1_output_0" for index in layers),
            "/backbone/layernorm/Add_1_output_0",
        ],
    )
    pictures = real_pictures()
    normalised = (pictures / 255.0 - np.array(IMAGENET_MEAN)) / np.array(IMAGENET_STD)
    found = run(ours, None, **{INPUT: pictures})
    expected = run(theirs, None, input_image=normalised.transpose(0, 3, 1, 2).astype(np.float32))
    expected[-1] = expected[-1][:, 0]
    for a, b in zip(found, expected, strict=True):  # tokens: CLS first, then 256 patches
        assert a.shape == b.shape
        assert min_cosine(a, b) >= 0.9999
