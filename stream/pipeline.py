"""The pipeline of one visitor: a frame goes in, messages come out.

Live sessions, kiosks and replayed clips use this one object, so a clip tests the live system. A
frame passes the quality gate, the tracker recognizes it, and consensus follows its vote.
"""

from __future__ import annotations

import time
from collections import deque

import cv2
import numpy as np

from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from stream.artwork_card import artwork_part
from stream.capture import Sampler
from stream.consensus import Consensus, Declared, Event, Lost
from stream.frame_result import FrameResult, belief, hint, latency, outline_of
from stream.frames import Frame
from stream.messages import (
    FrameSize,
    LostMessage,
    Match,
    NotFoundMessage,
    OutlineMoved,
    Progress,
    ServerMessage,
)
from stream.quality import Grey, QualityGate
from stream.tracker import Tracker

SHOWN_FPS = 8.0
"""Frames processed a second while an artwork is declared, so that its outline moves smoothly. Most
of them cost a tenth of a full one: optical flow carries the outline."""
PROGRESS_PERIOD_S = 0.2
OUTLINE_PERIOD_S = 0.1
_MOVING = 28.0
"""Mean grey difference between processed frames above which the camera is moving."""
_SLACK_S = 1e-6


class Pipeline:
    """Quality gate, tracker and consensus of one visitor."""

    def __init__(
        self,
        rule: ConsensusRule,
        settings: StreamSettings,
        tracker: Tracker | None = None,
        *,
        shown_fps: float = SHOWN_FPS,
    ) -> None:
        """Start with an empty consensus.

        Args:
            rule: when frames agree enough to declare an artwork.
            settings: which frames are good enough, and how many are processed a second.
            tracker: reuses what earlier frames found; without one each frame is recognized in full.
            shown_fps: frames processed a second, at most, while an artwork is declared.
        """
        self.sampler = Sampler(settings.judge_fps)
        self.consensus = Consensus(rule)
        self.looked_s = 0.0
        """How long the visitor had looked when the last artwork was declared, in seconds."""
        self._fps = settings.judge_fps, shown_fps
        self._gate = QualityGate(settings)
        self._tracker = tracker
        self._previous: Grey | None = None
        self._beliefs: deque[tuple[str, float]] = deque(maxlen=rule.window)
        self._last_progress_s = float("-inf")
        self._last_outline_s = float("-inf")

    @property
    def settled(self) -> bool:
        """Whether the visitor still sees the declared artwork: if not, they look for another."""
        declared = self.consensus.declared
        return (
            declared is not None and self._tracker is not None and self._tracker.voted == declared
        )

    def process(self, frame: Frame, recognizer: Recognizer, *, idle: bool = True) -> FrameResult:
        """Process a frame: the heavy part, for a worker thread; one frame at a time.

        Args:
            frame: the frame.
            recognizer: recognizes it.
            idle: nobody waits, so there is time for a second pass and for the model.
        """
        began, at_work = time.perf_counter(), time.thread_time()
        quality, grey = self._gate.check(frame, self._previous)
        moving = self._moved(grey)
        self._previous = grey
        found = None
        if quality.reason is None:
            query, declared = recognizer.query(frame.image), self.consensus.declared
            if self._tracker is None:
                found = recognizer.recognize(query, declared)
            else:
                found = self._tracker.recognize(
                    query, grey, frame.captured_s, recognizer, declared, idle=idle
                )
        spent_ms = 1000 * (time.perf_counter() - began)
        cpu_ms = 1000 * (time.thread_time() - at_work)
        deferrable = found.deferrable_ms / spent_ms if found else 0.0
        return FrameResult(
            frame.captured_s,
            frame.width,
            frame.height,
            quality,
            moving,
            found,
            recognizer.gallery,
            spent_ms,
            cpu_ms,
            min(1.0, deferrable) * cpu_ms,
        )

    def emit(self, result: FrameResult, now_s: float | None) -> list[ServerMessage]:
        """Let consensus follow a frame, and return the messages that result.

        Args:
            result: a processed frame, in the order of time.
            now_s: the time on the frames' clock, for the age of a message; None in a replay, whose
                messages must not depend on the machine: its latencies are 0.
        """
        t = result.captured_s
        events = self._observe(result)
        messages = [self._message(event, result, now_s) for event in events]
        self.sampler.fps = self._fps[self.consensus.declared is not None]
        if self.consensus.declared is not None:
            return messages if events else self._outline(result, self.consensus.declared)
        if not messages and t - self._last_progress_s >= PROGRESS_PERIOD_S - _SLACK_S:
            self._last_progress_s = t
            messages.append(self._progress(result))
        return messages

    def tick(self, now_s: float) -> list[ServerMessage]:
        """Let time pass while no frame comes."""
        return [
            LostMessage(artwork_id=event.artwork_id)
            for event in self.consensus.tick(now_s)
            if isinstance(event, Lost)
        ]

    def _moved(self, grey: Grey) -> bool:
        before = self._previous
        if before is None or before.shape != grey.shape:
            return False
        return float(np.mean(cv2.absdiff(before, grey))) > _MOVING

    def _observe(self, result: FrameResult) -> tuple[Event, ...]:
        """Hand a frame's vote to consensus."""
        t, found, best = result.captured_s, result.recognition, result.best
        if found is None:
            return self.consensus.reject(t)
        if not found.takes_slot:
            # Only one artwork was asked about: a slot for it would outvote another's.
            return self.consensus.tick(t)
        if best is None:
            return self.consensus.observe(t, None)
        vote = result.gallery.artworks[best.index].id
        self._beliefs.append((vote, belief(best, result.gallery)))
        return self.consensus.observe(t, vote, solid=result.gallery.is_solid(best.index))

    def _progress(self, result: FrameResult) -> Progress:
        leader, votes = self.consensus.standing()
        needed = self.consensus.needed(leader)
        return Progress(votes=min(votes, needed), needed=needed, hint=hint(result))

    def _outline(self, result: FrameResult, declared: str) -> list[ServerMessage]:
        outline = outline_of(result, declared)
        since_s = result.captured_s - self._last_outline_s
        if outline is None or since_s < OUTLINE_PERIOD_S - _SLACK_S:
            return []
        self._last_outline_s = result.captured_s
        size = FrameSize(width=result.width, height=result.height)
        return [OutlineMoved(artwork_id=declared, outline=outline, frame=size)]

    def _message(self, event: Event, result: FrameResult, now_s: float | None) -> ServerMessage:
        if isinstance(event, Lost):
            return LostMessage(artwork_id=event.artwork_id)
        if isinstance(event, Declared):
            index = result.gallery.index_of(event.artwork_id)
            # Votes may be for an artwork that a new version of the gallery has just removed.
            if index is None:
                return LostMessage(artwork_id=event.artwork_id)
            self.looked_s = event.looked_s
            return Match(
                artwork=artwork_part(result.gallery, index),
                confidence=self._confidence(event),
                votes=event.votes,
                window=event.slots,
                outline=outline_of(result, event.artwork_id),
                frame=FrameSize(width=result.width, height=result.height),
                latency_ms=latency(result, now_s),
            )
        return NotFoundMessage(looked_ms=round(1000 * event.looked_s))

    def _confidence(self, event: Declared) -> float:
        """Return the mean of the votes' calibrated probabilities of being right, 0..1."""
        mine = [value for artwork_id, value in self._beliefs if artwork_id == event.artwork_id]
        return round(sum(mine[-event.votes :]) / event.votes, 3)


def make_pipeline(rule: ConsensusRule, settings: StreamSettings) -> Pipeline:
    """Make the pipeline of one visitor, camera or clip, with a tracker."""
    return Pipeline(rule, settings, Tracker())
