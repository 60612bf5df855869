"""Visitors for the load benchmark: real aiortc peers that send clips already encoded."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
from aiohttp import ClientSession
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from yarl import URL

from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip
from stream.messages import LABEL, PROTOCOL

LOOK_S = 5.0
"""Each artwork is looked at this long before the next comes."""
KEYS_S = 0.5
"""A clip has a picture that can be decoded by itself so often: there the rate can change."""
FRAME_BITS = 640 * 480 // 4
"""What the page lets a picture of the size that is asked for take (static/pace.js)."""
_GRACE_S = 0.5
_CLOCK = 90_000
Clips = dict[str, dict[int, Path]]
"""Clips of `LOOK_S` seconds by the id of the artwork in them, each by its frames a second."""


@dataclass(frozen=True, slots=True)
class _Picture:
    """An encoded picture, and whether it can be decoded by itself."""

    data: bytes
    key: bool


class EncodedClips(MediaStreamTrack):  # type: ignore[misc]
    """Packets of several clips (VP8) one after the other, in real time, never encoded again.

    As a page does, it sends no more frames a second than it was asked for: it goes over to another
    clip of the same where that has a key frame.
    """

    kind = "video"

    def __init__(self, clips: Clips) -> None:
        """Begin at the highest rate."""
        super().__init__()
        self._rates = {
            fps: _pictures([looks[fps] for looks in clips.values()])
            for fps in sorted(next(iter(clips.values())))
        }
        self._fps = self._asked = max(self._rates)
        self._next = 0
        self.began_s: float | None = None

    def pace(self, fps: float) -> None:
        """Send so many frames a second at most, from the next key frame on."""
        self._asked = max((rate for rate in self._rates if rate <= fps), default=min(self._rates))

    async def recv(self) -> av.Packet:
        """Wait until the next packet is due."""
        loop = asyncio.get_running_loop()
        if self.began_s is None:
            self.began_s = loop.time()
        picture, at_s = self._choose()
        await asyncio.sleep(self.began_s + at_s - loop.time())
        packet = av.Packet(picture.data)
        packet.pts, packet.time_base = round(at_s * _CLOCK), Fraction(1, _CLOCK)
        return packet

    def _choose(self) -> tuple[_Picture, float]:
        """Take the next picture, at the rate asked for if that can begin here; with its time."""
        at_s = self._next / self._fps
        if self._asked != self._fps:
            number = math.ceil(at_s * self._asked - 1e-6)
            soon = number / self._asked < at_s + 1 / self._fps
            if soon and self._at(self._asked, number).key:
                self._fps, self._next = self._asked, number
        picture, at_s = self._at(self._fps, self._next), self._next / self._fps
        self._next += 1
        return picture, at_s

    def _at(self, fps: int, number: int) -> _Picture:
        return self._rates[fps][number % len(self._rates[fps])]


def make_clips(folder: Path, rates: Iterable[int], number: int = 12) -> Clips:
    """Film artworks of the demo gallery, `LOOK_S` seconds each, at each of some rates."""
    clips: Clips = {}
    for work in DEMO_WORKS[:number]:
        wall = mount(work.paint())
        clips[work.id] = {
            fps: write_clip(
                folder / f"{work.id}-{fps}.webm",
                filmed(wall, LOOK_S, fps),
                fps,
                bit_rate=FRAME_BITS * fps,
                key_interval=max(1, round(KEYS_S * fps)),
            )
            for fps in rates
        }
    return clips


def _pictures(clips: list[Path]) -> list[_Picture]:
    found = []
    for clip in clips:
        with av.open(str(clip)) as container:
            found += [
                _Picture(bytes(packet), packet.is_keyframe)
                for packet in container.demux(video=0)
                if packet.size
            ]
    return found


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


async def visit(http: ClientSession, base: URL, clips: Clips, seconds: float) -> Stay:
    """Stream clips, one artwork after the other, and time the matches.

    Args:
        http: for signalling.
        base: the server.
        clips: of what is looked at.
        seconds: how long to stay.
    """
    loop, stay = asyncio.get_running_loop(), Stay()
    matches: list[tuple[float, str]] = []
    track = EncodedClips(clips)
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    channel = peer.createDataChannel(LABEL, ordered=True, protocol=PROTOCOL)

    def heard(text: str) -> None:
        message = json.loads(text)
        if message["type"] == "match":
            matches.append((loop.time(), message["artwork"]["id"]))
            stay.ages_ms.append(message["latency_ms"]["age"])
        elif message["type"] == "pace":
            track.pace(message["fps"])

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
