"""FrameResult by what frames before found: as surely as in full, and in full where that isn't enough."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from demo.catalogue import HELD_BACK
from enrolment.enrol import enrol
from evaluation.filmed_clips import filmed, mount
from gallery.catalogue import read_csv
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.candidate import Candidate, Verification
from recognition.recognizer import Recognition, Recognizer
from settings import ConsensusRule, RecognitionSettings, StreamSettings
from stream.frames import Frame
from stream.messages import LostMessage, Match, ServerMessage
from stream.optical_flow import FlowTracker, likeness
from stream.pipeline import Pipeline
from stream.quality import small_grey
from stream.tracker import BUSY_S, CONFIDENT, LOOKING_S, VERIFY_PERIOD_S, Tracker, shortlist
from tests.conftest import ENROLLED, write_works
from vision.outline import Outline

Image = NDArray[np.uint8]
FPS = 8
WORK, OTHER = ENROLLED[2], ENROLLED[3]


@pytest.fixture(scope="module")
def views() -> list[Image]:
    """Five seconds of a work by a trembling hand, at `FPS`."""
    return list(filmed(mount(WORK.paint()), 5, FPS))


@pytest.fixture(scope="module")
def others() -> list[Image]:
    """The same of another work."""
    return list(filmed(mount(OTHER.paint()), 5, FPS))


class Seen:
    """A line that has judged pictures, `FPS` a second."""

    def __init__(
        self, recognizer: Recognizer, *, idle: bool = True, tracker: Tracker | None = None
    ) -> None:
        self.idle = idle
        self.pipeline = Pipeline(ConsensusRule(), StreamSettings(judge_fps=FPS), tracker)
        self.verdicts: list[Recognition] = []
        self.spared: list[bool] = []
        self.said: list[tuple[int, ServerMessage]] = []
        self._recognizer = recognizer

    def judge(self, *images: Image) -> list[str]:
        """Judge pictures; returns how each was judged."""
        began = len(self.verdicts)
        for image in images:
            number = len(self.verdicts)
            frame = Frame(image, number / FPS, number)
            judged = self.pipeline.process(frame, self._recognizer, idle=self.idle)
            assert judged.recognition is not None
            self.verdicts.append(judged.recognition)
            self.spared.append(judged.deferrable_ms > 0)
            self.said += [(number, one) for one in self.pipeline.emit(judged, None)]
        return [verdict.method for verdict in self.verdicts[began:]]

    def matches(self) -> list[tuple[int, str]]:
        return [(at, one.artwork.id) for at, one in self.said if isinstance(one, Match)]


def test_one_frame_of_a_look_asks_the_model(recognizer: Recognizer, views: list[Image]) -> None:
    tracker, full = Seen(recognizer, tracker=Tracker()), Seen(recognizer)
    assert tracker.judge(*views[:5]) == ["full", *["confirmed"] * 4]
    assert full.judge(*views[:5]) == ["full"] * 5
    assert tracker.matches() == full.matches() == [(4, WORK.id)]
    for ours, theirs in zip(tracker.verdicts, full.verdicts, strict=True):
        assert ours.best and theirs.best
        assert ours.best.index == theirs.best.index
        assert ours.best.verification.inliers == theirs.best.verification.inliers
        assert {one.index for one in ours.candidates} <= {one.index for one in theirs.candidates}
    assert all(verdict.timings.embed == 0 for verdict in tracker.verdicts[1:])


def test_what_is_declared_is_followed_and_verified_once_a_second(
    recognizer: Recognizer, views: list[Image]
) -> None:
    """In full where there is time to spare; without the model for a while where others wait."""
    idle = Seen(recognizer, tracker=Tracker())
    looks = idle.judge(*views)
    votes = [at for at, look in enumerate(looks) if look not in ("flow", "tracked")]
    assert max(b - a for a, b in pairwise(votes)) / FPS <= VERIFY_PERIOD_S
    assert looks.count("flow") > len(looks) / 2
    later = [at for at in votes if at > 4]
    assert {looks[at] for at in later} == {"full"}
    assert [at for at, spared in enumerate(idle.spared) if spared] == later
    seen = Seen(recognizer, idle=False, tracker=Tracker())
    looks = seen.judge(*views)
    assert not any(seen.spared)
    assert seen.matches() == idle.matches() == [(4, WORK.id)]
    votes = [at for at, look in enumerate(looks) if look not in ("flow", "tracked")]
    assert max(b - a for a, b in pairwise(votes)) / FPS <= VERIFY_PERIOD_S
    asked = [at for at, look in enumerate(looks) if look == "full"]
    assert asked[0] == 0
    assert all((b - a) / FPS >= BUSY_S for a, b in pairwise(asked))
    again = seen.judge(*views[::-1][1:21])
    asked += [at for at, look in enumerate(again, len(looks)) if look == "full"]
    assert [(b - a) / FPS <= BUSY_S + VERIFY_PERIOD_S for a, b in pairwise(asked)] == [True]
    assert looks.count("flow") > len(looks) / 2
    full = [recognizer.recognize(recognizer.query(image)).best for image in views]
    for mine, sure in zip(seen.verdicts, full, strict=False):
        assert mine.best and sure
        ours, theirs = mine.best.verification.outline, sure.verification.outline
        assert np.array(ours) == pytest.approx(np.array(theirs), abs=0.02)


def test_another_artwork_in_its_place_is_noticed_at_once(
    recognizer: Recognizer, views: list[Image], others: list[Image]
) -> None:
    seen = Seen(recognizer, tracker=Tracker())
    seen.judge(*views[:16])
    assert seen.pipeline.consensus.declared == WORK.id
    assert seen.judge(*others[16:22]) == ["full", *["confirmed"] * 5]
    assert seen.matches() == [(4, WORK.id), (21, OTHER.id)], "as soon as votes allow"
    votes = [verdict.best and verdict.best.index for verdict in seen.verdicts[16:]]
    assert votes == [recognizer.gallery.index_of(OTHER.id)] * 6


def test_an_unknown_picture_in_its_place_gets_no_vote(
    recognizer: Recognizer, views: list[Image]
) -> None:
    unknown = list(filmed(mount(HELD_BACK[1].paint()), 5, FPS))
    seen = Seen(recognizer, tracker=Tracker())
    seen.judge(*views[:16])
    looks = seen.judge(*unknown[16:34])
    assert not set(looks) & {"confirmed", "tracked", "flow"}
    assert all(verdict.best is None for verdict in seen.verdicts[16:])
    assert [one.artwork_id for _, one in seen.said if isinstance(one, LostMessage)] == [WORK.id]


def test_one_picture_slowly_put_in_the_place_of_another_is_not_followed(
    recognizer: Recognizer, views: list[Image]
) -> None:
    """Points can be dragged along from one picture to the next; what they carry must look alike."""
    grey = small_grey(Frame(views[0], 0, 0))
    best = recognizer.recognize(recognizer.query(views[0])).best
    assert best and best.verification.outline
    follower = FlowTracker(grey, best.verification.outline)
    unknown = small_grey(Frame(next(filmed(mount(HELD_BACK[1].paint()), 1)), 0, 0))
    shares = np.linspace(0, 1, 41)
    found = [
        follower.follow(np.asarray(cv2.addWeighted(grey, 1 - share, unknown, share, 0))) is not None
        for share in shares
    ]
    assert found[0]
    assert not any(found[20:]), "less than half of it is left"


def test_the_models_word_is_kept_for_a_second(recognizer: Recognizer, views: list[Image]) -> None:
    seen = Seen(recognizer, tracker=Tracker())
    slow = [Frame(views[number], 0.6 * number, number) for number in range(3)]
    looks = []
    for frame in slow:
        judged = seen.pipeline.process(frame, recognizer)
        assert judged.recognition
        looks.append(judged.recognition.method)
        seen.pipeline.emit(judged, None)
    assert 0.6 < LOOKING_S < 1.2
    assert looks == ["full", "confirmed", "full"]


def test_what_is_accepted_narrowly_is_judged_in_full(
    recognizer: Recognizer, views: list[Image]
) -> None:
    best = recognizer.recognize(recognizer.query(views[0])).best
    assert best
    least = int(best.verification.inliers / CONFIDENT) + 10
    narrow = replace(recognizer, settings=RecognitionSettings(min_inliers=least))
    seen = Seen(narrow, tracker=Tracker())
    assert seen.judge(*views[:12]).count("full") >= 5
    assert seen.matches() == [(4, WORK.id)], "declared all the same"
    assert "flow" not in [verdict.method for verdict in seen.verdicts]


@pytest.fixture(scope="module")
def twins(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Recognizer:
    """A work, and the same with its right half painted over by another's, both enrolled."""
    folder = tmp_path_factory.mktemp("twins")
    source = write_works(folder, ENROLLED[:6])
    picture = cv2.imread(str(folder / f"{WORK.id}.jpg"))
    assert picture is not None
    cv2.imwrite(str(folder / "twin.jpg"), half_of_another(picture))
    with source.open("a", encoding="utf-8") as file:
        file.write("twin,A twin,,,,,twin.jpg\n")
    enrol(read_csv(source), folder / "gallery", embedder, name="twins", source="painted")
    return Recognizer(open_gallery(folder / "gallery", embedder.card), embedder)


def half_of_another(picture: Image) -> Image:
    """Put half of another work on the right of one (both uint8 BGR)."""
    height, width = picture.shape[:2]
    other = cv2.cvtColor(OTHER.paint(), cv2.COLOR_RGB2BGR)
    mixed = picture.copy()
    mixed[:, width // 2 :] = cv2.resize(other, (width, height))[:, width // 2 :]
    return mixed


def test_a_twin_that_fits_better_wins(twins: Recognizer, views: list[Image]) -> None:
    """Frames of the twin, after some of the work that it is half of: the votes are the twin's."""
    rgb = half_of_another(cv2.cvtColor(WORK.paint(), cv2.COLOR_RGB2BGR))[..., ::-1]
    twin = list(filmed(mount(np.ascontiguousarray(rgb)), 5, FPS))
    tracker, full = Seen(twins, tracker=Tracker()), Seen(twins)
    assert tracker.judge(*views[:2], *twin[2:6]) == ["full", *["confirmed"] * 5]
    full.judge(*views[:2], *twin[2:6])
    votes = [
        [one.best and twins.gallery.artworks[one.best.index].id for one in seen.verdicts]
        for seen in (tracker, full)
    ]
    assert votes[0] == votes[1]
    assert votes[0][2:] == ["twin"] * 4
    for verdict in tracker.verdicts:
        fits = [one.verification.inliers >= CONFIDENT * 8 for one in verdict.candidates]
        assert fits.count(True) >= 2, "both fit, one fits better"


def test_rivals_are_the_likeliest_and_all_that_fits_at_all() -> None:
    def one(number: int, score: float, inliers: int) -> Candidate:
        return Candidate(number, score, Verification(inliers, 2 * inliers))

    seen = [one(number, 1 - number / 10, 0) for number in range(5)]
    best, beside = one(7, 0.1, 30), one(6, 0.2, 5)
    assert shortlist([best, *seen, beside], best) == (
        (0, 1.0), (1, 0.9), (2, 0.8), (6, 0.2), (7, 0.1)
    )  # fmt: skip


def test_a_follower_is_right_or_silent(views: list[Image]) -> None:
    grey = small_grey(Frame(views[0], 0, 0))
    whole: Outline = ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))
    follower = FlowTracker(grey, whole)
    turn = cv2.getRotationMatrix2D((160, 120), 4, 1.05)
    turn[:, 2] += (6, -4)
    moved = np.asarray(cv2.warpAffine(grey, turn, (320, 240), borderMode=cv2.BORDER_REPLICATE))
    corners = np.array(whole) * (320, 240)
    found = follower.follow(moved)
    assert found is not None
    outline, agree = found
    assert agree >= 20
    there = np.column_stack([corners, np.ones(4)]) @ turn.T
    assert np.array(outline) * (320, 240) == pytest.approx(there, abs=1.0)
    flat = np.full_like(grey, 90)
    assert follower.follow(flat) is None
    assert FlowTracker(flat, whole).follow(flat) is None, "nothing to hold on to"
    assert follower.follow(grey[:200]) is None, "another size"
    hidden = moved.copy()
    hidden[:, :170] = 60
    assert follower.follow(hidden) is None, "half of it is hidden"
    assert follower.follow(moved) is not None, "and found again"


def test_likeness_is_of_the_pattern_not_the_light(rng: np.random.Generator) -> None:
    a = rng.integers(0, 120, 500).astype(np.uint8)
    assert likeness(a, a) == pytest.approx(1)
    assert likeness(a, (a // 2 + 40).astype(np.uint8)) > 0.99
    assert abs(likeness(a, rng.integers(0, 120, 500).astype(np.uint8))) < 0.2
    assert likeness(a, np.full_like(a, 9)) == likeness(a[:1], a[:1]) == 0


def test_another_version_of_the_gallery_is_asked_anew(
    recognizer: Recognizer, views: list[Image], gallery_folder: Path
) -> None:
    again = open_gallery(gallery_folder, recognizer.embedder.card)
    seen = Seen(recognizer, tracker=Tracker())
    seen.judge(*views[:2])
    seen._recognizer = replace(recognizer, gallery=again)
    assert seen.judge(*views[2:4]) == ["full", "confirmed"]
    assert recognizer.confirm(recognizer.query(views[0]), [], None) is None


def test_more_frames_are_judged_once_something_is_declared(
    recognizer: Recognizer, views: list[Image]
) -> None:
    seen = Seen(recognizer, tracker=Tracker())
    seen.pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker())
    rates = [seen.judge(image) and seen.pipeline.sampler.fps for image in views[:7]]
    assert rates == [6] * 4 + [8] * 3


def test_who_sees_something_else_than_what_is_declared_looks_again(
    recognizer: Recognizer, views: list[Image], others: list[Image]
) -> None:
    seen = Seen(recognizer, tracker=Tracker())
    seen.judge(*views[:4])
    states = [(seen.pipeline.consensus.declared, seen.pipeline.settled)]
    for images in (views[4:10], others[10:11], others[11:16]):
        seen.judge(*images)
        states.append((seen.pipeline.consensus.declared, seen.pipeline.settled))
    assert states == [(None, False), (WORK.id, True), (WORK.id, False), (OTHER.id, True)]
