"""Visitors for benchmarks: real aiortc peers that send clips which are already encoded."""

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
from evaluation.wall import Picture
from serving.pace import MATCHED_FPS, OVERLOADED_FPS, OVERLOADED_MATCHED_FPS
from settings import load_settings
from stream.messages import LABEL, PROTOCOL

ARTWORK_S = 5.0
"""Seconds that a visitor points at each artwork."""
KEY_FRAME_S = 0.5
"""Seconds from one key frame of a clip to the next; the rate can change at key frames."""
FRAME_BITS = 640 * 480 // 4
"""Bits that the page allows for a frame of the size that is asked for."""
_GRACE_S = 0.5
"""An artwork may still be declared so long after the next one came into view."""
_CLOCK = 90_000
Clips = dict[str, dict[int, Path]]
"""Clips of `ARTWORK_S` seconds, by artwork id and by frames a second."""


@dataclass(frozen=True, slots=True)
class _EncodedFrame:
    """An encoded frame, and whether it is a key frame."""

    data: bytes
    key: bool


class EncodedClips(MediaStreamTrack):  # type: ignore[misc]
    """A track of several clips (VP8), one after the other, in real time and never encoded again.

    It sends no more frames a second than the server asks for, as the page does: it changes over to
    a clip of another rate where that clip has a key frame.
    """

    kind = "video"

    def __init__(self, clips: Clips) -> None:
        """Begin at the highest rate."""
        super().__init__()
        self._rates = {
            fps: _read_frames([by_rate[fps] for by_rate in clips.values()])
            for fps in sorted(next(iter(clips.values())))
        }
        self._fps = self._asked = max(self._rates)
        self._next = 0
        self.began_s: float | None = None

    def pace(self, fps: float) -> None:
        """Send at most `fps` frames a second from the next key frame on."""
        self._asked = max((rate for rate in self._rates if rate <= fps), default=min(self._rates))

    async def recv(self) -> av.Packet:
        """Wait until the next packet is due."""
        loop = asyncio.get_running_loop()
        if self.began_s is None:
            self.began_s = loop.time()
        frame, at_s = self._next_frame()
        await asyncio.sleep(self.began_s + at_s - loop.time())
        packet = av.Packet(frame.data)
        packet.pts, packet.time_base = round(at_s * _CLOCK), Fraction(1, _CLOCK)
        return packet

    def _next_frame(self) -> tuple[_EncodedFrame, float]:
        """Return the next frame and its time in seconds, at the rate asked for if possible."""
        at_s = self._next / self._fps
        if self._asked != self._fps:
            number = math.ceil(at_s * self._asked - 1e-6)
            soon = number / self._asked < at_s + 1 / self._fps
            if soon and self._at(self._asked, number).key:
                self._fps, self._next = self._asked, number
        frame, at_s = self._at(self._fps, self._next), self._next / self._fps
        self._next += 1
        return frame, at_s

    def _at(self, fps: int, number: int) -> _EncodedFrame:
        return self._rates[fps][number % len(self._rates[fps])]


def asked_rates() -> set[int]:
    """Return the frames a second that a server may ask for."""
    return {load_settings().stream.pace_fps, MATCHED_FPS, OVERLOADED_FPS, OVERLOADED_MATCHED_FPS}


def make_clips(folder: Path, rates: Iterable[int], count: int = 12) -> Clips:
    """Film artworks of the demo gallery, `ARTWORK_S` seconds each, at each of `rates`."""
    return film(folder, ((work.id, work.paint()) for work in DEMO_WORKS[:count]), rates)


def film(folder: Path, pictures: Iterable[tuple[str, Picture]], rates: Iterable[int]) -> Clips:
    """Film artworks on a wall, `ARTWORK_S` seconds each.

    Args:
        folder: where the clips are written.
        pictures: id and picture (uint8 [height, width, 3], RGB) of each artwork.
        rates: frames a second, one clip each.
    """
    clips: Clips = {}
    for number, (artwork_id, picture) in enumerate(pictures):
        wall = mount(picture)
        clips[artwork_id] = {
            fps: write_clip(
                folder / f"{number}-{fps}.webm",
                filmed(wall, ARTWORK_S, fps),
                fps,
                bit_rate=FRAME_BITS * fps,
                key_interval=max(1, round(KEY_FRAME_S * fps)),
            )
            for fps in rates
        }
    return clips


def _read_frames(clips: list[Path]) -> list[_EncodedFrame]:
    frames = []
    for clip in clips:
        with av.open(str(clip)) as container:
            frames += [
                _EncodedFrame(bytes(packet), packet.is_keyframe)
                for packet in container.demux(video=0)
                if packet.size
            ]
    return frames


@dataclass
class Visit:
    """Results of one visitor.

    Attributes:
        waits_s: seconds to the match of each artwork; infinite if it wasn't matched.
        wrong: number of declarations of artworks that weren't in view.
        refused: whether the server was full.
        ages_ms: age of the frame behind each match.
    """

    waits_s: list[float] = field(default_factory=list)
    wrong: int = 0
    refused: bool = False
    ages_ms: list[float] = field(default_factory=list)


async def visit(http: ClientSession, base: URL, clips: Clips, seconds: float) -> Visit:
    """Stream clips, one artwork after the other, and time the matches.

    Args:
        http: client for signalling.
        base: address of the server.
        clips: clips of the artworks.
        seconds: length of the visit.
    """
    loop, result = asyncio.get_running_loop(), Visit()
    matches: list[tuple[float, str]] = []
    track = EncodedClips(clips)
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    channel = peer.createDataChannel(LABEL, ordered=True, protocol=PROTOCOL)

    def on_message(text: str) -> None:
        message = json.loads(text)
        if message["type"] == "match":
            matches.append((loop.time(), message["artwork"]["id"]))
            result.ages_ms.append(message["latency_ms"]["age"])
        elif message["type"] == "pace":
            track.pace(message["fps"])

    channel.on("message", on_message)
    peer.addTransceiver(track, direction="sendonly")
    try:
        await peer.setLocalDescription(await peer.createOffer())
        headers = {"Content-Type": "application/sdp"}
        body = peer.localDescription.sdp
        async with http.post(base / "sessions", data=body, headers=headers) as response:
            result.refused = response.status == 503
            if result.refused:
                return result
            answer = RTCSessionDescription(await response.text(), "answer")
        await peer.setRemoteDescription(answer)
        await asyncio.sleep(seconds)
    finally:
        track.stop()
        await asyncio.wait_for(peer.close(), 5)
    began_s = track.began_s if track.began_s is not None else loop.time()
    _score(result, [(at - began_s, found) for at, found in matches], [*clips], seconds)
    return result


def _score(result: Visit, matches: list[tuple[float, str]], ids: list[str], seconds: float) -> None:
    """Compare matches (seconds, id) with the artworks in view at their times."""
    for number in range(int(seconds / ARTWORK_S)):
        begins = number * ARTWORK_S
        waits = [
            at - begins
            for at, found in matches
            if begins <= at < begins + ARTWORK_S and found == ids[number % len(ids)]
        ]
        result.waits_s.append(min(waits, default=float("inf")))
    for at, found in matches:
        in_view = {int(at / ARTWORK_S), int(max(0.0, at - _GRACE_S) / ARTWORK_S)}
        result.wrong += found not in {ids[number % len(ids)] for number in in_view}
