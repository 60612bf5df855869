"""The command `vernissage evaluate`: measure recognition on a gallery."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.shared import load_embedder
from common.console import clear_errors, console, fail, prepare, progress_bar
from evaluation.clips import ClipResult, replay_clips
from evaluation.dataset import SceneDataset
from evaluation.failures import worst_failures
from evaluation.measure import Figures, Plan, SystemUnderTest, measure_known, measure_unknown
from evaluation.report import About, report_html, write_report
from evaluation.results import open_result, row_results
from evaluation.table import HEADINGS, table_rows
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from settings import Settings, load_settings

USUAL = Plan()
QUICK = Plan(frames=12, level_frames=2, sequences=2, open_sequences=8)


def evaluate(
    gallery: Annotated[Path, typer.Argument(help="Folder of an enrolled gallery.")],
    clips: Annotated[Path | None, typer.Option(help="Folder of recorded clips.")] = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            help="CSV that says what --clips show: clip,artwork_id,from_s,to_s,kind,also."
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Folder of the HTML report (index.html).")
    ] = None,
    frames: Annotated[
        int, typer.Option(min=1, help="Frames for each row of the table.")
    ] = USUAL.frames,
    level_frames: Annotated[
        int, typer.Option(min=0, help="Frames for each value of each factor, such as blur.")
    ] = USUAL.level_frames,
    row_looks: Annotated[
        int, typer.Option(min=0, help="Sequences for each row: a camera on an artwork for 2 s.")
    ] = USUAL.sequences,
    looks: Annotated[
        int,
        typer.Option(
            min=0, help="Sequences of artworks that aren't enrolled; 2000 give a reliable figure."
        ),
    ] = USUAL.open_sequences,
    seed: Annotated[
        int,
        typer.Option(
            min=0, help="Seed of the random scenes; the same seed gives the same figures."
        ),
    ] = 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="Measure for about a minute, for a first impression.")
    ] = False,
) -> None:
    """Measure how well a gallery's artworks are recognized, and how often wrongly.

    Scenes are rendered: a camera in front of a museum's wall, in good and bad conditions. Single
    frames, and sequences of two seconds through the live pipeline, are compared with what is in
    view. For the last row, half of the gallery is enrolled and the other half is shown. The table
    has the goal beside each figure.
    """
    if (clips is None) != (truth is None):
        fail("--clips and --truth belong together: give both or neither")
    plan = QUICK if quick else Plan(frames, level_frames, row_looks, looks)
    plan = Plan(plan.frames, plan.level_frames, plan.sequences, plan.open_sequences, seed)
    with clear_errors():
        settings = load_settings(gallery=gallery)
        prepare(settings)
        embedder = load_embedder(settings)
        opened = open_gallery(settings.gallery, embedder.card)
        system = _make_system(settings, opened, embedder)
        figures, replayed = _measure(system, plan, clips, truth)
    _print(figures, replayed)
    if report:
        about = _about(system, plan, figures)
        failures = worst_failures(figures, SceneDataset.of(opened))
        path = write_report(report, report_html(about, figures, failures, replayed))
        console.print(f"report: {path}", markup=False)


def _make_system(settings: Settings, gallery: Gallery, embedder: Embedder) -> SystemUnderTest:
    recognizer = Recognizer(gallery, embedder, settings.recognition)
    return SystemUnderTest(recognizer, settings.consensus, settings.stream)


def _measure(
    system: SystemUnderTest, plan: Plan, clips: Path | None, truth: Path | None
) -> tuple[Figures, list[ClipResult]]:
    replayed: list[ClipResult] = []
    if clips and truth:
        with progress_bar("Replaying clips") as advance:
            replayed = replay_clips(clips, truth, system, advance)
    with progress_bar("Frames and sequences") as advance:
        figures = measure_known(system, plan, advance)
    with progress_bar("Enrolling half") as enrolled, progress_bar("Not enrolled") as advance:
        figures = measure_unknown(figures, system, plan, enrolled, advance)
    return figures, replayed


def _print(figures: Figures, replayed: list[ClipResult]) -> None:
    table = Table(*HEADINGS)
    for row in table_rows(row_results(figures), open_result(figures)):
        cells = list(row.cells)
        for column, met in ((1, row.met[0]), (3, row.met[1])):
            if met is not None:
                cells[column] = f"[{'green' if met else 'red'}]{cells[column]}[/]"
        table.add_row(*cells)
    console.print(table)
    for clip in replayed:
        declared = ", ".join(f"{one.artwork_id} at {one.at_s:.2f} s" for one in clip.declared)
        outcome = f"{clip.name}: {clip.score.outcome} ({declared or 'nothing'})"
        console.print(outcome, markup=False)


def _about(system: SystemUnderTest, plan: Plan, figures: Figures) -> About:
    recognizer, rule = system.recognizer, system.rule
    gallery, card = recognizer.gallery, recognizer.embedder.card
    facts = (
        ("gallery", f"{gallery.manifest.name}, {len(gallery.artworks)} artworks"),
        ("model", f"{card.name} ({card.precision}), weights {card.weights}"),
        ("fingerprint", card.fingerprint[:16]),
        (
            "a frame",
            f"{recognizer.settings.candidates} candidates verified, "
            f"{recognizer.threshold.inliers} inliers and a support of "
            f"{recognizer.threshold.support:g}",
        ),
        (
            "a sequence",
            f"2 s, {system.stream.judge_fps:g} frames/s, {rule.agree} of {rule.window}",
        ),
        (
            "measured",
            f"{plan.frames} frames and {plan.sequences} sequences per row, {plan.level_frames} "
            f"frames per value of a factor, {len(figures.open_sequences)} sequences of artworks "
            f"not enrolled ({figures.enrolled_half} were enrolled for it), seed {plan.seed}",
        ),
    )
    return About(f"{gallery.manifest.name}: how well it is recognized", facts)
