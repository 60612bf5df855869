"""One visitor, whatever carries their frames and messages: from hello to goodbye."""

from __future__ import annotations

import asyncio
import logging
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine

from serving.engine import Engine
from serving.outbox import Outbox, make_hello
from serving.pace import pace_for
from serving.worker import CameraWorker
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

CONNECT_S = 10.0
"""Seconds within which a session must be connected. STUN and TURN take up to 5 of them."""
_WATCH_S = 0.5
_PAUSE_S = 25.0
"""A hidden page keeps its place this much longer, so that a glance at a message costs nothing."""


class Session(ABC):
    """A visitor's stay; what carries it is left to those that derive from it."""

    def __init__(self, engine: Engine, on_closed: Callable[[str], object]) -> None:
        """Make a session that waits for frames; `on_closed` is told its id at the end."""
        self.id = secrets.token_urlsafe(12)
        self._closing: asyncio.Task[None] | None = None
        self._on_closed = on_closed
        self._engine = engine
        self._worker = CameraWorker(engine, self._send_all)
        self._loop = asyncio.get_running_loop()
        self._outbox = Outbox(self._loop.time)
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
    def processed(self) -> int:
        """How many frames were processed."""
        return self._worker.processed

    async def close(self, reason: str) -> None:
        """Say goodbye and let everything go; whoever calls again waits for the same end."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._close(reason))
        await asyncio.shield(self._closing)

    async def _close(self, reason: str) -> None:
        log.info("session %s: closed (%s), %d frames judged", self.id[:6], reason, self.processed)
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
        self._send(make_hello(self._engine, self.id))
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
                self._worker.paused = True
            case Resume():
                self._worker.paused = False
            case Ping(id=number):
                self._send(Pong(id=number))

    async def _watch(self) -> None:
        """Let go of a visitor who never comes or has vanished, and of an artwork out of view."""
        idle_s, began_s = self._engine.settings.server.idle_s, self._outbox.began_s
        while True:
            await asyncio.sleep(_WATCH_S)
            now = self._loop.time()
            self._worker.tick()
            if not self.connected and now - began_s > CONNECT_S:
                return await self.close("not connected in time")
            patience = idle_s + (_PAUSE_S if self._worker.paused else 0)
            if now - (self._worker.slot.last_received_s or began_s) > patience:
                return await self.close("no frames")

    def _send_all(self, messages: list[ServerMessage]) -> None:
        for message in messages:
            self._send(message)
        pace = self._pace()
        if pace != self._paced:
            self._paced = pace
            self._send(pace)

    def _pace(self) -> Pace:
        return pace_for(
            self._engine.settings.stream,
            settled=self._worker.pipeline.settled,
            overloaded=self._engine.load.overloaded,
        )
