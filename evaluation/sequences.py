"""Decision level: short clips through the live line, and what is declared in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from evaluation.conditions import Spread
from evaluation.dataset import SceneDataset
from evaluation.frames import FrameSample, sample_frame
from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from stream.frames import Frame
from stream.messages import Match
from stream.pipeline import Pipeline
from stream.tracker import Tracker

LOOK_S = 2.0
TYPICAL_FRAMES = 9
"""Frames judged in a look until it is settled, for the progress bar."""
LookOutcome = Literal["right", "beside", "wrong", "missed"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """An artwork that was declared, and after how many seconds."""

    artwork_id: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Look:
    """One visitor's look at one artwork for two seconds.

    Attributes:
        place: name of the row.
        artwork_id: what was pointed at.
        outcome: `wrong` if anything that isn't in view was ever declared; else `right` if the
            artwork pointed at was; else `beside` if a neighbour was; else `missed`.
        wait_s: seconds until the right one was declared, or None.
        declared: all that was declared.
        frames: what each judged frame led to; refused ones are not among them.
        refused: frames that the quality gate refused.
    """

    place: str
    artwork_id: str
    outcome: LookOutcome
    wait_s: float | None
    declared: tuple[Declaration, ...]
    frames: tuple[FrameSample, ...]
    refused: int


@dataclass(frozen=True, slots=True)
class LookJob:
    """Measure one look."""

    place: str
    number: int
    index: int
    spread: Spread
    rule: ConsensusRule

    def run(
        self, shelf: SceneDataset, recognizer: Recognizer, settings: StreamSettings, seed: int
    ) -> Look:
        """Film the scene for two seconds and let consensus follow."""
        shown = shelf.scene(self.spread, self.number, self.index, seed)
        pipeline = Pipeline(self.rule, settings, Tracker(), shown_fps=settings.judge_fps)
        declared: list[Declaration] = []
        frames: list[FrameSample] = []
        votes: Counter[str] = Counter()
        refused, count = 0, int(LOOK_S * settings.judge_fps + 1e-6) + 1
        for n in range(count):
            t = n / settings.judge_fps
            frame = Frame(shown.scene.shoot(t).image, t, n)
            judged = pipeline.process(frame, recognizer)
            said = pipeline.emit(judged, None)
            declared += [Declaration(m.artwork.id, t) for m in said if isinstance(m, Match)]
            if judged.recognition is None:
                refused += 1
            else:
                seen = sample_frame(
                    self.place, shown, frame.image, judged.recognition, recognizer, None
                )
                frames.append(seen)
                if seen.accepted:
                    votes[seen.accepted] += 1
            if settled(votes, pipeline.consensus.declared, count - n - 1, self.rule.agree):
                break
        outcome = look_outcome(declared, shown.artwork_id, shown.also)
        right = [one.at_s for one in declared if one.artwork_id == shown.artwork_id]
        return Look(
            self.place,
            shown.artwork_id,
            outcome,
            min(right, default=None),
            tuple(declared),
            tuple(frames),
            refused,
        )


def settled(votes: Mapping[str, int], declared: str | None, left: int, agree: int) -> bool:
    """Tell whether the frames that are left can't lead to another declaration.

    Exact for any rule that wants `agree` votes: whatever is not declared yet, even with all the
    frames that are left, has too few.
    """
    others = (count for artwork_id, count in votes.items() if artwork_id != declared)
    return max(others, default=0) + left < agree


def look_outcome(declared: list[Declaration], artwork_id: str, also: frozenset[str]) -> LookOutcome:
    """Hold what was declared against what was in view."""
    ids = {one.artwork_id for one in declared}
    if ids - also - {artwork_id}:
        return "wrong"
    if artwork_id in ids:
        return "right"
    return "beside" if ids else "missed"
