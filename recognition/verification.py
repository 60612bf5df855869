"""Verify artworks against a frame: each by its best photograph and by appearance agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gallery.acceptance import TAIL_FROM
from gallery.store import Gallery
from recognition.affine import verify_affine, verify_all_affine
from recognition.appearance import appearance_agreement
from recognition.candidate import Candidate, Verification
from recognition.homography import verify, verify_all
from recognition.matching import match_by_pose, match_rootsift
from recognition.query import Query
from vision.features import LocalFeatures

_Fit = tuple[int, Verification]
"""The index of an artwork's photograph, and its verification."""
_COMPARED = 3
"""Fits of an artwork, those with most inliers, whose appearance is compared with the frame."""


def verify_orb(
    gallery: Gallery, nearest: Sequence[tuple[int, float]], query: Query
) -> tuple[Candidate, ...]:
    """Verify artworks by ORB features; those that were verified in the same frame are not again.

    Args:
        gallery: the gallery of the artworks.
        nearest: their indices and scores.
        query: the frame.

    Returns:
        A candidate for each, in the same order.
    """
    new = [index for index, _ in nearest if index not in query.verified]
    fits: dict[int, list[_Fit]] = {index: [] for index in new}
    for solid, verify_each in ((False, verify_all), (True, verify_all_affine)):
        references = [
            (index, view, features)
            for index in new
            if gallery.is_solid(index) is solid
            for view, features in enumerate(gallery.features(index))
        ]
        if not references:
            continue
        found = verify_each([features for _, _, features in references], query.orb)
        for (index, view, _), verification in zip(references, found, strict=True):
            fits[index].append((view, verification))
    for index in new:
        query.verified[index] = _best(gallery, index, fits[index], query.orb)
    return tuple(Candidate(index, score, query.verified[index]) for index, score in nearest)


def verify_rootsift(
    gallery: Gallery,
    indices: Sequence[int],
    candidates: tuple[Candidate, ...],
    frame: LocalFeatures,
) -> tuple[Candidate, ...]:
    """Verify artworks by RootSIFT features, and merge them with the candidates so far.

    Args:
        gallery: the gallery of the artworks.
        indices: the artworks to verify.
        candidates: the candidates so far.
        frame: RootSIFT features of the frame.

    Returns:
        All candidates, each with its better verification, best score first.
    """
    scores = {found.index: found.score for found in candidates}
    verified = []
    for index in indices:
        fits = [
            (view, fit)
            for view, reference in enumerate(gallery.rootsift_features(index))
            for fit in verify_photograph(reference, frame, solid=gallery.is_solid(index))
        ]
        best = _best(gallery, index, fits, frame)
        verified.append(Candidate(index, scores.get(index, 0.0), best))
    return _merge(candidates, verified)


def verify_photograph(
    reference: LocalFeatures, frame: LocalFeatures, *, solid: bool
) -> list[Verification]:
    """Verify a photograph by RootSIFT features, in each pose that they vote for.

    Args:
        reference: RootSIFT features of the photograph.
        frame: RootSIFT features of the frame.
        solid: whether the work is non-planar: it is verified once, by an affine map.
    """
    if solid:
        return [verify_affine(reference, frame, match_rootsift(reference, frame))]
    return [verify(reference, frame, pairs) for pairs in match_by_pose(reference, frame)]


def _best(gallery: Gallery, index: int, fits: Sequence[_Fit], frame: LocalFeatures) -> Verification:
    """Return the best verification of an artwork, after comparing its appearance."""
    ranked = sorted(fits, key=lambda one: -one[1].inliers)[:_COMPARED]
    compared = [_with_agreement(gallery, index, view, fit, frame) for view, fit in ranked]
    return max(compared, key=_strength, default=Verification(0, 0))


def _with_agreement(
    gallery: Gallery, index: int, view: int, fit: Verification, frame: LocalFeatures
) -> Verification:
    # Too few inliers are refused whatever the appearance.
    if fit.inliers < TAIL_FROM or fit.homography is None or frame.picture is None:
        return fit
    reference = gallery.artworks[index].references[view]
    try:
        thumbnail_grey = gallery.thumbnail_grey(index, view)
    except OSError:
        # A newer version of the gallery has just removed this photograph.
        return fit
    size = (reference.width, reference.height)
    agreement = appearance_agreement(thumbnail_grey, frame.picture, size, fit)
    return replace(fit, agreement=agreement)


def _merge(before: Sequence[Candidate], verified: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Merge candidates: each artwork with its better verification and its latest score."""
    merged = {found.index: found for found in before}
    for found in verified:
        other = merged.get(found.index)
        if other and _strength(other.verification) > _strength(found.verification):
            found = replace(other, score=found.score)
        merged[found.index] = found
    return tuple(sorted(merged.values(), key=lambda found: (-found.score, found.index)))


def _strength(fit: Verification) -> tuple[float, int]:
    return fit.support, fit.inliers
