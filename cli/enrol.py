"""`vernissage enrol`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.shared import clear_errors, console, default_name, load_embedder, prepare, progress_bar
from gallery.catalogue import read_source
from gallery.demo import write_demo
from gallery.enrol import Enrolment, enrol
from settings import load_settings

DEMO = "demo"


def enrol_command(
    source: Annotated[
        str,
        typer.Argument(
            help="A folder of pictures (file name = title), a CSV with the columns "
            "id,title,artist,year,room,text,image (rows with one id are views of one artwork), "
            "or the word 'demo'."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The gallery's folder; replaced when all is done.")],
    name: Annotated[
        str | None, typer.Option(help="What visitors read. Default: the folder's name.")
    ] = None,
    text_language: Annotated[
        str, typer.Option(help="Language of the texts, such as en, it or de-AT.")
    ] = "en",
) -> None:
    """Make a gallery from pictures of artworks.

    Pictures that can't be used are named and left out; exit status 1 means that none was left.
    """
    with clear_errors(), tempfile.TemporaryDirectory() as temporary:
        settings = load_settings()
        prepare(settings)
        embedder = load_embedder(settings)
        path = Path(source)
        if source == DEMO:
            with progress_bar("Painting") as painted:
                path = write_demo(Path(temporary) / DEMO, painted)
            name = name or "Demo gallery"
        artworks = read_source(path)
        with progress_bar("Enrolling") as enrolled:
            result = enrol(
                artworks,
                out,
                embedder,
                name=name or default_name(path),
                source=source,
                language=text_language,
                on_progress=enrolled,
            )
    report(result, out)


def report(result: Enrolment, out: Path) -> None:
    """Print the table at the end."""
    for skipped in result.skipped:
        console.print(f"skipped {skipped.path}: {skipped.reason}", style="yellow", markup=False)
    for artwork_id in result.weak:
        console.print(
            f"weak {artwork_id}: little texture, it may not be found; add photographs of it",
            style="yellow",
            markup=False,
        )
    manifest = result.manifest
    table = Table(title=f"{manifest.name}: {out}", show_header=False)
    for label, value in (
        ("artworks", manifest.artworks),
        ("photographs enrolled", manifest.references),
        ("photographs skipped", len(result.skipped)),
        ("embeddings", manifest.vectors),
        ("local features", manifest.features),
        ("weights", manifest.weights),
    ):
        table.add_row(label, f"{value}")
    console.print(table)
