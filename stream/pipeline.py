"""The straight line of one visitor: a frame goes in, messages come out.

Live sessions, kiosks and replayed clips use this one object, so a clip tests the live system.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

import cv2
import numpy as np

from gallery.store import Gallery
from recognition.candidate import Candidate
from recognition.recognizer import Recognizer, Verdict
from settings import ConsensusRule
from stream.artwork_card import artwork_part
from stream.capture import Sampler
from stream.consensus import Consensus, Declared, Event, Lost
from stream.frames import Frame
from stream.messages import (
    FrameSize,
    Hint,
    LatencyPart,
    LostMessage,
    Match,
    NotFoundMessage,
    OutlineMoved,
    Progress,
    ServerMessage,
)
from stream.quality import Grey, Quality, QualityGate
from stream.tracker import Brief
from vision.outline import Outline

PROGRESS_PERIOD_S = 0.2
OUTLINE_PERIOD_S = 0.1
CLOSER_PERIOD_S = 1 / 3
"""A closer look that found nothing there isn't taken again sooner: it is dear."""
_MOVING = 28.0
"""Mean grey difference between judged frames above which the hand is moving."""
_FEW_FEATURES = 120
_LIKELY_SCORE = 0.5
"""Median best score of artworks in view is 0.63, of others 0.41."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One frame after judging; the picture itself is gone.

    `spent_ms` went by meanwhile, `cpu_ms` of it at work: not waiting for the interpreter or a core,
    and `spare_ms` of that on what would not have been done if others had waited.
    """

    captured_s: float
    width: int
    height: int
    quality: Quality
    moving: bool
    verdict: Verdict | None
    gallery: Gallery
    spent_ms: float
    cpu_ms: float
    spare_ms: float


class Line:
    """Quality, verdict and consensus of one visitor."""

    def __init__(
        self,
        rule: ConsensusRule,
        gate: QualityGate,
        judge_fps: float,
        shown_fps: float | None = None,
    ) -> None:
        """Begin a look under a rule.

        Args:
            rule: when frames are enough to speak.
            gate: which frames are good enough.
            judge_fps: frames judged a second, at most.
            shown_fps: the same while an artwork is declared; None: as many.
        """
        self.sampler = Sampler(judge_fps)
        self._fps = judge_fps, shown_fps or judge_fps
        self.consensus = Consensus(rule)
        self.looked_s = 0.0
        """How long the visitor had looked when the last artwork was declared."""
        self._gate = gate
        self._previous: Grey | None = None
        self._beliefs: deque[tuple[str, float]] = deque(maxlen=rule.window)
        self._brief = Brief()
        self._wide_again_s = float("-inf")
        self._last_progress_s = float("-inf")
        self._last_outline_s = float("-inf")

    @property
    def settled(self) -> bool:
        """Whether the visitor still has what is declared: if not, they look for something else."""
        declared = self.consensus.declared
        return declared is not None and self._brief.voted == declared

    def judge(self, frame: Frame, recognizer: Recognizer, *, spare: bool = True) -> Judged:
        """Judge a frame: the heavy part, for a worker thread; one frame at a time.

        Args:
            frame: the frame.
            recognizer: judges it.
            spare: nobody waits: it may be looked closer, and what is declared judged in full.
        """
        began, at_work = time.perf_counter(), time.thread_time()
        quality, grey = self._gate.check(frame, self._previous)
        moving = (
            self._previous is not None
            and self._previous.shape == grey.shape
            and float(np.mean(cv2.absdiff(self._previous, grey))) > _MOVING
        )
        self._previous = grey
        verdict = None
        known = self.settled and self._brief.knows(frame.captured_s, recognizer)
        if quality.reason is None:
            verdict = self._recognize(frame, grey, recognizer, spare)
            self._brief.remember(frame, grey, recognizer, verdict)
        spent_ms = 1000 * (time.perf_counter() - began)
        cpu_ms = 1000 * (time.thread_time() - at_work)
        spared = spared_ms(verdict, known) / spent_ms if verdict and spare else 0.0
        return Judged(
            frame.captured_s,
            frame.width,
            frame.height,
            quality,
            moving,
            verdict,
            recognizer.gallery,
            spent_ms,
            cpu_ms,
            min(1.0, spared) * cpu_ms,
        )

    def _recognize(self, frame: Frame, grey: Grey, recognizer: Recognizer, spare: bool) -> Verdict:
        """Judge by what frames before found, and in full wherever that isn't enough."""
        declared = self.consensus.declared
        known, seen = self._brief.look(frame, grey, recognizer, declared, spare)
        if known:
            return known
        now_s = frame.captured_s
        verdict = recognizer.judge(
            frame,
            declared,
            suspects=self._brief.suspects(now_s, declared) if spare else [],
            sightings=self._brief.sightings(now_s, recognizer),
            closer=spare and declared is None and now_s >= self._wide_again_s,
            seen=seen,
        )
        if verdict.look == "closer" and not recognizer.settled(verdict.best):
            self._wide_again_s = now_s + CLOSER_PERIOD_S - 1e-6
        return verdict

    def follow(self, judged: Judged, now_s: float | None) -> list[ServerMessage]:
        """Let consensus follow, and say what is to be said.

        Args:
            judged: a judged frame, in the order of time.
            now_s: the time on the frames' clock, for the age of what is said; None in a replay,
                whose messages must not depend on the machine: its latencies are 0.
        """
        t, verdict = judged.captured_s, judged.verdict
        best = verdict.best if verdict else None
        if verdict is None:
            events = self.consensus.reject(t)
        elif not verdict.takes_slot:
            # No slot: it was asked about one artwork only, and would outvote another's.
            events = self.consensus.tick(t)
        else:
            vote = judged.gallery.artworks[best.number].id if best else None
            if best and vote:
                self._beliefs.append((vote, belief(best, judged.gallery)))
            solid = best is not None and judged.gallery.is_solid(best.number)
            events = self.consensus.observe(t, vote, solid=solid)
        said = [self._say(event, judged, now_s) for event in events]
        self.sampler.fps = self._fps[self.consensus.declared is not None]
        if self.consensus.declared is None:
            if not said and t - self._last_progress_s >= PROGRESS_PERIOD_S - 1e-6:
                self._last_progress_s = t
                leader, votes = self.consensus.standing()
                needed = self.consensus.needed(leader)
                said.append(Progress(votes=min(votes, needed), needed=needed, hint=hint(judged)))
        elif not events:
            said += self._outline(judged, self.consensus.declared)
        return said

    def tick(self, now_s: float) -> list[ServerMessage]:
        """Let time pass while no frame comes."""
        return [
            LostMessage(artwork_id=event.artwork_id)
            for event in self.consensus.tick(now_s)
            if isinstance(event, Lost)
        ]

    def _confidence(self, event: Declared) -> float:
        """Mean of the votes' calibrated probabilities of being right."""
        mine = [value for artwork_id, value in self._beliefs if artwork_id == event.artwork_id]
        return round(sum(mine[-event.votes :]) / event.votes, 3)

    def _outline(self, judged: Judged, declared: str) -> list[ServerMessage]:
        outline = outline_of(judged, declared)
        if outline is None or judged.captured_s - self._last_outline_s < OUTLINE_PERIOD_S - 1e-6:
            return []
        self._last_outline_s = judged.captured_s
        size = FrameSize(width=judged.width, height=judged.height)
        return [OutlineMoved(artwork_id=declared, outline=outline, frame=size)]

    def _say(self, event: Event, judged: Judged, now_s: float | None) -> ServerMessage:
        if isinstance(event, Lost):
            return LostMessage(artwork_id=event.artwork_id)
        if isinstance(event, Declared):
            number = judged.gallery.number_of(event.artwork_id)
            # Votes may be for an artwork that a new version of the gallery has just removed.
            if number is None:
                return LostMessage(artwork_id=event.artwork_id)
            self.looked_s = event.looked_s
            return Match(
                artwork=artwork_part(judged.gallery, number),
                confidence=self._confidence(event),
                votes=event.votes,
                window=event.slots,
                outline=outline_of(judged, event.artwork_id),
                frame=FrameSize(width=judged.width, height=judged.height),
                latency_ms=latency(judged, now_s),
            )
        return NotFoundMessage(looked_ms=round(1000 * event.looked_s))


def spared_ms(verdict: Verdict, known: bool) -> float:
    """Milliseconds of a verdict that went by on what is done only while nobody waits.

    Args:
        verdict: of a frame judged while nobody waited.
        known: the visitor had what was declared already, and the model had spoken of it just now.
    """
    steps = verdict.timings
    return steps.closer + (steps.embed + steps.search if known else 0.0)


def belief(found: Candidate, gallery: Gallery) -> float:
    """Calibrated probability, 0..1, that a frame's vote is right."""
    fit = found.verification
    return gallery.acceptance.probability(fit.inliers, fit.matches, found.score, fit.agreement)


def outline_of(judged: Judged, artwork_id: str) -> Outline | None:
    """Where the artwork is in the frame, if the frame votes for it."""
    best = judged.verdict.best if judged.verdict else None
    if best is None or judged.gallery.artworks[best.number].id != artwork_id:
        return None
    return best.verification.outline


def hint(judged: Judged) -> Hint | None:
    """What the visitor could do to be recognized sooner."""
    if judged.quality.reason == "blurred" and judged.moving:
        return "hold_still"
    if judged.quality.hint:
        return judged.quality.hint
    verdict = judged.verdict
    if verdict is None or verdict.best is not None:
        return None
    if judged.moving:
        return "hold_still"
    likely = bool(verdict.candidates) and verdict.candidates[0].score >= _LIKELY_SCORE
    return "move_closer" if likely or verdict.features < _FEW_FEATURES else None


def latency(judged: Judged, now_s: float | None) -> LatencyPart:
    """Milliseconds of the steps; all 0 where time is the clip's."""
    if now_s is None or judged.verdict is None:
        return LatencyPart(age=0, embed=0, search=0, verify=0, total=0)
    steps = judged.verdict.timings
    return LatencyPart(
        age=round(1000 * (now_s - judged.captured_s), 1),
        embed=round(steps.embed, 1),
        search=round(steps.search, 1),
        verify=round(steps.verify, 1),
        total=round(judged.spent_ms, 1),
    )
