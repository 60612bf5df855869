"""An artwork that may be in the frame, and what accepts it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from gallery.acceptance import LEAST_INLIERS, LEAST_SUPPORT, SHARE_AGAIN
from vision.outline import Outline, overlap

SAME_PLACE = 0.5
"""Overlap from which on two artworks can't both be there."""


TIMES_BEFORE = 2
"""Frames that must have found it in the same place, each with half the support, for half of it to
be enough. With one, a wrong sitter in the same pose got 10 votes in 1,300 frames, with two 2."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What an artwork must reach to be accepted.

    Attributes:
        inliers: at least.
        support: at least (see `Verification.support`).
    """

    inliers: int = LEAST_INLIERS
    support: float = LEAST_SUPPORT

    def reached(self, inliers: int, support: float) -> bool:
        """Tell whether a verification with so many is good enough."""
        return inliers >= self.inliers and support >= self.support

    @property
    def half(self) -> Bar:
        """As many inliers, and half the support: see `Candidate.accepted_by`."""
        return Bar(self.inliers, SHARE_AGAIN * self.support)

    def times(self, factor: float) -> Bar:
        """Ask for so many times as much."""
        return Bar(math.ceil(factor * self.inliers), factor * self.support)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An artwork that may be in the frame.

    Attributes:
        number: its number in the gallery.
        score: best inner product of its embeddings and the frame's, -1..1.
        verification: how its local features fit.
        again: frames just before found it in the same place, with half the support at least.
    """

    number: int
    score: float
    verification: Verification
    again: bool = False

    def reaches(self, bar: Bar) -> bool:
        """Tell whether its verification is good enough by itself."""
        return bar.reached(self.verification.inliers, self.verification.support)

    def accepted_by(self, bar: Bar) -> bool:
        """Tell whether it is good enough, with what frames before say.

        Support of wrong fits falls off exponentially, so half of it in each of three frames is
        rarer than all of it in one, if chance makes them; and chance seldom makes them lie alike.
        """
        return self.reaches(bar.half if self.again else bar)


def seen_again(found: Candidate, places: Sequence[Outline]) -> Candidate:
    """Mark a candidate that lies where `TIMES_BEFORE` frames just before found it."""
    outline = found.verification.outline
    if outline is None:
        return found
    there = sum(overlap(outline, one) >= SAME_PLACE for one in places)
    return replace(found, again=there >= TIMES_BEFORE)


def holds_centre(found: Candidate | None) -> bool:
    """Tell whether an accepted artwork is where the visitor points: its outline has the centre."""
    outline = found.verification.outline if found else None
    if outline is None:
        return False
    corners = np.array(outline, np.float32)
    return cv2.pointPolygonTest(corners, (0.5, 0.5), measureDist=False) >= 0


@dataclass(frozen=True, slots=True, eq=False)
class Verification:
    """How well a reference fits a frame.

    Attributes:
        inliers: places whose matches agree on one homography; 0 where none was found or it is
            impossible.
        matches: one-to-one matches that passed the ratio test.
        outline: the reference's corners in 0..1 of the frame, or None where impossible.
        homography: float64 [3, 3], reference pixels to frame pixels, or None.
        agreement: share, 0..1, of its detail in view that looks as in the reference; 0 where that
            wasn't asked (see recognition.appearance).
    """

    inliers: int
    matches: int
    outline: Outline | None = None
    homography: NDArray[np.float64] | None = None
    agreement: float = 0.0

    @property
    def support(self) -> float:
        """Inliers that the picture bears out: what two independent witnesses say together."""
        return self.inliers * self.agreement
