"""Visitors for the load benchmark: real aiortc peers that send clips already encoded."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from aiohttp import ClientSession
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from yarl import URL

from gallery.demo.catalogue import DEMO_WORKS
from stream.messages import LABEL, PROTOCOL
from tests.clips import filmed, hang, write_clip

FPS = 15
LOOK_S = 5.0
"""Each artwork is looked at this long before the next comes."""
_GRACE_S = 0.5


class EncodedClips(MediaStreamTrack):  # type: ignore[misc]
    """Packets of several clips (VP8) one after the other, in real time, never encoded again."""

    kind = "video"

    def __init__(self, clips: list[Path], fps: int) -> None:
        super().__init__()
        self._fps = fps
        self._data = [bytes(packet) for clip in clips for packet in _packets(clip)]
        self._sent = 0
        self.began_s: float | None = None

    async def recv(self) -> av.Packet:
        """Wait until the next packet is due."""
        loop = asyncio.get_running_loop()
        if self.began_s is None:
            self.began_s = loop.time()
        await asyncio.sleep(self.began_s + self._sent / self._fps - loop.time())
        packet = av.Packet(self._data[self._sent % len(self._data)])
        packet.pts, packet.time_base = self._sent, Fraction(1, self._fps)
        self._sent += 1
        return packet


def make_clips(folder: Path, number: int = 12) -> dict[str, Path]:
    """Film artworks of the demo gallery, `LOOK_S` seconds each; returns clips by artwork id."""
    clips = {}
    for work in DEMO_WORKS[:number]:
        frames = filmed(hang(work.paint()), LOOK_S, FPS)
        clips[work.id] = write_clip(folder / f"{work.id}.webm", frames, FPS)
    return clips


def _packets(clip: Path) -> list[av.Packet]:
    with av.open(str(clip)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


@dataclass
class Stay:
    """What a visitor met with.

    Attributes:
        waits_s: seconds to the match of each artwork looked at; infinite where none came.
        wrong: declarations of what wasn't in view.
        refused: the server was full.
        ages_ms: age of the frame behind each match.
    """

    waits_s: list[float] = field(default_factory=list)
    wrong: int = 0
    refused: bool = False
    ages_ms: list[float] = field(default_factory=list)


async def visit(
    http: ClientSession, base: URL, clips: dict[str, Path], seconds: float, fps: int = FPS
) -> Stay:
    """Stream clips, one artwork after the other, and time the matches.

    Args:
        http: for signalling.
        base: the server.
        clips: a clip of `LOOK_S` seconds by the id of the artwork in it.
        seconds: how long to stay.
        fps: of the clips.
    """
    loop, stay = asyncio.get_running_loop(), Stay()
    matches: list[tuple[float, str]] = []
    track = EncodedClips([*clips.values()], fps)
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    channel = peer.createDataChannel(LABEL, ordered=True, protocol=PROTOCOL)

    def heard(text: str) -> None:
        message = json.loads(text)
        if message["type"] == "match":
            matches.append((loop.time(), message["artwork"]["id"]))
            stay.ages_ms.append(message["latency_ms"]["age"])

    channel.on("message", heard)
    peer.addTransceiver(track, direction="sendonly")
    try:
        await peer.setLocalDescription(await peer.createOffer())
        headers = {"Content-Type": "application/sdp"}
        body = peer.localDescription.sdp
        async with http.post(base / "sessions", data=body, headers=headers) as response:
            stay.refused = response.status == 503
            if stay.refused:
                return stay
            answer = RTCSessionDescription(await response.text(), "answer")
        await peer.setRemoteDescription(answer)
        await asyncio.sleep(seconds)
    finally:
        track.stop()
        await asyncio.wait_for(peer.close(), 5)
    began_s = track.began_s if track.began_s is not None else loop.time()
    _time(stay, [(at - began_s, seen) for at, seen in matches], [*clips], seconds)
    return stay


def _time(stay: Stay, matches: list[tuple[float, str]], ids: list[str], seconds: float) -> None:
    """Hold matches (seconds, id) against what was in view when."""
    for number in range(int(seconds / LOOK_S)):
        begins = number * LOOK_S
        mine = [
            at - begins
            for at, seen in matches
            if begins <= at < begins + LOOK_S and seen == ids[number % len(ids)]
        ]
        stay.waits_s.append(min(mine, default=float("inf")))
    for at, seen in matches:
        in_view = {int(at / LOOK_S), int(max(0.0, at - _GRACE_S) / LOOK_S)}
        stay.wrong += seen not in {ids[number % len(ids)] for number in in_view}
