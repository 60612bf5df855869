"""From what was measured to the rows of the table."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.conditions import OPEN_FRAME_GOAL, ROWS
from evaluation.confidence import at_most, interval
from evaluation.frames import FrameSample
from evaluation.measure import Figures


@dataclass(frozen=True, slots=True)
class Share:
    """A share that was counted, with its 95% Clopper-Pearson interval."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0..1; 0 where nothing was counted."""
        return self.hits / self.of if self.of else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Where it lies with 95% confidence."""
        return interval(self.hits, self.of)

    @property
    def ceiling(self) -> float:
        """What it is at most, with 95% confidence."""
        return at_most(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Losses:
    """Why the right artwork was not accepted, in frames.

    Attributes:
        search: it wasn't among the candidates.
        verification: it was, and was not verified.
        beside: another artwork in view was accepted.
        wrong: one that isn't in view was accepted.
        refused: frames that the quality gate would not have had judged, right or not.
    """

    search: int
    verification: int
    beside: int
    wrong: int
    refused: int


@dataclass(frozen=True, slots=True)
class RowResult:
    """A row of the table, counted; `wait_s` is the median time to the right declaration."""

    name: str
    frames: Share
    frame_goal: float
    looks: Share
    look_goal: float
    wrong_looks: int
    wait_s: float | None
    losses: Losses


@dataclass(frozen=True, slots=True)
class OpenResult:
    """Artworks that aren't enrolled: wrong frames accepted, looks with anything declared."""

    frames: Share
    frame_goal: float
    looks: Share


def row_results(figures: Figures) -> list[RowResult]:
    """Count each row."""
    results = []
    for row in ROWS:
        frames, looks = figures.rows.get(row.name, ()), figures.looks.get(row.name, ())
        waits = [look.wait_s for look in looks if look.wait_s is not None]
        results.append(
            RowResult(
                row.name,
                recall(frames),
                row.frame_goal,
                Share(sum(look.outcome == "right" for look in looks), len(looks)),
                row.look_goal,
                sum(look.outcome == "wrong" for look in looks),
                statistics.median(waits) if waits else None,
                losses(frames),
            )
        )
    return results


def open_result(figures: Figures) -> OpenResult | None:
    """Count the open set; None where it wasn't measured."""
    looks = figures.open_looks
    if not looks:
        return None
    frames = [sample for look in looks for sample in look.frames]
    accepted = sum(sample.accepted is not None for sample in frames)
    declared = sum(bool(look.declared) for look in looks)
    return OpenResult(Share(accepted, len(frames)), OPEN_FRAME_GOAL, Share(declared, len(looks)))


def recall(frames: Sequence[FrameSample]) -> Share:
    """Count the frames in which the right artwork was accepted."""
    return Share(sum(sample.outcome == "right" for sample in frames), len(frames))


def losses(frames: Iterable[FrameSample]) -> Losses:
    """Count why the others were not."""
    counts: Counter[str] = Counter()
    for sample in frames:
        counts["refused"] += sample.refused is not None
        if sample.outcome == "none":
            counts["search" if sample.rank is None else "verification"] += 1
        else:
            counts[sample.outcome] += 1
    return Losses(
        counts["search"],
        counts["verification"],
        counts["beside"],
        counts["wrong"],
        counts["refused"],
    )


def hardest(figures: Figures) -> list[tuple[str, int, int]]:
    """Artworks that most often weren't found in the rows: (id, frames missed, frames shown)."""
    shown: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for frames in figures.rows.values():
        for sample in frames:
            shown[sample.artwork_id] += 1
            missed[sample.artwork_id] += sample.outcome != "right"
    ranked = sorted(missed.items(), key=lambda item: (-item[1] / shown[item[0]], item[0]))
    return [(artwork_id, count, shown[artwork_id]) for artwork_id, count in ranked if count]
