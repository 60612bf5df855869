"""Exports: files and cards, the parity check, int8, and failures that change nothing."""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from safetensors.numpy import save_file

from models import export_onnx
from models.dinov2 import graph, parity
from models.dinov2.architecture import SIZES, ModelError
from models.dinov2.parity import MIN_COSINE, min_cosine, probe_pictures
from models.export_card import space_fingerprint
from models.export_onnx import export_model, export_weights
from models.model_card import RESOLUTION, model_name
from models.weights.sources import Pooling, Weights
from settings import REPOSITORY
from tests.helpers.random_weights import seeded_tensors


@pytest.fixture(scope="module")
def tiny() -> Weights:
    tensors = seeded_tensors(SIZES["tiny"], seed=7)
    pooling = Pooling((1, 2), final_cls=True)
    return Weights(tensors, SIZES["tiny"], "file", "tiny", "a test", "0" * 64, pooling)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_export_writes_models_with_their_cards(tiny: Weights, tmp_path: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    done = export_weights(
        tiny, tmp_path, resolution=56, on_progress=lambda *step: steps.append(step)
    )
    assert files(tmp_path) == [
        "dinov2-tiny-56-int8.json",
        "dinov2-tiny-56-int8.onnx",
        "dinov2-tiny-56.json",
        "dinov2-tiny-56.onnx",
    ]
    cards = {
        kind: json.loads(path.with_suffix(".json").read_text())
        for kind, path in done.models.items()
    }
    for kind, path in done.models.items():
        card = cards[kind]
        assert card["precision"] == kind
        assert card["fingerprint"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (card["resolution"], card["descriptor_dim"], card["blocks"]) == (56, 512, [1, 2])
        assert (card["weights"], card["source"], card["reason"]) == ("tiny", "file", "a test")
        assert card["parity"]["descriptor"] >= MIN_COSINE[kind]
        onnx.checker.check_model(str(path))
    assert cards["fp32"]["space"] == cards["int8"]["space"]
    assert cards["fp32"]["fingerprint"] != cards["int8"]["fingerprint"]
    assert [step[1:] for step in steps] == [(index, 4) for index in range(5)]


def test_export_is_repeatable(tiny: Weights, tmp_path: Path) -> None:
    first, second = (
        export_weights(tiny, tmp_path / name, resolution=56) for name in ("first", "second")
    )
    for kind, path in first.models.items():
        assert path.read_bytes() == second.models[kind].read_bytes()


def test_other_weights_or_blocks_are_another_space(tiny: Weights) -> None:
    name = "layernorm.bias"
    other = replace(tiny, tensors=tiny.tensors | {name: tiny.tensors[name] + 1})
    shallow = replace(tiny, pooling=Pooling((1,), final_cls=True))
    found = {space_fingerprint(weights, 56) for weights in (tiny, other, shallow)}
    found.add(space_fingerprint(tiny, 70))
    assert len(found) == 4


@pytest.mark.parametrize("broken", ["fp32", "int8"])
def test_a_failed_parity_check_leaves_older_files(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    export_weights(tiny, tmp_path, resolution=56)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}
    monkeypatch.setitem(parity.MIN_COSINE, broken, 1.1)
    with pytest.raises(ModelError, match=f"parity check failed: cosine of the {broken} descr"):
        export_weights(tiny, tmp_path, resolution=56)
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


def test_a_wrong_graph_does_not_pass(
    tiny: Weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "encoder.layer.0.mlp.fc2.weight"
    wrong = tiny.tensors | {name: tiny.tensors[name][::-1].copy()}
    build_model = graph.build_model

    def build_wrong(_: object, *args: object, **options: object) -> object:
        return build_model(wrong, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(export_onnx, "build_model", build_wrong)
    with pytest.raises(ModelError, match="parity check failed"):
        export_weights(tiny, tmp_path, resolution=56)
    assert files(tmp_path) == []


def test_cosines_of_nan_do_not_pass() -> None:
    assert not min_cosine(np.full((1, 4), np.nan, np.float32), np.ones((1, 4), np.float32)) > 0


def test_bad_requests_are_refused_before_any_work(tiny: Weights, tmp_path: Path) -> None:
    target = tmp_path / "models"
    with pytest.raises(ModelError, match="precision is any of fp32, int8"):
        export_weights(tiny, target, precision=["fp16"])
    with pytest.raises(ModelError, match="int8-static needs pictures"):
        export_weights(tiny, target, precision=["int8-static"])
    with pytest.raises(ModelError, match="multiple of 14; take 224"):
        export_weights(tiny, target, resolution=225)
    assert not target.exists()


def test_export_from_a_file_end_to_end(tmp_path: Path) -> None:
    checkpoint = tmp_path / "model.safetensors"
    save_file(seeded_tensors(SIZES["tiny"], seed=3), checkpoint)
    done = export_model(
        tmp_path / "out", size="tiny", source="file", file=checkpoint, resolution=56
    )
    assert (done.source, done.weights) == ("file", "model.safetensors")
    assert str(checkpoint) in done.reason


def test_quantizing_leaves_logging_as_it_was(tiny: Weights, tmp_path: Path) -> None:
    before = list(logging.getLogger().filters)
    export_weights(tiny, tmp_path, resolution=56, precision=["int8"])
    assert logging.getLogger().filters == before
    assert files(tmp_path) == ["dinov2-tiny-56-int8.json", "dinov2-tiny-56-int8.onnx"]


def test_file_names() -> None:
    assert model_name("small", 224, "fp32") == "dinov2-small"
    assert model_name("base", 336, "int8") == "dinov2-base-336-int8"


def test_the_file_runs_as_a_command(tmp_path: Path) -> None:
    command = [sys.executable, str(REPOSITORY / "models" / "export_onnx.py"), "--source", "file"]
    done = subprocess.run(
        [*command, "--file", "no-such.safetensors", "--out", str(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 1
    assert "export failed: no-such.safetensors" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_wheels_model_in_both_precisions(wheel: Path, tmp_path: Path) -> None:
    done = export_model(tmp_path, source="wheel", cache_dir=wheel.parent)
    assert done.parity["fp32"].descriptor >= 0.9999
    assert done.parity["fp32"].cls >= 0.9999
    assert done.parity["int8"].descriptor >= 0.99
    pictures = probe_pictures(RESOLUTION, seed=99)
    found = {}
    for kind, path in done.models.items():
        session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        (found[kind],) = session.run(["descriptor"], {"image": pictures})
        assert found[kind].shape == (4, 4608)
    assert min_cosine(found["fp32"], found["int8"]) >= 0.99
