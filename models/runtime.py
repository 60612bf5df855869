"""What runs an exported graph: onnxruntime, or OpenVINO where that extra is installed."""

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
        file: Kind of exported file that is run: what comes after the model's name.
        bf16: The CPU must have bfloat16, and what isn't int8 runs in it.
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
"""Every precision by its name; `fp32` comes first, the others are measured against it."""


def missing_requirement(precision: Precision) -> str:
    """Says what this machine lacks to run a precision; nothing where it can."""
    if precision.runtime == "onnxruntime":
        return ""
    if find_spec("openvino") is None:
        return "OpenVINO isn't installed: pip install -e '.[openvino]'"
    if precision.bf16 and not _has_bf16():
        return "this CPU has no bfloat16"
    return ""


def open_runtime(path: Path, precision: Precision, threads: int) -> Runtime:
    """Loads an exported model.

    Args:
        path: The ``.onnx`` file, of the kind that the precision runs.
        precision: How to run it.
        threads: Threads of one run.

    Raises:
        ModelError: Something is missing or broken; the message says how to mend it.
    """
    lacking = missing_requirement(precision)
    if lacking:
        raise ModelError(f"precision {precision.name} can't run here: {lacking}")
    load = _open_onnxruntime if precision.runtime == "onnxruntime" else _open_openvino
    try:
        # What only the final CLS needs is left out.
        graph = with_outputs(onnx.load(path), [DESCRIPTOR]).SerializeToString()
        return load(graph, threads)
    except Exception as error:
        raise ModelError(f"{path}: not a usable model ({error}); run: vernissage export") from None


def _open_onnxruntime(graph: bytes, threads: int) -> Runtime:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # It would plan memory for each size of a batch apart, and keep it: 50 MB more, no faster.
    options.enable_mem_pattern = False
    # Spinning threads would take the cores from decoding and matching between two frames.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def run(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        (descriptors,) = session.run([DESCRIPTOR], {INPUT: pictures})
        return np.asarray(descriptors)

    return run


def _open_openvino(graph: bytes, threads: int) -> Runtime:
    # OpenVINO counts the threads of all runs together: as many runs at once as there are cores for.
    at_once = max(1, (os.cpu_count() or 1) // threads)
    core = _core()
    compiled = core.compile_model(
        core.read_model(graph),
        "CPU",
        {
            "INFERENCE_PRECISION_HINT": "bf16" if _has_bf16() else "f32",
            "INFERENCE_NUM_THREADS": at_once * threads,
            "NUM_STREAMS": at_once,
            # Decoding and matching run on the same cores.
            "ENABLE_CPU_PINNING": False,
        },
    )
    # A request holds one run at a time.
    own = threading.local()

    def run(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        if not hasattr(own, "request"):
            own.request = compiled.create_infer_request()
        results = own.request.infer({INPUT: pictures}, share_inputs=True)
        return np.array(results[0])

    # First runs at the same time would wait for each other for ever (seen with 2026.4).
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
