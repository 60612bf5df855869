"""This frame, given the past: what earlier frames found is reused, so that the next takes less.

The model says which artworks a frame is likely to show. While a visitor goes on looking at the same
thing, the likely ones stay the same. So they are verified in the next frame without the model: by
the same local features, against the same shortlist, under the same threshold. A declared artwork is
carried by optical flow between verifications. All of that is for matches far above the threshold: a
frame with a narrower match is recognized in full.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gallery.store import Gallery
from recognition.candidate import Candidate, holds_centre
from recognition.homography import MIN_PAIRS
from recognition.query import Query
from recognition.recognizer import Nearest, Recognition, Recognizer
from stream.optical_flow import FlowTracker
from stream.quality import Grey, likeness
from vision.points import Outline

VERIFY_PERIOD_S = 1.0
"""A declared artwork is verified against its shortlist, and gets a vote, so often."""
LOOKING_S = 1.0
"""Seconds for which a keyframe holds while nothing is declared and nobody waits. While an artwork
is declared, each verification is a keyframe of its own then."""
BUSY_S = 3.0
"""Seconds for which a keyframe holds in both cases while other visitors wait. If this were less
than the time between two frames of a visitor, all of them would need the model just when there is
no time for it."""
MOST_MOVED = 0.15
"""Other artworks come into view when the camera moves, which moves the outline too. If its corners
moved by less than this, in frames, the keyframe's shortlist still holds."""
LIKELIEST = 3
"""Artworks with the best scores that a shortlist always has."""
NEAR_MISS = 0.5
"""Fraction of the threshold that makes an artwork a near miss, which is looked for again. Measured:
of wrong artworks in a second pass, 1 in 2,300 meets it."""
DETECTION_S = 1.5
"""Seconds for which a detection counts."""
MOST_NEAR_MISSES = 3
RETRY_S = 0.25
"""A declared artwork that ORB doesn't find is looked for with RootSIFT at most this often."""
SECOND_PASS_S = 1 / 3
"""After a second pass that found nothing at the centre, the next one waits so long: it is dear."""
CONFIDENT = 2.5
"""Factor of the threshold from which on a match is confident. Measured: wrong artworks reach 14
inliers where 6 are needed."""
ANSWER_S = 2.0
"""Seconds for which the model's answer stands at most."""
MIN_LIKENESS = 0.9
"""Likeness from which on a frame has hardly changed."""
_SLACK_S = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class _Keyframe:
    """What a frame showed that was recognized in full: the artworks that later ones may confirm."""

    captured_s: float
    gallery: Gallery
    shortlist: tuple[tuple[int, float], ...]
    outline: Outline


@dataclass(frozen=True, slots=True, eq=False)
class _Answer:
    """What the model answered about a frame. It stands for later frames that look the same."""

    captured_s: float
    gallery: Gallery
    grey: Grey
    nearest: Nearest


@dataclass(frozen=True, slots=True)
class _Detection:
    """An artwork that a frame voted for, or nearly."""

    captured_s: float
    artwork_id: str
    found: Candidate

    def is_recent(self, now_s: float) -> bool:
        """Return whether it still counts."""
        return now_s - self.captured_s <= DETECTION_S


class Tracker:
    """The memory of one visitor's stream. It takes one frame at a time, in the order of time."""

    def __init__(self) -> None:
        """Start without a memory."""
        self._keyframe: _Keyframe | None = None
        self._answer: _Answer | None = None
        self._voted: tuple[str | None, float] = (None, float("-inf"))
        self._flow: FlowTracker | None = None
        self._detections: deque[_Detection] = deque()
        self._next_retry_s = float("-inf")
        self._next_second_pass_s = float("-inf")

    @property
    def voted(self) -> str | None:
        """The artwork that the last frame with a slot voted for."""
        return self._voted[0]

    def recognize(
        self,
        query: Query,
        grey: Grey,
        now_s: float,
        recognizer: Recognizer,
        declared: str | None,
        *,
        idle: bool,
    ) -> Recognition:
        """Recognize a frame: reuse what is known, else recognize in full, then remember.

        Args:
            query: the frame.
            grey: the same, small and grey.
            now_s: when it was captured, in seconds.
            recognizer: recognizes what can't be reused.
            declared: id of the artwork that is declared, if any.
            idle: nobody waits, so there is time for the model and for a second pass.
        """
        # The model is only refreshed here: if others waited, the keyframe would do.
        refreshes = self.voted == declared is not None and bool(
            self._keyframe_at(now_s, recognizer)
        )
        found = self._reuse(query, grey, now_s, recognizer, declared, idle=idle)
        if found is None:
            found = self._recognize_in_full(query, grey, now_s, recognizer, declared, idle=idle)
        self.remember(grey, now_s, recognizer, found)
        return replace(found, deferrable_ms=deferrable_ms(found, refreshes)) if idle else found

    def _reuse(
        self,
        query: Query,
        grey: Grey,
        now_s: float,
        recognizer: Recognizer,
        declared: str | None,
        *,
        idle: bool,
    ) -> Recognition | None:
        """Carry, track or confirm what is known; None where that isn't enough."""
        index = recognizer.gallery.index_of(declared) if declared else None
        holds = declared is not None and self.voted == declared
        if declared and holds and now_s - self._voted[1] < VERIFY_PERIOD_S - _SLACK_S:
            moved = self._flow.follow(grey) if self._flow and index is not None else None
            carried = recognizer.carried(index, *moved) if moved and index is not None else None
            # Where the artwork is no longer in view, the model says what else is.
            return carried or recognizer.track(query, declared)
        keyframe = self._keyframe_at(now_s, recognizer)
        lasts_s = BUSY_S if not idle else 0.0 if holds else LOOKING_S
        if keyframe is None or now_s - keyframe.captured_s > lasts_s:
            return None
        confirmed = recognizer.confirm(query, keyframe.shortlist, index)
        if confirmed is None or not is_confident(confirmed.best, recognizer):
            return None
        if holds and moved_by(keyframe.outline, confirmed.best) > MOST_MOVED:
            return None
        return confirmed

    def _recognize_in_full(
        self,
        query: Query,
        grey: Grey,
        now_s: float,
        recognizer: Recognizer,
        declared: str | None,
        *,
        idle: bool,
    ) -> Recognition:
        answer = self._standing_answer(grey, now_s, recognizer)
        found = recognizer.recognize(
            query,
            declared,
            nearest=answer.nearest if answer else Nearest(),
            near_misses=self.near_misses(now_s, declared) if idle else (),
            detections=self.detections(now_s, recognizer),
            second_pass=idle and declared is None and now_s >= self._next_second_pass_s,
        )
        # An answer that was only added to stands no longer than its first part.
        asked = answer or _Answer(now_s, recognizer.gallery, grey, found.nearest)
        self._answer = replace(asked, nearest=found.nearest)
        if found.method == "second_pass" and not recognizer.is_settled(found.best):
            self._next_second_pass_s = now_s + SECOND_PASS_S - _SLACK_S
        return found

    def _standing_answer(self, grey: Grey, now_s: float, recognizer: Recognizer) -> _Answer | None:
        """Return the model's last answer, if this frame looks like the one it was about.

        A non-planar work gets its vote by the model's scores, so each frame needs its own.
        """
        answer = self._answer
        if answer is None or answer.gallery is not recognizer.gallery:
            return None
        ranked = answer.nearest.ranked
        if now_s - answer.captured_s > ANSWER_S or (
            ranked and recognizer.gallery.is_solid(ranked[0][0])
        ):
            return None
        return answer if likeness(answer.grey, grey) >= MIN_LIKENESS else None

    def near_misses(self, now_s: float, declared: str | None) -> list[str]:
        """Return ids of the artworks to look for with RootSIFT, the latest detections first.

        While an artwork is declared it is the only one, and only now and then: a half hidden
        artwork that only RootSIFT finds isn't lost in between, nor given up for its neighbour.
        """
        if declared is not None:
            if self.voted == declared or now_s < self._next_retry_s:
                return []
            self._next_retry_s = now_s + RETRY_S - _SLACK_S
            return [declared]
        recent = [one.artwork_id for one in reversed(self._detections) if one.is_recent(now_s)]
        return list(dict.fromkeys(recent))[:MOST_NEAR_MISSES]

    def detections(self, now_s: float, recognizer: Recognizer) -> dict[str, list[Outline]]:
        """Return the outlines, by id, of recent detections with at least half the support."""
        places: dict[str, list[Outline]] = {}
        enough = recognizer.threshold.relaxed
        for one in self._detections:
            outline = one.found.verification.outline
            if outline and one.is_recent(now_s) and one.found.meets(enough):
                places.setdefault(one.artwork_id, []).append(outline)
        return places

    def _keyframe_at(self, now_s: float, recognizer: Recognizer) -> _Keyframe | None:
        """Return the last keyframe, if it is of this gallery and recent enough."""
        keyframe = self._keyframe
        if keyframe is None or keyframe.gallery is not recognizer.gallery:
            return None
        return keyframe if now_s - keyframe.captured_s <= BUSY_S else None

    def remember(
        self, grey: Grey, now_s: float, recognizer: Recognizer, found: Recognition
    ) -> None:
        """Remember what a frame showed."""
        if found.method == "flow":
            return
        best, gallery = found.best, recognizer.gallery
        outline = best.verification.outline if best else None
        confident = is_confident(best, recognizer)
        self._flow = FlowTracker(grey, outline) if confident and outline else None
        if found.method == "tracked":
            return
        for candidate in near_misses_in(found, recognizer):
            artwork_id = gallery.artworks[candidate.index].id
            self._detections.append(_Detection(now_s, artwork_id, candidate))
        while self._detections and not self._detections[0].is_recent(now_s):
            self._detections.popleft()
        self._voted = (gallery.artworks[best.index].id if best else None, now_s)
        if found.method == "confirmed":
            return
        self._keyframe = None
        # A second pass finds artworks by RootSIFT features, which later frames don't look for.
        if found.method == "full" and confident and best and outline:
            self._keyframe = _Keyframe(now_s, gallery, shortlist(found.candidates, best), outline)


def deferrable_ms(found: Recognition, refreshes: bool) -> float:
    """Return the milliseconds of a recognition that it takes only while nobody waits.

    Args:
        found: the recognition.
        refreshes: its frame could do without the model, if others waited.
    """
    steps = found.timings
    return steps.second_pass + (steps.embed + steps.search if refreshes else 0.0)


def near_misses_in(found: Recognition, recognizer: Recognizer) -> list[Candidate]:
    """Return the candidates that may well be in view, the best supported last.

    Non-planar works have no support; only a vote makes one of them count.
    """
    needed = recognizer.threshold.scaled(NEAR_MISS)
    likely = [one for one in found.candidates if one is found.best or one.meets(needed)]
    return sorted(likely, key=lambda one: one.verification.support)


def is_confident(best: Candidate | None, recognizer: Recognizer) -> bool:
    """Return whether an artwork is at the frame's centre, and far above the threshold."""
    if best is None or not holds_centre(best):
        return False
    return best.meets(recognizer.threshold.scaled(CONFIDENT))


def shortlist(candidates: Sequence[Candidate], best: Candidate) -> tuple[tuple[int, float], ...]:
    """Return the artworks that later frames are verified against: (index, score), best first.

    They are the artwork that the frame votes for, the likeliest by the model, and every other that
    local features found something of, as they do of a near-duplicate. Each of the rest had fewer
    features in common with the frame than a homography needs, while another was certainly there.
    """
    ranked = sorted(candidates, key=lambda one: (-one.score, one.index))
    return tuple(
        (one.index, one.score)
        for place, one in enumerate(ranked)
        if place < LIKELIEST or one is best or one.verification.inliers >= MIN_PAIRS
    )


def moved_by(outline: Outline, now: Candidate | None) -> float:
    """Return how far the farthest corner of an outline has moved, in frames."""
    if now is None or now.verification.outline is None:
        return float("inf")
    return float(np.abs(np.array(outline) - np.array(now.verification.outline)).max())
