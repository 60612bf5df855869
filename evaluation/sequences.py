"""Decision level: sequences of two seconds through the live pipeline, and what is declared."""

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

SEQUENCE_S = 2.0
"""Seconds that a visitor points at one artwork."""
TYPICAL_FRAMES = 9
"""Frames recognized in a sequence until it is decided, for the progress bar."""
SequenceOutcome = Literal["right", "neighbour", "wrong", "missed"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """An artwork that was declared, and after how many seconds."""

    artwork_id: str
    at_s: float


@dataclass(frozen=True, slots=True)
class SequenceSample:
    """One sequence: a visitor points at one artwork for two seconds.

    Attributes:
        condition: name of the row.
        artwork_id: the artwork that the camera pointed at.
        outcome: `wrong` if an artwork not in view was ever declared; else `right` if the artwork
            pointed at was declared; else `neighbour` if another one in view was; else `missed`.
        wait_s: seconds until the right artwork was declared, or None.
        declared: all declarations.
        frames: the recognized frames, without refused ones.
        refused: number of frames that the quality gate refused.
    """

    condition: str
    artwork_id: str
    outcome: SequenceOutcome
    wait_s: float | None
    declared: tuple[Declaration, ...]
    frames: tuple[FrameSample, ...]
    refused: int


@dataclass(frozen=True, slots=True)
class SequenceJob:
    """A sequence to measure.

    Attributes:
        condition: name of the row.
        series: number of its series of scenes.
        index: index of the scene in its series.
        spread: the conditions to draw from.
        rule: the rule of consensus.
    """

    condition: str
    series: int
    index: int
    spread: Spread
    rule: ConsensusRule

    def run(
        self, dataset: SceneDataset, recognizer: Recognizer, settings: StreamSettings, seed: int
    ) -> SequenceSample:
        """Film the scene for two seconds and pass its frames through the pipeline."""
        truth = dataset.scene(self.spread, self.series, self.index, seed)
        pipeline = Pipeline(self.rule, settings, Tracker(), shown_fps=settings.judge_fps)
        declared: list[Declaration] = []
        frames: list[FrameSample] = []
        votes: Counter[str] = Counter()
        refused, count = 0, int(SEQUENCE_S * settings.judge_fps + 1e-6) + 1
        for n in range(count):
            t = n / settings.judge_fps
            frame = Frame(truth.scene.shoot(t).image, t, n)
            result = pipeline.process(frame, recognizer)
            messages = pipeline.emit(result, None)
            declared += [Declaration(m.artwork.id, t) for m in messages if isinstance(m, Match)]
            if result.recognition is None:
                refused += 1
            else:
                sample = sample_frame(
                    self.condition, truth, frame.image, result.recognition, recognizer, None
                )
                frames.append(sample)
                if sample.accepted:
                    votes[sample.accepted] += 1
            if is_decided(votes, pipeline.consensus.declared, count - n - 1, self.rule.agree):
                break
        outcome = sequence_outcome(declared, truth.artwork_id, truth.neighbour_ids)
        right = [one.at_s for one in declared if one.artwork_id == truth.artwork_id]
        return SequenceSample(
            self.condition,
            truth.artwork_id,
            outcome,
            min(right, default=None),
            tuple(declared),
            tuple(frames),
            refused,
        )


def is_decided(
    votes: Mapping[str, int], declared: str | None, frames_left: int, agree: int
) -> bool:
    """Return whether the remaining frames can't lead to another declaration.

    This is exact for any rule that needs `agree` votes: an artwork not declared yet would have too
    few, even if all remaining frames voted for it.

    Args:
        votes: votes so far, by artwork id.
        declared: id of the artwork declared now, or None.
        frames_left: number of remaining frames.
        agree: votes that a declaration needs.
    """
    others = (count for artwork_id, count in votes.items() if artwork_id != declared)
    return max(others, default=0) + frames_left < agree


def sequence_outcome(
    declared: list[Declaration], artwork_id: str, neighbour_ids: frozenset[str]
) -> SequenceOutcome:
    """Compare the declarations with what was in view."""
    ids = {one.artwork_id for one in declared}
    if ids - neighbour_ids - {artwork_id}:
        return "wrong"
    if artwork_id in ids:
        return "right"
    return "neighbour" if ids else "missed"
