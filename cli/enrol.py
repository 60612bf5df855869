"""The command `vernissage enrol`: make a gallery."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.shared import default_name, load_embedder
from common.console import clear_errors, console, fail, prepare, progress_bar, progress_steps
from common.files import write_atomic
from demo.write import write_demo
from enrolment.demo_gallery import DEMO, DEMO_NAME, enrol_first
from enrolment.iiif import Failed, read_iiif
from enrolment.jobs import EnrolmentResult, make_gallery
from enrolment.report import REPORT_FILE
from gallery.catalogue import Artwork, CatalogueError, read_source
from gallery.store import read_acceptance
from settings import load_settings

FAILED_FILE = "failed.csv"


def enrol_command(
    source: Annotated[
        str,
        typer.Argument(
            help="What to enrol: a folder of pictures (file name = title), a CSV with the columns "
            "id,title,artist,year,room,text,image (rows with the same id are photographs of one "
            "artwork; docs/curators.md lists all columns), the address of a IIIF manifest or "
            "collection, or the word 'demo'."
        ),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder of the gallery. It is replaced at the end, in one step.")
    ],
    name: Annotated[
        str | None,
        typer.Option(help="Name of the gallery, for visitors. Default: the folder's name."),
    ] = None,
    text_language: Annotated[
        str, typer.Option(help="Language of the texts, such as en, it or de-AT.")
    ] = "en",
    target: Annotated[
        float,
        typer.Option(
            min=1e-9,
            max=0.1,
            help="Upper bound on the probability of a false declaration in one visitor's attempt.",
        ),
    ] = 1e-4,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Most manifests to fetch from a IIIF address.")
    ] = None,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="With 'demo': enrol two dozen works, with cautious thresholds. The server enrols "
            "the others and fits the thresholds in the background.",
        ),
    ] = False,
) -> None:
    """Make a gallery from pictures of artworks.

    Pictures that can't be used are listed and left out. The exit status is 1 if no picture is left.
    """
    if quick and source != DEMO:
        fail("--quick is for the demo gallery only: vernissage enrol demo --quick --out FOLDER")
    with clear_errors(), tempfile.TemporaryDirectory() as temporary:
        settings = load_settings()
        prepare(settings)
        # Each core measures a photograph of its own.
        embedder = load_embedder(settings, threads=1)
        if quick:
            with progress_steps() as on_step:
                first = enrol_first(out, embedder, settings, on_step)
            say(f"{out}: {first.enrolment.manifest.artworks} works; the others follow when served")
            return
        path = Path(source)
        if source == DEMO:
            with progress_bar("Painting") as painted:
                path = write_demo(Path(temporary) / DEMO, painted)
            name = name or DEMO_NAME
        if source.startswith(("http://", "https://")):
            name = name or default_name(out / "manifest.json")
            artworks = harvest(source, out.with_name(f"{out.name}-fetched"), limit)
        else:
            artworks = read_source(path)
        with progress_steps() as on_step:
            made = make_gallery(
                artworks,
                out,
                embedder,
                settings,
                name=name or default_name(path),
                source=source,
                language=text_language,
                target=target,
                on_step=on_step,
                on_live=lambda: say(f"{out}: live; thresholds: cautious, not fitted yet"),
            )
    report(made, out)


def say(line: str) -> None:
    """Print a line, also above a progress bar."""
    console.print(line, markup=False, soft_wrap=True)


def harvest(address: str, cache: Path, limit: int | None) -> Sequence[Artwork]:
    """Fetch artworks from a IIIF address into `cache`; list what failed in a CSV there.

    Raises:
        CatalogueError: nothing could be fetched.
    """
    with progress_bar("Fetching") as fetched:
        found = read_iiif(address, cache, fetched, limit)
    if found.failed:
        write_atomic(cache / FAILED_FILE, failed_csv(found.failed).encode())
        line = f"{len(found.failed)} addresses failed; they are in {cache / FAILED_FILE}"
        console.print(line, style="yellow", markup=False)
    if not found.artworks:
        first = found.failed[0] if found.failed else None
        why = f"; the first: {first.address}: {first.reason}" if first else ""
        raise CatalogueError(f"{address}: no artworks with pictures{why}")
    return found.artworks


def failed_csv(failed: Sequence[Failed]) -> str:
    """Return what failed, and why, as CSV."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["address", "reason"])
    rows.writerows([one.address, one.reason] for one in failed)
    return text.getvalue()


def report(made: EnrolmentResult, out: Path) -> None:
    """Print the skipped files, the weak artworks and a table of the gallery."""
    enrolment, assessments = made.enrolment, made.assessments
    for skipped in enrolment.skipped:
        console.print(f"skipped {skipped.path}: {skipped.reason}", style="yellow", markup=False)
    for assessment in assessments:
        if assessment.kind != "good":
            line = f"{assessment.kind} {assessment.artwork_id}: {assessment.advice}"
            console.print(line, style="yellow", markup=False)
    manifest, acceptance = enrolment.manifest, read_acceptance(out)
    kinds = [assessment.kind for assessment in assessments]
    counts = [str(kinds.count(kind)) for kind in ("good", "weak", "confusable")]
    table = Table(title=f"{manifest.name}: {out}", show_header=False)
    for label, value in (
        ("artworks", manifest.artworks),
        ("photographs enrolled", manifest.references),
        ("files skipped", len(enrolment.skipped)),
        ("embeddings", manifest.vectors),
        ("search", manifest.index),
        ("local features", manifest.features),
        ("good / weak / confusable", " / ".join(counts)),
        ("thresholds", "fitted" if acceptance.fitted else "cautious, not fitted yet"),
        ("inliers that a vote needs", acceptance.min_inliers),
        ("support that a vote needs", f"{acceptance.min_support:g}"),
        ("false declarations per attempt, at most", f"{acceptance.bound or 1:.0e}"),
        ("weights", manifest.weights),
        ("report", out / REPORT_FILE),
    ):
        table.add_row(label, f"{value}")
    console.print(table)
