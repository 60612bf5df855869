"""One camera's newest frame, judged whenever it is its turn; whoever listens hears what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from recognition.recognizer import Recognizer
from serving.capacity import Capacity
from serving.load import Load
from serving.metrics import Meters
from serving.scheduler import Scheduler
from stream.capture import Arrived, LatestFrame
from stream.messages import ServerMessage
from stream.pipeline import Judged, Line

_HELD_WAITS_S = 0.4
"""Who has a match and still sees it lets those go first who look and have waited so much less."""


@dataclass(frozen=True)
class Bench:
    """What all cameras share to have their frames judged.

    Attributes:
        recognizer: returns the recognizer of the newest gallery.
        workers: threads that judge.
        scheduler: whose turn it is; a place a worker.
        load: how long the frames of those who look wait while they could be judged.
        capacity: what visitors take of the cores.
        meters: counts what happens.
        on_said: told each message that a frame or the time led to, and how long had been looked,
            in seconds.
    """

    recognizer: Callable[[], Recognizer]
    workers: Executor
    scheduler: Scheduler
    load: Load
    capacity: Capacity
    meters: Meters
    on_said: Callable[[ServerMessage, float], object]


class Judging:
    """The frames of one camera, from its slot to the messages that they lead to."""

    def __init__(
        self, line: Line, bench: Bench, say: Callable[[list[ServerMessage]], object]
    ) -> None:
        """Judge with a line of one's own; `say` is told what follows, once a frame."""
        self.slot = LatestFrame()
        self.line = line
        self.judged = 0
        self.paused = False
        self._bench = bench
        self._say = say
        self._loop = asyncio.get_running_loop()

    async def run(self) -> None:
        """Judge the newest frame, over and over, whenever it is this camera's turn."""
        bench, last_verdict_s, counted = self._bench, self._loop.time(), 0
        while True:
            captured_s = await self.slot.wait()
            if self.paused or not self.line.sampler.wants(captured_s):
                self.slot.take()
                continue
            asked_s = self._loop.time()
            settled = self.line.settled
            held_s = _HELD_WAITS_S if settled else 0.0
            async with bench.scheduler.turn(last_verdict_s + held_s):
                arrived = self.slot.take()
                bench.meters.received.inc(arrived.index + 1 - counted)
                bench.meters.dropped.inc(arrived.index - counted)
                counted = arrived.index + 1
                # A closer look for one visitor must not make the others wait.
                spare = not (bench.scheduler.crowded or bench.load.slow)
                judged = await self._loop.run_in_executor(
                    bench.workers, self._judge, arrived, spare
                )
            last_verdict_s = self._loop.time()
            bench.capacity.spared(judged.spare_ms / 1000)
            if not settled:
                # For a turn, for the interpreter, for a core: all that others take from this one.
                bench.load.waited(last_verdict_s - asked_s - judged.cpu_ms / 1000)
            self.judged += 1
            said = self.line.follow(judged, last_verdict_s)
            bench.meters.count(judged, said, last_verdict_s, self.line.looked_s)
            self._tell(said)

    def tick(self) -> None:
        """Let time pass while no frame comes."""
        self._tell(self.line.tick(self._loop.time()))

    def _tell(self, said: list[ServerMessage]) -> None:
        for message in said:
            self._bench.on_said(message, self.line.looked_s)
        self._say(said)

    def _judge(self, arrived: Arrived, spare: bool) -> Judged:
        """Judge a frame, on a worker thread."""
        return self.line.judge(arrived.to_frame(), self._bench.recognizer(), spare=spare)
