"""Samples of a collection that don't grow with it, so that neither do time and memory."""

from __future__ import annotations

from collections.abc import Sequence

SAMPLE_VIEWS = 10
"""Synthetic views of a photograph in the sample that shows how views of one artwork differ."""
SAMPLE = 64
"""Photographs in that sample."""
INDEXED_VIEWS = 2
"""Synthetic views of every other photograph; in a gallery with any such, as many are indexed."""
HEAD_DESCRIPTORS = 3000
"""Most descriptors that the head is fitted to; that many take some 100 MB and ten seconds."""


def spread(count: int, wanted: int) -> list[int]:
    """Return `wanted` places of `count`, evenly spread; all of them if there are no more."""
    if wanted >= count:
        return list(range(count))
    return [place * count // wanted for place in range(wanted)]


def views_wanted(known: Sequence[int | None]) -> list[int]:
    """Decide how many synthetic views each photograph needs.

    Args:
        known: views of each photograph in the last version; None if it isn't in it.

    Returns:
        Views of each photograph; of known ones those that they have.
    """
    new = [place for place, views in enumerate(known) if views is None]
    sampled = sum(views is not None and views >= SAMPLE_VIEWS for views in known)
    chosen = {new[place] for place in spread(len(new), max(0, SAMPLE - sampled))}
    return [
        (SAMPLE_VIEWS if place in chosen else INDEXED_VIEWS) if views is None else views
        for place, views in enumerate(known)
    ]


def head_sample(views: Sequence[int]) -> list[int]:
    """Choose the photographs that the head is fitted to, with all of their views.

    Args:
        views: views of each photograph.

    Returns:
        Places, ascending: those with most views, and others spread over the collection.
    """
    full = [place for place, count in enumerate(views) if count >= SAMPLE_VIEWS]
    others = [place for place, count in enumerate(views) if count < SAMPLE_VIEWS]
    full = [full[place] for place in spread(len(full), HEAD_DESCRIPTORS // (1 + SAMPLE_VIEWS))]
    left = HEAD_DESCRIPTORS - sum(1 + views[place] for place in full)
    more = spread(len(others), left // (1 + INDEXED_VIEWS))
    return sorted(full + [others[place] for place in more])
