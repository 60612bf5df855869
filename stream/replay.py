"""Run recorded clips through the live pipeline, in the clips' own time."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from errors import UserError
from recognition.recognizer import Recognizer
from stream.capture import CaptureError, clip_frames
from stream.messages import Match, ServerMessage
from stream.pipeline import Pipeline

Outcome = Literal["right", "wrong", "missed", "quiet"]


class TruthError(UserError):
    """A truth file can't be read; the message says where and how to mend it."""


@dataclass(frozen=True, slots=True)
class TruthInterval:
    """An artwork that a clip shows.

    Attributes:
        artwork_id: id of the artwork; empty where nothing may be declared.
        from_s: when it comes into view, in seconds of the clip.
        to_s: when it leaves it.
        also: ids of artworks that may be declared as well.
    """

    artwork_id: str
    from_s: float
    to_s: float
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A declared artwork, and the clip's time in seconds."""

    artwork_id: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Score:
    """A clip's declarations compared with its truth.

    Attributes:
        outcome: `wrong` if an artwork out of view was declared. Otherwise `right` if every artwork
            in view was declared, `missed` if not, `quiet` if none was in view.
        wait_s: mean seconds from in view to declared, of the declared artworks; or None.
    """

    outcome: Outcome
    wait_s: float | None


def replay_clip(
    path: Path, pipeline: Pipeline, recognizer: Recognizer
) -> Iterator[tuple[float, ServerMessage]]:
    """Run a clip and yield (clip time in seconds, message); the same clip gives the same messages.

    Raises:
        CaptureError: the clip can't be read.
    """
    began: float | None = None
    for frame in clip_frames(path):
        began = frame.captured_s if began is None else began
        if pipeline.sampler.wants(frame.captured_s):
            for message in pipeline.emit(pipeline.process(frame, recognizer), None):
                yield frame.captured_s - began, message
    if began is None:
        raise CaptureError(f"{path}: no frames in it")


def declarations(messages: list[tuple[float, ServerMessage]]) -> list[Declaration]:
    """Return the declarations among a clip's messages."""
    return [
        Declaration(message.artwork.id, t) for t, message in messages if isinstance(message, Match)
    ]


def read_truth(path: Path) -> dict[str, list[TruthInterval]]:
    """Read a CSV of `clip,artwork_id,from_s,to_s,kind,also`: the intervals by clip file name.

    Raises:
        TruthError: the file or a column is missing, or a time isn't a number.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise TruthError(f"{path}: can't be read ({error})") from None
    truth: dict[str, list[TruthInterval]] = {}
    for line, row in enumerate(rows, 2):
        try:
            interval = TruthInterval(
                row["artwork_id"] or "",
                float(row["from_s"] or 0),
                float(row["to_s"] or "inf"),
                frozenset(filter(None, (row.get("also") or "").split(";"))),
            )
            truth.setdefault(row["clip"], []).append(interval)
        except KeyError as error:
            raise TruthError(f"{path}: no column {error.args[0]!r}") from None
        except ValueError as error:
            raise TruthError(f"{path}, line {line}: {error}") from None
    return truth


def score_clip(declared: list[Declaration], truth: list[TruthInterval]) -> Score:
    """Compare a clip's declarations with its truth."""
    expected = {interval.artwork_id for interval in truth if interval.artwork_id}
    allowed = expected.union(*(interval.also for interval in truth))
    waits = []
    for interval in truth:
        times = [one.at_s for one in declared if one.artwork_id == interval.artwork_id]
        if times:
            waits.append(max(0.0, min(times) - interval.from_s))
    wait_s = statistics.mean(waits) if waits else None
    ids = {one.artwork_id for one in declared}
    if not ids <= allowed:
        return Score("wrong", wait_s)
    if not expected:
        return Score("quiet", None)
    return Score("right" if expected <= ids else "missed", wait_s)
