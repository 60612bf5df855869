"""Recorded clips with known truth, replayed and scored for the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluation.measure import Setting
from stream.capture import CaptureError
from stream.replay import Declaration, Score, declarations, read_truth, replay_clip, score_clip


@dataclass(frozen=True, slots=True)
class ClipResult:
    """What was declared in a clip, and how that compares with its truth."""

    name: str
    said: tuple[Declaration, ...]
    score: Score


def replay_clips(
    folder: Path, truth: Path, setting: Setting, on_progress: Callable[[int, int], None]
) -> list[ClipResult]:
    """Replay every clip of a folder that the truth knows.

    Args:
        folder: of the clips.
        truth: the CSV; see `stream.replay.read_truth`.
        setting: what is measured.
        on_progress: called with (clips done, all).

    Raises:
        CaptureError: a clip is missing or can't be read.
        TruthError: the truth can't be read.
    """
    shown = read_truth(truth)
    missing = [name for name in shown if not (folder / name).is_file()]
    if missing:
        raise CaptureError(f"{folder / missing[0]}: no such clip, but {truth} names it")
    results = []
    for number, name in enumerate(sorted(shown), 1):
        pipeline = setting.make_pipeline()
        said = declarations(list(replay_clip(folder / name, pipeline, setting.recognizer)))
        results.append(ClipResult(name, tuple(said), score_clip(said, shown[name])))
        on_progress(number, len(shown))
    return results
