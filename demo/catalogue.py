"""The works that are enrolled in the demo gallery, and those that are held back from it."""

from __future__ import annotations

from itertools import zip_longest

from demo.painters import (
    breakers,
    contours,
    cutouts,
    engraving,
    field,
    flow,
    glass,
    heavens,
    herbarium,
    horizons,
    marbling,
    packing,
    plane,
    plotter,
    poster,
    quilts,
    rhythm,
    stripes,
    terrazzo,
    tilework,
    town,
    truchet,
    weaving,
)
from demo.work import DemoWork

_FAMILIES = (
    plane,
    plotter,
    flow,
    truchet,
    rhythm,
    field,
    stripes,
    packing,
    weaving,
    quilts,
    breakers,
    contours,
    horizons,
    heavens,
    town,
    herbarium,
    cutouts,
    glass,
    engraving,
    poster,
    marbling,
    terrazzo,
    tilework,
)

# The same code painted an enrolled work for each: the unknown works hardest to reject.
_HELD_BACK = (
    "supreme-signal",
    "delaunay-market-minho",
    "guilloche-ticket-north",
    "klee-southern-gardens",
    "glass-river-window",
    "stars-engraved",
)

_ALL: dict[str, DemoWork] = {work.id: work for family in _FAMILIES for work in family.WORKS}

DEMO_WORKS: tuple[DemoWork, ...] = tuple(w for w in _ALL.values() if w.id not in _HELD_BACK)
"""The enrolled works."""

HELD_BACK: tuple[DemoWork, ...] = tuple(_ALL[name] for name in _HELD_BACK)
"""Works that are never enrolled, and that the recognizer must reject."""

FIRST = 24
"""Works that are enrolled before the first visit: enough for a wall."""


def _one_of_each_painter_in_turn() -> list[DemoWork]:
    """Return the enrolled works: the first of each painter, then the second of each, and so on."""
    enrolled = ([work for work in family.WORKS if work in DEMO_WORKS] for family in _FAMILIES)
    return [work for row in zip_longest(*enrolled) for work in row if work]


FIRST_WORKS: tuple[DemoWork, ...] = tuple(_one_of_each_painter_in_turn()[:FIRST])
"""The works that a first start enrols before it serves; the others follow in the background."""
