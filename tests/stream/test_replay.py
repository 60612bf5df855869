"""Replayed clips, and how they are scored against their truth."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount, write_clip
from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from stream.messages import ServerMessage
from stream.pipeline import Pipeline
from stream.replay import (
    Declaration,
    TruthError,
    TruthInterval,
    declarations,
    read_truth,
    replay_clip,
    score_clip,
)
from stream.tracker import Tracker
from tests.conftest import ENROLLED


def run_clip(path: Path, recognizer: Recognizer) -> list[tuple[float, ServerMessage]]:
    pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker(), shown_fps=6)
    return list(replay_clip(path, pipeline, recognizer))


def test_a_replayed_clip_gives_the_same_messages_each_time(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    known = filmed(mount(ENROLLED[2].paint()), 2.5)
    path = write_clip(tmp_path / "known.mp4", known)
    first = run_clip(path, recognizer)
    (declared,) = declarations(first)
    assert declared.artwork_id == ENROLLED[2].id
    assert 4 / 6 <= declared.at_s < 1.6, "five frames, at six a second"
    again = run_clip(path, recognizer)
    assert [(t, m.model_dump_json()) for t, m in again] == [
        (t, m.model_dump_json()) for t, m in first
    ]


def test_a_clip_of_an_artwork_not_enrolled_declares_nothing(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    unknown = filmed(mount(HELD_BACK[1].paint()), 5)
    messages = run_clip(write_clip(tmp_path / "unknown.mp4", unknown), recognizer)
    assert declarations(messages) == []
    assert [m.type for _, m in messages].count("not_found") == 1  # type: ignore[attr-defined]


def test_truth_is_read_with_care(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(
        "clip,artwork_id,from_s,to_s,kind,also\na.mp4,x,0.5,4,real,y;z\nb.mp4,,,,real,\n"
    )
    truth = read_truth(path)
    assert truth["a.mp4"] == [TruthInterval("x", 0.5, 4.0, frozenset({"y", "z"}))]
    assert truth["b.mp4"][0].artwork_id == ""
    path.write_text("clip,artwork_id,from_s,to_s\na.mp4,x,soon,4\n")
    with pytest.raises(TruthError, match="line 2"):
        read_truth(path)
    path.write_text("clip,artwork\na.mp4,x\n")
    with pytest.raises(TruthError, match="no column 'artwork_id'"):
        read_truth(path)


@pytest.mark.parametrize(
    ("declared", "truth", "outcome"),
    [
        ([Declaration("x", 1.5)], [TruthInterval("x", 1, 4, frozenset())], "right"),
        ([], [TruthInterval("x", 1, 4, frozenset())], "missed"),
        ([Declaration("y", 1.5)], [TruthInterval("x", 1, 4, frozenset())], "wrong"),
        (
            [Declaration("x", 1.5), Declaration("y", 2)],
            [TruthInterval("x", 1, 4, frozenset())],
            "wrong",
        ),
        (
            [Declaration("x", 1.5), Declaration("y", 2)],
            [TruthInterval("x", 1, 4, frozenset({"y"}))],
            "right",
        ),
        ([Declaration("y", 2)], [TruthInterval("x", 1, 4, frozenset({"y"}))], "missed"),
        ([Declaration("y", 2)], [TruthInterval("", 0, 9, frozenset())], "wrong"),
        ([], [TruthInterval("", 0, 9, frozenset())], "quiet"),
    ],
)
def test_scores(declared: list[Declaration], truth: list[TruthInterval], outcome: str) -> None:
    assert score_clip(declared, truth).outcome == outcome
