"""Artworks against a frame: each by the photograph of it that fits best, and by what that shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gallery.acceptance import TAIL_FROM
from gallery.store import Gallery
from recognition.affine import verify_affine, verify_all_affine
from recognition.appearance import agreement
from recognition.candidate import Candidate, Verification
from recognition.homography import verify, verify_all
from recognition.matching import match_by_place, match_rootsift
from vision.features import LocalFeatures

_Fit = tuple[int, Verification]
"""A photograph of an artwork, from 0, and how it fits."""
_HELD_AGAINST = 3
"""Fits of an artwork that are held against the frame's picture: the others have fewer inliers."""


def verify_orb(
    gallery: Gallery, nearest: Sequence[tuple[int, float]], frame: LocalFeatures
) -> tuple[Candidate, ...]:
    """Verify artworks by local features.

    Args:
        gallery: what they are of.
        nearest: their indices and scores.
        frame: features of the frame.

    Returns:
        A candidate for each, in the same order.
    """
    fits: list[list[_Fit]] = [[] for _ in nearest]
    for solid, verify_each in ((False, verify_all), (True, verify_all_affine)):
        references = [
            (place, view, features)
            for place, (index, _) in enumerate(nearest)
            if gallery.is_solid(index) is solid
            for view, features in enumerate(gallery.features(index))
        ]
        found = verify_each([features for _, _, features in references], frame)
        for (place, view, _), verification in zip(references, found, strict=True):
            fits[place].append((view, verification))
    return tuple(
        Candidate(index, score, _best(gallery, index, fits[place], frame))
        for place, (index, score) in enumerate(nearest)
    )


def verify_rootsift(
    gallery: Gallery,
    indices: Sequence[int],
    known: tuple[Candidate, ...],
    seen: LocalFeatures,
) -> tuple[Candidate, ...]:
    """Verify artworks by finer features, and merge them with what is known.

    Args:
        gallery: what they are of.
        indices: theirs.
        known: candidates so far.
        seen: finer features of the frame.

    Returns:
        All candidates, each as it fitted better, best score first.
    """
    scores = {found.index: found.score for found in known}
    closer = []
    for index in indices:
        fits = [
            (view, fit)
            for view, reference in enumerate(gallery.rootsift_features(index))
            for fit in verify_photograph(reference, seen, solid=gallery.is_solid(index))
        ]
        best = _best(gallery, index, fits, seen)
        closer.append(Candidate(index, scores.get(index, 0.0), best))
    return _better_of(known, closer)


def verify_photograph(
    reference: LocalFeatures, seen: LocalFeatures, *, solid: bool
) -> list[Verification]:
    """Fit a photograph by finer features, in each place where it may be.

    Args:
        reference: finer features of the photograph.
        seen: those of a frame.
        solid: the work has no plane, and so no outline that says where.
    """
    if solid:
        return [verify_affine(reference, seen, match_rootsift(reference, seen))]
    return [verify(reference, seen, pairs) for pairs in match_by_place(reference, seen)]


def _best(gallery: Gallery, index: int, fits: Sequence[_Fit], seen: LocalFeatures) -> Verification:
    """Hold an artwork's photographs that fit against the frame's picture, and take the best."""
    ranked = sorted(fits, key=lambda one: -one[1].inliers)[:_HELD_AGAINST]
    borne_out = [_held_against(gallery, index, view, fit, seen) for view, fit in ranked]
    return max(borne_out, key=_strength, default=Verification(0, 0))


def _held_against(
    gallery: Gallery, index: int, view: int, fit: Verification, seen: LocalFeatures
) -> Verification:
    # Too few inliers are refused whatever the picture says.
    if fit.inliers < TAIL_FROM or fit.homography is None or seen.picture is None:
        return fit
    reference = gallery.artworks[index].references[view]
    try:
        thumbnail_grey = gallery.thumbnail_grey(index, view)
    except OSError:
        # A newer version of the gallery has just done without this photograph.
        return fit
    size = (reference.width, reference.height)
    return replace(fit, agreement=agreement(thumbnail_grey, seen.picture, size, fit))


def _better_of(first: Sequence[Candidate], closer: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Merge two looks: each artwork as it fitted better, with the best of its scores."""
    merged = {found.index: found for found in first}
    for found in closer:
        known = merged.get(found.index)
        if known and _strength(known.verification) > _strength(found.verification):
            found = replace(known, score=found.score)
        merged[found.index] = found
    return tuple(sorted(merged.values(), key=lambda found: (-found.score, found.index)))


def _strength(fit: Verification) -> tuple[float, int]:
    return fit.support, fit.inliers
