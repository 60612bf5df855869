"""One frame to one recognition: embed, search, verify, select."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from common.stopwatch import Stopwatch
from gallery.store import Gallery
from models.embedder import Embedder
from recognition.candidate import Candidate, Threshold, Verification, corroborated_by, holds_centre
from recognition.query import Query
from recognition.selection import select_artwork, select_solid
from recognition.verification import verify_orb, verify_rootsift
from settings import RecognitionSettings
from vision.images import BgrImage
from vision.points import Outline

Method = Literal["full", "retry", "second_pass", "confirmed", "tracked", "flow"]
_ALIKE = 12
"""Artworks that a second pass verifies because the frame's RootSIFT features vote for them."""
_NEAR = 4
"""Artworks that it verifies because their embeddings are nearest."""
_STEPS = ("embed", "search", "verify")


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of each step; `second_pass` is the part of `verify` that RootSIFT took."""

    embed: float
    search: float
    verify: float
    second_pass: float = 0.0


@dataclass(frozen=True, slots=True)
class Recognition:
    """What one frame shows.

    Attributes:
        candidates: the artworks verified, best score first.
        best: the accepted one, or None: the frame votes for nothing.
        features: number of local features in the frame; few mean little to see.
        timings: what it took.
        method: how it was found. With the model: in `full`; by a `retry` with RootSIFT of artworks
            that earlier frames nearly found; by a `second_pass` with RootSIFT over the gallery.
            Without the model: `confirmed` by verifying what an earlier frame found likely,
            `tracked` by verifying the declared artwork alone, or by optical `flow`.
        deferrable_ms: milliseconds spent on what is done only while nobody waits.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate | None
    features: int
    timings: Timings
    method: Method
    deferrable_ms: float = 0.0

    @property
    def by_model(self) -> bool:
        """Whether the model was asked."""
        return self.method in ("full", "retry", "second_pass")

    @property
    def takes_slot(self) -> bool:
        """Whether it counts in consensus: not where only one artwork was asked about."""
        return self.method not in ("tracked", "flow")


@dataclass(frozen=True)
class Recognizer:
    """Recognizes frames against a gallery. Safe to call from several threads.

    Attributes:
        gallery: the artworks.
        embedder: the model that the gallery was made with.
        settings: how many artworks are verified, and what an accepted one needs at least.
        verified_first: candidates verified at first; the others are verified only where none of
            these is accepted and holds the frame's centre.
    """

    gallery: Gallery
    embedder: Embedder
    settings: RecognitionSettings = field(default_factory=RecognitionSettings)
    verified_first: int = 5

    @property
    def threshold(self) -> Threshold:
        """What a vote needs: what was fitted to the gallery, or more if the settings say so."""
        fitted, least = self.gallery.acceptance, self.settings
        return Threshold(
            max(least.min_inliers, fitted.min_inliers), max(least.min_support, fitted.min_support)
        )

    def query(self, image: BgrImage) -> Query:
        """Return the query of an image (uint8 [height, width, 3], BGR)."""
        return Query(image, self.embedder.card.resolution)

    def recognize(
        self,
        query: Query,
        declared: str | None = None,
        *,
        near_misses: Sequence[str] = (),
        detections: Mapping[str, Sequence[Outline]] | None = None,
        second_pass: bool = False,
        nearest: Sequence[tuple[int, float]] | None = None,
    ) -> Recognition:
        """Recognize one frame in full.

        Args:
            query: the frame.
            declared: id of the artwork that is declared already, if any.
            near_misses: ids of artworks that earlier frames found, or nearly: they are looked for
                with RootSIFT where ORB found nothing at the frame's centre.
            detections: where recent frames found artworks, by id: less support is needed there.
            second_pass: where that finds nothing either, look for any artwork with RootSIFT. Half
                hidden ones are found so, at four times the cost.
            nearest: the nearest artworks, if `nearest` found them on a frame like this one.
        """
        gallery, watch = self.gallery, Stopwatch(*_STEPS)
        index = gallery.index_of(declared) if declared else None
        if nearest is None:
            nearest = self._search(query, watch)
        select = partial(self._select, detections or {}, index)
        first = [
            near for n, near in enumerate(nearest) if n < self.verified_first or near[0] == index
        ]
        candidates, best = select(verify_orb(gallery, first, query.orb))
        # A second pass finds what these would, and more.
        if not second_pass and not holds_centre(best) and len(first) < len(nearest):
            rest = [near for near in nearest if near not in first]
            candidates, best = select((*candidates, *verify_orb(gallery, rest, query.orb)))
        watch.lap("verify")
        orb_ms = watch.laps["verify"]
        method: Method = "full"
        missed = self._not_accepted(near_misses, candidates)
        if missed and not self.is_settled(best):
            method = "retry"
            candidates, best = select(verify_rootsift(gallery, missed, candidates, query.rootsift))
        if second_pass and not self.is_settled(best):
            method = "second_pass"
            alike = gallery.feature_index.search(query.rootsift, _ALIKE)
            alike += [near for near, _ in nearest[:_NEAR] if near not in alike]
            others = [one for one in alike if one not in missed]
            candidates, best = select(verify_rootsift(gallery, others, candidates, query.rootsift))
        if method != "full":
            watch.lap("verify")
        timings = Timings(**watch.laps, second_pass=watch.laps["verify"] - orb_ms)
        return Recognition(candidates, best, len(query.orb), timings, method)

    def is_settled(self, best: Candidate | None) -> bool:
        """Return whether a vote leaves nothing to look for with RootSIFT."""
        return best is not None and (self.gallery.is_solid(best.index) or holds_centre(best))

    def confirm(
        self, query: Query, shortlist: Sequence[tuple[int, float]], declared: int | None
    ) -> Recognition | None:
        """Verify artworks that an earlier frame found likely, without the model.

        Args:
            query: the frame.
            shortlist: their indices, and the scores that they had then.
            declared: index of the artwork that is declared already, if any.

        Returns:
            A recognition, selected like any; None where it has nothing at the frame's centre.
        """
        watch = Stopwatch(*_STEPS)
        # Non-planar works can't be confirmed: the model must find them in each frame.
        flat = [near for near in shortlist if not self.gallery.is_solid(near[0])]
        candidates = verify_orb(self.gallery, flat, query.orb)
        best = select_artwork(candidates, self.threshold, declared)
        watch.lap("verify")
        if not holds_centre(best):
            return None
        return Recognition(candidates, best, len(query.orb), Timings(**watch.laps), "confirmed")

    def track(self, query: Query, declared: str) -> Recognition | None:
        """Verify only the declared artwork, without the model: a fifth of the cost.

        Args:
            query: the frame.
            declared: id of the artwork.

        Returns:
            A recognition of it; None where it isn't at the frame's centre, or not certain.
        """
        index = self.gallery.index_of(declared)
        if index is None:
            return None
        # Nothing was searched, so there is no score: the artwork was found already.
        found = self.confirm(query, [(index, 0.0)], index)
        return found and replace(found, method="tracked")

    def carried(self, index: int, outline: Outline, points: int) -> Recognition | None:
        """Return where optical flow carried a declared artwork.

        Args:
            index: of the artwork.
            outline: where it is now.
            points: tracked points that agree on that.

        Returns:
            A recognition of it; None where it left the frame's centre.
        """
        there = Candidate(index, 0.0, Verification(points, points, outline))
        if not holds_centre(there):
            return None
        return Recognition((there,), there, points, Timings(0.0, 0.0, 0.0), "flow")

    def nearest(self, query: Query) -> list[tuple[int, float]]:
        """Return the nearest artworks by embedding: (index, score), best first."""
        return self._search(query, Stopwatch(*_STEPS))

    def _search(self, query: Query, watch: Stopwatch) -> list[tuple[int, float]]:
        """Return the nearest artworks by embedding: (index, score), best first."""
        embeddings = self.gallery.head(self.embedder.embed(query.crops))
        watch.lap("embed")
        nearest = self.gallery.vector_index.search(embeddings, self.settings.candidates)
        watch.lap("search")
        return nearest

    def _not_accepted(self, ids: Sequence[str], found: Sequence[Candidate]) -> list[int]:
        """Return the indices of those artworks that no candidate accepts yet."""
        accepted = {one.index for one in found if one.accepted_by(self.threshold)}
        indices = (self.gallery.index_of(artwork_id) for artwork_id in ids)
        return [index for index in indices if index is not None and index not in accepted]

    def _select(
        self,
        detections: Mapping[str, Sequence[Outline]],
        declared: int | None,
        candidates: tuple[Candidate, ...],
    ) -> tuple[tuple[Candidate, ...], Candidate | None]:
        """Mark the candidates that earlier frames corroborate, and select one."""
        artworks = self.gallery.artworks
        marked = tuple(
            corroborated_by(found, detections.get(artworks[found.index].id, ()))
            for found in candidates
        )
        flat = select_artwork(marked, self.threshold, declared)
        needed = self.gallery.acceptance.min_inliers_solid
        return marked, flat or select_solid(marked, needed, self.gallery.is_solid)
