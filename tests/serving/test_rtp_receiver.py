"""Our receive path with real peers over a lossy network, beside aiortc's own."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.codecs import get_decoder
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from numpy.typing import NDArray

from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip
from serving import aiortc_insides, webrtc
from serving.aiortc_insides import ReceiverError, check_aiortc
from serving.rtp_receiver import _vp8_descriptor_bytes
from serving.sockets import Sockets
from serving.webrtc import answer_offer, close_peer, make_peer
from settings import Settings
from stream.capture import LatestFrame, Source
from tests.helpers.lossy_link import LossyLink

VP8 = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90000, payloadType=97)
FPS = 30
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Return the encoded frames of a clip with a key frame each half second."""
    path = tmp_path_factory.mktemp("clips") / "clip.webm"
    frames = filmed(mount(DEMO_WORKS[0].paint()), 1.5, FPS)
    write_clip(path, frames, FPS, bit_rate=80_000 * FPS, key_interval=FPS // 2)
    return packets(path)


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def pixels(frame: av.VideoFrame) -> Picture:
    return np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)


def decoded(data: list[bytes]) -> list[Picture]:
    codec = get_decoder(VP8)
    frames = (codec.decode(JitterFrame(one, 3000 * place)) for place, one in enumerate(data))
    return [pixels(frame) for some in frames for frame in some]


class Sent(MediaStreamTrack):  # type: ignore[misc]
    """Sends encoded frames in real time, over and over."""

    kind = "video"

    def __init__(self, frames: list[bytes]) -> None:
        super().__init__()
        self._frames, self._next = frames, 0

    async def recv(self) -> av.Packet:
        await asyncio.sleep(1 / FPS)
        packet = av.Packet(self._frames[self._next % len(self._frames)])
        packet.pts, packet.time_base = 3000 * self._next, Fraction(1, 90_000)
        self._next += 1
        return packet


class Kept(LatestFrame):
    """Decodes and keeps every frame, where a slot keeps the newest."""

    def __init__(self, enough: int) -> None:
        super().__init__()
        self._enough, self.pictures, self.full = enough, list[Picture](), asyncio.Event()

    def put(self, source: Source, captured_s: float) -> None:
        picture = source() if callable(source) else source
        if isinstance(picture, av.VideoFrame):
            self.pictures.append(pixels(picture))
        if len(self.pictures) >= self._enough:
            self.full.set()


async def received(frames: list[bytes], link: LossyLink, count: int) -> list[Picture]:
    """Send frames over a link until `count` pictures came out at its end."""
    track, sender = Sent(frames), RTCPeerConnection(RTCConfiguration(iceServers=[]))
    receiver, kept, sockets = make_peer(Settings().server), Kept(count), Sockets()
    drained = list[asyncio.Task[None]]()

    async def take(track: MediaStreamTrack) -> None:
        """Take what aiortc decodes, where its receive path is left as it is."""
        with suppress(MediaStreamError):
            while True:
                kept.put(await track.recv(), 0.0)

    receiver.on("track", lambda track: drained.append(asyncio.create_task(take(track))))
    sender.addTransceiver(track, direction="sendonly")
    try:
        await sender.setLocalDescription(await sender.createOffer())
        answer = await answer_offer(receiver, sender.localDescription.sdp, kept, sockets)
        link.join(sender, receiver)
        await sender.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(120):
            await kept.full.wait()
    finally:
        track.stop()
        await asyncio.gather(close_peer(sender), close_peer(receiver))
    await asyncio.gather(*drained)
    assert not sockets._selector.get_map(), "closed sockets aren't read"
    return kept.pictures[:count]


@pytest.fixture
def aiortcs_own(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Leave aiortc's receive path as it is, until undone."""
    monkeypatch.setattr(webrtc, "replace_receive_path", lambda *_: None)
    return monkeypatch


@pytest.mark.slow
@pytest.mark.parametrize("lost", [0.0, 0.02, 0.05, 0.1])
async def test_pictures_are_those_of_aiortc_with_less_rtcp(
    clip: list[bytes], lost: float, aiortcs_own: pytest.MonkeyPatch
) -> None:
    theirs, ours = (LossyLink(lost, overtaken=0.05, seed=7) for _ in range(2))
    before = await received(clip, theirs, len(clip))
    aiortcs_own.undo()
    after = await received(clip, ours, len(clip))
    for one, two, sent in zip(before, after, decoded(clip), strict=True):
        np.testing.assert_array_equal(one, sent)
        np.testing.assert_array_equal(two, sent)
    assert ours.rtcp["NACK"] < theirs.rtcp["NACK"]
    assert sum(ours.rtcp.values()) < sum(theirs.rtcp.values())
    assert ours.rtcp["REMB"] <= 3
    assert not ours.rtcp["PLI"]
    assert lost == 0 or ours.rtcp["NACK"]


async def test_a_key_frame_is_asked_for_where_none_came(clip: list[bytes]) -> None:
    link = LossyLink(cut=20)
    await received(clip, link, 3)
    assert link.rtcp["PLI"]


def test_aiortc_is_the_known_one() -> None:
    check_aiortc()


def test_another_aiortc_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (part, _), *rest = aiortc_insides._REPLACED
    monkeypatch.setattr(aiortc_insides, "_REPLACED", ((part, "another"), *rest))
    with pytest.raises(ReceiverError, match=r"StunProtocol\.datagram_received.*requirements\.lock"):
        check_aiortc.__wrapped__()


@pytest.mark.parametrize(
    ("descriptor", "length"),
    [
        (b"\x10", 1),
        (b"\x90\x80\x11", 3),
        (b"\x90\x80\x81\x11", 4),
        (b"\x90\xe0\x81\x11\x02\x40", 6),
        (b"\x90\x10\x40", 3),
    ],
)
def test_descriptors_of_vp8_are_measured(descriptor: bytes, length: int) -> None:
    assert _vp8_descriptor_bytes(b"-" + descriptor + b"data", 1) == length
