"""Artworks against a frame: each by the photograph of it that fits best, and by what that shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gallery.acceptance import TAIL_FROM
from gallery.features import LocalFeatures
from gallery.store import Gallery
from stream.agree import agreement
from stream.choose import Candidate
from stream.solid import verify_solid, verify_solids
from stream.verify import Verification, match_fine, verify, verify_all

Match = Callable[[LocalFeatures, LocalFeatures], NDArray[np.intp]]
"""Pairs features of a reference with a frame's: intp [n, 2]."""


def fit_all(
    gallery: Gallery, nearest: Sequence[tuple[int, float]], frame: LocalFeatures
) -> tuple[Candidate, ...]:
    """Verify artworks by local features.

    Args:
        gallery: what they are of.
        nearest: their numbers and scores.
        frame: features of the frame.

    Returns:
        A candidate for each, in the same order.
    """
    fits: list[list[Verification]] = [[] for _ in nearest]
    for solid, verify_each in ((False, verify_all), (True, verify_solids)):
        references = [
            (place, features)
            for place, (number, _) in enumerate(nearest)
            if gallery.is_solid(number) is solid
            for features in gallery.features(number)
        ]
        found = verify_each([features for _, features in references], frame)
        for (place, _), verification in zip(references, found, strict=True):
            fits[place].append(verification)
    return tuple(
        Candidate(number, score, _best(gallery, number, fits[place], frame))
        for place, (number, score) in enumerate(nearest)
    )


def fit_finely(
    gallery: Gallery,
    numbers: Sequence[int],
    known: tuple[Candidate, ...],
    seen: LocalFeatures,
    match: Match,
) -> tuple[Candidate, ...]:
    """Verify artworks by finer features, and merge them with what is known.

    Args:
        gallery: what they are of.
        numbers: theirs.
        known: candidates so far.
        seen: finer features of the frame.
        match: how features are paired.

    Returns:
        All candidates, each as it fitted better, best score first.
    """
    scores = {found.number: found.score for found in known}
    closer = []
    for number in numbers:
        # Without a plane, and without a picture that agrees, chance pairs would count for more.
        solid = gallery.is_solid(number)
        fit, pair = (verify_solid, match_fine) if solid else (verify, match)
        fits = [
            fit(reference, seen, pair(reference, seen))
            for reference in gallery.fine_features(number)
        ]
        best = _best(gallery, number, fits, seen)
        closer.append(Candidate(number, scores.get(number, 0.0), best))
    return _better_of(known, closer)


def _best(
    gallery: Gallery, number: int, fits: Sequence[Verification], seen: LocalFeatures
) -> Verification:
    """Take an artwork's photograph that fits best, and hold it against the frame's picture."""
    if not fits:
        return Verification(0, 0)
    view = max(range(len(fits)), key=lambda place: fits[place].inliers)
    best = fits[view]
    # Too few inliers are refused whatever the picture says.
    if best.inliers < TAIL_FROM or best.homography is None or seen.picture is None:
        return best
    reference = gallery.artworks[number].references[view]
    try:
        surface = gallery.surface(number, view)
    except OSError:
        # A newer version of the gallery has just done without this photograph.
        return best
    size = (reference.width, reference.height)
    return replace(best, agreement=agreement(surface, seen.picture, size, best))


def _better_of(first: Sequence[Candidate], closer: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Merge two looks: each artwork as it fitted better, with the best of its scores."""
    merged = {found.number: found for found in first}
    for found in closer:
        known = merged.get(found.number)
        if known and _strength(known) > _strength(found):
            found = replace(known, score=found.score)
        merged[found.number] = found
    return tuple(sorted(merged.values(), key=lambda found: (-found.score, found.number)))


def _strength(found: Candidate) -> tuple[float, int]:
    return found.verification.support, found.verification.inliers
