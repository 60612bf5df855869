"""A kiosk: a camera in the room, whose messages go to a screen and to other systems."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable
from typing import Literal

from aiortc import RTCPeerConnection

from serving.engine import Engine
from serving.kiosk_display import Display, DisplayState
from serving.outbox import Outbox, make_hello
from serving.webhook import Webhook
from serving.webrtc import answer_offer, close_peer, make_peer
from serving.worker import CameraWorker
from settings import KioskSettings
from stream.camera import is_clip, keep_reading, read_camera, redacted
from stream.capture import CaptureError
from stream.messages import LostMessage, Match, ServerMessage

log = logging.getLogger("vernissage.kiosk")

WHIP = "whip"
_TICK_S = 0.5
_SILENCE_S = 5.0
"""A WHIP sender that sends no frame for so many seconds is lost."""


class CameraMessage(ServerMessage):
    """The camera came or went: sent to other systems beside the data channel's messages."""

    type: Literal["camera"] = "camera"
    live: bool
    reason: str = ""


class Kiosk:
    """One camera, its worker, its display and its webhook."""

    def __init__(
        self,
        name: str,
        kiosk: KioskSettings,
        engine: Engine,
        on_message: Callable[[ServerMessage], object] = lambda message: None,
    ) -> None:
        """Make a kiosk; `on_message` is called with every message, numbered."""
        self.name = name
        self._title = kiosk.title
        self.state = DisplayState(state="camera-lost")
        self._source = kiosk.source.get_secret_value()
        self._engine = engine
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._worker = CameraWorker(engine, self._handle)
        self._outbox = Outbox(self._loop.time)
        self._display = Display()
        self._changed = asyncio.Condition()
        self._version = 0
        self._live: bool | None = None
        self._received = 0
        self._whip: tuple[str, RTCPeerConnection] | None = None
        metrics = engine.metrics
        self._webhook = (
            Webhook(name, kiosk.webhook.get_secret_value(), metrics.webhook_posts)
            if kiosk.webhook
            else None
        )
        self._up = metrics.camera_up.labels(name)
        self._lost_count = metrics.camera_lost.labels(name)
        self._up.set(0)

    @property
    def title(self) -> str:
        """The heading of the screen."""
        return self._title or self._engine.gallery.manifest.name

    async def run(self, *, once: bool = False) -> None:
        """Process frames and send messages, for ever, or until a clip has been played once.

        Raises:
            CaptureError: the clip to be played once can't be read.
        """
        self._emit(make_hello(self._engine, secrets.token_urlsafe(12)))
        async with contextlib.AsyncExitStack() as stack:
            jobs = [self._process(), self._tick()]
            if self._webhook:
                jobs.append(self._webhook.run())
            for job in jobs:
                stack.push_async_callback(_cancel, self._loop.create_task(job))
            if self._source == WHIP:
                await self._loop.create_future()
            if once and is_clip(self._source):
                await read_camera(self._source, self._worker.slot)
                return
            await keep_reading(self._source, self._worker.slot, self._camera_lost)

    async def changed_since(self, version: int) -> tuple[int, DisplayState]:
        """Wait until the screen's state differs from `version`; return at once for -1."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._version != version)
        return self._version, self.state

    async def take_whip(self, offer: str) -> tuple[str, str]:
        """Take a WHIP sender, replacing an earlier one.

        Returns:
            The id of the sender's session, and the SDP answer.

        Raises:
            OfferError: the offer can't be answered.
        """
        peer, session = make_peer(self._engine.settings.server), secrets.token_urlsafe(12)

        async def on_state() -> None:
            if peer.connectionState in ("failed", "closed"):
                await self.end_whip(session)

        peer.on("connectionstatechange", on_state)
        try:
            answer = await answer_offer(peer, offer, self._worker.slot, self._engine.sockets)
        except BaseException:
            await close_peer(peer)
            raise
        if self._whip:
            await self.end_whip(self._whip[0])
        self._whip = (session, peer)
        return session, answer

    async def end_whip(self, session: str) -> bool:
        """End a WHIP sender's session; return False where there is none of that id."""
        if self._whip is None or self._whip[0] != session:
            return False
        _, peer = self._whip
        self._whip = None
        await close_peer(peer)
        self._camera_lost(CaptureError("the sender has gone"), None)
        return True

    async def stop(self) -> None:
        """End the WHIP sender's session, if there is one."""
        if self._whip:
            await self.end_whip(self._whip[0])

    async def _process(self) -> None:
        """Process frames for ever: nobody is there to restart a kiosk after an error."""
        while True:
            try:
                await self._worker.run()
            except Exception:
                log.exception("kiosk %s: a frame could not be processed", self.name)
                await asyncio.sleep(_TICK_S)

    async def _tick(self) -> None:
        """Notice the camera's first frame and its silence, and let time pass."""
        while True:
            slot, now_s = self._worker.slot, self._loop.time()
            silent = now_s - (self._worker.last_frame_s or now_s) > _SILENCE_S
            if slot.received > self._received and not self._live and not silent:
                self._set_live(True, "")
            self._received = slot.received
            if self._live and self._source == WHIP and silent:
                self._camera_lost(CaptureError("the sender sends no frames"), None)
            self._worker.tick()
            await self._update_state()
            await asyncio.sleep(_TICK_S)

    def _camera_lost(self, error: CaptureError, retry_s: float | None) -> None:
        retry = "" if retry_s is None else f"; next try in {retry_s:.0f} s"
        log.warning("kiosk %s: camera lost: %s%s", self.name, error, retry)
        self._lost_count.inc()
        if self._live is not False:
            self._set_live(False, str(error))

    def _set_live(self, live: bool, reason: str) -> None:
        self._live = live
        self._up.set(live)
        self._display.set_live(live)
        self._emit(CameraMessage(live=live, reason=reason))
        if live:
            log.info("kiosk %s: camera %s is there", self.name, redacted(self._source))

    def _handle(self, messages: list[ServerMessage]) -> None:
        now_s = self._loop.time()
        for message in messages:
            self._display.follow(message, now_s)
            self._emit(message)

    def _emit(self, message: ServerMessage) -> None:
        numbered = self._outbox.numbered(message)
        self._on_message(numbered)
        if self._webhook and isinstance(numbered, Match | LostMessage):
            self._webhook.post({"kiosk": self.name} | numbered.model_dump(mode="json"))

    async def _update_state(self) -> None:
        state = self._display.state_at(self._loop.time())
        if state != self.state:
            async with self._changed:
                self.state = state
                self._version += 1
                self._changed.notify_all()


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Kiosks:
    """All kiosks of the settings."""

    def __init__(self, engine: Engine) -> None:
        """Make the kiosks; `run` starts them."""
        self._by_name = {
            name: Kiosk(name, kiosk, engine) for name, kiosk in engine.settings.kiosk.items()
        }

    def get(self, name: str) -> Kiosk | None:
        """Return the kiosk of a name, if there is one."""
        return self._by_name.get(name)

    async def run(self) -> None:
        """Run all kiosks until cancelled; one that fails doesn't stop the others."""
        outcomes = await asyncio.gather(
            *(kiosk.run() for kiosk in self._by_name.values()), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                log.error("a kiosk has ended: %r", outcome)

    async def stop(self) -> None:
        """Stop all kiosks: end their WHIP senders' sessions."""
        await asyncio.gather(*(kiosk.stop() for kiosk in self._by_name.values()))
