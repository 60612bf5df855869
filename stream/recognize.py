"""One frame to one verdict: embed, search, verify."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import faiss
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from gallery.features import LocalFeatures, closer_features, frame_features
from gallery.store import Gallery
from models.embedder import Embedder, crops_around, two_crops
from stream.choose import Candidate, choose, choose_solid, holds_centre
from stream.frames import Frame
from stream.solid import verify_solids
from stream.verify import Verification, verify_all


def use_one_thread() -> None:
    """Keep FAISS, OpenCV and BLAS to the calling thread; for each thread that judges.

    Frames are judged in parallel already: pools of threads would fight over the model's cores, and
    make a verification many times slower. OpenMP keeps this number for each thread apart. BLAS has
    one small product a frame, and its threads would then spin for as long as the frame takes.
    """
    faiss.omp_set_num_threads(1)
    cv2.setNumThreads(1)
    threadpool_limits(1, user_api="blas")


Look = Literal["first", "closer", "tracked"]


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of each step."""

    embed: float
    search: float
    verify: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one frame says.

    Attributes:
        candidates: the artworks verified, best score first.
        best: the accepted one, or None: the frame votes for nothing.
        features: how many local features the frame has; few mean little to see.
        timings: what it took.
        look: how it was come by: at first look, at a closer one, or by tracking without the model.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate | None
    features: int
    timings: Timings
    look: Look


@dataclass(frozen=True)
class Recognizer:
    """Judges frames against a gallery. Safe to call from several threads.

    Attributes:
        gallery: what is searched.
        embedder: the model that the gallery was made with.
        candidates: artworks verified a frame, at most.
        min_inliers: inliers that an accepted artwork needs.
        inner_crop: side of the second crop as a share of the first.
        first: candidates verified at first; the others only where none of these is accepted and
            holds the frame's centre.
    """

    gallery: Gallery
    embedder: Embedder
    candidates: int = 20
    min_inliers: int = 8
    inner_crop: float = 0.65
    first: int = 5

    @property
    def accepts_from(self) -> int:
        """Inliers that a vote needs: what the gallery needs, or more if the settings say so."""
        return max(self.min_inliers, self.gallery.acceptance.min_inliers)

    def judge(self, frame: Frame, held: str | None = None, *, closer: bool = False) -> Verdict:
        """Judge one frame.

        Args:
            frame: the frame.
            held: id of the artwork that is declared already, if any.
            closer: look again, with more crops and features, where nothing at the frame's centre
                was accepted: half hidden artworks are found so, at three times the cost.
        """
        number = self.gallery.number_of(held) if held else None
        watch = _Watch()
        nearest = self._search(two_crops(frame.image, self.inner_crop, self._resolution), watch)
        features = frame_features(frame.image)
        likely = [near for n, near in enumerate(nearest) if n < self.first or near[0] == number]
        candidates = self._verify(likely, features, closer=False)
        best = self._choose(candidates, number)
        if not holds_centre(best) and len(likely) < len(nearest):
            others = [near for near in nearest if near not in likely]
            candidates = (*candidates, *self._verify(others, features, closer=False))
            best = self._choose(candidates, number)
        watch.lap("verify")
        solid = best is not None and self.gallery.is_solid(best.number)
        closer = closer and not solid and not holds_centre(best)
        if closer:
            around = self._search(crops_around(frame.image, self._resolution), watch)
            nearest = _best_of(nearest, around)[: self.candidates]
            again = self._verify(nearest, closer_features(frame.image), closer=True)
            candidates = _better_of(candidates, again)
            best = self._choose(candidates, number)
            watch.lap("verify")
        look: Look = "closer" if closer else "first"
        return Verdict(candidates, best, len(features), Timings(**watch.laps), look)

    def track(self, frame: Frame, held: str) -> Verdict | None:
        """Look for a declared artwork only, without the model: a fifth of the cost.

        Args:
            frame: the frame.
            held: id of the artwork.

        Returns:
            A verdict for it; None where it isn't at the frame's centre, or not sure: judge then.
        """
        number = self.gallery.number_of(held)
        if number is None or self.gallery.is_solid(number):
            return None
        watch = _Watch()
        features = frame_features(frame.image)
        # No search, no score: the artwork was found already.
        candidates = self._verify([(number, 0.0)], features, closer=False)
        best = choose(candidates, self.accepts_from, number)
        watch.lap("verify")
        if not holds_centre(best):
            return None
        return Verdict(candidates, best, len(features), Timings(**watch.laps), "tracked")

    def _choose(self, candidates: tuple[Candidate, ...], held: int | None) -> Candidate | None:
        flat = choose(candidates, self.accepts_from, held)
        needed = self.gallery.acceptance.min_inliers_solid
        return flat or choose_solid(candidates, needed, self.gallery.is_solid)

    @property
    def _resolution(self) -> int:
        return self.embedder.card.resolution

    def _search(self, crops: NDArray[np.uint8], watch: _Watch) -> list[tuple[int, float]]:
        embeddings = self.gallery.head(self.embedder.embed(crops))
        watch.lap("embed")
        nearest = self.gallery.index.search(embeddings, self.candidates)
        watch.lap("search")
        return nearest

    def _verify(
        self, nearest: list[tuple[int, float]], frame: LocalFeatures, *, closer: bool
    ) -> tuple[Candidate, ...]:
        """Verify artworks, each by the photograph of it that fits best."""
        best: dict[int, Verification] = {}
        for solid, verify in ((False, verify_all), (True, verify_solids)):
            references = [
                (place, features if closer else features.for_first_look())
                for place, (number, _) in enumerate(nearest)
                if self.gallery.is_solid(number) is solid
                for features in self.gallery.features(number)
            ]
            found = verify([features for _, features in references], frame)
            for (place, _), verification in zip(references, found, strict=True):
                if place not in best or verification.inliers > best[place].inliers:
                    best[place] = verification
        return tuple(
            Candidate(number, score, best[place]) for place, (number, score) in enumerate(nearest)
        )


class _Watch:
    """Adds up milliseconds by step."""

    def __init__(self) -> None:
        self.laps = {"embed": 0.0, "search": 0.0, "verify": 0.0}
        self._since = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] += 1000 * (now - self._since)
        self._since = now


def _best_of(*found: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """Merge searches: each artwork with its best score, best first, ties by number."""
    best: dict[int, float] = {}
    for number, score in (pair for pairs in found for pair in pairs):
        best[number] = max(score, best.get(number, -1.0))
    return sorted(best.items(), key=lambda item: (-item[1], item[0]))


def _better_of(
    first: tuple[Candidate, ...], closer: tuple[Candidate, ...]
) -> tuple[Candidate, ...]:
    """Merge two looks: each artwork as it fitted better, with the best of its scores."""
    merged = {found.number: found for found in first}
    for found in closer:
        known = merged.get(found.number)
        if known and known.verification.inliers > found.verification.inliers:
            found = replace(known, score=found.score)
        merged[found.number] = found
    return tuple(sorted(merged.values(), key=lambda found: (-found.score, found.number)))
