"""Run an exported graph: with onnxruntime, or with OpenVINO if that extra is installed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

from models.dinov2.architecture import ModelError
from models.dinov2.graph import DESCRIPTOR, INPUT
from models.dinov2.graph_tools import with_outputs

Runtime = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pictures, uint8 [n, side, side, 3], to descriptors, float32 [n, descriptor_dim]; thread-safe."""


@dataclass(frozen=True, slots=True)
class Precision:
    """A way to run the model.

    Attributes:
        name: As in the setting `model.precision`.
        runtime: What runs it.
        file: Kind of exported file that is run: the end of its name.
        bf16: Whether it needs a CPU with bfloat16; what isn't int8 runs in that.
    """

    name: str
    runtime: Literal["onnxruntime", "openvino"]
    file: str
    bf16: bool = False


PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision("fp32", "onnxruntime", "fp32"),
        Precision("int8", "onnxruntime", "int8"),
        Precision("int8-static", "onnxruntime", "int8-static"),
        Precision("openvino-bf16", "openvino", "fp32", bf16=True),
        Precision("openvino-int8", "openvino", "int8-static"),
    )
}
"""Every precision by its name; `fp32` comes first, since the others are measured against it."""


def missing_requirement(precision: Precision) -> str:
    """Return what this machine lacks to run a precision; an empty string if nothing."""
    if precision.runtime == "onnxruntime":
        return ""
    if find_spec("openvino") is None:
        return "OpenVINO isn't installed: pip install -e '.[openvino]'"
    if precision.bf16 and not _has_bf16():
        return "this CPU has no bfloat16"
    return ""


def open_runtime(path: Path, precision: Precision, threads: int) -> Runtime:
    """Load an exported model.

    Args:
        path: The ``.onnx`` file, of the kind that the precision runs.
        precision: How to run it.
        threads: Threads of one run.

    Raises:
        ModelError: A file or package is missing or broken; the message says how to mend it.
    """
    missing = missing_requirement(precision)
    if missing:
        raise ModelError(f"precision {precision.name} can't run here: {missing}")
    load = _open_onnxruntime if precision.runtime == "onnxruntime" else _open_openvino
    try:
        # The blocks that only the final CLS token needs are left out.
        graph = with_outputs(onnx.load(path), [DESCRIPTOR]).SerializeToString()
        return load(graph, threads)
    except Exception as error:
        raise ModelError(f"{path}: not a usable model ({error}); run: vernissage export") from None


def _open_onnxruntime(graph: bytes, threads: int) -> Runtime:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The pattern would plan and keep memory for each batch size: 50 MB more, and no faster.
    options.enable_mem_pattern = False
    # Spinning threads would take the cores from decoding and matching between frames.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def run(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        (descriptors,) = session.run([DESCRIPTOR], {INPUT: pictures})
        return np.asarray(descriptors)

    return run


def _open_openvino(graph: bytes, threads: int) -> Runtime:
    # OpenVINO counts the threads of all runs together: the cores allow this many runs at once.
    streams = max(1, (os.cpu_count() or 1) // threads)
    core = _core()
    compiled = core.compile_model(
        core.read_model(graph),
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": "bf16" if _has_bf16() else "f32",
            "INFERENCE_NUM_THREADS": streams * threads,
            "NUM_STREAMS": streams,
            # Pinned threads would compete with decoding and matching on the same cores.
            "ENABLE_CPU_PINNING": False,
        },
    )
    # An inference request serves one run at a time, so each thread has its own.
    local = threading.local()

    def run(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        if not hasattr(local, "request"):
            local.request = compiled.create_infer_request()
        results = local.request.infer({INPUT: pictures}, share_inputs=True)
        return np.array(results[0])

    # If the first runs happened at the same time, they would deadlock (seen with 2026.4).
    _, side, _, channels = (
        dimension.get_max_length() for dimension in compiled.input().partial_shape
    )
    run(np.zeros((1, side, side, channels), np.uint8))
    return run


def _core() -> Any:
    import openvino

    return openvino.Core()


def _has_bf16() -> bool:
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
