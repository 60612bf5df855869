"""Probe an artwork: show it in synthetic views, also as if it were unknown, and see what fits."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from enrolment.assessment import GOOD_SHARE, TWIN_INLIERS
from gallery.acceptance import TAIL_FROM, evidence
from gallery.store import Gallery
from recognition.candidate import Candidate, Threshold, Verification
from recognition.homography import verify_all
from recognition.recognizer import Nearest, Recognizer
from vision.images import load_picture
from vision.synthetic_views import synthetic_view

ATTEMPTS = 2
"""Simulated attempts at each artwork; the field `looks` in files counts them."""
ALL_ATTEMPTS_UP_TO = 100
"""Artworks of a gallery that are probed by all attempts. In a larger one there are enough attempts
with one each; the others are for artworks that it finds weak, so that advice is fair."""
FRAMES_PER_ATTEMPT = 3
MIN_AGREEING = 2
"""Frames of an attempt that must agree: 2 of 3 stands for 5 of 8, and is easier by chance."""
_SIDE_PX = 480
_NOISE, _NOISE_SHIFT = 2.0, 64
"""Standard deviation of a frame's noise in grey levels, and pixels by which it is moved."""
_MAX_WRONG = 5
"""Wrong artworks of a frame whose evidence is kept."""


@dataclass(frozen=True, slots=True)
class Probe:
    """The results of probing one artwork.

    Attributes:
        index: the artwork's index (`number` in the file).
        inliers: inliers of the right artwork in each frame.
        supports: support of the right artwork in each frame.
        right: `evidence` of the right artwork in each frame in which it was verified.
        wrong: `evidence` of wrong artworks.
        best_wrong: most inliers of a wrong artwork in each frame.
        wrong_supports: support of every wrong artwork with 5 inliers or more.
        agreed_wrong: most inliers at which 2 of 3 frames agree on a wrong artwork, by attempt.
        rival: index of the wrong artwork with the best score, and that score; -1 for none.
        twin_inliers: inliers between the rival's photographs and this artwork's: many if they show
            the same thing.

    Of most artworks of a large gallery only the rival and its likeness are known
    (enrolment.glances); the other fields are empty then.
    """

    index: Annotated[int, Field(alias="number")]
    inliers: tuple[int, ...]
    supports: tuple[float, ...]
    right: tuple[tuple[float, ...], ...]
    wrong: tuple[tuple[float, ...], ...]
    best_wrong: tuple[int, ...]
    wrong_supports: tuple[float, ...]
    agreed_wrong: tuple[int, ...]
    rival: tuple[int, float]
    twin_inliers: int

    @property
    def is_full(self) -> bool:
        """Whether the artwork was looked at in simulated attempts."""
        return len(self.inliers) > 0


def probe(recognizer: Recognizer, index: int) -> Probe:
    """Probe one artwork with a few simulated attempts; deterministic for the same gallery."""
    image = load_picture(recognizer.gallery.picture_path(index, thumbnail=False))
    rng = np.random.default_rng((1, index))
    candidates_by_frame: list[tuple[Candidate, ...]] = []
    for attempt in range(ATTEMPTS):
        if attempt and len(recognizer.gallery.artworks) > ALL_ATTEMPTS_UP_TO:
            met = [_meets(recognizer.threshold, index, one) for one in candidates_by_frame]
            if np.mean(met) >= GOOD_SHARE:
                break
        # The model finds the same in frames that differ by a tremble, so it is asked once.
        nearest = Nearest()
        for frame in _attempt(image, rng):
            query = recognizer.query(frame)
            recognition = recognizer.recognize(query, second_pass=True, nearest=nearest)
            nearest = recognition.nearest
            candidates_by_frame.append(recognition.candidates)
    twins = Twins(recognizer.gallery, index)
    right, wrong, best_wrong, supports = [], [], [], []
    own_fits: list[Verification] = []
    rivals: dict[int, float] = {}
    for candidates in candidates_by_frame:
        own = next((found for found in candidates if found.index == index), None)
        others = [found for found in candidates if found.index != index]
        own_fits.append(own.verification if own else Verification(0, 0))
        if own and own.verification.inliers >= TAIL_FROM:
            right.append(_evidence(own))
        unrelated = [found for found in others if not twins.is_twin(found)]
        best = sorted(unrelated, key=lambda found: -found.verification.inliers)[:_MAX_WRONG]
        wrong += [_evidence(one) for one in best if one.verification.inliers > 0]
        best_wrong.append(best[0].verification.inliers if best else 0)
        supports += [
            found.verification.support
            for found in unrelated
            if found.verification.inliers >= TAIL_FROM
        ]
        for found in others:
            rivals[found.index] = max(found.score, rivals.get(found.index, -1.0))
    agreed = tuple(
        agreed_wrong(candidates_by_frame[start : start + FRAMES_PER_ATTEMPT], {index, *twins.found})
        for start in range(0, len(candidates_by_frame), FRAMES_PER_ATTEMPT)
    )
    rival = max(rivals.items(), key=lambda item: item[1], default=(-1, -1.0))
    return Probe(
        index,
        tuple(fit.inliers for fit in own_fits),
        tuple(fit.support for fit in own_fits),
        tuple(right),
        tuple(wrong),
        tuple(best_wrong),
        tuple(supports),
        agreed,
        rival,
        twins.inliers(rival[0]) if rival[0] >= 0 else 0,
    )


class Twins:
    """Finds artworks whose photographs show the same thing as one artwork's, when asked."""

    def __init__(self, gallery: Gallery, index: int) -> None:
        """Compare artwork `index` of a gallery with others."""
        self._gallery = gallery
        self._own = gallery.features(index)[0]
        self._inliers: dict[int, int] = {}

    @property
    def found(self) -> set[int]:
        """The twins among the artworks that it was compared with."""
        return {index for index, count in self._inliers.items() if count >= TWIN_INLIERS}

    def inliers(self, other: int) -> int:
        """Return the most inliers between another artwork's photographs and this one's."""
        if other not in self._inliers:
            fits = verify_all(self._gallery.features(other), self._own)
            self._inliers[other] = max(fit.inliers for fit in fits)
        return self._inliers[other]

    def is_twin(self, other: Candidate) -> bool:
        """Return whether a candidate is a twin; one with few inliers can't be."""
        fits = other.verification.inliers >= TAIL_FROM
        return fits and self.inliers(other.index) >= TWIN_INLIERS


def agreed_wrong(frames: Sequence[Sequence[Candidate]], right: Container[int]) -> int:
    """Return the most inliers at which enough frames agree on one artwork that isn't in `right`.

    Args:
        frames: the candidates of each frame of an attempt.
        right: indices of the right artwork and its twins.
    """
    counts: dict[int, list[int]] = {}
    for candidates in frames:
        for found in candidates:
            if found.index not in right:
                counts.setdefault(found.index, []).append(found.verification.inliers)
    enough = (sorted(found) for found in counts.values() if len(found) >= MIN_AGREEING)
    return max((found[-MIN_AGREEING] for found in enough), default=0)


def _attempt(image: NDArray[np.uint8], rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    """Make the frames of one attempt: one view with camera shake and noise.

    Args:
        image: uint8 [height, width, 3], RGB.
        rng: decides everything.

    Returns:
        3 frames, uint8 [480, 480, 3], BGR.
    """
    view = synthetic_view(image, rng, _SIDE_PX)[..., ::-1]
    frames = []
    # Every frame shows another part of the noise, which takes long to draw.
    side = _SIDE_PX + _NOISE_SHIFT
    noise = rng.standard_normal((side, side, 3), np.float32) * _NOISE
    for _ in range(FRAMES_PER_ATTEMPT):
        shake = np.array([[1, 0, 0], [0, 1, 0]]) + rng.normal(0, 0.006, (2, 3)) * (1, 1, _SIDE_PX)
        moved = cv2.warpAffine(
            np.ascontiguousarray(view), shake, (_SIDE_PX, _SIDE_PX), borderMode=cv2.BORDER_REPLICATE
        )
        down, right = rng.integers(_NOISE_SHIFT, size=2)
        noisy = moved + noise[down : down + _SIDE_PX, right : right + _SIDE_PX]
        frames.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return frames


def _meets(threshold: Threshold, index: int, candidates: Sequence[Candidate]) -> bool:
    """Return whether artwork `index` meets a threshold in a frame with these candidates."""
    return any(one.index == index and one.meets(threshold) for one in candidates)


def _evidence(found: Candidate) -> tuple[float, ...]:
    fit = found.verification
    return evidence(fit.inliers, fit.matches, found.score, fit.agreement)
