"""Recorded clips through the live line, in the clips' own time."""

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
class Shown:
    """An artwork that a clip shows from `from_s` to `to_s`; no artwork: nothing may be declared."""

    artwork_id: str
    from_s: float
    to_s: float
    also: frozenset[str]


@dataclass(frozen=True, slots=True)
class Said:
    """A declaration, with the clip's time in seconds."""

    artwork_id: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Score:
    """A clip against its truth.

    Attributes:
        outcome: `wrong` if anything not in view was declared; else `right` if every artwork
            shown was, `missed` if not, `quiet` if there was none and none was declared.
        wait_s: mean time from being in view to declared of the artworks declared, or None.
    """

    outcome: Outcome
    wait_s: float | None


def replay_clip(
    path: Path, pipeline: Pipeline, recognizer: Recognizer
) -> Iterator[tuple[float, ServerMessage]]:
    """Run a clip and yield (clip time in seconds, message), deterministic.

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


def declarations(messages: list[tuple[float, ServerMessage]]) -> list[Said]:
    """Pick the declarations out of a clip's messages."""
    return [Said(message.artwork.id, t) for t, message in messages if isinstance(message, Match)]


def read_truth(path: Path) -> dict[str, list[Shown]]:
    """Read `clip,artwork_id,from_s,to_s,kind,also`, by clip file name.

    Raises:
        TruthError: missing, a column is missing, or a time isn't a number.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise TruthError(f"{path}: can't be read ({error})") from None
    truth: dict[str, list[Shown]] = {}
    for number, row in enumerate(rows, 2):
        try:
            shown = Shown(
                row["artwork_id"] or "",
                float(row["from_s"] or 0),
                float(row["to_s"] or "inf"),
                frozenset(filter(None, (row.get("also") or "").split(";"))),
            )
            truth.setdefault(row["clip"], []).append(shown)
        except KeyError as error:
            raise TruthError(f"{path}: no column {error.args[0]!r}") from None
        except ValueError as error:
            raise TruthError(f"{path}, line {number}: {error}") from None
    return truth


def score_clip(said: list[Said], shown: list[Shown]) -> Score:
    """Hold what was declared against what was in view."""
    expected = {show.artwork_id for show in shown if show.artwork_id}
    allowed = expected.union(*(show.also for show in shown))
    waits = []
    for show in shown:
        first = min((s.at_s for s in said if s.artwork_id == show.artwork_id), default=None)
        if first is not None:
            waits.append(max(0.0, first - show.from_s))
    wait_s = statistics.mean(waits) if waits else None
    if any(one.artwork_id not in allowed for one in said):
        return Score("wrong", wait_s)
    if not expected:
        return Score("quiet", None)
    declared = {one.artwork_id for one in said}
    return Score("right" if expected <= declared else "missed", wait_s)
