"""Recorded clips with known truth, replayed and scored for the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evaluation.measure import SystemUnderTest
from stream.capture import CaptureError
from stream.replay import Declaration, Score, declarations, read_truth, replay_clip, score_clip


@dataclass(frozen=True, slots=True)
class ClipResult:
    """What was declared in a clip, and its score against the truth."""

    name: str
    declared: tuple[Declaration, ...]
    score: Score


def replay_clips(
    folder: Path, truth: Path, system: SystemUnderTest, on_progress: Callable[[int, int], None]
) -> list[ClipResult]:
    """Replay every clip of a folder that the truth names.

    Args:
        folder: folder of the clips.
        truth: CSV of what the clips show; see `stream.replay.read_truth`.
        system: what is measured.
        on_progress: called with (clips done, clips in all).

    Raises:
        CaptureError: a clip is missing or can't be read.
        TruthError: the truth can't be read.
    """
    expected = read_truth(truth)
    missing = [name for name in expected if not (folder / name).is_file()]
    if missing:
        raise CaptureError(f"{folder / missing[0]}: no such clip, but {truth} names it")
    results = []
    for done, name in enumerate(sorted(expected), 1):
        pipeline = system.make_pipeline()
        declared = declarations(list(replay_clip(folder / name, pipeline, system.recognizer)))
        results.append(ClipResult(name, tuple(declared), score_clip(declared, expected[name])))
        on_progress(done, len(expected))
    return results
