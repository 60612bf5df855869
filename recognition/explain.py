"""Why a frame votes as it does: what the recognizer looked at, made visible."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gallery.store import Gallery
from models.embedder import two_crops
from recognition.candidate import Candidate, holds_centre
from recognition.homography import REPROJECTION_PX, verify
from recognition.matching import match_by_place, match_features
from recognition.recognizer import Recognizer, Verdict
from stream.frames import Frame
from vision.features import LocalFeatures, frame_features
from vision.rootsift import fine_frame_features


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The matches of a frame and a photograph that agree on one plane.

    Attributes:
        view: which photograph of the artwork, from 0.
        pairs: float64 [n, 4]: x and y in the frame, x and y in the photograph, all 0..1.
    """

    view: int
    pairs: NDArray[np.float64]


def crops_of(frame: Frame, recognizer: Recognizer) -> NDArray[np.uint8]:
    """Cut the crops that a verdict's search saw: uint8 [2, side, side, 3], RGB."""
    return two_crops(frame.image, recognizer.inner_crop, recognizer.embedder.card.resolution)


@dataclass(frozen=True, slots=True)
class Seen:
    """Local features of a frame, and the finer ones where it was looked closer."""

    coarse: LocalFeatures
    fine: LocalFeatures | None


def seen_in(frame: Frame, verdict: Verdict) -> Seen:
    """Find again the features that a verdict was come by."""
    closer = verdict.look in ("suspected", "closer")
    return Seen(frame_features(frame.image), fine_frame_features(frame.image) if closer else None)


def matches_behind(seen: Seen, found: Candidate, gallery: Gallery) -> Matches | None:
    """Find the matches behind a candidate's inliers; None without a plane."""
    if found.verification.homography is None:
        return None
    references = gallery.features(found.number)
    looks = list(zip(references, match_features(references, seen.coarse), strict=True))
    ways = [
        (view, photograph, seen.coarse, pairs) for view, (photograph, pairs) in enumerate(looks)
    ]
    if seen.fine:
        ways += [
            (view, photograph, seen.fine, pairs)
            for view, photograph in enumerate(gallery.fine_features(found.number))
            for pairs in match_by_place(photograph, seen.fine)
        ]
    # Fitting repeats itself, so the fit with as many inliers is the candidate's own.
    nearest, shown = math.inf, None
    for view, photograph, features, pairs in ways:
        fit = verify(photograph, features, pairs)
        unlike = abs(fit.inliers - found.verification.inliers)
        if fit.homography is not None and unlike < nearest:
            nearest = unlike
            shown = Matches(view, _agreeing(photograph, features, pairs, fit.homography))
    return shown


def _agreeing(
    photograph: LocalFeatures,
    seen: LocalFeatures,
    matched: NDArray[np.intp],
    homography: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Keep the matches that a homography maps onto each other within the verifier's tolerance."""
    source, target = photograph.xy[matched[:, 0]], seen.xy[matched[:, 1]]
    mapped = np.column_stack([source, np.ones(len(source))]) @ homography.T
    away = np.linalg.norm(mapped[:, :2] / mapped[:, 2:] - target, axis=1)
    near = away <= REPROJECTION_PX
    size = (seen.width, seen.height, photograph.width, photograph.height)
    return np.asarray(np.column_stack([target, source])[near] / size, np.float64)


def decision(verdict: Verdict, recognizer: Recognizer) -> str:
    """Say in a sentence what a frame votes for, and why."""
    bar, gallery = recognizer.accepts_from, recognizer.gallery
    if verdict.best:
        title, fit = gallery.artworks[verdict.best.number].title, verdict.best.verification
        if gallery.is_solid(verdict.best.number):
            return f"votes for “{title}”: nearest by the model, and {fit.inliers} matches fit it"
        where = "" if holds_centre(verdict.best) else ", though the centre is beside it"
        return (
            f"votes for “{title}”: {fit.inliers} matches agree ({bar.inliers} are needed), and "
            f"{fit.agreement:.0%} of its detail in view looks alike{where}"
        )
    most = max(verdict.candidates, key=lambda one: one.verification.inliers, default=None)
    if most is None or most.verification.inliers == 0:
        return f"votes for nothing: no artwork's details fit ({verdict.features} details seen)"
    title, fit = gallery.artworks[most.number].title, most.verification
    if gallery.is_solid(most.number):
        needed = gallery.acceptance.min_inliers_solid
        if fit.inliers >= needed:
            return (
                f"votes for nothing: {fit.inliers} matches fit “{title}”, but by the model it is "
                "not clearly the nearest"
            )
    else:
        needed = bar.inliers
        if fit.inliers >= needed:
            return (
                f"votes for nothing: {fit.inliers} matches agree on “{title}”, but only "
                f"{fit.agreement:.0%} of its detail in view looks alike"
            )
    return (
        f"votes for nothing: at most {fit.inliers} matches agree, on “{title}”, and {needed} are "
        "needed"
    )
