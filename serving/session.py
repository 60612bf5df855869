"""One visitor, whatever carries their frames and messages: from hello to goodbye."""

from __future__ import annotations

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine

from serving.outbox import Numbering, make_hello
from serving.worker import Bench, Judging
from settings import Settings
from stream.configured import make_line
from stream.messages import (
    Bye,
    ErrorMessage,
    MessageError,
    Pace,
    Pause,
    PeerHello,
    Ping,
    Pong,
    Resume,
    ServerMessage,
    parse_peer_message,
)

log = logging.getLogger("vernissage.session")

_WATCH_S = 0.5
_PAUSE_S = 25.0
"""A hidden page keeps its place this much longer, so that a glance at a message costs nothing."""


class Session(ABC):
    """A visitor's stay; what carries it is left to those that derive from it."""

    def __init__(
        self, settings: Settings, bench: Bench, on_closed: Callable[[str], object]
    ) -> None:
        """Make a session that waits for frames; `on_closed` is told its id at the end."""
        self.id = secrets.token_urlsafe(12)
        self._closing: asyncio.Task[None] | None = None
        self._on_closed = on_closed
        self._settings = settings
        self._bench = bench
        self._judging = Judging(make_line(settings), bench, self._say)
        self._loop = asyncio.get_running_loop()
        self._numbering = Numbering(self._loop.time)
        self._paced: Pace | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    @abstractmethod
    def connected(self) -> bool:
        """Whether frames can come in."""

    @abstractmethod
    def _send(self, message: ServerMessage) -> None:
        """Number and send a message, unless there is no one to hear it."""

    @abstractmethod
    async def _hang_up(self) -> None:
        """Let go of what carries the session."""

    @property
    def judged(self) -> int:
        """How many frames were judged."""
        return self._judging.judged

    async def close(self, reason: str) -> None:
        """Say goodbye and let everything go; whoever calls again waits for the same end."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._close(reason))
        await asyncio.shield(self._closing)

    async def _close(self, reason: str) -> None:
        log.info("session %s: closed (%s), %d frames judged", self.id[:6], reason, self.judged)
        self._send(Bye(reason=reason))
        for task in self._tasks:
            task.cancel()
        await self._hang_up()
        self._on_closed(self.id)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("session %s: %r", self.id[:6], error, exc_info=error)
            self._spawn(self.close("internal error"))

    def _greet(self) -> None:
        self._send(make_hello(self._settings, self._bench, self.id))
        self._paced = self._pace()
        self._send(self._paced)

    def receive(self, text: str | bytes) -> None:
        """Follow a message of the visitor's."""
        try:
            message = parse_peer_message(text)
        except MessageError as error:
            self._send(ErrorMessage(code="bad_message", message=str(error)))
            return
        match message:
            case PeerHello():
                log.debug("session %s: says hello", self.id[:6])
            case Pause():
                self._judging.paused = True
            case Resume():
                self._judging.paused = False
            case Ping(id=number):
                self._send(Pong(id=number))

    async def _watch(self) -> None:
        """Let go of a visitor who never comes or has vanished, and of an artwork out of view."""
        limits = self._settings.server
        began_s = self._numbering.began_s
        while True:
            await asyncio.sleep(_WATCH_S)
            now = self._loop.time()
            self._judging.tick()
            if not self.connected and now - began_s > limits.connect_s:
                return await self.close("not connected in time")
            patience = limits.idle_s + (_PAUSE_S if self._judging.paused else 0)
            if now - (self._judging.slot.last_received_s or began_s) > patience:
                return await self.close("no frames")

    def _say(self, messages: list[ServerMessage]) -> None:
        for message in messages:
            self._send(message)
        pace = self._pace()
        if pace != self._paced:
            self._paced = pace
            self._send(pace)

    def _pace(self) -> Pace:
        stream = self._settings.stream
        settled = self._judging.line.settled
        fps = stream.matched_fps if settled else stream.pace_fps
        if self._bench.load.slow:
            fps = min(fps, stream.slow_matched_fps if settled else stream.slow_fps)
        return Pace(fps=fps, width=stream.pace_width, height=stream.pace_height)
