"""One visitor: a peer connection, its newest frame, its line, its data channel."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Coroutine
from concurrent.futures import Executor
from dataclasses import dataclass

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidStateError

from settings import Settings
from stream.capture import Arrived, LatestFrame, drain
from stream.configured import make_line
from stream.line import Judged
from stream.messages import (
    LABEL,
    Bye,
    ConsensusPart,
    ErrorMessage,
    GalleryPart,
    Hello,
    MessageError,
    ModelPart,
    Pace,
    Pause,
    PeerHello,
    Ping,
    Pong,
    Resume,
    ServerMessage,
    parse_peer_message,
)
from stream.meters import Meters
from stream.recognize import Recognizer
from stream.scheduler import Scheduler

log = logging.getLogger("vernissage.session")

_WATCH_S = 0.5
_PAUSE_S = 25.0
"""A hidden page keeps its place this much longer, so that a glance at a message costs nothing."""
_CLOSE_S = 3.0
"""aiortc's close can hang on a peer that vanished."""


class OfferError(ValueError):
    """An offer that can't be answered; the message says why."""


@dataclass(frozen=True)
class Bench:
    """What all sessions share to judge frames.

    Attributes:
        recognizer: returns the recognizer of the newest gallery.
        workers: threads that judge.
        scheduler: whose turn it is; a place a worker.
        meters: counts what happens.
    """

    recognizer: Callable[[], Recognizer]
    workers: Executor
    scheduler: Scheduler
    meters: Meters


class Session:
    """A visitor's connection, from offer to goodbye."""

    def __init__(
        self, settings: Settings, bench: Bench, on_closed: Callable[[str], object]
    ) -> None:
        """Make a session that waits for its offer; `on_closed` is told its id at the end."""
        self.id = secrets.token_urlsafe(12)
        self.judged = 0
        self._closing: asyncio.Task[None] | None = None
        self._on_closed = on_closed
        self._settings = settings
        self._bench = bench
        servers = [RTCIceServer(urls=url) for url in settings.server.ice_servers]
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=servers))
        self._channel: RTCDataChannel | None = None
        self._slot = LatestFrame()
        self._line = make_line(settings)
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._seq = 0
        self._streaming = False
        self._paused = False
        self._matched = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._peer.on("track", self._on_track)
        self._peer.on("datachannel", self._on_channel)
        self._peer.on("connectionstatechange", self._on_state)

    async def answer(self, offer: str) -> str:
        """Answer an SDP offer.

        Raises:
            OfferError: not SDP, or no video comes with it.
        """
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        except Exception as error:
            # aiortc's parser raises whatever it stumbles over: an offer is a stranger's text.
            raise OfferError(f"not an SDP offer that can be used ({error!r})") from None
        sending = False
        for transceiver in self._peer.getTransceivers():
            if transceiver.kind == "video" and not sending:
                sending = _is_sent(offer, transceiver.mid)
            else:
                transceiver.direction = "inactive"
        if not sending:
            raise OfferError("no video is sent with this offer; one video track is needed")
        answer = await self._peer.createAnswer()
        await self._peer.setLocalDescription(answer)
        self._spawn(self._watch())
        return str(self._peer.localDescription.sdp)

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
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._peer.close(), _CLOSE_S)
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

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "video" and not self._streaming:
            self._streaming = True
            self._spawn(drain(track, self._slot))
            self._spawn(self._judge_frames())
        else:
            track.stop()

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if channel.label != LABEL or self._channel is not None:
            channel.close()
            return
        self._channel = channel
        channel.on("message", self._on_message)
        self._send(self._hello())
        self._send(self._pace())

    async def _on_state(self) -> None:
        state = self._peer.connectionState
        log.debug("session %s: %s", self.id[:6], state)
        if state in ("failed", "closed"):
            await self.close("connection lost")

    def _on_message(self, text: str | bytes) -> None:
        try:
            message = parse_peer_message(text)
        except MessageError as error:
            self._send(ErrorMessage(code="bad_message", message=str(error)))
            return
        match message:
            case PeerHello():
                log.debug("session %s: says hello", self.id[:6])
            case Pause():
                self._paused = True
            case Resume():
                self._paused = False
            case Ping(id=number):
                self._send(Pong(id=number))

    async def _judge_frames(self) -> None:
        """Judge the newest frame, over and over, whenever it is this session's turn."""
        bench, last_verdict_s, counted = self._bench, self._loop.time(), 0
        while True:
            captured_s = await self._slot.wait()
            if self._paused or not self._line.sampler.wants(captured_s):
                self._slot.take()
                continue
            async with bench.scheduler.turn(last_verdict_s):
                arrived = self._slot.take()
                bench.meters.received.inc(arrived.index + 1 - counted)
                bench.meters.dropped.inc(arrived.index - counted)
                counted = arrived.index + 1
                # A closer look for one visitor must not make the others wait.
                judged = await self._loop.run_in_executor(
                    bench.workers, self._judge, arrived, not bench.scheduler.crowded
                )
            last_verdict_s = self._loop.time()
            self.judged += 1
            said = self._line.follow(judged, last_verdict_s)
            bench.meters.count(judged, said, last_verdict_s, self._line.looked_s)
            self._say(said)

    def _judge(self, arrived: Arrived, closer: bool) -> Judged:
        """Judge a frame, on a worker thread."""
        return self._line.judge(arrived.to_frame(), self._bench.recognizer(), closer=closer)

    async def _watch(self) -> None:
        """Let go of a peer that never comes or has vanished, and of an artwork out of view."""
        limits = self._settings.server
        while True:
            await asyncio.sleep(_WATCH_S)
            now = self._loop.time()
            self._say(self._line.tick(now))
            connected = self._peer.connectionState == "connected"
            if not connected and now - self._began_s > limits.connect_s:
                return await self.close("not connected in time")
            patience = limits.idle_s + (_PAUSE_S if self._paused else 0)
            if now - (self._slot.last_received_s or self._began_s) > patience:
                return await self.close("no frames")

    def _say(self, messages: list[ServerMessage]) -> None:
        for message in messages:
            self._send(message)
        if self._matched != (self._line.consensus.declared is not None):
            self._matched = not self._matched
            self._send(self._pace())

    def _send(self, message: ServerMessage) -> None:
        """Send a message, unless there is no one to hear it."""
        channel = self._channel
        if channel is None or channel.readyState != "open":
            return
        t = round(1000 * (self._loop.time() - self._began_s))
        numbered = message.model_copy(update={"seq": self._seq, "t": t})
        with contextlib.suppress(InvalidStateError):
            channel.send(numbered.model_dump_json())
            self._seq += 1

    def _hello(self) -> Hello:
        recognizer = self._bench.recognizer()
        manifest, card = recognizer.gallery.manifest, recognizer.embedder.card
        rule = self._settings.consensus
        return Hello(
            session=self.id,
            gallery=GalleryPart(name=manifest.name, artworks=manifest.artworks),
            model=ModelPart(
                name=card.name,
                weights=card.weights,
                precision=card.precision,
                fingerprint=card.fingerprint,
            ),
            consensus=ConsensusPart(agree=rule.agree, window=rule.window, within_s=rule.within_s),
        )

    def _pace(self) -> Pace:
        stream = self._settings.stream
        fps = stream.matched_fps if self._matched else stream.pace_fps
        return Pace(fps=fps, width=stream.pace_width, height=stream.pace_height)


def _is_sent(offer: str, mid: str | None) -> bool:
    """Tell whether the offer's media section `mid` sends (RFC 8866, section 6.7)."""
    for section in offer.split("\nm=")[1:]:
        lines = [line.strip() for line in section.splitlines()]
        if f"a=mid:{mid}" in lines:
            return "a=recvonly" not in lines and "a=inactive" not in lines
    return False
