"""Samples of a collection that don't grow with it, so that neither do time and memory."""

from __future__ import annotations

from collections.abc import Sequence

from vision.wall_views import FILLS

INDEXED_VIEWS = len(FILLS)
"""Views that are indexed beside each photograph."""
SAMPLE_VIEWS = INDEXED_VIEWS + 10
"""Views of a photograph in the sample that shows how views of one artwork differ."""
SAMPLE = 250
"""Photographs in that sample, if no head comes with the model: a head is fitted to them then."""
HEAD_DESCRIPTORS = 3500
"""Most descriptors that the head is fitted to; that many take some 100 MB and ten seconds."""


def spread(count: int, wanted: int) -> list[int]:
    """Return `wanted` places of `count`, evenly spread; all of them if there are no more."""
    if wanted >= count:
        return list(range(count))
    return [place * count // wanted for place in range(wanted)]


def views_wanted(known: Sequence[int | None], sample: int = SAMPLE) -> list[int]:
    """Decide how many views each photograph needs.

    Args:
        known: views of each photograph in the last version; None if it isn't in it.
        sample: photographs that need more than the indexed ones.

    Returns:
        Views of each photograph; of known ones those that they have.
    """
    new = [place for place, views in enumerate(known) if views is None]
    sampled = sum(views is not None and views >= SAMPLE_VIEWS for views in known)
    chosen = {new[place] for place in spread(len(new), max(0, sample - sampled))}
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
