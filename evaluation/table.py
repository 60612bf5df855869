"""The table: what was measured beside what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.conditions import OPEN_LOOKS_GOAL
from evaluation.results import Losses, OpenResult, RowResult, Share

HEADINGS = (
    "condition",
    "frames right",
    "goal",
    "looks right in 2 s",
    "goal",
    "wrong",
    "wait",
    "frames lost in",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table as text; `met` tells of frames and looks whether the goal is reached."""

    cells: tuple[str, ...]
    met: tuple[bool | None, bool | None]


def table_lines(rows: list[RowResult], unknown: OpenResult | None) -> list[Line]:
    """Put every row in words."""
    lines = [_row_line(row) for row in rows]
    if unknown:
        lines.append(_open_line(unknown))
    return lines


def percent(share: float) -> str:
    """A share in percent, with as many digits as say something."""
    return f"{100 * share:.3g}%"


def with_bounds(share: Share) -> str:
    """A share with its 95% interval."""
    if not share.of:
        return "-"
    low, high = share.bounds
    return f"{share.hits}/{share.of} {percent(share.value)} ({100 * low:.3g}-{100 * high:.3g})"


def one_in(share: float) -> str:
    """A small share as one in so many."""
    return f"1 in {1 / share:,.0f}" if share > 0 else "none"


def lost(losses: Losses) -> str:
    """Where frames were lost, the most first."""
    named = (
        (losses.search, "search"),
        (losses.verification, "verification"),
        (losses.beside, "neighbour"),
        (losses.wrong, "wrong"),
        (losses.refused, "refused by the gate"),
    )
    return ", ".join(f"{count} {name}" for count, name in sorted(named, reverse=True) if count)


def _row_line(row: RowResult) -> Line:
    cells = (
        row.name,
        with_bounds(row.frames),
        percent(row.frame_goal),
        with_bounds(row.looks),
        percent(row.look_goal),
        f"{row.wrong_looks}" if row.looks.of else "-",
        f"{row.wait_s:.2f} s" if row.wait_s is not None else "-",
        lost(row.losses),
    )
    return Line(
        cells,
        (
            row.frames.value >= row.frame_goal if row.frames.of else None,
            row.looks.value >= row.look_goal if row.looks.of else None,
        ),
    )


def _open_line(unknown: OpenResult) -> Line:
    """Say the open set with what it proves: the bound falls as more is looked at."""
    frames, looks = unknown.frames, unknown.looks
    cells = (
        "not enrolled: accepted, declared",
        f"{frames.hits} of {frames.of} (at most {one_in(frames.ceiling)})",
        f"{one_in(unknown.frame_goal)} or fewer",
        f"{looks.hits} of {looks.of} (at most {one_in(looks.ceiling)})",
        f"0 of {OPEN_LOOKS_GOAL:,}",
        f"{looks.hits}",
        "-",
        "at 95% confidence",
    )
    return Line(cells, (frames.value <= unknown.frame_goal, looks.hits == 0))
