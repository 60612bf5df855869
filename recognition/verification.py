"""Artworks against a frame: each by the photograph of it that fits best, and by what that shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gallery.acceptance import TAIL_FROM
from gallery.store import Gallery
from recognition.affine import verify_solid, verify_solids
from recognition.appearance import agreement
from recognition.candidate import Candidate, Verification
from recognition.homography import verify, verify_all
from recognition.matching import match_by_place, match_fine
from vision.features import LocalFeatures

_Fit = tuple[int, Verification]
"""A photograph of an artwork, from 0, and how it fits."""
_HELD_AGAINST = 3
"""Fits of an artwork that are held against the frame's picture: the others have fewer inliers."""


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
    fits: list[list[_Fit]] = [[] for _ in nearest]
    for solid, verify_each in ((False, verify_all), (True, verify_solids)):
        references = [
            (place, view, features)
            for place, (number, _) in enumerate(nearest)
            if gallery.is_solid(number) is solid
            for view, features in enumerate(gallery.features(number))
        ]
        found = verify_each([features for _, _, features in references], frame)
        for (place, view, _), verification in zip(references, found, strict=True):
            fits[place].append((view, verification))
    return tuple(
        Candidate(number, score, _best(gallery, number, fits[place], frame))
        for place, (number, score) in enumerate(nearest)
    )


def fit_finely(
    gallery: Gallery,
    numbers: Sequence[int],
    known: tuple[Candidate, ...],
    seen: LocalFeatures,
) -> tuple[Candidate, ...]:
    """Verify artworks by finer features, and merge them with what is known.

    Args:
        gallery: what they are of.
        numbers: theirs.
        known: candidates so far.
        seen: finer features of the frame.

    Returns:
        All candidates, each as it fitted better, best score first.
    """
    scores = {found.number: found.score for found in known}
    closer = []
    for number in numbers:
        fits = [
            (view, fit)
            for view, reference in enumerate(gallery.fine_features(number))
            for fit in fit_photograph(reference, seen, solid=gallery.is_solid(number))
        ]
        best = _best(gallery, number, fits, seen)
        closer.append(Candidate(number, scores.get(number, 0.0), best))
    return _better_of(known, closer)


def fit_photograph(
    reference: LocalFeatures, seen: LocalFeatures, *, solid: bool
) -> list[Verification]:
    """Fit a photograph by finer features, in each place where it may be.

    Args:
        reference: finer features of the photograph.
        seen: those of a frame.
        solid: the work has no plane, and so no outline that says where.
    """
    if solid:
        return [verify_solid(reference, seen, match_fine(reference, seen))]
    return [verify(reference, seen, pairs) for pairs in match_by_place(reference, seen)]


def _best(gallery: Gallery, number: int, fits: Sequence[_Fit], seen: LocalFeatures) -> Verification:
    """Hold an artwork's photographs that fit against the frame's picture, and take the best."""
    ranked = sorted(fits, key=lambda one: -one[1].inliers)[:_HELD_AGAINST]
    borne_out = [_held_against(gallery, number, view, fit, seen) for view, fit in ranked]
    return max(borne_out, key=_strength, default=Verification(0, 0))


def _held_against(
    gallery: Gallery, number: int, view: int, fit: Verification, seen: LocalFeatures
) -> Verification:
    # Too few inliers are refused whatever the picture says.
    if fit.inliers < TAIL_FROM or fit.homography is None or seen.picture is None:
        return fit
    reference = gallery.artworks[number].references[view]
    try:
        thumbnail_grey = gallery.thumbnail_grey(number, view)
    except OSError:
        # A newer version of the gallery has just done without this photograph.
        return fit
    size = (reference.width, reference.height)
    return replace(fit, agreement=agreement(thumbnail_grey, seen.picture, size, fit))


def _better_of(first: Sequence[Candidate], closer: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Merge two looks: each artwork as it fitted better, with the best of its scores."""
    merged = {found.number: found for found in first}
    for found in closer:
        known = merged.get(found.number)
        if known and _strength(known.verification) > _strength(found.verification):
            found = replace(known, score=found.score)
        merged[found.number] = found
    return tuple(sorted(merged.values(), key=lambda found: (-found.score, found.number)))


def _strength(fit: Verification) -> tuple[float, int]:
    return fit.support, fit.inliers
