"""Frames are decoded when a picture is wanted, in order, and never kept without end."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from aiortc.codecs import depayload
from aiortc.codecs.h264 import H264Encoder
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from numpy.typing import NDArray

from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip
from serving.video_decoder import MOST_WAITING, VideoDecoder, begins_anew
from serving.vp8 import use_ffmpeg_decoder

VP8 = RTCRtpCodecParameters(mimeType="video/VP8", clockRate=90000, payloadType=97)
H264 = RTCRtpCodecParameters(mimeType="video/H264", clockRate=90000, payloadType=99)
FRAMES = MOST_WAITING + 8
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a clip with key frames at 0 and at `MOST_WAITING` + 4."""
    path = tmp_path_factory.mktemp("clips") / "clip.webm"
    frames = filmed(mount(DEMO_WORKS[0].paint()), FRAMES / 15, 15)
    return write_clip(path, frames, 15, key_interval=MOST_WAITING + 4)


@pytest.fixture(scope="module")
def encoded(clip: Path) -> list[bytes]:
    use_ffmpeg_decoder()
    with av.open(str(clip)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


@pytest.fixture(scope="module")
def pictures(clip: Path) -> list[Picture]:
    with av.open(str(clip)) as container:
        return [pixels(frame) for frame in container.decode(video=0)]


def pixels(frame: av.VideoFrame | None) -> Picture:
    assert frame is not None
    return np.asarray(frame.to_ndarray(format="yuv420p"), np.uint8)


def test_the_newest_picture_wanted_is_given(encoded: list[bytes], pictures: list[Picture]) -> None:
    decoder = VideoDecoder()
    numbers = [decoder.add(VP8, 6000 * place, data) for place, data in enumerate(encoded[:7])]
    np.testing.assert_array_equal(pixels(decoder.picture(numbers[0])), pictures[0])
    np.testing.assert_array_equal(pixels(decoder.picture(numbers[4])), pictures[4])
    assert decoder.picture(numbers[2]) is None, "it is older than one that was given"
    np.testing.assert_array_equal(pixels(decoder.picture(numbers[6])), pictures[6])
    assert not decoder.needs_key_frame.is_set()


def test_any_thread_may_decode(encoded: list[bytes], pictures: list[Picture]) -> None:
    decoder, found = VideoDecoder(), list[Picture]()
    for data in encoded[:6]:
        number = decoder.add(VP8, 0, data)
        thread = threading.Thread(
            target=lambda number=number: found.append(pixels(decoder.picture(number)))
        )
        thread.start()
        thread.join()
    np.testing.assert_array_equal(found, pictures[:6])


def test_frames_that_nobody_wants_lapse_until_a_key_frame(
    encoded: list[bytes], pictures: list[Picture]
) -> None:
    decoder, key = VideoDecoder(), MOST_WAITING + 4
    for data in encoded[:key]:
        number = decoder.add(VP8, 0, data)
    assert not decoder.needs_key_frame.is_set(), "nobody has wanted a picture yet"
    assert decoder.picture(number) is None
    assert decoder.needs_key_frame.is_set()
    decoder.needs_key_frame.clear()
    for data in encoded[key : key + 3]:
        number = decoder.add(VP8, 0, data)
    np.testing.assert_array_equal(pixels(decoder.picture(number)), pictures[key + 2])
    assert not decoder.needs_key_frame.is_set()


def test_a_damaged_frame_makes_a_key_frame_wanted(encoded: list[bytes]) -> None:
    decoder = VideoDecoder()
    assert decoder.picture(decoder.add(VP8, 0, encoded[1])) is None
    assert decoder.needs_key_frame.is_set()


def test_key_frames_are_told_by_their_first_bytes(encoded: list[bytes]) -> None:
    keys = [place for place, data in enumerate(encoded) if begins_anew(VP8, data)]
    assert keys == [0, MOST_WAITING + 4]
    assert not begins_anew(VP8, b""), "a stranger's frame may be empty"


def test_key_frames_of_h264_are_told_as_aiortc_packs_them(pictures: list[Picture]) -> None:
    encoder, told = H264Encoder(), []
    for place, picture in enumerate(pictures[:4]):
        frame = av.VideoFrame.from_ndarray(picture, "yuv420p")
        frame.pts, frame.time_base = 6000 * place, Fraction(1, 90_000)
        payloads, _ = encoder.encode(frame, force_keyframe=place == 2)
        told.append(begins_anew(H264, b"".join(depayload(H264, one) for one in payloads)))
    assert told == [True, False, True, False]
