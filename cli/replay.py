"""The command `vernissage replay`: recognize recorded clips."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.shared import load_embedder
from common.console import clear_errors, console, prepare, progress_bar
from gallery.store import open_gallery
from recognition.recognizer import Recognizer
from settings import Settings, load_settings
from stream.messages import ServerMessage
from stream.pipeline import make_pipeline
from stream.replay import Declaration, Score, declarations, read_truth, replay_clip, score_clip


def replay(
    clips: Annotated[list[Path], typer.Argument(help="Recorded clips, or folders of clips.")],
    gallery: Annotated[
        Path | None, typer.Option(help="Folder of an enrolled gallery. Default: the demo.")
    ] = None,
    judge_fps: Annotated[
        float | None, typer.Option(help="Frames processed per second of the clip. [6]")
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(help="CSV that says what is shown: clip,artwork_id,from_s,to_s,kind,also."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON per message on standard output.")
    ] = False,
) -> None:
    """Run recorded clips through the pipeline that live cameras go through.

    Time is taken from the clip, so the same clip gives the same messages on any machine. With
    --truth the summary says whether each clip was right, wrong or missed, and the exit status is 1
    if one was wrong.
    """
    with clear_errors():
        flags = {"gallery": gallery} if gallery else {}
        stream = {"stream": {"judge_fps": judge_fps}} if judge_fps else {}
        settings = load_settings(**flags, **stream)
        prepare(settings)
        shown = read_truth(truth) if truth else None
        embedder = load_embedder(settings)
        opened = open_gallery(settings.gallery, embedder.card)
        recognizer = Recognizer(opened, embedder, settings.recognition)
        paths = _clips(clips)
        results: list[tuple[Path, list[Declaration], Score | None]] = []
        with progress_bar("Replaying") as advance:
            for done, path in enumerate(paths, 1):
                messages = _run(path, settings, recognizer, as_json=as_json)
                declared = declarations(messages)
                score = (
                    score_clip(declared, shown.get(path.name, [])) if shown is not None else None
                )
                results.append((path, declared, score))
                advance(done, len(paths))
    _summary(results)
    if any(score and score.outcome == "wrong" for _, _, score in results):
        raise typer.Exit(1)


def _clips(given: list[Path]) -> list[Path]:
    """Replace each folder by the clips in it."""
    suffixes = {".mp4", ".mov", ".mkv", ".webm", ".avi", ".y4m"}
    found: list[Path] = []
    for path in given:
        inside = sorted(p for p in path.iterdir() if p.suffix in suffixes) if path.is_dir() else []
        found += inside or [path]
    return found


def _run(
    path: Path, settings: Settings, recognizer: Recognizer, *, as_json: bool
) -> list[tuple[float, ServerMessage]]:
    messages = []
    pipeline = make_pipeline(settings.consensus, settings.stream)
    for seq, (t, message) in enumerate(replay_clip(path, pipeline, recognizer)):
        numbered = message.model_copy(update={"seq": seq, "t": round(1000 * t)})
        messages.append((t, numbered))
        if as_json:
            print(json.dumps({"clip": path.name} | numbered.model_dump(mode="json")), flush=True)
    return messages


def _summary(results: list[tuple[Path, list[Declaration], Score | None]]) -> None:
    """Print what was declared in each clip, and the totals."""
    table = Table("clip", "declared", "outcome", "in view to declared")
    colours = {"right": "green", "quiet": "green", "wrong": "bold red", "missed": "yellow"}
    for path, declared, score in results:
        listed = ", ".join(f"{one.artwork_id} at {one.at_s:.2f} s" for one in declared)
        outcome = f"[{colours[score.outcome]}]{score.outcome}[/]" if score else "-"
        waited = f"{score.wait_s:.2f} s" if score and score.wait_s is not None else "-"
        table.add_row(path.name, listed or "nothing", outcome, waited)
    console.print(table)
    scores = [score for _, _, score in results if score]
    if scores:
        counts = {name: sum(s.outcome == name for s in scores) for name in colours}
        waits = [score.wait_s for score in scores if score.wait_s is not None]
        median = f"; median {statistics.median(waits):.2f} s" if waits else ""
        console.print(", ".join(f"{n} {count}" for n, count in counts.items()) + median)
