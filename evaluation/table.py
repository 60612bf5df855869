"""The table of results beside their goals, as text."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.conditions import OPEN_SEQUENCES_GOAL
from evaluation.results import Losses, OpenResult, RowResult, Share

HEADINGS = (
    "condition",
    "frames right",
    "goal",
    "right in 2 s",
    "goal",
    "wrong",
    "wait",
    "frames lost in",
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table as text.

    Attributes:
        cells: one text for each of `HEADINGS`.
        met: whether the goals of frames and of sequences are met; None if nothing was measured.
    """

    cells: tuple[str, ...]
    met: tuple[bool | None, bool | None]


def table_rows(results: list[RowResult], unknown: OpenResult | None) -> list[TableRow]:
    """Format all results as rows of the table."""
    rows = [_format_row(result) for result in results]
    if unknown:
        rows.append(_format_open(unknown))
    return rows


def percent(share: float) -> str:
    """Format a share in percent, to three digits."""
    return f"{100 * share:.3g}%"


def with_bounds(share: Share) -> str:
    """Format a share with its 95% interval."""
    if not share.total:
        return "-"
    low, high = share.bounds
    return f"{share.hits}/{share.total} {percent(share.value)} ({100 * low:.3g}-{100 * high:.3g})"


def one_in(share: float) -> str:
    """Format a small share as "1 in n"."""
    return f"1 in {1 / share:,.0f}" if share > 0 else "none"


def format_losses(losses: Losses) -> str:
    """Format the reasons for lost frames, the most frequent first."""
    named = (
        (losses.search, "search"),
        (losses.verification, "verification"),
        (losses.neighbour, "neighbour"),
        (losses.wrong, "wrong"),
        (losses.refused, "refused by the gate"),
    )
    return ", ".join(f"{count} {name}" for count, name in sorted(named, reverse=True) if count)


def _format_row(row: RowResult) -> TableRow:
    cells = (
        row.name,
        with_bounds(row.frames),
        percent(row.frame_goal),
        with_bounds(row.sequences),
        percent(row.sequence_goal),
        f"{row.wrong_sequences}" if row.sequences.total else "-",
        f"{row.wait_s:.2f} s" if row.wait_s is not None else "-",
        format_losses(row.losses),
    )
    return TableRow(
        cells,
        (
            row.frames.value >= row.frame_goal if row.frames.total else None,
            row.sequences.value >= row.sequence_goal if row.sequences.total else None,
        ),
    )


def _format_open(unknown: OpenResult) -> TableRow:
    """Format the open set with its upper bounds, which fall as more is measured."""
    frames, sequences = unknown.frames, unknown.sequences
    cells = (
        "not enrolled: accepted, declared",
        f"{frames.hits} of {frames.total} (at most {one_in(frames.upper_bound)})",
        f"{one_in(unknown.frame_goal)} or fewer",
        f"{sequences.hits} of {sequences.total} (at most {one_in(sequences.upper_bound)})",
        f"0 of {OPEN_SEQUENCES_GOAL:,}",
        f"{sequences.hits}",
        "-",
        "at 95% confidence",
    )
    return TableRow(cells, (frames.value <= unknown.frame_goal, sequences.hits == 0))
