"""The report: one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from common.files import write_atomic
from evaluation.clips import ClipResult
from evaluation.conditions import FACTORS
from evaluation.failures import Failure
from evaluation.measure import Figures
from evaluation.plots import histogram, line_plot
from evaluation.results import hardest, losses, open_result, recall, row_results
from evaluation.table import HEADINGS, TableRow, format_losses, table_rows

_STYLE = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class About:
    """Title of the report, and facts as (name, value)."""

    title: str
    facts: tuple[tuple[str, str], ...]


def report_html(
    about: About, figures: Figures, failures: Sequence[Failure], clips: Sequence[ClipResult]
) -> str:
    """Format the page; the same figures give the same text."""
    rows = table_rows(row_results(figures), open_result(figures))
    sections = [
        _facts(about),
        "<h2>Results and goals</h2>",
        _table(rows),
        "<p>A sequence is two seconds in which a visitor points at one artwork. It is right if "
        "that artwork is declared, and none that isn't in view. Shares are given with their 95% "
        "Clopper-Pearson intervals. Frames of one sequence are alike, so the bound on frames of "
        "artworks that aren't enrolled is weaker than it reads; the bound on sequences is not. The "
        "scenes are synthetic: they show what a condition does, and how two versions compare, "
        "better than how a given museum will fare.</p>",
        _factors(figures),
        "<h2>Scores, inliers and waiting times</h2>",
        f'<div class="plots">{"".join(_spreads(figures))}</div>',
        _hardest(figures),
        _clips(clips) if clips else "",
        "<h2>Failures</h2>",
        "".join(_failure(failure) for failure in failures) or "<p>None.</p>",
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(about.title)}</title>'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(about.title)}</h1>"
        f"{''.join(sections)}</main></body></html>\n"
    )


def write_report(folder: Path, html: str) -> Path:
    """Write `index.html` into a folder, whole or not at all, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    write_atomic(path, html.encode(), 0o644)
    return path


def _facts(about: About) -> str:
    rows = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in about.facts)
    return f"<dl>{''.join(rows)}</dl>"


def _table(rows: Sequence[TableRow]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in HEADINGS)
    body = []
    for row in rows:
        met = (None, row.met[0], None, row.met[1], None, None, None, None)
        cells = (
            f"<td{_kind(good)}>{escape(cell)}</td>"
            for cell, good in zip(row.cells, met, strict=True)
        )
        body.append(f"<tr>{''.join(cells)}</tr>")
    return f'<div class="wide"><table><tr>{head}</tr>{"".join(body)}</table></div>'


def _kind(good: bool | None) -> str:
    return "" if good is None else f' class="{"met" if good else "unmet"}"'


def _factors(figures: Figures) -> str:
    plots = "".join(_factor_plots(figures))
    title = "<h2>Right artwork accepted, one factor at a time</h2>"
    return f'{title}<div class="plots">{plots}</div>' if plots else ""


def _factor_plots(figures: Figures) -> list[str]:
    plots = []
    for factor, (title, values) in FACTORS.items():
        points, notes = [], []
        for value in values:
            frames = figures.levels.get((factor, value), ())
            if frames:
                share = recall(frames)
                points.append((f"{value:g}", share.value, *share.bounds))
                if reasons := format_losses(losses(frames)):
                    notes.append(f"{value:g}: {reasons}")
        if points:
            caption = escape("; ".join(notes) or "nothing lost")
            plots.append(
                f"<figure>{line_plot(title, points)}<figcaption>{caption}</figcaption></figure>"
            )
    return plots


def _spreads(figures: Figures) -> list[str]:
    known = [sample for frames in figures.rows.values() for sample in frames]
    unknown = [sample for sequence in figures.open_sequences for sample in sequence.frames]
    waits = [
        one.wait_s for sequences in figures.sequences.values() for one in sequences if one.wait_s
    ]
    scores = (
        ("right artwork", [one.score for one in known if one.score is not None]),
        ("wrong, best", [one.rival_score for one in known if one.rival_score is not None]),
        ("unknown, best", [one.rival_score for one in unknown if one.rival_score is not None]),
    )
    inliers = (
        ("right artwork", [one.inliers for one in known if one.rank]),
        ("wrong, most", [one.rival_inliers for one in known]),
        ("unknown, most", [one.rival_inliers for one in unknown]),
    )
    return [
        f"<figure>{histogram('score of the search', scores, (-0.2, 1))}</figure>",
        f"<figure>{histogram('inliers of the verification, to 60', inliers, (0, 60))}</figure>",
        f"<figure>{histogram('time to match, seconds', (('right sequences', waits),), (0, 2))}"
        "</figure>",
    ]


def _hardest(figures: Figures) -> str:
    rows = "".join(
        f"<tr><td>{escape(artwork_id)}</td><td>{missed} of {shown}</td></tr>"
        for artwork_id, missed, shown in hardest(figures)[:12]
    )
    head = "<tr><th>artwork</th><th>frames missed, all rows</th></tr>"
    return f"<h2>Hardest artworks</h2><table>{head}{rows}</table>" if rows else ""


def _clips(clips: Sequence[ClipResult]) -> str:
    rows = []
    for clip in clips:
        declared = (
            ", ".join(f"{one.artwork_id} at {one.at_s:.2f} s" for one in clip.declared) or "nothing"
        )
        wait = f"{clip.score.wait_s:.2f} s" if clip.score.wait_s is not None else "-"
        good = clip.score.outcome in ("right", "quiet")
        rows.append(
            f"<tr><td>{escape(clip.name)}</td><td>{escape(declared)}</td>"
            f"<td{_kind(good)}>{clip.score.outcome}</td><td>{wait}</td></tr>"
        )
    head = "<tr><th>clip</th><th>declared</th><th>outcome</th><th>in view to declared</th></tr>"
    return f"<h2>Recorded clips</h2><table>{head}{''.join(rows)}</table>"


def _failure(failure: Failure) -> str:
    pictures = [("frame", failure.frame), failure.expected]
    if failure.mistaken:
        pictures.append(failure.mistaken)
    figures = "".join(
        f'<figure><img src="{address}" alt="{escape(caption, quote=True)}">'
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for caption, address in pictures
    )
    return (
        f'<section class="case"><h3>{escape(failure.title)}</h3><p>{escape(failure.details)}</p>'
        f"<div>{figures}</div></section>"
    )
