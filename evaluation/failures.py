"""The worst cases: which frames to show, and beside what."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from evaluation.conditions import ROWS
from evaluation.dataset import Shelf, read_picture
from evaluation.frames import Glimpse, small_jpeg
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


def worst_cases(figures: Figures, shelf: Shelf) -> list[Case]:
    """Pick every wrong one up to a limit, then the hardest missed ones of each row."""
    unknown = [glimpse for look in figures.open_looks for glimpse in look.frames]
    known = [glimpse for frames in figures.rows.values() for glimpse in frames]
    known += [glimpse for frames in figures.levels.values() for glimpse in frames]
    known += [
        glimpse for looks in figures.looks.values() for look in looks for glimpse in look.frames
    ]
    chosen = [glimpse for glimpse in unknown + known if glimpse.outcome == "wrong"]
    chosen = sorted(chosen, key=lambda glimpse: -glimpse.rival_inliers)[:MOST_WRONG]
    for row in ROWS:
        missed = [
            one for one in figures.rows.get(row.name, ()) if one.outcome in ("none", "beside")
        ]
        # Well seen and yet missed tells more than hopeless.
        missed.sort(key=lambda glimpse: (-glimpse.situation.fill, glimpse.artwork_id))
        chosen += missed[:MOST_MISSED]
    return [_case(glimpse, shelf) for glimpse in chosen if glimpse.picture]


def _case(glimpse: Glimpse, shelf: Shelf) -> Case:
    happened = {
        "wrong": "taken for another",
        "beside": "a neighbour accepted instead",
        "none": "not found" if glimpse.rank is None else "found, not verified",
        "right": "right",
    }[glimpse.outcome]
    where = glimpse.place.replace(OPEN, "not enrolled")
    rank = f"rank {glimpse.rank}" if glimpse.rank else "not among the candidates"
    score = f", score {glimpse.score:.2f}" if glimpse.score is not None else ""
    said = f"{rank}{score}, {glimpse.inliers} inliers"
    other = glimpse.accepted or glimpse.rival
    if other and other == glimpse.rival:
        said += f"; {other}: score {glimpse.rival_score or 0:.2f}, {glimpse.rival_inliers} inliers"
    taken = None
    if other:
        kind = "accepted" if glimpse.accepted else "best that isn't in view"
        taken = (f"{kind}: {other}", _picture(other, shelf))
    return Case(
        f"{where}: {happened}",
        said,
        _address(glimpse.picture or b""),
        (f"shown: {glimpse.artwork_id}", _picture(glimpse.artwork_id, shelf)),
        taken,
    )


def _picture(artwork_id: str, shelf: Shelf) -> str:
    return _address(small_jpeg(read_picture(shelf.paths[artwork_id])[..., ::-1]))


def _address(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
