"""The server's metrics for Prometheus (text format 0.0.4); nothing about persons."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from stream.frame_result import METHOD_LABELS, FrameResult
from stream.messages import Match, NotFoundMessage, ServerMessage

LAG_PERIOD_S = 0.05
_STAGE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)
_AGE_S = (0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1.0, 2.0, 4.0)
_MATCH_S = (0.3, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 10.0)
_FRAMES = (1, 2, 3, 4, 6, 8)
_LAG_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.1, 0.25, 1.0)


class Metrics:
    """The metrics of one server, in a registry of their own."""

    def __init__(self, wait_s: Callable[[], float]) -> None:
        """Start every count at 0; `wait_s` returns how long frames wait, in seconds."""
        self.registry = CollectorRegistry()
        self.sessions = self._gauge("sessions", "Visitors connected.")
        self.waiting = self._gauge("waiting", "Visitors who wait for a place.")
        self._gauge("wait_seconds", "Mean wait of frames until processed.").set_function(wait_s)
        self.received = self._counter("frames_received", "Frames received, processed or not.")
        self.dropped = self._counter("frames_dropped", "Frames replaced by newer ones.")
        self.recognized = self._counter("frames_judged", "Frames recognized, by method.", "look")
        self.rejected = self._counter(
            "frames_rejected", "Frames refused by the quality gate.", "reason"
        )
        self.declarations = self._counter("declarations", "Artworks declared.")
        self.not_found = self._counter("not_found", "Attempts that ended without an answer.")
        self.refused = self._counter(
            "sessions_refused", "Visitors refused because all places are taken."
        )
        self.camera_up = Gauge(
            "vernissage_kiosk_camera_up",
            "Whether a kiosk's camera sends frames.",
            ("kiosk",),
            registry=self.registry,
        )
        self.camera_lost = self._counter(
            "kiosk_camera_lost",
            "Times a kiosk's camera was lost or a try to reach it failed.",
            "kiosk",
        )
        self.webhook_posts = self._counter(
            "kiosk_webhook_posts", "Posts to a kiosk's webhook.", "kiosk", "outcome"
        )
        self.stage = self._histogram(
            "stage_seconds", "Time of each step of a frame.", _STAGE_S, "stage"
        )
        self.batch = self._histogram("batch_frames", "Frames in one run of the model.", _FRAMES)
        self.age = self._histogram(
            "frame_age_seconds", "Age of a frame when messages are sent.", _AGE_S
        )
        self.to_match = self._histogram(
            "time_to_match_seconds", "From the first frame of an attempt to the match.", _MATCH_S
        )
        self.lag = self._histogram("loop_lag_seconds", "Lateness of the event loop.", _LAG_S)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"vernissage_{name}", text, registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"vernissage_{name}", text, labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(
            f"vernissage_{name}", text, labels, registry=self.registry, buckets=buckets
        )

    def count(
        self, result: FrameResult, messages: list[ServerMessage], now_s: float, looked_s: float
    ) -> None:
        """Count a processed frame and its messages.

        Args:
            result: the frame.
            messages: the messages that it led to.
            now_s: the time on the frames' clock.
            looked_s: seconds that the visitor had looked for the artwork that was last declared.
        """
        found = result.recognition
        if found is None:
            self.rejected.labels(result.quality.reason or "none").inc()
        else:
            self.recognized.labels(METHOD_LABELS[found.method]).inc()
            times = found.timings
            for stage, spent_ms in (("verify", times.verify), ("total", result.spent_ms)):
                self.stage.labels(stage).observe(spent_ms / 1000)
            if found.by_model:
                self.stage.labels("embed").observe(times.embed / 1000)
                self.stage.labels("search").observe(times.search / 1000)
        if messages:
            self.age.observe(now_s - result.captured_s)
        for message in messages:
            if isinstance(message, Match):
                self.declarations.inc()
                self.to_match.observe(looked_s)
            elif isinstance(message, NotFoundMessage):
                self.not_found.inc()

    async def watch_loop(self) -> None:
        """Measure how late the event loop wakes up, until cancelled."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                due = loop.time() + LAG_PERIOD_S
                await asyncio.sleep(LAG_PERIOD_S)
                self.lag.observe(max(0.0, loop.time() - due))

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        return generate_latest(self.registry)
