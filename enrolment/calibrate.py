"""Calibrate a gallery: fit what a vote needs to probes of its artworks, and assess each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from common.threads import map_in_threads
from enrolment.assessment import Assessment, assess_artwork
from enrolment.probing import Probe, probe
from enrolment.thresholds import fit_threshold, fit_weights
from gallery.acceptance import TAIL_FROM, Acceptance
from gallery.store import Gallery
from recognition.candidate import Threshold
from recognition.recognizer import Recognizer

MAX_ARTWORKS = 250
"""Most artworks that are probed; of a larger gallery a sample."""


def calibrate(
    recognizer: Recognizer,
    target: float,
    on_progress: Callable[[int, int], None] | None = None,
    reused: Mapping[int, Probe] | None = None,
    required: Collection[int] = (),
) -> tuple[Acceptance, list[Probe]]:
    """Probe a gallery's artworks and fit its acceptance.

    Args:
        recognizer: with the gallery, and with the settings under which it will be used.
        target: false declarations per attempt to stay under. If photographs of two artworks show
            the same thing, taking one for the other doesn't count: no threshold helps, and
            `Assessment` names both.
        on_progress: called with (artworks done, total).
        reused: probes by index that need not be repeated. Such an artwork is probed again only if a
            new probe finds it to be the rival of another.
        required: indices that must be among those probed in a large gallery.

    Returns:
        The acceptance, and the probe of each artwork probed or reused, sorted by index.
    """
    # Chance fits show in all candidates, so all are verified, not only if the first ones fail.
    recognizer = replace(recognizer, verified_first=recognizer.settings.candidates)
    found = dict(reused or {})
    looked_at = [index for index, one in found.items() if one.is_full]
    sample = np.random.default_rng(0).permutation(len(recognizer.gallery.artworks)).tolist()
    chosen = list(dict.fromkeys([*required, *looked_at, *sample]))[:MAX_ARTWORKS]
    wanted = sorted(set(chosen).difference(looked_at))

    def probe_all(indices: Sequence[int], before: int) -> None:
        results = map_in_threads(partial(probe, recognizer), indices)
        for done, result in enumerate(results, before + 1):
            found[result.index] = result
            if on_progress:
                on_progress(done, before + len(indices))

    probe_all(wanted, 0)
    rivals = {found[index].rival[0] for index in wanted}
    probe_all(sorted(rivals.intersection(looked_at)), len(wanted))
    probes = [found[index] for index in sorted(found)]
    return fit_acceptance(probes, target), probes


def fit_acceptance(probes: Sequence[Probe], target: float) -> Acceptance:
    """Fit an acceptance to probes, for `target` false declarations per attempt."""
    right = np.array([row for one in probes for row in one.right]).reshape(-1, 5)
    wrong = np.array([row for one in probes for row in one.wrong]).reshape(-1, 5)
    agreed = np.array([inliers for one in probes for inliers in one.agreed_wrong], np.intp)
    best = np.array([inliers for one in probes for inliers in one.best_wrong], np.intp)
    supports = np.array([support for one in probes for support in one.wrong_supports])
    threshold = fit_threshold(best, agreed, supports, target)
    # With too few samples of a kind, the default weights are better than a fit.
    fitted = {"weights": fit_weights(right, wrong)} if min(len(right), len(wrong)) >= 10 else {}
    return Acceptance(
        min_inliers=threshold.min_inliers,
        min_support=threshold.min_support,
        target=target,
        bound=threshold.bound,
        attempts=len(agreed),
        false_agreements=int(np.sum(agreed >= TAIL_FROM)),
        **fitted,
    )


def assess_gallery(
    gallery: Gallery, acceptance: Acceptance, probes: Sequence[Probe]
) -> list[Assessment]:
    """Assess each artwork that was probed or glanced at, for the curator."""
    assessments = []
    threshold = Threshold(acceptance.min_inliers, acceptance.min_support)
    for one in probes:
        met = sum(map(threshold.met, one.inliers, one.supports))
        found = met / len(one.inliers) if one.is_full else None
        references = gallery.artworks[one.index].references
        features = max(reference.stop - reference.start for reference in references)
        rival = gallery.artworks[one.rival[0]] if one.rival[0] >= 0 else None
        assessments.append(
            assess_artwork(
                gallery.artworks[one.index].id,
                features,
                found,
                rival.id if rival else None,
                one.rival[1],
                one.twin_inliers,
            )
        )
    return assessments
