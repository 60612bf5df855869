"""What a line knows from the frames before, so that the next one takes less.

The model says which artworks a frame is likely to show. While a visitor goes on looking at the same
thing the likely ones stay the same, so they are verified in the next frame without asking again:
by the same local features, against the same rivals, under the same acceptance. And what is declared
is followed by its corners between verifications. All of that is for artworks that are surely there:
what is accepted narrowly is judged in full each time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gallery.store import Gallery
from recognition.candidate import Candidate, holds_centre
from recognition.homography import MIN_PAIRS
from recognition.recognizer import Recognizer, Verdict
from stream.frames import Frame
from stream.optical_flow import Follower
from stream.quality import Grey
from vision.features import LocalFeatures, frame_features
from vision.outline import Outline

VERIFY_PERIOD_S = 1.0
"""What is declared is verified against its rivals, and gets a vote, so often."""
LOOKING_S = 1.0
"""How long the model's word holds while nothing is declared; what is declared gets a new one."""
WAITED_S = 3.0
"""How long it holds in both cases while others wait. If it were less than the time between two
frames of a visitor, all of them would need the model just when there is no time for it."""
STAYS = 0.15
"""Rivals come into view by moving the camera, which moves the outline too: by less than this, in
frames, the model's word still holds for what is declared."""
LIKELIEST = 3
"""Artworks that are verified again because the model found them nearest."""
SUSPECT = 0.5
"""How much of what is needed makes an artwork be looked for again. Measured: of wrong ones at a
closer look 1 in 2,300 has it."""
SUSPECTED_S = 1.5
"""How long it is looked for."""
MOST_SUSPECTS = 3
AGAIN_S = 0.25
"""What is declared and isn't found by a first look is looked for closer no sooner again."""
SURE = 2.5
"""How many times the inliers and the support that are needed an artwork must have to be there
surely. Measured: wrong ones reach 14 inliers where 6 are needed."""


@dataclass(frozen=True, slots=True, eq=False)
class _Word:
    """What a frame judged in full said."""

    captured_s: float
    gallery: Gallery
    likely: tuple[tuple[int, float], ...]
    outline: Outline


@dataclass(frozen=True, slots=True)
class _Sighting:
    """An artwork that a frame voted for, or nearly."""

    captured_s: float
    artwork_id: str
    found: Candidate

    def recent(self, now_s: float) -> bool:
        """Tell whether it still says something."""
        return now_s - self.captured_s <= SUSPECTED_S


class Brief:
    """The memory of one line. Used by one frame at a time."""

    def __init__(self) -> None:
        """Know nothing."""
        self._word: _Word | None = None
        self._voted: tuple[str | None, float] = (None, float("-inf"))
        self._follower: Follower | None = None
        self._sightings: deque[_Sighting] = deque()
        self._again_s = float("-inf")

    @property
    def voted(self) -> str | None:
        """The artwork that the last frame with a slot voted for."""
        return self._voted[0]

    def suspects(self, now_s: float, declared: str | None) -> list[str]:
        """Ids of the artworks to be looked for closer, the last ones that frames found first.

        While one is declared only that one, now and then: a half hidden artwork that only finer
        features find isn't lost between two of them, nor given up for its neighbour.
        """
        if declared is not None:
            if self.voted == declared or now_s < self._again_s:
                return []
            self._again_s = now_s + AGAIN_S - 1e-6
            return [declared]
        recent = [one.artwork_id for one in reversed(self._sightings) if one.recent(now_s)]
        return list(dict.fromkeys(recent))[:MOST_SUSPECTS]

    def sightings(self, now_s: float, recognizer: Recognizer) -> dict[str, list[Outline]]:
        """Tell where frames just now found artworks with half the support, by their ids."""
        places: dict[str, list[Outline]] = {}
        enough = recognizer.accepts_from.half
        for one in self._sightings:
            outline = one.found.verification.outline
            if outline and one.recent(now_s) and one.found.reaches(enough):
                places.setdefault(one.artwork_id, []).append(outline)
        return places

    def look(
        self,
        frame: Frame,
        grey: Grey,
        recognizer: Recognizer,
        declared: str | None,
        spare: bool,
    ) -> tuple[Verdict | None, LocalFeatures | None]:
        """Judge a frame by what is known.

        Args:
            frame: the frame.
            grey: the same, small.
            recognizer: judges.
            declared: id of the artwork that is declared, if any.
            spare: nobody waits, so the model may be asked again sooner.

        Returns:
            A verdict, or None: the frame must be judged in full. The frame's local features, where
            they were found on the way.
        """
        if not recognizer.brief:
            return None, None
        number = recognizer.gallery.number_of(declared) if declared else None
        voted, voted_s = self._voted
        if declared and voted == declared and frame.captured_s - voted_s < VERIFY_PERIOD_S - 1e-6:
            if self._follower and number is not None and (moved := self._follower.follow(grey)):
                followed = recognizer.followed(number, *moved)
                if followed:
                    return followed, None
            seen = frame_features(frame.image)
            # Where it isn't to be seen any more, what else is there is for the model to say.
            return recognizer.track(seen, declared), seen
        word = self._word_at(frame.captured_s, recognizer)
        held = declared is not None and voted == declared
        lasts_s = WAITED_S if not spare else 0.0 if held else LOOKING_S
        if word is None or frame.captured_s - word.captured_s > lasts_s:
            return None, None
        seen = frame_features(frame.image)
        verdict = recognizer.confirm(seen, word.likely, number)
        if verdict is None or not surely(verdict.best, recognizer):
            return None, seen
        if held and moved_by(word.outline, verdict.best) > STAYS:
            return None, seen
        return verdict, seen

    def knows(self, now_s: float, recognizer: Recognizer) -> bool:
        """Tell whether a frame could do without the model, if others waited."""
        return self._word_at(now_s, recognizer) is not None

    def _word_at(self, now_s: float, recognizer: Recognizer) -> _Word | None:
        """Return the model's last word, if it is of this gallery and not too long ago."""
        word = self._word
        if word is None or word.gallery is not recognizer.gallery:
            return None
        return word if now_s - word.captured_s <= WAITED_S else None

    def remember(self, frame: Frame, grey: Grey, recognizer: Recognizer, verdict: Verdict) -> None:
        """Take note of a frame's verdict."""
        if verdict.look == "followed":
            return
        best, gallery = verdict.best, recognizer.gallery
        sure = surely(best, recognizer)
        self._follower = None
        if sure and best and best.verification.outline:
            self._follower = Follower(grey, best.verification.outline)
        if verdict.look == "tracked":
            return
        for found in suspicious(verdict, recognizer):
            artwork_id = gallery.artworks[found.number].id
            self._sightings.append(_Sighting(frame.captured_s, artwork_id, found))
        while self._sightings and not self._sightings[0].recent(frame.captured_s):
            self._sightings.popleft()
        self._voted = (gallery.artworks[best.number].id if best else None, frame.captured_s)
        if verdict.look == "confirmed":
            return
        self._word = None
        # A closer look finds by other features, which aren't looked for again.
        if verdict.look == "first" and sure and best and best.verification.outline:
            likely = rivals(verdict.candidates, best)
            self._word = _Word(frame.captured_s, gallery, likely, best.verification.outline)


def suspicious(verdict: Verdict, recognizer: Recognizer) -> list[Candidate]:
    """Choose what may well be there, the best supported last; works without a plane by votes only.

    Their support is 0.
    """
    needed = recognizer.accepts_from.times(SUSPECT)
    may_be = [one for one in verdict.candidates if one is verdict.best or one.reaches(needed)]
    return sorted(may_be, key=lambda found: found.verification.support)


def surely(best: Candidate | None, recognizer: Recognizer) -> bool:
    """Tell whether an artwork is at the frame's centre, and far from being there by chance."""
    if best is None or not holds_centre(best):
        return False
    return best.reaches(recognizer.accepts_from.times(SURE))


def rivals(candidates: Sequence[Candidate], best: Candidate) -> tuple[tuple[int, float], ...]:
    """Choose what the next frame is verified against: (number, score), best score first.

    What the frame voted for, the likeliest by the model, and every other that local features found
    something of, as they do of a near-duplicate. Whatever is left out had fewer features in common
    with the frame than a homography needs, while another was surely there.
    """
    ranked = sorted(candidates, key=lambda one: (-one.score, one.number))
    return tuple(
        (one.number, one.score)
        for place, one in enumerate(ranked)
        if place < LIKELIEST or one is best or one.verification.inliers >= MIN_PAIRS
    )


def moved_by(outline: Outline, now: Candidate | None) -> float:
    """How far an outline's corners are from where they were, at most, in frames."""
    if now is None or now.verification.outline is None:
        return float("inf")
    return float(np.abs(np.array(outline) - np.array(now.verification.outline)).max())
