"""An artwork that may be in the frame, and what accepts it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gallery.acceptance import CORROBORATED_SHARE, MIN_INLIERS, MIN_SUPPORT
from vision.outline import overlap
from vision.points import Outline

SAME_PLACE = 0.5
"""Overlap (intersection over union) from which on two outlines are in the same place."""
CORROBORATING_FRAMES = 2
"""Earlier frames that must have found an artwork in the same place, each with half the support, so
that half of it is enough. With one, a wrong sitter in the same pose got 10 votes in 1,300 frames;
with two, 2 votes."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What an artwork needs to be accepted.

    Attributes:
        inliers: least number of inliers.
        support: least support (see `Verification.support`).
    """

    inliers: int = MIN_INLIERS
    support: float = MIN_SUPPORT

    def met(self, inliers: int, support: float) -> bool:
        """Return whether so many inliers and so much support are enough."""
        return inliers >= self.inliers and support >= self.support

    @property
    def relaxed(self) -> Threshold:
        """The threshold of a corroborated artwork: as many inliers, half the support."""
        return Threshold(self.inliers, CORROBORATED_SHARE * self.support)

    def scaled(self, factor: float) -> Threshold:
        """Return a threshold that asks for `factor` times as much."""
        return Threshold(math.ceil(factor * self.inliers), factor * self.support)


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """How well a photograph fits a frame.

    Attributes:
        inliers: cells of the picture whose matches agree on one homography; 0 where none was found
            or it is no real view.
        matches: one-to-one matches that passed the ratio test.
        outline: the photograph's corners in 0..1 of the frame, or None where there is no real view.
        homography: float64 [3, 3], photograph pixels to frame pixels, or None.
        agreement: fraction, 0..1, of the artwork's detail in view that looks as in the photograph
            (see recognition.appearance); 0 where it wasn't compared.
    """

    inliers: int
    matches: int
    outline: Outline | None = None
    homography: NDArray[np.float64] | None = None
    agreement: float = 0.0

    @property
    def support(self) -> float:
        """Inliers times agreement: what two independent witnesses say together."""
        return self.inliers * self.agreement


@dataclass(frozen=True, slots=True)
class Candidate:
    """An artwork that may be in the frame.

    Attributes:
        index: the artwork's index in the gallery.
        score: best inner product of its embeddings and the frame's, -1..1.
        verification: how its local features fit.
        corroborated: earlier frames found it in the same place, with half the support at least.
    """

    index: int
    score: float
    verification: Verification
    corroborated: bool = False

    def meets(self, threshold: Threshold) -> bool:
        """Return whether its verification alone is enough."""
        return threshold.met(self.verification.inliers, self.verification.support)

    def accepted_by(self, threshold: Threshold) -> bool:
        """Return whether it is accepted, with what earlier frames found.

        The support of wrong fits falls off exponentially. If chance makes them, half of the support
        in each of three frames is rarer than all of it in one; and chance seldom puts three wrong
        fits in the same place.
        """
        return self.meets(threshold.relaxed if self.corroborated else threshold)


def corroborated_by(found: Candidate, places: Sequence[Outline]) -> Candidate:
    """Mark a candidate that lies where enough earlier frames found it.

    Args:
        found: the candidate.
        places: outlines at which earlier frames found the same artwork.
    """
    outline = found.verification.outline
    if outline is None:
        return found
    frames = sum(overlap(outline, place) >= SAME_PLACE for place in places)
    return replace(found, corroborated=frames >= CORROBORATING_FRAMES)


def holds_centre(found: Candidate | None) -> bool:
    """Return whether an artwork is where the visitor points: its outline holds the centre."""
    outline = found.verification.outline if found else None
    if outline is None:
        return False
    corners = np.array(outline, np.float32)
    return cv2.pointPolygonTest(corners, (0.5, 0.5), measureDist=False) >= 0
