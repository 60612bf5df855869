"""Peers' VP8: FFmpeg's decoder gives the same pictures as libvpx, to real peers too."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc import codecs as aiortc_codecs
from aiortc.codecs import get_decoder
from aiortc.contrib.media import MediaPlayer
from aiortc.jitterbuffer import JitterFrame
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from numpy.typing import NDArray

from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip
from serving import vp8
from serving.sockets import Sockets
from serving.vp8 import use_ffmpeg_decoder
from serving.webrtc import answer_offer, close_peer, make_peer
from settings import Settings
from stream.capture import ArrivedFrame, LatestFrame

VP8 = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90000, payloadType=97)
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "clip.webm"
    return write_clip(path, filmed(mount(DEMO_WORKS[0].paint()), 2))


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use aiortc's own decoder, and restore it afterwards."""
    monkeypatch.setattr(aiortc_codecs, "Vp8Decoder", vp8._aiortc_decoder)


def packets(clip: Path) -> list[bytes]:
    with av.open(str(clip)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def decoded(data: list[bytes]) -> Iterator[Picture]:
    """Decode with aiortc's current decoder."""
    codec = get_decoder(VP8)
    for number, packet in enumerate(data):
        for frame in codec.decode(JitterFrame(packet, 6000 * number)):
            converted = ArrivedFrame(frame, 0.0, 0).to_frame()
            assert converted is not None
            yield converted.image


def test_pictures_are_those_of_libvpx(usual: None, clip: Path) -> None:
    data = packets(clip)
    before = [*decoded(data)]
    assert use_ffmpeg_decoder()
    assert get_decoder(VP8).codec.name == "vp8"
    after = [*decoded(data)]
    assert len(before) == len(after) == len(data)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_undecodable_frame_raises_so_that_a_key_frame_is_requested(
    usual: None, clip: Path
) -> None:
    use_ffmpeg_decoder()
    with pytest.raises(av.FFmpegError):
        next(decoded(packets(clip)[1:]))


def test_a_new_size_begins_with_a_key_frame(usual: None, clip: Path, tmp_path: Path) -> None:
    small = filmed(mount(DEMO_WORKS[0].paint()), 0.4, size=(320, 240))
    data = packets(clip)[:3] + packets(write_clip(tmp_path / "small.webm", small))[:3]
    use_ffmpeg_decoder()
    shapes = [image.shape for image in decoded(data)]
    assert shapes == [(480, 640, 3)] * 3 + [(240, 320, 3)] * 3


def test_nothing_changes_where_ffmpeg_has_no_vp8(
    usual: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vp8, "codecs_available", {"h264"})
    assert not use_ffmpeg_decoder()
    assert get_decoder(VP8).codec.name == "libvpx"


def test_nothing_changes_where_aiortc_decodes_otherwise(
    usual: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        """An unknown decoder."""

    for known in (None, Other):
        monkeypatch.setattr(vp8, "_aiortc_decoder", known)
        monkeypatch.setattr(aiortc_codecs, "Vp8Decoder", Other)
        assert not use_ffmpeg_decoder()
        assert aiortc_codecs.__dict__["Vp8Decoder"] is Other


async def test_real_peers_are_decoded_by_ffmpeg(clip: Path) -> None:
    """A clip's own packets go by WebRTC; what comes out is what the clip holds."""
    player = MediaPlayer(str(clip), decode=False)
    sender = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    sender.addTransceiver(player.video, direction="sendonly")
    receiver, slot = make_peer(Settings().server), LatestFrame()
    try:
        await sender.setLocalDescription(await sender.createOffer())
        answer = await answer_offer(receiver, sender.localDescription.sdp, slot, Sockets())
        await sender.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        async with asyncio.timeout(120):
            await slot.wait()
        frame = slot.take().to_frame()
    finally:
        player.video.stop()
        await asyncio.gather(close_peer(sender), close_peer(receiver))
    assert get_decoder(VP8).codec.name == "vp8"
    assert frame is not None
    assert any(np.array_equal(frame.image, one) for one in decoded(packets(clip)))
