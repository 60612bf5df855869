"""How far a gallery can be trusted: every artwork is looked at, also as if it were unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from common.threads import use_one_thread
from enrolment.assessment import TWIN_INLIERS, Assessment, assess_artwork
from enrolment.thresholds import fit_bar, fit_weights
from gallery.acceptance import TAIL_FROM, Acceptance, evidence
from gallery.store import Gallery
from recognition.candidate import Candidate, Threshold, Verification
from recognition.homography import verify_all
from recognition.recognizer import Recognizer
from vision.images import load_picture
from vision.synthetic_views import synthetic_view

LOOKS = 2
"""Looks at each artwork."""
FRAMES = 3
AGREE = 2
"""Frames of a look that must agree: 2 of 3 stands for 5 of 8, and is easier to reach by chance."""
MOST_ARTWORKS = 250
"""Artworks looked at; of a larger gallery a sample."""
_SIDE = 480
_MOST_WRONG = 5


@dataclass(frozen=True, slots=True)
class Probe:
    """What looking at one artwork gave.

    Attributes:
        index: the artwork's.
        inliers: of the right artwork in each frame.
        supports: its support in each frame.
        right: `evidence` of the right artwork where it was verified.
        wrong: that of wrong ones.
        best_wrong: most inliers of a wrong artwork in each frame.
        wrong_supports: support of every wrong artwork with 5 inliers or more.
        agreed_wrong: most inliers at which 2 of 3 frames agree on a wrong artwork, for each look.
        rival: index of the wrong artwork with the best score, and that score; -1 for none.
        twin_inliers: inliers of the rival's photograph in this artwork's own: many where both
            photographs show the same thing.
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


def calibrate(
    recognizer: Recognizer,
    target: float,
    on_progress: Callable[[int, int], None] | None = None,
    known: Mapping[int, Probe] | None = None,
    first: Collection[int] = (),
) -> tuple[Acceptance, list[Probe]]:
    """Look at a gallery's artworks and fit its acceptance.

    Args:
        recognizer: with the gallery, and judging as it will.
        target: false declarations a look; of artworks whose photographs show the same thing, one
            taken for the other doesn't count: no threshold helps there, and `Assessment` names them.
        on_progress: called with (artworks done, all).
        known: looks, by index, that need not be taken again; only where a new look finds such an
            artwork to be the rival of another is it looked at once more.
        first: indices that must be among those looked at in a large gallery.

    Returns:
        The acceptance, and what was seen of each artwork looked at, by index.
    """
    # What chance does is seen in all candidates, not only where the first ones fail.
    recognizer = replace(recognizer, verified_first=recognizer.settings.candidates)
    found = dict(known or {})
    sample = np.random.default_rng(0).permutation(len(recognizer.gallery.artworks)).tolist()
    chosen = list(dict.fromkeys([*first, *found, *sample]))[:MOST_ARTWORKS]
    wanted = sorted(index for index in chosen if index not in found)

    def look(indices: Sequence[int], before: int) -> None:
        results = workers.map(lambda index: probe(recognizer, index), indices)
        for done, result in enumerate(results, before + 1):
            found[result.index] = result
            if on_progress:
                on_progress(done, before + len(indices))

    with ThreadPoolExecutor(2, initializer=use_one_thread) as workers:
        try:
            look(wanted, 0)
            rivals = {found[index].rival[0] for index in wanted}
            look(sorted(rivals.intersection(known or {})), len(wanted))
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
    looked = [found[index] for index in sorted(found)]
    return fit(looked, target), looked


def fit(looked: Sequence[Probe], target: float) -> Acceptance:
    """Fit an acceptance to what was seen."""
    right = np.array([row for one in looked for row in one.right]).reshape(-1, 5)
    wrong = np.array([row for one in looked for row in one.wrong]).reshape(-1, 5)
    agreed = np.array([inliers for one in looked for inliers in one.agreed_wrong], np.intp)
    best = np.array([inliers for one in looked for inliers in one.best_wrong], np.intp)
    supports = np.array([support for one in looked for support in one.wrong_supports])
    bar = fit_bar(best, agreed, supports, target)
    # With too few of a kind the default weights say more than a fit.
    fitted = {"weights": fit_weights(right, wrong)} if min(len(right), len(wrong)) >= 10 else {}
    return Acceptance(
        min_inliers=bar.min_inliers,
        min_support=bar.min_support,
        target=target,
        bound=bar.bound,
        attempts=len(agreed),
        false_agreements=int(np.sum(agreed >= TAIL_FROM)),
        **fitted,
    )


def assess_gallery(
    gallery: Gallery, acceptance: Acceptance, looked: Sequence[Probe]
) -> list[Assessment]:
    """Tell the curator what to expect of each artwork looked at."""
    assessments = []
    threshold = Threshold(acceptance.min_inliers, acceptance.min_support)
    for one in looked:
        found = sum(map(threshold.met, one.inliers, one.supports))
        references = gallery.artworks[one.index].references
        features = max(reference.stop - reference.start for reference in references)
        rival = gallery.artworks[one.rival[0]] if one.rival[0] >= 0 else None
        assessments.append(
            assess_artwork(
                gallery.artworks[one.index].id,
                features,
                found / len(one.inliers),
                rival.id if rival else None,
                one.rival[1],
                one.twin_inliers,
            )
        )
    return assessments


def probe(recognizer: Recognizer, index: int) -> Probe:
    """Look at one artwork a few times; the same for the same gallery."""
    image = load_picture(recognizer.gallery.picture_path(index, thumbnail=False))
    rng = np.random.default_rng((1, index))
    frames = [view for _ in range(LOOKS) for view in _look(image, rng)]
    assessments = [
        recognizer.recognize(recognizer.query(view), second_pass=True).candidates for view in frames
    ]
    twins = _Twins(recognizer.gallery, index)
    right, wrong, best_wrong, supports = [], [], [], []
    mine_fits: list[Verification] = []
    rivals: dict[int, float] = {}
    for candidates in assessments:
        mine = next((found for found in candidates if found.index == index), None)
        others = [found for found in candidates if found.index != index]
        mine_fits.append(mine.verification if mine else Verification(0, 0))
        if mine and mine.verification.inliers >= TAIL_FROM:
            right.append(_evidence(mine))
        strangers = [found for found in others if not twins.fit(found)]
        fooling = sorted(strangers, key=lambda found: -found.verification.inliers)[:_MOST_WRONG]
        wrong += [_evidence(one) for one in fooling if one.verification.inliers > 0]
        best_wrong.append(fooling[0].verification.inliers if fooling else 0)
        supports += [
            found.verification.support
            for found in strangers
            if found.verification.inliers >= TAIL_FROM
        ]
        for found in others:
            rivals[found.index] = max(found.score, rivals.get(found.index, -1.0))
    agreed = tuple(
        agreed_wrong(assessments[start : start + FRAMES], {index, *twins.found})
        for start in range(0, len(assessments), FRAMES)
    )
    rival = max(rivals.items(), key=lambda item: item[1], default=(-1, -1.0))
    return Probe(
        index,
        tuple(fit.inliers for fit in mine_fits),
        tuple(fit.support for fit in mine_fits),
        tuple(right),
        tuple(wrong),
        tuple(best_wrong),
        tuple(supports),
        agreed,
        rival,
        twins.inliers(rival[0]) if rival[0] >= 0 else 0,
    )


class _Twins:
    """Artworks whose photographs show the same thing as one artwork's, looked for when needed."""

    def __init__(self, gallery: Gallery, index: int) -> None:
        self._gallery = gallery
        self._mine = gallery.features(index)[0]
        self._inliers: dict[int, int] = {}

    @property
    def found(self) -> set[int]:
        return {index for index, count in self._inliers.items() if count >= TWIN_INLIERS}

    def inliers(self, other: int) -> int:
        """Most inliers of another artwork's photographs in this one's."""
        if other not in self._inliers:
            fits = verify_all(self._gallery.features(other), self._mine)
            self._inliers[other] = max(fit.inliers for fit in fits)
        return self._inliers[other]

    def fit(self, other: Candidate) -> bool:
        """Tell whether a candidate is a twin; few inliers can't come of one."""
        fits = other.verification.inliers >= TAIL_FROM
        return fits and self.inliers(other.index) >= TWIN_INLIERS


def agreed_wrong(assessments: Sequence[Sequence[Candidate]], right: Container[int]) -> int:
    """Most inliers at which enough frames of a look agree on one artwork that isn't in `right`."""
    counts: dict[int, list[int]] = {}
    for candidates in assessments:
        for found in candidates:
            if found.index not in right:
                counts.setdefault(found.index, []).append(found.verification.inliers)
    return max((sorted(seen)[-AGREE] for seen in counts.values() if len(seen) >= AGREE), default=0)


def _look(image: NDArray[np.uint8], rng: np.random.Generator) -> list[NDArray[np.uint8]]:
    """Make the frames of one look: one view, held by a trembling hand. uint8 BGR."""
    view = synthetic_view(image, rng, _SIDE)[..., ::-1]
    frames = []
    for _ in range(FRAMES):
        tremble = np.array([[1, 0, 0], [0, 1, 0]]) + rng.normal(0, 0.006, (2, 3)) * (1, 1, _SIDE)
        moved = cv2.warpAffine(
            np.ascontiguousarray(view), tremble, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE
        )
        noisy = moved + rng.normal(0, 2.0, moved.shape)
        frames.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return frames


def _evidence(found: Candidate) -> tuple[float, ...]:
    fit = found.verification
    return evidence(fit.inliers, fit.matches, found.score, fit.agreement)
