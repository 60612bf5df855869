"""Answer WebRTC offers, and serve visitors over a peer connection."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidStateError

from serving.engine import Engine
from serving.rtp_receiver import replace_receive_path
from serving.session import Session
from serving.sockets import Sockets
from serving.vp8 import use_ffmpeg_decoder
from settings import ServerSettings
from stream.capture import LatestFrame
from stream.messages import LABEL, ServerMessage

log = logging.getLogger("vernissage.session")

_CLOSE_S = 3.0
"""Seconds that closing may take: aiortc's close can hang on a peer that vanished."""


class OfferError(ValueError):
    """An offer that can't be answered; the message says why."""


def make_peer(server: ServerSettings) -> RTCPeerConnection:
    """Make a peer connection with the STUN and TURN servers of the settings."""
    use_ffmpeg_decoder()
    servers = [RTCIceServer(**entry) for entry in server.ice_entries()]
    return RTCPeerConnection(RTCConfiguration(iceServers=servers))


async def answer_offer(
    peer: RTCPeerConnection, offer: str, slot: LatestFrame, sockets: Sockets
) -> str:
    """Accept one video track of an SDP offer, whose frames go into a slot; return the SDP answer.

    Raises:
        OfferError: the offer is no SDP, or sends no video.
    """
    try:
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
    except Exception as error:
        # aiortc's parser may raise any exception: an offer is a stranger's text.
        raise OfferError(f"not an SDP offer that can be used ({error!r})") from None
    video: RTCRtpReceiver | None = None
    for transceiver in peer.getTransceivers():
        if video is None and transceiver.kind == "video" and _is_sent(offer, transceiver.mid):
            video = transceiver.receiver
        else:
            transceiver.direction = "inactive"
    if video is None:
        raise OfferError("no video is sent with this offer; one video track is needed")
    answer = await peer.createAnswer()
    await peer.setLocalDescription(answer)
    replace_receive_path(video, slot, sockets)
    return str(peer.localDescription.sdp)


async def close_peer(peer: RTCPeerConnection) -> None:
    """Close a peer connection, within a few seconds even if the peer vanished."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(peer.close(), _CLOSE_S)


class WebRtcSession(Session):
    """A visitor's session by WebRTC: frames on a video track, messages on a data channel."""

    def __init__(self, engine: Engine, on_closed: Callable[[str], object]) -> None:
        """Make a session that waits for its offer; `on_closed` is called with its id at the end."""
        super().__init__(engine, on_closed)
        self._peer = make_peer(engine.settings.server)
        self._channel: RTCDataChannel | None = None
        self._streaming = False
        self._peer.on("track", self._on_track)
        self._peer.on("datachannel", self._on_channel)
        self._peer.on("connectionstatechange", self._on_state)

    @property
    def connected(self) -> bool:
        """Whether the peer is connected, so that frames can come in."""
        return bool(self._peer.connectionState == "connected")

    async def answer(self, offer: str) -> str:
        """Answer an SDP offer.

        Raises:
            OfferError: the offer is no SDP, or sends no video.
        """
        slot, sockets = self._worker.slot, self._engine.sockets
        answer = await answer_offer(self._peer, offer, slot, sockets)
        self._spawn(self._watch())
        return answer

    async def _hang_up(self) -> None:
        await close_peer(self._peer)

    def _on_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "video" and not self._streaming:
            self._streaming = True
            self._spawn(self._worker.run())
        else:
            track.stop()

    def _on_channel(self, channel: RTCDataChannel) -> None:
        if channel.label != LABEL or self._channel is not None:
            channel.close()
            return
        self._channel = channel
        channel.on("message", self.receive)
        self._greet()

    async def _on_state(self) -> None:
        state = self._peer.connectionState
        log.debug("session %s: %s", self.id[:6], state)
        if state in ("failed", "closed"):
            await self.close("connection lost")

    def _send(self, message: ServerMessage) -> None:
        channel = self._channel
        if channel is None or channel.readyState != "open":
            return
        with contextlib.suppress(InvalidStateError):
            channel.send(self._outbox.numbered(message).model_dump_json())


def _is_sent(offer: str, mid: str | None) -> bool:
    """Return whether the offer's media section `mid` sends (RFC 8866, section 6.7)."""
    for section in offer.split("\nm=")[1:]:
        lines = [line.strip() for line in section.splitlines()]
        if f"a=mid:{mid}" in lines:
            return "a=recvonly" not in lines and "a=inactive" not in lines
    return False
