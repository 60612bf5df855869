"""Explain a frame's vote: the matches behind it, and the reason in a sentence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gallery.store import Gallery
from recognition.candidate import Candidate, holds_centre
from recognition.homography import REPROJECTION_PX, verify
from recognition.matching import match_by_pose, match_features
from recognition.query import Query
from recognition.recognizer import Recognition, Recognizer
from vision.features import LocalFeatures


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The matches of a frame and a photograph that agree on one homography.

    Attributes:
        view: index of the artwork's photograph.
        pairs: float64 [n, 4]: x and y in the frame, x and y in the photograph, all 0..1.
    """

    view: int
    pairs: NDArray[np.float64]


def inlier_matches(
    query: Query, found: Candidate, gallery: Gallery, *, rootsift: bool
) -> Matches | None:
    """Return the matches behind a candidate's inliers; None for non-planar works.

    Args:
        query: the frame.
        found: a candidate of the frame.
        gallery: the gallery that it was found in.
        rootsift: whether RootSIFT features were used as well.
    """
    if found.verification.homography is None:
        return None
    references = gallery.features(found.index)
    pairs_of_each = match_features(references, query.orb)
    attempts = [
        (view, photograph, query.orb, pairs)
        for view, (photograph, pairs) in enumerate(zip(references, pairs_of_each, strict=True))
    ]
    if rootsift:
        attempts += [
            (view, photograph, query.rootsift, pairs)
            for view, photograph in enumerate(gallery.rootsift_features(found.index))
            for pairs in match_by_pose(photograph, query.rootsift)
        ]
    # Fitting is repeatable, so the fit with as many inliers is the candidate's own.
    least, matches = math.inf, None
    for view, photograph, features, pairs in attempts:
        fit = verify(photograph, features, pairs)
        difference = abs(fit.inliers - found.verification.inliers)
        if fit.homography is not None and difference < least:
            least = difference
            matches = Matches(view, _agreeing(photograph, features, pairs, fit.homography))
    return matches


def _agreeing(
    photograph: LocalFeatures,
    frame: LocalFeatures,
    matched: NDArray[np.intp],
    homography: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the matches that a homography maps onto each other, within REPROJECTION_PX."""
    source, target = photograph.xy[matched[:, 0]], frame.xy[matched[:, 1]]
    mapped = np.column_stack([source, np.ones(len(source))]) @ homography.T
    away = np.linalg.norm(mapped[:, :2] / mapped[:, 2:] - target, axis=1)
    near = away <= REPROJECTION_PX
    size = (frame.width, frame.height, photograph.width, photograph.height)
    return np.asarray(np.column_stack([target, source])[near] / size, np.float64)


def decision(found: Recognition, recognizer: Recognizer) -> str:
    """Return a sentence on what a frame votes for, and why."""
    threshold, gallery = recognizer.threshold, recognizer.gallery
    if found.best:
        title, fit = gallery.artworks[found.best.index].title, found.best.verification
        if gallery.is_solid(found.best.index):
            return f"votes for “{title}”: nearest by the model, and {fit.inliers} matches fit it"
        where = "" if holds_centre(found.best) else ", though the centre is beside it"
        return (
            f"votes for “{title}”: {fit.inliers} matches agree ({threshold.inliers} are needed), "
            f"and {fit.agreement:.0%} of its detail in view looks alike{where}"
        )
    most = max(found.candidates, key=lambda one: one.verification.inliers, default=None)
    if most is None or most.verification.inliers == 0:
        return f"votes for nothing: no artwork's details fit ({found.features} details seen)"
    title, fit = gallery.artworks[most.index].title, most.verification
    if gallery.is_solid(most.index):
        needed = gallery.acceptance.min_inliers_solid
        if fit.inliers >= needed:
            return (
                f"votes for nothing: {fit.inliers} matches fit “{title}”, but by the model it is "
                "not clearly the nearest"
            )
    else:
        needed = threshold.inliers
        if fit.inliers >= needed:
            return (
                f"votes for nothing: {fit.inliers} matches agree on “{title}”, but only "
                f"{fit.agreement:.0%} of its detail in view looks alike"
            )
    return (
        f"votes for nothing: at most {fit.inliers} matches agree, on “{title}”, and {needed} are "
        "needed"
    )
