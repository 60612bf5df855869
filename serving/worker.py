"""Process a camera's newest frame whenever it is its turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from serving.engine import Engine
from stream.capture import ArrivedFrame, LatestFrame
from stream.frame_result import FrameResult
from stream.messages import ServerMessage

_SETTLED_WAITS_S = 0.4
"""Head start in seconds, in the order of turns, of visitors who look for an artwork over those who
still see the declared one."""


class CameraWorker:
    """The frames of one camera, from its slot to the messages that they lead to."""

    def __init__(
        self, engine: Engine, on_messages: Callable[[list[ServerMessage]], object]
    ) -> None:
        """Process frames with a new pipeline; `on_messages` is called once a frame."""
        self.slot = LatestFrame()
        self.pipeline = engine.make_pipeline()
        self.processed = 0
        self.paused = False
        self._undecodable_since_s: float | None = None
        self._engine = engine
        self._on_messages = on_messages
        self._loop = asyncio.get_running_loop()

    @property
    def last_frame_s(self) -> float | None:
        """When the last frame came; while none can be decoded, when the first such frame came."""
        return self._undecodable_since_s or self.slot.last_received_s

    async def run(self) -> None:
        """Process the newest frame, over and over, whenever it is this camera's turn."""
        engine, last_result_s, counted = self._engine, self._loop.time(), 0
        while True:
            captured_s = await self.slot.wait()
            if self.paused or not self.pipeline.sampler.wants(captured_s):
                self.slot.take()
                continue
            asked_s = self._loop.time()
            settled = self.pipeline.settled
            async with engine.scheduler.turn(last_result_s + (_SETTLED_WAITS_S if settled else 0)):
                arrived = self.slot.take()
                engine.metrics.received.inc(arrived.index + 1 - counted)
                engine.metrics.dropped.inc(arrived.index - counted)
                counted = arrived.index + 1
                # Work for one visitor that can be deferred must not make the others wait.
                idle = not (engine.scheduler.crowded or engine.load.overloaded)
                processed = await self._loop.run_in_executor(
                    engine.workers, self._process, arrived, idle
                )
            if processed is None:
                self._undecodable_since_s = self._undecodable_since_s or arrived.captured_s
                continue
            self._undecodable_since_s = None
            (result, cpu_s), last_result_s = processed, self._loop.time()
            engine.capacity.defer(result.deferrable_ms / 1000)
            if not settled:
                # The frame waited for a turn, for the interpreter and for a core.
                engine.load.record_wait(last_result_s - asked_s - cpu_s)
            self.processed += 1
            messages = self.pipeline.emit(result, last_result_s)
            engine.metrics.count(result, messages, last_result_s, self.pipeline.looked_s)
            self._emit(messages)

    def tick(self) -> None:
        """Let time pass while no frame comes."""
        self._emit(self.pipeline.tick(self._loop.time()))

    def _emit(self, messages: list[ServerMessage]) -> None:
        for message in messages:
            self._engine.on_message(message, self.pipeline.looked_s)
        self._on_messages(messages)

    def _process(self, arrived: ArrivedFrame, idle: bool) -> tuple[FrameResult, float] | None:
        """Decode and process a frame, on a worker thread.

        Returns:
            The result and its CPU seconds; None where the frame can't be decoded.
        """
        began_s, frame = time.thread_time(), arrived.to_frame()
        if frame is None:
            return None
        result = self.pipeline.process(frame, self._engine.recognizer, idle=idle)
        return result, time.thread_time() - began_s
