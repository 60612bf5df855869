"""Run an exported graph: with onnxruntime and one of its providers, or with OpenVINO's package."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
from numpy.typing import NDArray

from models.dinov2.architecture import ModelError
from models.dinov2.graph import DESCRIPTOR, INPUT
from models.dinov2.graph_tools import with_outputs

Runtime = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""Pictures, uint8 [n, side, side, 3], to descriptors, float32 [n, descriptor_dim]; thread-safe."""


CPU = "cpu"
"""The provider that every onnxruntime has."""
_LEAST_SHARE = 0.5
"""Share of a graph that a provider must run itself, 0..1."""
_FATAL = 4
"""Level of onnxruntime's log: errors are raised, too, and said once."""
_CAUSE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Precision:
    """A way to run the model.

    Attributes:
        name: As in the setting `model.precision`.
        provider: As in the setting `model.provider`: whose library runs it.
        file: Kind of exported file that is run: the end of its name.
        session: onnxruntime's name of that provider; empty if OpenVINO's package runs the file.
        remedy: How to get an onnxruntime with that provider.
        options: Settings of that provider.
        bf16: Whether it needs a CPU with bfloat16; what isn't int8 runs in that.
    """

    name: str
    provider: str
    file: str
    session: str = ""
    remedy: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    bf16: bool = False


_GPU = "pip uninstall onnxruntime, then pip install onnxruntime-gpu[cuda,cudnn]"
PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision("fp32", CPU, "fp32", "CPUExecutionProvider"),
        Precision("int8", CPU, "int8", "CPUExecutionProvider"),
        Precision("int8-merged", CPU, "int8-merged", "CPUExecutionProvider"),
        Precision("int8-static", CPU, "int8-static", "CPUExecutionProvider"),
        Precision("openvino-bf16", "openvino", "fp32", bf16=True),
        Precision("openvino-int8", "openvino", "int8-static"),
        Precision("cuda-fp32", "cuda", "fp32", "CUDAExecutionProvider", _GPU),
        Precision(
            "tensorrt-fp16",
            "tensorrt",
            "fp32",
            "TensorrtExecutionProvider",
            f"{_GPU} tensorrt",
            {"trt_fp16_enable": "1"},
        ),
        Precision(
            "coreml-fp32",
            "coreml",
            "fp32",
            "CoreMLExecutionProvider",
            "it comes with macOS only",
            {"ModelFormat": "MLProgram"},
        ),
    )
}
"""Every precision by its name; `fp32` comes first, since the others are measured against it."""
PROVIDERS = tuple(dict.fromkeys(precision.provider for precision in PRECISIONS.values()))


def missing_requirement(precision: Precision) -> str:
    """Return what this machine lacks to run a precision; an empty string if nothing."""
    if precision.session:
        if precision.session in ort.get_available_providers():
            return ""
        return f"the installed onnxruntime has no {precision.session}: {precision.remedy}"
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
    try:
        # The blocks that only the final CLS token needs are left out.
        model = with_outputs(onnx.load(path), [DESCRIPTOR])
        if precision.provider == CPU:
            return _open_onnxruntime(model, precision, threads)
    except Exception as error:
        raise ModelError(f"{path}: not a usable model ({error}); run: vernissage export") from None
    try:
        run = (_open_onnxruntime if precision.session else _open_openvino)(
            model, precision, threads
        )
        # Some compile at the first run. OpenVINO's would deadlock if they happened at the same time
        # (seen with 2026.4).
        shape = model.graph.input[0].type.tensor_type.shape.dim
        run(np.zeros([1, *(dimension.dim_value for dimension in shape[1:])], np.uint8))
    except Exception as error:
        cause = " ".join(str(error).split())[:_CAUSE_CHARACTERS]
        raise ModelError(
            f"precision {precision.name} doesn't run here ({cause}); "
            "update its driver and packages, or set model.provider = 'cpu'"
        ) from None
    return run


def _open_onnxruntime(model: Any, precision: Precision, threads: int) -> Runtime:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The pattern would plan and keep memory for each batch size: 50 MB more, and no faster.
    options.enable_mem_pattern = False
    # Spinning threads would take the cores from decoding and matching between frames.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if precision.provider != CPU:
        # It finds the CUDA that pip installed. What it lacks it prints, where commands have output.
        with redirect_stdout(sys.stderr):
            ort.preload_dlls()
        options.log_severity_level = _FATAL
        options.add_session_config_entry("session.record_ep_graph_assignment_info", "1")
    session = ort.InferenceSession(
        model.SerializeToString(),
        options,
        providers=[(precision.session, dict(precision.options))],
        enable_fallback=0,
    )
    if precision.provider != CPU:
        _check_assignment(session, precision.session)

    def run(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        (descriptors,) = session.run([DESCRIPTOR], {INPUT: pictures})
        return np.asarray(descriptors)

    return run


def _check_assignment(session: ort.InferenceSession, provider: str) -> None:
    """Raise if a provider runs little of a graph: onnxruntime gives the rest to the CPU unasked."""
    parts = session.get_provider_graph_assignment_info()
    nodes = Counter(part.ep_name for part in parts for _ in part.get_nodes())
    share = nodes[provider] / max(1, nodes.total())
    if share < _LEAST_SHARE:
        raise RuntimeError(f"onnxruntime gives {provider} only {share:.0%} of the graph")


def _open_openvino(model: Any, precision: Precision, threads: int) -> Runtime:
    # OpenVINO counts the threads of all runs together: the cores allow this many runs at once.
    streams = max(1, (os.cpu_count() or 1) // threads)
    core = _core()
    compiled = core.compile_model(
        core.read_model(model.SerializeToString()),
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

    return run


def _core() -> Any:
    import openvino

    return openvino.Core()


def _has_bf16() -> bool:
    return "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
