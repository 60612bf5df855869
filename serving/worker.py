"""Process a camera's newest frame whenever it is its turn."""

from __future__ import annotations

import asyncio
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
        self._engine = engine
        self._on_messages = on_messages
        self._loop = asyncio.get_running_loop()

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
                result = await self._loop.run_in_executor(
                    engine.workers, self._process, arrived, idle
                )
            last_result_s = self._loop.time()
            engine.capacity.defer(result.deferrable_ms / 1000)
            if not settled:
                # The frame waited for a turn, for the interpreter and for a core.
                engine.load.record_wait(last_result_s - asked_s - result.cpu_ms / 1000)
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

    def _process(self, arrived: ArrivedFrame, idle: bool) -> FrameResult:
        """Process a frame, on a worker thread."""
        return self.pipeline.process(arrived.to_frame(), self._engine.recognizer, idle=idle)
