"""Plots as SVG text: a line with confidence bounds, and histograms."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

WIDE, HIGH = 340, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 42, 12, 14, 44
_LEGEND = WIDE - 165


def line_plot(title: str, points: Sequence[tuple[str, float, float, float]], ticks: int = 4) -> str:
    """Draw shares against the values of a factor.

    Args:
        title: text below the horizontal axis.
        points: (label, share, lower bound, upper bound), shares 0..1, evenly spaced.
        ticks: number of parts of the vertical axis, which goes from 0 to 100%.
    """
    parts = [_share_axis(ticks)]
    positions = [_across((n + 0.5) / max(len(points), 1)) for n in range(len(points))]
    path = " ".join(f"{x:.1f},{_up(p[1]):.1f}" for x, p in zip(positions, points, strict=True))
    parts.append(f'<polyline class="line" points="{path}"/>')
    for x, (label, share, low, high) in zip(positions, points, strict=True):
        parts.append(
            f'<line class="bar" x1="{x:.1f}" x2="{x:.1f}" y1="{_up(low):.1f}" '
            f'y2="{_up(high):.1f}"/><circle class="dot" cx="{x:.1f}" cy="{_up(share):.1f}" r="3.5">'
            f"<title>{escape(label)}: {100 * share:.1f}% ({100 * low:.1f} to {100 * high:.1f}%)"
            f'</title></circle><text class="tick" text-anchor="middle" x="{x:.1f}" '
            f'y="{HIGH - _BOTTOM + 16}">{escape(label)}</text>'
        )
    return _svg(title, parts)


def histogram(
    title: str, groups: Sequence[tuple[str, Sequence[float]]], limits: tuple[float, float]
) -> str:
    """Draw the distributions of values, each group scaled to its own size.

    Args:
        title: text below the horizontal axis.
        groups: (name, values); the first word of the name is its CSS class.
        limits: ends of the horizontal axis; values beyond them count in the end bins.
    """
    bins = 24
    edges = np.linspace(*limits, bins + 1)
    shares = []
    for _, values in groups:
        counts, _ = np.histogram(np.clip(values, *limits), edges)
        shares.append(counts / max(len(values), 1))
    top = max((float(share.max()) for share in shares), default=0) or 1.0
    parts = []
    for (name, values), share in zip(groups, shares, strict=True):
        heights = [_up(float(value) / top) for value in share]
        steps = [f"{_across(0):.1f},{_up(0):.1f}"]
        for n, height in enumerate(heights):
            steps += [f"{_across(n / bins):.1f},{height:.1f}"]
            steps += [f"{_across((n + 1) / bins):.1f},{height:.1f}"]
        steps.append(f"{_across(1):.1f},{_up(0):.1f}")
        kind = escape(name.split()[0].rstrip(","))
        parts.append(
            f'<polygon class="area {kind}" points="{" ".join(steps)}">'
            f"<title>{escape(name)}, {len(values)}</title></polygon>"
        )
    for n, (name, values) in enumerate(groups):
        kind = escape(name.split()[0].rstrip(","))
        parts.append(
            f'<rect class="area {kind}" x="{_LEGEND}" y="{_TOP + 16 * n}" width="10" '
            f'height="10"/><text class="tick" x="{_LEGEND + 14}" y="{_TOP + 9 + 16 * n}">'
            f"{escape(name)} ({len(values)})</text>"
        )
    for fraction in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = limits[0] + fraction * (limits[1] - limits[0])
        parts.append(
            f'<text class="tick" text-anchor="middle" x="{_across(fraction):.1f}" '
            f'y="{HIGH - _BOTTOM + 16}">{value:.3g}</text>'
        )
    return _svg(title, [_base(), *parts])


def _across(share: float) -> float:
    return _LEFT + share * (WIDE - _LEFT - _RIGHT)


def _up(share: float) -> float:
    return HIGH - _BOTTOM - share * (HIGH - _TOP - _BOTTOM)


def _base() -> str:
    return f'<line class="axis" x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{_up(0)}" y2="{_up(0)}"/>'


def _share_axis(ticks: int) -> str:
    lines = [
        f'<line class="grid" x1="{_LEFT}" x2="{WIDE - _RIGHT}" y1="{_up(n / ticks):.1f}" '
        f'y2="{_up(n / ticks):.1f}"/><text class="tick" text-anchor="end" x="{_LEFT - 6}" '
        f'y="{_up(n / ticks) + 4:.1f}">{100 * n / ticks:.0f}%</text>'
        for n in range(ticks + 1)
    ]
    return "".join([*lines, _base()])


def _svg(title: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(title, quote=True)}">'
        f"{''.join(parts)}"
        f'<text class="title" text-anchor="middle" x="{_across(0.5):.0f}" y="{HIGH - 8}">'
        f"{escape(title)}</text></svg>"
    )
