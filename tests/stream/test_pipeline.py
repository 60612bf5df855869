"""The line's parts on real pictures: sampling, hand-off, quality, verification, replay."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount, write_clip
from recognition.homography import verify_all
from recognition.matching import match_features
from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from stream.capture import CaptureError, LatestFrame, Sampler, clip_frames
from stream.frames import Frame
from stream.messages import MessageError, ServerMessage, parse_peer_message
from stream.pipeline import Pipeline
from stream.quality import QualityGate
from stream.replay import (
    Said,
    Shown,
    TruthError,
    declarations,
    read_truth,
    replay_clip,
    score_clip,
)
from stream.tracker import Tracker
from tests.conftest import ENROLLED
from vision.features import frame_features, reference_features
from vision.outline import plausible

Image = NDArray[np.uint8]


@pytest.fixture(scope="module")
def picture() -> Image:
    """What a camera sees of an enrolled work: uint8 BGR."""
    return next(filmed(mount(ENROLLED[2].paint()), 1))


def frame(image: Image, t: float = 0.0) -> Frame:
    return Frame(image, t, 0)


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


def test_the_sampler_may_go_over_to_another_rate() -> None:
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


async def test_a_converted_frame_keeps_neither_what_was_decoded_nor_threads(picture: Image) -> None:
    def threads() -> int:
        return len([*Path("/proc/self/task").iterdir()])

    slot, kept = LatestFrame(), []
    for number in range(8):
        slot.put(av.VideoFrame.from_ndarray(picture, "bgr24").reformat(format="yuv420p"), 0.0)
        await slot.wait()
        arrived = slot.take()
        before = threads()
        frame = arrived.to_frame()
        assert threads() <= before
        assert arrived.decoded is None
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


def test_what_is_no_clip_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no such file"):
        next(clip_frames(tmp_path / "none.mp4"))
    (tmp_path / "text.mp4").write_text("not a clip" * 100)
    with pytest.raises(CaptureError, match="not a clip"):
        next(clip_frames(tmp_path / "text.mp4"))


def test_quality_names_what_is_wrong(picture: Image) -> None:
    gate = QualityGate()
    whole, grey = gate.check(frame(picture))
    assert whole.reason is None
    assert gate.check(frame(picture), grey)[0].reason == "frozen"
    worse = {
        "too_dark": picture // 64,
        "too_bright": np.full_like(picture, 255),
        "blurred": cv2.GaussianBlur(picture, (0, 0), 25),
    }
    for reason, image in worse.items():
        quality, _ = gate.check(frame(np.asarray(image)))
        assert (quality.reason, quality.hint) == (reason, reason)
    blocks = picture.copy()
    rng = np.random.default_rng(2)
    for top in range(0, 480, 16):
        for left in range(0, 640, 16):
            blocks[top : top + 16, left : left + 16] = rng.integers(0, 255, 3)
    assert gate.check(frame(blocks))[0].reason == "corrupted"


def test_a_dim_but_sharp_frame_is_judged(picture: Image) -> None:
    rng = np.random.default_rng(2)
    dim = np.clip(picture * 0.08 + rng.normal(0, 1, picture.shape), 0, 255).astype(np.uint8)
    assert QualityGate().check(frame(dim))[0].reason is None


def test_verification_finds_the_artwork_where_it_is() -> None:
    work = ENROLLED[2].paint()
    reference = reference_features(cv2.cvtColor(work, cv2.COLOR_RGB2BGR))
    height, width = work.shape[:2]
    corners = np.array([[130, 60], [500, 95], [480, 420], [150, 380]], np.float32)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    homography = cv2.getPerspectiveTransform(flat, corners)
    view = cv2.warpPerspective(work, homography, (640, 480), borderValue=(200, 200, 190))
    other = reference_features(ENROLLED[3].paint())
    seen = frame_features(np.asarray(view))
    right, wrong = verify_all([reference, other], seen)
    assert right.inliers >= 40 > 7 >= wrong.inliers
    assert right.outline is not None
    assert np.array(right.outline) * (640, 480) == pytest.approx(corners, abs=4)
    again, _ = verify_all([reference, other], seen)
    assert (again.inliers, again.outline) == (right.inliers, right.outline)


def test_matches_are_one_to_one(picture: Image) -> None:
    features = frame_features(picture)
    (pairs,) = match_features([features], features)
    assert len(pairs) > 300
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    nothing = frame_features(np.full((300, 300, 3), 90, np.uint8))
    assert [len(p) for p in match_features([nothing, features], nothing)] == [0, 0]
    assert len(match_features([nothing], features)[0]) == 0


@pytest.mark.parametrize(
    ("corners", "expected"),
    [
        ([[0, 0], [300, 0], [300, 300], [0, 300]], True),
        ([[300, 0], [0, 0], [0, 300], [300, 300]], False),  # mirrored
        ([[0, 0], [300, 300], [300, 0], [0, 300]], False),  # crossed
        ([[0, 0], [300, 0], [100, 100], [0, 300]], False),  # not convex
        ([[0, 0], [60, 0], [60, 60], [0, 60]], False),  # too small
        ([[300, 300], [0, 300], [0, 0], [300, 0]], True),  # upside down
        ([[-600, -400], [900, -400], [900, 800], [-600, 800]], True),  # a detail, close by
        ([[0, 0], [300, 0], [4000, 9000], [0, 300]], False),  # a corner far out
    ],
)
def test_only_real_views_are_plausible(corners: list[list[float]], expected: bool) -> None:
    assert plausible(np.array(corners, float), 640, 480) is expected


def run_clip(path: Path, recognizer: Recognizer) -> list[tuple[float, ServerMessage]]:
    pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker(), shown_fps=6)
    return list(replay_clip(path, pipeline, recognizer))


def test_a_replayed_clip_says_the_same_each_time(tmp_path: Path, recognizer: Recognizer) -> None:
    known = filmed(mount(ENROLLED[2].paint()), 2.5)
    path = write_clip(tmp_path / "known.mp4", known)
    first = run_clip(path, recognizer)
    (said,) = declarations(first)
    assert said.artwork_id == ENROLLED[2].id
    assert 4 / 6 <= said.at_s < 1.6, "five frames, at six a second"
    again = run_clip(path, recognizer)
    assert [(t, m.model_dump_json()) for t, m in again] == [
        (t, m.model_dump_json()) for t, m in first
    ]


def test_a_clip_of_an_artwork_not_enrolled_declares_nothing(
    tmp_path: Path, recognizer: Recognizer
) -> None:
    unknown = filmed(mount(HELD_BACK[1].paint()), 5)
    messages = run_clip(write_clip(tmp_path / "unknown.mp4", unknown), recognizer)
    assert declarations(messages) == []
    assert [m.type for _, m in messages].count("not_found") == 1  # type: ignore[attr-defined]


def test_truth_is_read_with_care(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text(
        "clip,artwork_id,from_s,to_s,kind,also\na.mp4,x,0.5,4,real,y;z\nb.mp4,,,,real,\n"
    )
    truth = read_truth(path)
    assert truth["a.mp4"] == [Shown("x", 0.5, 4.0, frozenset({"y", "z"}))]
    assert truth["b.mp4"][0].artwork_id == ""
    path.write_text("clip,artwork_id,from_s,to_s\na.mp4,x,soon,4\n")
    with pytest.raises(TruthError, match="line 2"):
        read_truth(path)
    path.write_text("clip,artwork\na.mp4,x\n")
    with pytest.raises(TruthError, match="no column 'artwork_id'"):
        read_truth(path)


@pytest.mark.parametrize(
    ("said", "shown", "outcome"),
    [
        ([Said("x", 1.5)], [Shown("x", 1, 4, frozenset())], "right"),
        ([], [Shown("x", 1, 4, frozenset())], "missed"),
        ([Said("y", 1.5)], [Shown("x", 1, 4, frozenset())], "wrong"),
        ([Said("x", 1.5), Said("y", 2)], [Shown("x", 1, 4, frozenset())], "wrong"),
        ([Said("x", 1.5), Said("y", 2)], [Shown("x", 1, 4, frozenset({"y"}))], "right"),
        ([Said("y", 2)], [Shown("x", 1, 4, frozenset({"y"}))], "missed"),
        ([Said("y", 2)], [Shown("", 0, 9, frozenset())], "wrong"),
        ([], [Shown("", 0, 9, frozenset())], "quiet"),
    ],
)
def test_scores(said: list[Said], shown: list[Shown], outcome: str) -> None:
    assert score_clip(said, shown).outcome == outcome


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "dance"}',
        "{}",
        "nothing",
        '{"type":"ping","id":[1]}',
        '"hello"',
        b"{}",
        "9" * 9999,
    ],
)
def test_what_peers_may_not_say(text: str | bytes) -> None:
    with pytest.raises(MessageError) as caught:
        parse_peer_message(text)
    assert "\n" not in str(caught.value)


def test_what_peers_may_say() -> None:
    for message in (
        {"type": "hello", "client": "phone"},
        {"type": "pause"},
        {"type": "resume"},
        {"type": "ping", "id": 3},
    ):
        assert parse_peer_message(json.dumps(message)).model_dump() == message
