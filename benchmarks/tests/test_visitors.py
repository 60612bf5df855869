"""The visitors of benchmarks: they send at the rate asked for, and no frame twice."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import pytest

from benchmarks.serving.visitors import EncodedClips
from demo.catalogue import DEMO_WORKS
from evaluation.filmed_clips import filmed, mount, write_clip

RATES = (10, 5)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[int, Path]]:
    """A second of an artwork at both rates, with two key frames each."""
    folder = tmp_path_factory.mktemp("clips")
    wall = mount(DEMO_WORKS[0].paint())
    made = {
        fps: write_clip(
            folder / f"{fps}.webm", filmed(wall, 1, fps), fps, key_interval=(fps + 1) // 2
        )
        for fps in RATES
    }
    return {DEMO_WORKS[0].id: made}


async def test_the_rate_follows_the_pace_from_the_next_key_frame(
    clips: dict[str, dict[int, Path]],
) -> None:
    track = EncodedClips(clips)
    decoder = av.CodecContext.create("libvpx", "r")
    times = []
    for number in range(16):
        if number in (2, 9):
            track.pace(5 if number == 2 else 30)
        packet = await track.recv()
        times.append(round(float(packet.pts * packet.time_base), 2))
        (picture,) = decoder.decode(packet)
        assert (picture.width, picture.height) == (640, 480), "decodes at every change"
    steps = [round(b - a, 2) for a, b in pairwise(times)]
    assert steps[0] == 0.1
    assert 0.2 in steps[2:8]
    assert steps[-1] == 0.1
    assert max(steps) <= 0.2
    assert min(steps) > 0
