"""Failures: the frames that went wrong, selected for the report."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from evaluation.conditions import ROWS
from evaluation.dataset import SceneDataset, read_picture
from evaluation.frames import FrameSample, small_jpeg
from evaluation.measure import OPEN, Figures

MAX_WRONG, MAX_MISSED = 24, 3
"""Wrong frames of the whole report, and missed frames of each row."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A frame that went wrong.

    Attributes:
        title: the condition, and what happened.
        details: rank, scores and inliers behind it.
        frame: data URL of the frame.
        expected: (caption, data URL) of the artwork that the camera pointed at.
        mistaken: the same of the artwork that was accepted instead, or else of the best candidate
            that isn't in view.
    """

    title: str
    details: str
    frame: str
    expected: tuple[str, str]
    mistaken: tuple[str, str] | None


def worst_failures(figures: Figures, dataset: SceneDataset) -> list[Failure]:
    """Select wrong frames up to a limit, then the missed frames of each row that fill it most."""
    unknown = [sample for sequence in figures.open_sequences for sample in sequence.frames]
    known = [sample for frames in figures.rows.values() for sample in frames]
    known += [sample for frames in figures.levels.values() for sample in frames]
    known += [
        sample
        for sequences in figures.sequences.values()
        for one in sequences
        for sample in one.frames
    ]
    chosen = [sample for sample in unknown + known if sample.outcome == "wrong"]
    chosen = sorted(chosen, key=lambda sample: -sample.rival_inliers)[:MAX_WRONG]
    for row in ROWS:
        missed = [
            one for one in figures.rows.get(row.name, ()) if one.outcome in ("none", "neighbour")
        ]
        # A miss in a good view shows more than a miss in a hopeless one.
        missed.sort(key=lambda sample: (-sample.situation.fill, sample.artwork_id))
        chosen += missed[:MAX_MISSED]
    return [_failure(sample, dataset) for sample in chosen if sample.picture]


def _failure(sample: FrameSample, dataset: SceneDataset) -> Failure:
    happened = {
        "wrong": "mistaken for another",
        "neighbour": "a neighbour accepted instead",
        "none": "not found" if sample.rank is None else "found, not verified",
        "right": "right",
    }[sample.outcome]
    condition = sample.condition.replace(OPEN, "not enrolled")
    rank = f"rank {sample.rank}" if sample.rank else "not among the candidates"
    score = f", score {sample.score:.2f}" if sample.score is not None else ""
    details = f"{rank}{score}, {sample.inliers} inliers"
    other = sample.accepted or sample.rival
    if other and other == sample.rival:
        details += f"; {other}: score {sample.rival_score or 0:.2f}, {sample.rival_inliers} inliers"
    mistaken = None
    if other:
        kind = "accepted" if sample.accepted else "best that isn't in view"
        mistaken = (f"{kind}: {other}", _picture(other, dataset))
    return Failure(
        f"{condition}: {happened}",
        details,
        _data_url(sample.picture or b""),
        (f"shown: {sample.artwork_id}", _picture(sample.artwork_id, dataset)),
        mistaken,
    )


def _picture(artwork_id: str, dataset: SceneDataset) -> str:
    return _data_url(small_jpeg(read_picture(dataset.paths[artwork_id])[..., ::-1]))


def _data_url(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
