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
from gallery.report import REPORT_FILE, render_report
from gallery.store import ACCEPTANCE_FILE, open_gallery, read_acceptance
from gallery.verdicts import Verdict
from settings import load_settings
from stream.calibrate import calibrate, judge_gallery
from stream.configured import make_recognizer

DEMO = "demo"


def enrol_command(
    source: Annotated[
        str,
        typer.Argument(
            help="A folder of pictures (file name = title), a CSV with the columns "
            "id,title,artist,year,room,text,image (rows with one id are views of one artwork; "
            "README.md tells of more), "
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
    target: Annotated[
        float, typer.Option(min=1e-9, max=0.1, help="False declarations a look to stay under.")
    ] = 1e-4,
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
        found: list[Verdict] = []

        def finish(folder: Path) -> None:
            opened = open_gallery(folder, embedder.card)
            with progress_bar("Looking at each") as advance:
                recognizer = make_recognizer(settings, embedder, opened)
                acceptance, looked = calibrate(recognizer, target, advance)
            found.extend(judge_gallery(opened, acceptance, looked))
            text = acceptance.model_dump_json(indent=2)
            (folder / ACCEPTANCE_FILE).write_text(text + "\n", encoding="utf-8")
            (folder / REPORT_FILE).write_text(render_report(opened, found), encoding="utf-8")

        with progress_bar("Enrolling") as enrolled:
            result = enrol(
                artworks,
                out,
                embedder,
                name=name or default_name(path),
                source=source,
                language=text_language,
                on_progress=enrolled,
                finish=finish,
            )
    report(result, found, out)


def report(result: Enrolment, found: list[Verdict], out: Path) -> None:
    """Print the table at the end."""
    for skipped in result.skipped:
        console.print(f"skipped {skipped.path}: {skipped.reason}", style="yellow", markup=False)
    for verdict in found:
        if verdict.kind != "good":
            line = f"{verdict.kind} {verdict.artwork_id}: {verdict.advice}"
            console.print(line, style="yellow", markup=False)
    manifest, acceptance = result.manifest, read_acceptance(out)
    kinds = [verdict.kind for verdict in found]
    counts = [str(kinds.count(kind)) for kind in ("good", "weak", "confusable")]
    table = Table(title=f"{manifest.name}: {out}", show_header=False)
    for label, value in (
        ("artworks", manifest.artworks),
        ("photographs enrolled", manifest.references),
        ("files skipped", len(result.skipped)),
        ("embeddings", manifest.vectors),
        ("local features", manifest.features),
        ("good / weak / confusable", " / ".join(counts)),
        ("inliers that a vote needs", acceptance.min_inliers),
        ("false declarations a look, at most", f"{acceptance.bound or 1:.0e}"),
        ("weights", manifest.weights),
        ("report", out / REPORT_FILE),
    ):
        table.add_row(label, f"{value}")
    console.print(table)
