"""Admit visitors, let them wait, and close their sessions."""

from __future__ import annotations

import asyncio
import logging
from typing import TypeVar

from serving.engine import Engine
from serving.session import Session
from serving.waiting_queue import Ticket, WaitingQueue
from serving.webrtc import WebRtcSession
from serving.websocket import WebSocketSession

log = logging.getLogger("vernissage.sessions")

Kind = TypeVar("Kind", bound=Session)

RETRY_AFTER_S = 5
"""Seconds that a waiting client should pause before it asks again."""
_MISSED_RETRIES = 2.5
"""A client that hasn't asked for so many times `RETRY_AFTER_S` has left the queue."""
_MEASURE_S = 0.5


class FullError(RuntimeError):
    """There is no room for another visitor; `ticket` is a place in the queue."""

    def __init__(self, ticket: Ticket) -> None:
        """Refuse the visitor who gets `ticket`."""
        super().__init__("all places are taken")
        self.ticket = ticket


class Sessions:
    """The visitors of a server."""

    def __init__(self, engine: Engine) -> None:
        """Admit visitors, whose frames `engine` serves."""
        self.engine = engine
        self._sessions: dict[str, Session] = {}
        clock = asyncio.get_running_loop().time
        self.waiting = WaitingQueue(_MISSED_RETRIES * RETRY_AFTER_S, clock)
        engine.metrics.sessions.set_function(lambda: len(self))
        engine.metrics.waiting.set_function(lambda: len(self.waiting))

    @property
    def free(self) -> int:
        """How many more visitors would be admitted now."""
        # Without visitors, frames wait because of something else: a kiosk, another program.
        if len(self) and self.engine.load.saturated:
            return 0
        places = self.engine.settings.server.max_sessions - len(self)
        return max(0, min(places, self.engine.capacity.room(len(self))))

    def __len__(self) -> int:
        return len(self._sessions)

    async def open(self, offer: str, ticket: str | None = None) -> tuple[Session, str]:
        """Admit a visitor.

        Args:
            offer: SDP.
            ticket: key of the visitor's place in the queue, if they were refused before.

        Returns:
            The session, and the SDP answer.

        Raises:
            FullError: there is no room.
            OfferError: the offer can't be answered.
        """
        session = self._admit(WebRtcSession, ticket)
        try:
            answer = await session.answer(offer)
        except BaseException:
            await session.close("offer refused")
            raise
        log.info("session %s: opened, %d now", session.id[:6], len(self))
        return session, answer

    def open_socket(self, ticket: str | None = None) -> WebSocketSession:
        """Admit a visitor whose frames come over a WebSocket; `ticket` as for `open`.

        Raises:
            FullError: there is no room.
        """
        session = self._admit(WebSocketSession, ticket)
        log.info("session %s: opened by WebSocket, %d now", session.id[:6], len(self))
        return session

    def _admit(self, kind: type[Kind], ticket: str | None) -> Kind:
        """Make a session; it takes its place at once, so that simultaneous visitors are counted."""
        refused = self.waiting.ask(ticket, self.free)
        if refused:
            self.engine.metrics.refused.inc()
            raise FullError(refused)
        session = kind(self.engine, lambda gone: self._sessions.pop(gone, None))
        self._sessions[session.id] = session
        return session

    async def close(self, session_id: str, reason: str) -> bool:
        """Close a session; return False where there is none of that id."""
        session = self._sessions.get(session_id)
        if session is None:
            return False
        await session.close(reason)
        return True

    async def close_all(self, reason: str) -> None:
        """Close all sessions."""
        await asyncio.gather(*(session.close(reason) for session in [*self._sessions.values()]))

    async def follow_capacity(self) -> None:
        """Measure the cores that visitors take, over and over."""
        while True:
            await asyncio.sleep(_MEASURE_S)
            self.engine.capacity.measure(len(self))
