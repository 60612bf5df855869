"""The worst cases: which frames to show, and beside what."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from evaluation.conditions import ROWS
from evaluation.dataset import SceneDataset, read_picture
from evaluation.frames import FrameSample, small_jpeg
from evaluation.measure import OPEN, Figures

MOST_WRONG, MOST_MISSED = 24, 3


@dataclass(frozen=True, slots=True)
class Case:
    """A frame that went wrong.

    Attributes:
        title: the condition, and what happened.
        said: numbers behind it.
        frame: data address of the frame.
        shown: (caption, data address) of the artwork that was pointed at.
        taken: the same of what was accepted instead, or of the best candidate that isn't in view.
    """

    title: str
    said: str
    frame: str
    shown: tuple[str, str]
    taken: tuple[str, str] | None


def worst_cases(figures: Figures, shelf: SceneDataset) -> list[Case]:
    """Pick every wrong one up to a limit, then the hardest missed ones of each row."""
    unknown = [sample for look in figures.open_looks for sample in look.frames]
    known = [sample for frames in figures.rows.values() for sample in frames]
    known += [sample for frames in figures.levels.values() for sample in frames]
    known += [
        sample for looks in figures.looks.values() for look in looks for sample in look.frames
    ]
    chosen = [sample for sample in unknown + known if sample.outcome == "wrong"]
    chosen = sorted(chosen, key=lambda sample: -sample.rival_inliers)[:MOST_WRONG]
    for row in ROWS:
        missed = [
            one for one in figures.rows.get(row.name, ()) if one.outcome in ("none", "beside")
        ]
        # Well seen and yet missed tells more than hopeless.
        missed.sort(key=lambda sample: (-sample.situation.fill, sample.artwork_id))
        chosen += missed[:MOST_MISSED]
    return [_case(sample, shelf) for sample in chosen if sample.picture]


def _case(sample: FrameSample, shelf: SceneDataset) -> Case:
    happened = {
        "wrong": "taken for another",
        "beside": "a neighbour accepted instead",
        "none": "not found" if sample.rank is None else "found, not verified",
        "right": "right",
    }[sample.outcome]
    where = sample.place.replace(OPEN, "not enrolled")
    rank = f"rank {sample.rank}" if sample.rank else "not among the candidates"
    score = f", score {sample.score:.2f}" if sample.score is not None else ""
    said = f"{rank}{score}, {sample.inliers} inliers"
    other = sample.accepted or sample.rival
    if other and other == sample.rival:
        said += f"; {other}: score {sample.rival_score or 0:.2f}, {sample.rival_inliers} inliers"
    taken = None
    if other:
        kind = "accepted" if sample.accepted else "best that isn't in view"
        taken = (f"{kind}: {other}", _picture(other, shelf))
    return Case(
        f"{where}: {happened}",
        said,
        _address(sample.picture or b""),
        (f"shown: {sample.artwork_id}", _picture(sample.artwork_id, shelf)),
        taken,
    )


def _picture(artwork_id: str, shelf: SceneDataset) -> str:
    return _address(small_jpeg(read_picture(shelf.paths[artwork_id])[..., ::-1]))


def _address(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
