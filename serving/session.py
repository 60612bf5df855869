"""One visitor's session, over any transport: from `hello` to `bye`."""

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
"""Seconds within which a session must connect. STUN and TURN take up to 5 of them."""
_WATCH_S = 0.5
_PAUSE_S = 25.0
"""Seconds for which a hidden page keeps its place beyond `idle_s`: visitors glance at messages."""


class Session(ABC):
    """A visitor's session; subclasses add the transport."""

    def __init__(self, engine: Engine, on_closed: Callable[[str], object]) -> None:
        """Make a session that waits for frames; `on_closed` is called with its id at the end."""
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
        """Send a message, numbered, if the visitor can receive it."""

    @abstractmethod
    async def _hang_up(self) -> None:
        """Close the transport."""

    @property
    def processed(self) -> int:
        """How many frames were processed."""
        return self._worker.processed

    async def close(self, reason: str) -> None:
        """Send `bye` and end the session; a second call waits for the same end."""
        if self._closing is None:
            self._closing = self._loop.create_task(self._close(reason))
        await asyncio.shield(self._closing)

    async def _close(self, reason: str) -> None:
        log.info(
            "session %s: closed (%s), %d frames processed", self.id[:6], reason, self.processed
        )
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
        """Handle a message of the visitor."""
        try:
            message = parse_peer_message(text)
        except MessageError as error:
            self._send(ErrorMessage(code="bad_message", message=str(error)))
            return
        match message:
            case PeerHello():
                log.debug("session %s: hello received", self.id[:6])
            case Pause():
                self._worker.paused = True
            case Resume():
                self._worker.paused = False
            case Ping(id=number):
                self._send(Pong(id=number))

    async def _watch(self) -> None:
        """Close the session of a visitor who never connects or has vanished; let time pass."""
        idle_s, began_s = self._engine.settings.server.idle_s, self._outbox.began_s
        while True:
            await asyncio.sleep(_WATCH_S)
            now = self._loop.time()
            self._worker.tick()
            if not self.connected and now - began_s > CONNECT_S:
                return await self.close("not connected in time")
            patience = idle_s + (_PAUSE_S if self._worker.paused else 0)
            if now - (self._worker.last_frame_s or began_s) > patience:
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
