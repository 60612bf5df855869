"""All visitors at once: who is let in, and who is let go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from common.threads import use_one_thread
from gallery.store import Gallery, GalleryError, open_gallery, read_manifest
from models.embedder import Embedder
from recognition.recognizer import Recognizer
from serving.capacity import Capacity, usable_cores
from serving.load import Load
from serving.metrics import Meters
from serving.scheduler import Scheduler
from serving.session import Session
from serving.waiting_queue import Ticket, WaitingLine
from serving.webrtc import PeerSession
from serving.websocket import SocketSession
from serving.worker import Bench
from settings import Settings
from stream.configured import make_recognizer
from stream.messages import ServerMessage

log = logging.getLogger("vernissage.sessions")

Kind = TypeVar("Kind", bound=Session)

_WORKERS = 3
"""Judging threads: while one runs the model, the others match features."""
_GALLERY_LOOK_S = 2.0
_MEASURE_S = 0.5
RETRY_AFTER_S = 5
"""Seconds that a waiting client should pause before it asks again."""
_MISSED = 2.5
"""A client that lets so many times `RETRY_AFTER_S` go by has left the queue."""


class FullError(RuntimeError):
    """There is no room for another visitor; `ticket` is a place in the line."""

    def __init__(self, ticket: Ticket) -> None:
        """Refuse whoever gets `ticket`."""
        super().__init__("all places are taken")
        self.ticket = ticket


class Sessions:
    """The sessions of a server, and the gallery that they search."""

    def __init__(
        self,
        settings: Settings,
        embedder: Embedder,
        gallery: Gallery,
        on_said: Callable[[ServerMessage, float], object] = lambda message, looked_s: None,
    ) -> None:
        """Serve `gallery` with `embedder`, whose card the gallery was made with.

        `on_said` is told what visitors are told: see `Bench`.
        """
        self._settings = settings
        self._workers = ThreadPoolExecutor(
            _WORKERS, thread_name_prefix="judge", initializer=use_one_thread
        )
        self._sessions: dict[str, Session] = {}
        clock = asyncio.get_running_loop().time
        self.waiting = WaitingLine(_MISSED * RETRY_AFTER_S, clock)
        load = Load(settings.stream.slow_wait_s, settings.server.full_wait_s, clock)
        self.meters = Meters(
            lambda: len(self._sessions), lambda: len(self.waiting), lambda: load.wait_s
        )
        self._embedder = embedder.joined(self.meters.batch.observe)
        self._recognizer = self._recognizer_of(gallery)
        self.capacity = Capacity(usable_cores() * settings.server.max_cpu, clock)
        self.bench = Bench(
            lambda: self._recognizer,
            self._workers,
            Scheduler(_WORKERS),
            load,
            self.capacity,
            self.meters,
            on_said,
        )

    @property
    def gallery(self) -> Gallery:
        """The gallery that is searched now."""
        return self._recognizer.gallery

    @property
    def free(self) -> int:
        """How many more visitors would be let in now."""
        # Where nobody is, it is something else that frames wait for: a kiosk, another program.
        if len(self) and self.bench.load.full:
            return 0
        places = self._settings.server.max_sessions - len(self)
        return max(0, min(places, self.capacity.room(len(self))))

    def __len__(self) -> int:
        return len(self._sessions)

    async def open(self, offer: str, ticket: str | None = None) -> tuple[Session, str]:
        """Let a visitor in.

        Args:
            offer: SDP.
            ticket: key of their place in the line, for who was refused before.

        Returns:
            The session, and the SDP answer.

        Raises:
            FullError: no room.
            OfferError: the offer can't be answered.
        """
        session = self._admit(PeerSession, ticket)
        try:
            answer = await session.answer(offer)
        except BaseException:
            await session.close("offer refused")
            raise
        log.info("session %s: opened, %d now", session.id[:6], len(self))
        return session, answer

    def open_socket(self, ticket: str | None = None) -> SocketSession:
        """Let a visitor in whose frames come over a WebSocket; `ticket` as for `open`.

        Raises:
            FullError: no room.
        """
        session = self._admit(SocketSession, ticket)
        log.info("session %s: opened by WebSocket, %d now", session.id[:6], len(self))
        return session

    def _admit(self, kind: type[Kind], ticket: str | None) -> Kind:
        """Make a session; it is held from here on, so that those at once can't all slip in."""
        refused = self.waiting.ask(ticket, self.free)
        if refused:
            self.meters.refused.inc()
            raise FullError(refused)
        session = kind(self._settings, self.bench, lambda gone: self._sessions.pop(gone, None))
        self._sessions[session.id] = session
        return session

    async def close(self, session_id: str, reason: str) -> bool:
        """Let a visitor go; False where there is no such session."""
        session = self._sessions.get(session_id)
        if session is None:
            return False
        await session.close(reason)
        return True

    async def close_all(self, reason: str) -> None:
        """Let everyone go."""
        await asyncio.gather(*(session.close(reason) for session in [*self._sessions.values()]))

    async def stop(self) -> None:
        """Let everyone go, and stop judging."""
        await self.close_all("server stops")
        self._workers.shutdown(wait=False, cancel_futures=True)

    async def follow_capacity(self) -> None:
        """Measure what visitors take, over and over."""
        while True:
            await asyncio.sleep(_MEASURE_S)
            self.capacity.measure(len(self))

    async def follow_gallery(self) -> None:
        """Take up each new version of the gallery's folder; streams go on."""
        while True:
            await asyncio.sleep(_GALLERY_LOOK_S)
            await self.take_up_gallery()

    async def take_up_gallery(self) -> None:
        """Search the version that is in the gallery's folder now, if it can be used."""
        folder = self.gallery.folder
        try:
            manifest = await asyncio.to_thread(read_manifest, folder)
            if manifest == self.gallery.manifest:
                return
            gallery = await asyncio.to_thread(open_gallery, folder, self._embedder.card)
        except GalleryError as error:
            log.warning("the gallery in use stays: %s", error)
            return
        self._recognizer = self._recognizer_of(gallery)
        log.info("new version of the gallery: %d artworks", len(gallery.artworks))

    def _recognizer_of(self, gallery: Gallery) -> Recognizer:
        return make_recognizer(self._settings, self._embedder, gallery)
