"""A glance at the artworks that a large gallery is too large to probe: is any like another?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from common.threads import map_in_threads
from enrolment.assessment import TWIN_INLIERS
from enrolment.probing import Probe, Twins
from gallery.store import Gallery


def glance_at_others(
    gallery: Gallery, probes: Sequence[Probe], on_progress: Callable[[int, int], None]
) -> list[Probe]:
    """Compare each artwork that has no probe with the one whose embedding is nearest.

    Args:
        gallery: the gallery.
        probes: those that there are, of earlier glances, too.
        on_progress: called with (artworks done, total).

    Returns:
        A probe of each artwork, sorted by index.
    """
    found = {one.index: one for one in probes}
    others = [index for index in range(len(gallery.artworks)) if index not in found]
    vectors = gallery.vector_index.vectors()
    counts = accumulate((len(artwork.references) for artwork in gallery.artworks), initial=0)
    # Each photograph has as many vectors; its own comes first.
    rows = [count * len(vectors) // gallery.manifest.references for count in counts]

    def glance(index: int) -> Probe:
        own = vectors[rows[index]][None]
        nearest = [one for one in gallery.vector_index.search(own, 2) if one[0] != index]
        rival = nearest[0] if nearest else (-1, -1.0)
        twins = Twins(gallery, index).inliers(rival[0]) if nearest else 0
        return Probe(index, (), (), (), (), (), (), (), rival, twins)

    for done, one in enumerate(map_in_threads(glance, others), 1):
        found[one.index] = one
        on_progress(done, len(others))
    for one in list(found.values()):
        other = found.get(one.rival[0])
        # Old artworks weren't compared with new ones, but a twin is one from both sides.
        if other and one.twin_inliers >= TWIN_INLIERS > other.twin_inliers:
            rival = (one.index, one.rival[1])
            found[other.index] = replace(other, rival=rival, twin_inliers=one.twin_inliers)
    return [found[index] for index in sorted(found)]
