"""Sampling, the hand-off of the newest frame, and reading clips."""

from __future__ import annotations

import asyncio
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from evaluation.filmed_clips import filmed, mount, write_clip
from stream.capture import CaptureError, LatestFrame, Sampler, clip_frames
from tests.conftest import ENROLLED

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def picture() -> Image:
    """A camera's picture of an enrolled work: uint8 BGR."""
    return next(filmed(mount(ENROLLED[2].paint()), 1))


def test_the_sampler_keeps_the_rate_by_the_frames_time() -> None:
    sampler = Sampler(6)
    wanted = [number for number in range(300) if sampler.wants(number / 30)]
    assert wanted == list(range(0, 300, 5))
    sampler = Sampler(6)
    wanted = [number for number in range(250) if sampler.wants(number / 25)]
    assert len(wanted) == 60


def test_a_frame_that_comes_a_little_early_is_not_missed(rng: np.random.Generator) -> None:
    sampler = Sampler(8)
    late_s = rng.uniform(0, 0.009, 80)
    assert all(sampler.wants(number / 8 + late) for number, late in enumerate(late_s))
    sampler = Sampler(8)
    assert sum(sampler.wants(number / 50) for number in range(500)) == 80, "none too many"


def test_the_sampler_may_change_its_rate() -> None:
    sampler = Sampler(6)
    wanted = []
    for number in range(96):
        sampler.fps = 6 if number < 48 else 8
        wanted += [number] if sampler.wants(number / 48) else []
    assert wanted == [*range(0, 48, 8), *range(48, 96, 6)]


def test_the_sampler_does_not_make_up_for_a_gap() -> None:
    sampler = Sampler(5)
    assert [sampler.wants(t) for t in (0.0, 0.1, 3.05, 3.1, 3.19, 3.2)] == [
        True,
        False,
        True,
        False,
        False,
        True,
    ]


async def test_the_slot_holds_the_newest_frame_only() -> None:
    slot = LatestFrame()
    for number in range(1000):
        slot.put(av.VideoFrame(16, 16, "yuv420p"), float(number))
    assert await slot.wait() == 999.0
    assert slot.take().index == 999
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(slot.wait(), 0.01)
    assert slot.received == 1000


async def test_a_converted_frame_keeps_neither_the_decoded_one_nor_threads(picture: Image) -> None:
    def threads() -> int:
        return len([*Path("/proc/self/task").iterdir()])

    slot, kept = LatestFrame(), []
    for number in range(8):
        slot.put(av.VideoFrame.from_ndarray(picture, "bgr24").reformat(format="yuv420p"), 0.0)
        await slot.wait()
        arrived = slot.take()
        before = threads()
        frame = arrived.to_frame()
        assert frame is not None
        assert threads() <= before
        assert arrived.source is None
        assert (frame.index, frame.image.shape) == (number, picture.shape)
        kept.append(frame)
    for frame in kept:
        assert np.abs(frame.image.astype(int) - picture).mean() < 8, "one converter, many pictures"


def test_clips_give_frames_in_their_own_time(tmp_path: Path, picture: Image) -> None:
    path = write_clip(tmp_path / "clip.mp4", iter([picture] * 5), fps=10)
    frames = list(clip_frames(path))
    assert [round(f.captured_s, 3) for f in frames] == [0, 0.1, 0.2, 0.3, 0.4]
    assert frames[0].image.shape == (480, 640, 3)
    assert np.abs(frames[0].image.astype(int) - picture).mean() < 8, "BGR, not RGB"


def test_clips_held_upright_come_upright(tmp_path: Path, picture: Image) -> None:
    plain = write_clip(tmp_path / "plain.mp4", iter([picture] * 3), fps=10)
    turned = tmp_path / "turned.mp4"
    with av.open(str(plain)) as source, av.open(str(turned), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        set_rotation = getattr(stream, "set_display_rotation", None)
        if set_rotation is None:
            pytest.skip("this PyAV can't write a rotation")
        set_rotation(90)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    assert next(clip_frames(turned)).image.shape == (640, 480, 3)


def test_unreadable_clips_are_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no such file"):
        next(clip_frames(tmp_path / "none.mp4"))
    (tmp_path / "text.mp4").write_text("not a clip" * 100)
    with pytest.raises(CaptureError, match="not a clip"):
        next(clip_frames(tmp_path / "text.mp4"))
