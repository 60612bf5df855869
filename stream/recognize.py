"""One frame to one verdict: embed, search, verify."""

from __future__ import annotations

import time
from dataclasses import dataclass

import cv2
import faiss

from gallery.features import LocalFeatures, frame_features
from gallery.store import Gallery
from models.embedder import Embedder, two_crops
from stream.choose import Candidate, choose
from stream.frames import Frame
from stream.verify import Verification, verify_all


def use_one_thread() -> None:
    """Keep FAISS and OpenCV to the calling thread; for each thread that judges.

    Frames are judged in parallel already: pools of threads would fight over the model's cores, and
    make a verification many times slower. OpenMP keeps this number for each thread apart.
    """
    faiss.omp_set_num_threads(1)
    cv2.setNumThreads(1)


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
    """

    candidates: tuple[Candidate, ...]
    best: Candidate | None
    features: int
    timings: Timings


@dataclass(frozen=True)
class Recognizer:
    """Judges frames against a gallery. Safe to call from several threads.

    Attributes:
        gallery: what is searched.
        embedder: the model that the gallery was made with.
        candidates: artworks verified a frame.
        min_inliers: inliers that an accepted artwork needs.
        inner_crop: side of the second crop as a share of the first.
    """

    gallery: Gallery
    embedder: Embedder
    candidates: int = 20
    min_inliers: int = 8
    inner_crop: float = 0.65

    @property
    def accepts_from(self) -> int:
        """Inliers that a vote needs: what the gallery needs, or more if the settings say so."""
        return max(self.min_inliers, self.gallery.acceptance.min_inliers)

    def judge(self, frame: Frame, held: str | None = None) -> Verdict:
        """Judge one frame.

        Args:
            frame: the frame.
            held: id of the artwork that is declared already, if any.
        """
        began = time.perf_counter()
        crops = two_crops(frame.image, self.inner_crop, self.embedder.card.resolution)
        embeddings = self.gallery.head(self.embedder.embed(crops))
        embedded = time.perf_counter()
        nearest = self.gallery.index.search(embeddings, self.candidates)
        searched = time.perf_counter()
        features = frame_features(frame.image)
        candidates = self._verify(nearest, features)
        verified = time.perf_counter()
        return Verdict(
            candidates,
            choose(candidates, self.accepts_from, self.gallery.number_of(held) if held else None),
            len(features),
            Timings(
                1000 * (embedded - began),
                1000 * (searched - embedded),
                1000 * (verified - searched),
            ),
        )

    def _verify(
        self, nearest: list[tuple[int, float]], frame: LocalFeatures
    ) -> tuple[Candidate, ...]:
        """Verify artworks, each by the photograph of it that fits best."""
        references = [
            (place, features)
            for place, (number, _) in enumerate(nearest)
            for features in self.gallery.features(number)
        ]
        found = verify_all([features for _, features in references], frame)
        best: dict[int, Verification] = {}
        for (place, _), verification in zip(references, found, strict=True):
            if place not in best or verification.inliers > best[place].inliers:
                best[place] = verification
        return tuple(
            Candidate(number, score, best[place]) for place, (number, score) in enumerate(nearest)
        )
