"""`vernissage evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.shared import load_embedder
from common.console import clear_errors, console, fail, prepare, progress_bar
from evaluation.clips import ClipResult, replay_clips
from evaluation.dataset import SceneDataset
from evaluation.failures import worst_cases
from evaluation.measure import Figures, Plan, Setting, measure_known, measure_unknown
from evaluation.report import About, report_html, write_report
from evaluation.results import open_result, row_results
from evaluation.table import HEADINGS, table_lines
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from settings import Settings, load_settings

USUAL = Plan()
QUICK = Plan(frames=12, level_frames=2, looks=2, open_looks=8)


def evaluate(
    gallery: Annotated[Path, typer.Argument(help="Folder of an enrolled gallery.")],
    clips: Annotated[Path | None, typer.Option(help="Folder of recorded clips.")] = None,
    truth: Annotated[
        Path | None,
        typer.Option(help="CSV for --clips: clip,artwork_id,from_s,to_s,kind,also."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Folder for the HTML report, written as index.html.")
    ] = None,
    frames: Annotated[int, typer.Option(min=1, help="Frames of each row.")] = USUAL.frames,
    level_frames: Annotated[
        int, typer.Option(min=0, help="Frames of each value of each factor.")
    ] = USUAL.level_frames,
    row_looks: Annotated[int, typer.Option(min=0, help="Looks of each row.")] = USUAL.looks,
    looks: Annotated[
        int,
        typer.Option(min=0, help="Looks at artworks that aren't enrolled; 2000 for a full figure."),
    ] = USUAL.open_looks,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same figures.")] = 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="A minute's worth, for a first impression.")
    ] = False,
) -> None:
    """Measure how well artworks of a gallery are recognized, and how often wrongly.

    Scenes are rendered: a camera before a museum's wall, in good and bad conditions. Frames, and
    looks of two seconds through the live line, are held against what is in view. For the last row
    half of the gallery is enrolled and the other half shown. The goals are beside what is measured.
    """
    if (clips is None) != (truth is None):
        fail("--clips and --truth belong together: give both or neither")
    plan = QUICK if quick else Plan(frames, level_frames, row_looks, looks)
    plan = Plan(plan.frames, plan.level_frames, plan.looks, plan.open_looks, seed)
    with clear_errors():
        settings = load_settings(gallery=gallery)
        prepare(settings)
        embedder = load_embedder(settings)
        opened = open_gallery(settings.gallery, embedder.card)
        setting = _setting(settings, opened, embedder)
        figures, replayed = _measure(setting, plan, clips, truth)
    _print(figures, replayed)
    if report:
        about = _about(setting, plan, figures)
        cases = worst_cases(figures, SceneDataset.of(opened))
        path = write_report(report, report_html(about, figures, cases, replayed))
        console.print(f"report: {path}", markup=False)


def _setting(settings: Settings, gallery: Gallery, embedder: Embedder) -> Setting:
    recognizer = Recognizer(gallery, embedder, settings.recognition)
    return Setting(recognizer, settings.consensus, settings.stream)


def _measure(
    setting: Setting, plan: Plan, clips: Path | None, truth: Path | None
) -> tuple[Figures, list[ClipResult]]:
    replayed: list[ClipResult] = []
    if clips and truth:
        with progress_bar("Replaying clips") as advance:
            replayed = replay_clips(clips, truth, setting, advance)
    with progress_bar("Frames and looks") as advance:
        figures = measure_known(setting, plan, advance)
    with progress_bar("Enrolling half") as enrolled, progress_bar("Not enrolled") as advance:
        figures = measure_unknown(figures, setting, plan, enrolled, advance)
    return figures, replayed


def _print(figures: Figures, replayed: list[ClipResult]) -> None:
    table = Table(*HEADINGS)
    for line in table_lines(row_results(figures), open_result(figures)):
        cells = list(line.cells)
        for place, met in ((1, line.met[0]), (3, line.met[1])):
            if met is not None:
                cells[place] = f"[{'green' if met else 'red'}]{cells[place]}[/]"
        table.add_row(*cells)
    console.print(table)
    for clip in replayed:
        said = ", ".join(f"{one.artwork_id} at {one.at_s:.2f} s" for one in clip.said) or "nothing"
        console.print(f"{clip.name}: {clip.score.outcome} ({said})", markup=False)


def _about(setting: Setting, plan: Plan, figures: Figures) -> About:
    chosen, rule = setting.recognizer, setting.rule
    gallery, card = chosen.gallery, chosen.embedder.card
    facts = (
        ("gallery", f"{gallery.manifest.name}, {len(gallery.artworks)} artworks"),
        ("model", f"{card.name} ({card.precision}), weights {card.weights}"),
        ("fingerprint", card.fingerprint[:16]),
        (
            "a frame",
            f"{chosen.settings.candidates} candidates verified, {chosen.threshold.inliers} inliers and "
            f"a support of {chosen.threshold.support:g}",
        ),
        ("a look", f"2 s, {setting.stream.judge_fps:g} frames/s, {rule.agree} of {rule.window}"),
        (
            "measured",
            f"{plan.frames} frames and {plan.looks} looks a row, {plan.level_frames} frames a "
            f"value of a factor, {len(figures.open_looks)} looks at artworks not enrolled "
            f"({figures.enrolled_half} enrolled for it), seed {plan.seed}",
        ),
    )
    return About(f"{gallery.manifest.name}: how well it is recognized", facts)
