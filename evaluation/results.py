"""Results: the counts and shares of the measured samples."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evaluation.conditions import OPEN_FRAME_GOAL, ROWS
from evaluation.confidence import interval, upper_bound
from evaluation.frames import FrameSample
from evaluation.measure import Figures


@dataclass(frozen=True, slots=True)
class Share:
    """A counted share, with its 95% Clopper-Pearson bounds."""

    hits: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0..1; 0 if nothing was counted."""
        return self.hits / self.total if self.total else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """Two-sided bounds at 95% confidence."""
        return interval(self.hits, self.total)

    @property
    def upper_bound(self) -> float:
        """One-sided upper bound at 95% confidence."""
        return upper_bound(self.hits, self.total)


@dataclass(frozen=True, slots=True)
class Losses:
    """Reasons why the right artwork was not accepted, in frames.

    Attributes:
        search: it wasn't among the candidates.
        verification: it was a candidate, but no candidate was accepted.
        neighbour: another artwork in view was accepted.
        wrong: an artwork not in view was accepted.
        refused: frames that the quality gate would have refused, right or not.
    """

    search: int
    verification: int
    neighbour: int
    wrong: int
    refused: int


@dataclass(frozen=True, slots=True)
class RowResult:
    """Results of a row of the table.

    Attributes:
        name: the condition.
        frames: share of frames in which the right artwork was accepted.
        frame_goal: share wanted, 0..1.
        sequences: share of sequences in which the right artwork was declared, and no wrong one.
        sequence_goal: share wanted, 0..1.
        wrong_sequences: number of sequences in which a wrong artwork was declared.
        wait_s: median time to the right declaration, or None.
        losses: reasons for the other frames.
    """

    name: str
    frames: Share
    frame_goal: float
    sequences: Share
    sequence_goal: float
    wrong_sequences: int
    wait_s: float | None
    losses: Losses


@dataclass(frozen=True, slots=True)
class OpenResult:
    """Results of artworks that aren't enrolled.

    Attributes:
        frames: share of frames in which an artwork was accepted.
        frame_goal: share allowed, 0..1.
        sequences: share of sequences in which an artwork was declared.
    """

    frames: Share
    frame_goal: float
    sequences: Share


def row_results(figures: Figures) -> list[RowResult]:
    """Count the samples of each row."""
    results = []
    for row in ROWS:
        frames, sequences = figures.rows.get(row.name, ()), figures.sequences.get(row.name, ())
        waits = [sequence.wait_s for sequence in sequences if sequence.wait_s is not None]
        results.append(
            RowResult(
                row.name,
                recall(frames),
                row.frame_goal,
                Share(sum(sequence.outcome == "right" for sequence in sequences), len(sequences)),
                row.sequence_goal,
                sum(sequence.outcome == "wrong" for sequence in sequences),
                statistics.median(waits) if waits else None,
                losses(frames),
            )
        )
    return results


def open_result(figures: Figures) -> OpenResult | None:
    """Count the samples of the open set; None if it wasn't measured."""
    sequences = figures.open_sequences
    if not sequences:
        return None
    frames = [sample for sequence in sequences for sample in sequence.frames]
    accepted = sum(sample.accepted is not None for sample in frames)
    declared = sum(bool(sequence.declared) for sequence in sequences)
    return OpenResult(
        Share(accepted, len(frames)), OPEN_FRAME_GOAL, Share(declared, len(sequences))
    )


def recall(frames: Sequence[FrameSample]) -> Share:
    """Return the share of frames in which the right artwork was accepted."""
    return Share(sum(sample.outcome == "right" for sample in frames), len(frames))


def losses(frames: Iterable[FrameSample]) -> Losses:
    """Count the reasons for the other frames."""
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
        counts["neighbour"],
        counts["wrong"],
        counts["refused"],
    )


def hardest(figures: Figures) -> list[tuple[str, int, int]]:
    """List the artworks most often missed in the rows: (id, frames missed, frames shown)."""
    shown: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for frames in figures.rows.values():
        for sample in frames:
            shown[sample.artwork_id] += 1
            missed[sample.artwork_id] += sample.outcome != "right"
    ranked = sorted(missed.items(), key=lambda item: (-item[1] / shown[item[0]], item[0]))
    return [(artwork_id, count, shown[artwork_id]) for artwork_id, count in ranked if count]
