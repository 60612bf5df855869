"""One frame to one recognition: embed, search, verify, select."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from common.stopwatch import Stopwatch
from gallery.store import Gallery
from models.embedder import CROPS, Embedder
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
class Nearest:
    """The artworks whose embeddings are nearest to a frame's.

    Attributes:
        ranked: (index, score) of each, best first.
        crops: how many of the frame's crops the model was asked about.
    """

    ranked: tuple[tuple[int, float], ...] = ()
    crops: int = 0

    @property
    def complete(self) -> bool:
        """Whether the model was asked about all crops."""
        return self.crops == len(CROPS)


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
        nearest: what the model answered, about this frame or an earlier one that looked the same.
        deferrable_ms: milliseconds spent on what is done only while nobody waits.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate | None
    features: int
    timings: Timings
    method: Method
    nearest: Nearest = Nearest()
    deferrable_ms: float = 0.0

    @property
    def by_model(self) -> bool:
        """Whether the model was asked about this very frame."""
        return self.timings.embed > 0

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
        nearest: Nearest = Nearest(),
        near_misses: Sequence[str] = (),
        detections: Mapping[str, Sequence[Outline]] | None = None,
        second_pass: bool = False,
    ) -> Recognition:
        """Recognize one frame in full.

        Cost grows with what is needed: the model is asked about the frame's inner crop only where
        its whole leads to nothing at the centre.

        Args:
            query: the frame.
            declared: id of the artwork that is declared already, if any.
            nearest: what the model answered about an earlier frame that looked the same. It isn't
                asked again about those crops.
            near_misses: ids of artworks that earlier frames found, or nearly: they are looked for
                with RootSIFT where ORB found nothing at the frame's centre.
            detections: where recent frames found artworks, by id: less support is needed there.
            second_pass: where that finds nothing either, look for any artwork with RootSIFT. Half
                hidden ones are found so, at four times the cost.
        """
        gallery, watch = self.gallery, Stopwatch(*_STEPS)
        index = gallery.index_of(declared) if declared else None
        select = partial(self._select, detections or {}, index)
        candidates: tuple[Candidate, ...] = ()
        best: Candidate | None = None
        for crops in range(max(1, nearest.crops), len(CROPS) + 1):
            if crops > nearest.crops:
                nearest = self._search(query, nearest, watch)
            first = [
                near
                for n, near in enumerate(nearest.ranked)
                if n < self.verified_first or near[0] == index
            ]
            candidates, best = select(verify_orb(gallery, first, query))
            watch.lap("verify")
            if self._is_flat_at_centre(best):
                break
        # A second pass finds what these would, and more.
        if not second_pass and not holds_centre(best):
            candidates, best = select(verify_orb(gallery, nearest.ranked, query))
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
            alike += [near for near, _ in nearest.ranked[:_NEAR] if near not in alike]
            others = [one for one in alike if one not in missed]
            candidates, best = select(verify_rootsift(gallery, others, candidates, query.rootsift))
        if method != "full":
            watch.lap("verify")
        timings = Timings(**watch.laps, second_pass=watch.laps["verify"] - orb_ms)
        return Recognition(candidates, best, len(query.orb), timings, method, nearest)

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
        candidates = verify_orb(self.gallery, flat, query)
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

    def _is_flat_at_centre(self, best: Candidate | None) -> bool:
        """Return whether a vote needs no other crop: the scores of all count for solid works."""
        return best is not None and holds_centre(best) and not self.gallery.is_solid(best.index)

    def _search(self, query: Query, before: Nearest, watch: Stopwatch) -> Nearest:
        """Ask the model about the next crop, and merge its answer with the one before."""
        embeddings = self.gallery.head(self.embedder.embed(query.crop(before.crops)))
        watch.lap("embed")
        found = self.gallery.vector_index.search(embeddings, self.settings.candidates)
        scores = dict(before.ranked)
        for index, score in found:
            scores[index] = max(score, scores.get(index, score))
        ranked = sorted(scores.items(), key=lambda one: (-one[1], one[0]))
        watch.lap("search")
        return Nearest(tuple(ranked[: self.settings.candidates]), before.crops + 1)

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
