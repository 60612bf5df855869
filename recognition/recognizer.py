"""One frame to one verdict: embed, search, verify."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gallery.store import Gallery
from models.embedder import Embedder, two_crops
from recognition.candidate import Bar, Candidate, Verification, holds_centre, seen_again
from recognition.selection import choose, choose_solid
from recognition.verification import fit_all, fit_finely
from stream.frames import Frame
from vision.features import LocalFeatures, frame_features
from vision.outline import Outline
from vision.rootsift import fine_frame_features

Look = Literal["first", "suspected", "closer", "confirmed", "tracked", "followed"]
_LIKE = 12
"""Artworks that a closer look verifies because the frame's finer features look like theirs."""
_NEAR = 4
"""Artworks that it verifies because their embeddings are nearest."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds of each step; `closer` is what of `verify` went by on looking closer."""

    embed: float
    search: float
    verify: float
    closer: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one frame says.

    Attributes:
        candidates: the artworks verified, best score first.
        best: the accepted one, or None: the frame votes for nothing.
        features: how many local features the frame has; few mean little to see.
        timings: what it took.
        look: how it was come by: at first look, by looking closer for artworks that frames before
            voted for or nearly did, by looking closer for any; or without the model: by verifying
            what a frame before found likely, by tracking one artwork, or by following its corners.
    """

    candidates: tuple[Candidate, ...]
    best: Candidate | None
    features: int
    timings: Timings
    look: Look

    @property
    def by_model(self) -> bool:
        """Whether the model was asked."""
        return self.look in ("first", "suspected", "closer")

    @property
    def takes_slot(self) -> bool:
        """Whether it counts in consensus: not where one artwork only was asked about."""
        return self.look not in ("tracked", "followed")


@dataclass(frozen=True)
class Recognizer:
    """Judges frames against a gallery. Safe to call from several threads.

    Attributes:
        gallery: what is searched.
        embedder: the model that the gallery was made with.
        candidates: artworks verified a frame, at most.
        least: what an accepted artwork needs at least.
        inner_crop: side of the second crop as a share of the first.
        first: candidates verified at first; the others only where none of these is accepted and
            holds the frame's centre.
        brief: whether lines may judge by what frames before found (`stream.tracker`).
    """

    gallery: Gallery
    embedder: Embedder
    candidates: int = 20
    least: Bar = field(default_factory=Bar)
    inner_crop: float = 0.65
    first: int = 5
    brief: bool = True

    @property
    def accepts_from(self) -> Bar:
        """What a vote needs: what the gallery needs, or more if the settings say so."""
        fitted = self.gallery.acceptance
        return Bar(
            max(self.least.inliers, fitted.min_inliers), max(self.least.support, fitted.min_support)
        )

    def judge(
        self,
        frame: Frame,
        held: str | None = None,
        *,
        suspects: Sequence[str] = (),
        sightings: Mapping[str, Sequence[Outline]] | None = None,
        closer: bool = False,
        seen: LocalFeatures | None = None,
    ) -> Verdict:
        """Judge one frame.

        Args:
            frame: the frame.
            held: id of the artwork that is declared already, if any.
            suspects: ids of artworks that frames before voted for, or nearly: looked for closer
                where nothing at the frame's centre was accepted.
            sightings: where frames just before found artworks, by id: less is asked for there.
            closer: where that finds nothing either, look closer for any artwork, by finer features:
                half hidden ones are found so, at four times the cost.
            seen: the frame's local features, where they were found already.
        """
        gallery = self.gallery
        number = gallery.number_of(held) if held else None
        watch = _Watch()
        nearest = self._search(two_crops(frame.image, self.inner_crop, self._resolution), watch)
        features = frame_features(frame.image) if seen is None else seen
        likely = [near for n, near in enumerate(nearest) if n < self.first or near[0] == number]
        weigh = partial(self._weigh, sightings or {}, number)
        candidates, best = weigh(fit_all(gallery, likely, features))
        # A closer look finds what these would, and more.
        if not closer and not holds_centre(best) and len(likely) < len(nearest):
            rest = [near for near in nearest if near not in likely]
            candidates, best = weigh((*candidates, *fit_all(gallery, rest, features)))
        watch.lap("verify")
        look: Look = "first"
        suspected = self._not_found_yet(suspects, candidates)
        first_ms = watch.laps["verify"]
        if not self.settled(best) and (suspected or closer):
            fine = fine_frame_features(frame.image)
            if suspected:
                look = "suspected"
                candidates, best = weigh(fit_finely(gallery, suspected, candidates, fine))
            if closer and not self.settled(best):
                look = "closer"
                like = gallery.landmarks.search(fine, _LIKE)
                like += [near for near, _ in nearest[:_NEAR] if near not in like]
                others = [one for one in like if one not in suspected]
                candidates, best = weigh(fit_finely(gallery, others, candidates, fine))
            watch.lap("verify")
        timings = Timings(**watch.laps, closer=watch.laps["verify"] - first_ms)
        return Verdict(candidates, best, len(features), timings, look)

    def _not_found_yet(self, suspects: Sequence[str], found: Sequence[Candidate]) -> list[int]:
        """Numbers of the suspects that a first look didn't accept."""
        accepted = {one.number for one in found if one.accepted_by(self.accepts_from)}
        numbers = (self.gallery.number_of(suspect) for suspect in suspects)
        return [number for number in numbers if number is not None and number not in accepted]

    def settled(self, best: Candidate | None) -> bool:
        """Tell whether there is nothing to look closer for."""
        return best is not None and (self.gallery.is_solid(best.number) or holds_centre(best))

    def confirm(
        self, seen: LocalFeatures, likely: Sequence[tuple[int, float]], held: int | None
    ) -> Verdict | None:
        """Verify artworks that a frame before found likely, without the model.

        Args:
            seen: local features of the frame.
            likely: their numbers and scores then.
            held: number of the artwork that is declared already, if any.

        Returns:
            A verdict, by the same choice as any; None where it has nothing at the frame's centre.
        """
        watch = _Watch()
        # Works without a plane can't be confirmed: the model must find them in each frame.
        flat = [near for near in likely if not self.gallery.is_solid(near[0])]
        candidates = fit_all(self.gallery, flat, seen)
        best = choose(candidates, self.accepts_from, held)
        watch.lap("verify")
        if not holds_centre(best):
            return None
        return Verdict(candidates, best, len(seen), Timings(**watch.laps), "confirmed")

    def track(self, seen: LocalFeatures, held: str) -> Verdict | None:
        """Look for a declared artwork only, without the model: a fifth of the cost.

        Args:
            seen: local features of the frame.
            held: id of the artwork.

        Returns:
            A verdict for it; None where it isn't at the frame's centre, or not sure: judge then.
        """
        number = self.gallery.number_of(held)
        if number is None:
            return None
        # No search, no score: the artwork was found already.
        verdict = self.confirm(seen, [(number, 0.0)], number)
        return verdict and replace(verdict, look="tracked")

    def followed(self, number: int, outline: Outline, corners: int) -> Verdict | None:
        """Say where a declared artwork was followed to; None where it left the frame's centre.

        Args:
            number: of the artwork.
            outline: where it is now.
            corners: how many of its corners agree on that.
        """
        there = Candidate(number, 0.0, Verification(corners, corners, outline))
        if not holds_centre(there):
            return None
        return Verdict((there,), there, corners, Timings(0.0, 0.0, 0.0), "followed")

    def _weigh(
        self,
        sightings: Mapping[str, Sequence[Outline]],
        held: int | None,
        candidates: tuple[Candidate, ...],
    ) -> tuple[tuple[Candidate, ...], Candidate | None]:
        """Mark the candidates that frames before saw there, too, and choose one."""
        artworks = self.gallery.artworks
        marked = tuple(
            seen_again(found, sightings.get(artworks[found.number].id, ())) for found in candidates
        )
        flat = choose(marked, self.accepts_from, held)
        needed = self.gallery.acceptance.min_inliers_solid
        return marked, flat or choose_solid(marked, needed, self.gallery.is_solid)

    @property
    def _resolution(self) -> int:
        return self.embedder.card.resolution

    def _search(self, crops: NDArray[np.uint8], watch: _Watch) -> list[tuple[int, float]]:
        embeddings = self.gallery.head(self.embedder.embed(crops))
        watch.lap("embed")
        nearest = self.gallery.index.search(embeddings, self.candidates)
        watch.lap("search")
        return nearest


class _Watch:
    """Adds up milliseconds by step."""

    def __init__(self) -> None:
        self.laps = {"embed": 0.0, "search": 0.0, "verify": 0.0}
        self._since = time.perf_counter()

    def lap(self, step: str) -> None:
        now = time.perf_counter()
        self.laps[step] += 1000 * (now - self._since)
        self._since = now
