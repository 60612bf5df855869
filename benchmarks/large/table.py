"""The table of `benchmarks.collection`: each figure of a small collection beside a large one's."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from rich.table import Table

from benchmarks.large.enrolling import Enrolment
from benchmarks.large.living import Living
from benchmarks.large.looks import Attempts, Looks
from evaluation.clips import ClipResult


@dataclass(frozen=True)
class Measured:
    """All that was measured of one collection; `enrolment` is None where it was reused."""

    works: int
    disk_mb: float
    enrolment: Enrolment | None
    looks: Looks
    attempts: Attempts
    clips: list[ClipResult]
    living: Living

    def outcomes(self, outcome: str) -> int:
        """Return the number of clips with an outcome."""
        return sum(clip.score.outcome == outcome for clip in self.clips)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Attributes:
        name: what is measured.
        figure: reads it; nan where it wasn't measured.
        form: how it is written.
        ratio: whether a ratio says anything.
    """

    name: str
    figure: Callable[[Measured], float]
    form: str = "{:.2f}"
    ratio: bool = True


def _enrolment(figure: Callable[[Enrolment], float]) -> Callable[[Measured], float]:
    return lambda one: figure(one.enrolment) if one.enrolment else math.nan


def _mean_wait(one: Measured) -> float:
    waits = [clip.score.wait_s for clip in one.clips if clip.score.wait_s is not None]
    return statistics.mean(waits) if waits else math.nan


def _matched(one: Measured) -> float:
    return statistics.mean(math.isfinite(wait) for wait in one.living.waits_s)


ROWS = (
    Row("enrolment: s until it is live", _enrolment(lambda one: one.live_s), "{:.0f}"),
    Row("CPU s a work until it is live", _enrolment(lambda one: one.live_cpu_s / one.works)),
    Row("s until its thresholds and advice", _enrolment(lambda one: one.whole_s), "{:.0f}"),
    Row("CPU s a work until then", _enrolment(lambda one: one.whole_cpu_s / one.works)),
    Row("memory at most, MB", _enrolment(lambda one: one.peak_mb), "{:.0f}"),
    Row("memory, last quarter of the time by the second", _enrolment(lambda one: one.growth)),
    Row("thresholds fitted (1) or cautious (0)", _enrolment(lambda one: one.fitted), "{:.0f}"),
    Row("on disk, MB a work", lambda one: one.disk_mb / one.works),
    Row("rendered plain frames", lambda one: one.looks.outcomes.total(), "{:.0f}", False),
    Row("right of these", lambda one: one.looks.recall, "{:.1%}"),
    Row("wrong of these", lambda one: one.looks.outcomes["wrong"], "{:.0f}", False),
    Row("CPU of a frame, ms, median", lambda one: statistics.median(one.looks.cpu_ms), "{:.0f}"),
    Row("attempts at what isn't enrolled", lambda one: one.attempts.attempts, "{:.0f}", False),
    Row("declared in these", lambda one: len(one.attempts.declared), "{:.0f}", False),
    Row("frames of these that vote", lambda one: one.attempts.votes, "{:.0f}", False),
    Row("clips: right", lambda one: one.outcomes("right"), "{:.0f}", False),
    Row("clips: nothing to see, nothing said", lambda one: one.outcomes("quiet"), "{:.0f}", False),
    Row("clips: missed", lambda one: one.outcomes("missed"), "{:.0f}", False),
    Row("clips: wrong", lambda one: one.outcomes("wrong"), "{:.0f}", False),
    Row("clips: s until declared, mean", _mean_wait),
    Row("server: s until it serves", lambda one: one.living.start_s, "{:.1f}"),
    Row("CPU s of that", lambda one: one.living.start_cpu_s, "{:.1f}"),
    Row("memory with visitors, MB", lambda one: one.living.rss_mb, "{:.0f}"),
    Row("of it not backed by files, MB", lambda one: one.living.own_mb, "{:.0f}"),
    Row("visitors' looks", lambda one: len(one.living.waits_s), "{:.0f}", False),
    Row("matched of these", _matched, "{:.1%}"),
    Row("time to match, s, median", lambda one: one.living.wait_s),
    Row("wrong", lambda one: one.living.wrong, "{:.0f}", False),
    Row("one more work: s until it is live", lambda one: one.living.live_s, "{:.1f}"),
    Row("of it taking it up, s", lambda one: one.living.taken_up_s),
    Row("s until its thresholds and advice", lambda one: one.living.finished_s, "{:.1f}"),
    Row("CPU s of all that", lambda one: one.living.added_cpu_s, "{:.1f}"),
    Row("longest wait of a request meanwhile, s", lambda one: one.living.stall_s),
)


def table_of(small: Measured, large: Measured) -> Table:
    """Return the figures of both collections and their ratio; without what wasn't measured."""
    table = Table("figure", f"{small.works:,} works", f"{large.works:,} works", "ratio")
    for column in table.columns[1:]:
        column.justify = "right"
    for row in ROWS:
        low, high = row.figure(small), row.figure(large)
        if not math.isnan(low + high):
            ratio = f"{high / low:.2f}" if row.ratio and low and math.isfinite(high / low) else ""
            table.add_row(row.name, row.form.format(low), row.form.format(high), ratio)
    return table
