"""The tracker: earlier frames are reused safely, and frames are recognized in full otherwise."""

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
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from recognition.candidate import Candidate, Verification
from recognition.recognizer import Recognition, Recognizer
from settings import ConsensusRule, RecognitionSettings, StreamSettings
from stream.frames import Frame
from stream.messages import LostMessage, Match, ServerMessage
from stream.pipeline import Pipeline
from stream.tracker import BUSY_S, CONFIDENT, LOOKING_S, VERIFY_PERIOD_S, Tracker, shortlist
from tests.conftest import ENROLLED, write_works

Image = NDArray[np.uint8]
FPS = 8
WORK, OTHER = ENROLLED[2], ENROLLED[3]


@pytest.fixture(scope="module")
def views() -> list[Image]:
    """Five seconds of a work, filmed by a trembling hand at `FPS`."""
    return list(filmed(mount(WORK.paint()), 5, FPS))


@pytest.fixture(scope="module")
def others() -> list[Image]:
    """The same of another work."""
    return list(filmed(mount(OTHER.paint()), 5, FPS))


class Run:
    """A pipeline that has processed pictures, `FPS` a second."""

    def __init__(
        self, recognizer: Recognizer, *, idle: bool = True, tracker: Tracker | None = None
    ) -> None:
        self.idle = idle
        self.pipeline = Pipeline(ConsensusRule(), StreamSettings(judge_fps=FPS), tracker)
        self.recognitions: list[Recognition] = []
        self.deferrable: list[bool] = []
        self.messages: list[tuple[int, ServerMessage]] = []
        self._recognizer = recognizer

    def process(self, *images: Image) -> list[str]:
        """Process pictures, and return the method of each recognition."""
        began = len(self.recognitions)
        for image in images:
            number = len(self.recognitions)
            frame = Frame(image, number / FPS, number)
            result = self.pipeline.process(frame, self._recognizer, idle=self.idle)
            assert result.recognition is not None
            self.recognitions.append(result.recognition)
            self.deferrable.append(result.deferrable_ms > 0)
            self.messages += [(number, one) for one in self.pipeline.emit(result, None)]
        return [found.method for found in self.recognitions[began:]]

    def matches(self) -> list[tuple[int, str]]:
        return [(at, one.artwork.id) for at, one in self.messages if isinstance(one, Match)]


def test_one_frame_of_an_attempt_asks_the_model(recognizer: Recognizer, views: list[Image]) -> None:
    tracker, full = Run(recognizer, tracker=Tracker()), Run(recognizer)
    assert tracker.process(*views[:5]) == ["full", *["confirmed"] * 4]
    assert full.process(*views[:5]) == ["full"] * 5
    assert tracker.matches() == full.matches() == [(4, WORK.id)]
    for ours, theirs in zip(tracker.recognitions, full.recognitions, strict=True):
        assert ours.best and theirs.best
        assert ours.best.index == theirs.best.index
        assert ours.best.verification.inliers == theirs.best.verification.inliers
        assert {one.index for one in ours.candidates} <= {one.index for one in theirs.candidates}
    assert all(found.timings.embed == 0 for found in tracker.recognitions[1:])


def test_a_declared_artwork_is_followed_and_verified_once_a_second(
    recognizer: Recognizer, views: list[Image]
) -> None:
    """While nobody waits, in full; while others wait, for some time without the model."""
    idle = Run(recognizer, tracker=Tracker())
    methods = idle.process(*views)
    votes = [at for at, method in enumerate(methods) if method not in ("flow", "tracked")]
    assert max(b - a for a, b in pairwise(votes)) / FPS <= VERIFY_PERIOD_S
    assert methods.count("flow") > len(methods) / 2
    later = [at for at in votes if at > 4]
    assert {methods[at] for at in later} == {"full"}
    assert [at for at, deferrable in enumerate(idle.deferrable) if deferrable] == later
    run = Run(recognizer, idle=False, tracker=Tracker())
    methods = run.process(*views)
    assert not any(run.deferrable)
    assert run.matches() == idle.matches() == [(4, WORK.id)]
    votes = [at for at, method in enumerate(methods) if method not in ("flow", "tracked")]
    assert max(b - a for a, b in pairwise(votes)) / FPS <= VERIFY_PERIOD_S
    asked = [at for at, method in enumerate(methods) if method == "full"]
    assert asked[0] == 0
    assert all((b - a) / FPS >= BUSY_S for a, b in pairwise(asked))
    again = run.process(*views[::-1][1:21])
    asked += [at for at, method in enumerate(again, len(methods)) if method == "full"]
    assert [(b - a) / FPS <= BUSY_S + VERIFY_PERIOD_S for a, b in pairwise(asked)] == [True]
    assert methods.count("flow") > len(methods) / 2
    full = [recognizer.recognize(recognizer.query(image)).best for image in views]
    for mine, other in zip(run.recognitions, full, strict=False):
        assert mine.best and other
        ours, theirs = mine.best.verification.outline, other.verification.outline
        assert np.array(ours) == pytest.approx(np.array(theirs), abs=0.02)


def test_another_artwork_in_its_place_is_noticed_at_once(
    recognizer: Recognizer, views: list[Image], others: list[Image]
) -> None:
    run = Run(recognizer, tracker=Tracker())
    run.process(*views[:16])
    assert run.pipeline.consensus.declared == WORK.id
    assert run.process(*others[16:22]) == ["full", *["confirmed"] * 5]
    assert run.matches() == [(4, WORK.id), (21, OTHER.id)], "as soon as votes allow"
    votes = [found.best and found.best.index for found in run.recognitions[16:]]
    assert votes == [recognizer.gallery.index_of(OTHER.id)] * 6


def test_an_unknown_picture_in_its_place_gets_no_vote(
    recognizer: Recognizer, views: list[Image]
) -> None:
    unknown = list(filmed(mount(HELD_BACK[1].paint()), 5, FPS))
    run = Run(recognizer, tracker=Tracker())
    run.process(*views[:16])
    methods = run.process(*unknown[16:34])
    assert not set(methods) & {"confirmed", "tracked", "flow"}
    assert all(found.best is None for found in run.recognitions[16:])
    assert [one.artwork_id for _, one in run.messages if isinstance(one, LostMessage)] == [WORK.id]


def test_a_keyframe_holds_for_a_second(recognizer: Recognizer, views: list[Image]) -> None:
    run = Run(recognizer, tracker=Tracker())
    slow = [Frame(views[number], 0.6 * number, number) for number in range(3)]
    methods = []
    for frame in slow:
        result = run.pipeline.process(frame, recognizer)
        assert result.recognition
        methods.append(result.recognition.method)
        run.pipeline.emit(result, None)
    assert 0.6 < LOOKING_S < 1.2
    assert methods == ["full", "confirmed", "full"]


def test_a_narrowly_accepted_artwork_is_recognized_in_full(
    recognizer: Recognizer, views: list[Image]
) -> None:
    best = recognizer.recognize(recognizer.query(views[0])).best
    assert best
    least = int(best.verification.inliers / CONFIDENT) + 10
    narrow = replace(recognizer, settings=RecognitionSettings(min_inliers=least))
    run = Run(narrow, tracker=Tracker())
    assert run.process(*views[:12]).count("full") >= 5
    assert run.matches() == [(4, WORK.id)], "declared all the same"
    assert "flow" not in [found.method for found in run.recognitions]


@pytest.fixture(scope="module")
def twins(
    gallery: Gallery, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory
) -> Recognizer:
    """A gallery with a work, and with the same work whose right half is another's."""
    folder = tmp_path_factory.mktemp("twins")
    source = write_works(folder, ENROLLED[:6])
    picture = cv2.imread(str(folder / f"{WORK.id}.jpg"))
    assert picture is not None
    cv2.imwrite(str(folder / "twin.jpg"), half_of_another(picture))
    with source.open("a", encoding="utf-8") as file:
        file.write("twin,A twin,,,,,twin.jpg\n")
    artworks, out = read_csv(source), folder / "gallery"
    enrol(artworks, out, embedder, name="twins", source="painted", base=gallery)
    return Recognizer(open_gallery(out, embedder.card), embedder)


def half_of_another(picture: Image) -> Image:
    """Put half of another work on the right of one (both uint8 BGR)."""
    height, width = picture.shape[:2]
    other = cv2.cvtColor(OTHER.paint(), cv2.COLOR_RGB2BGR)
    mixed = picture.copy()
    mixed[:, width // 2 :] = cv2.resize(other, (width, height))[:, width // 2 :]
    return mixed


def test_a_twin_that_fits_better_wins(twins: Recognizer, views: list[Image]) -> None:
    """Frames of the twin follow frames of the work that it is half of: the votes are the twin's."""
    rgb = half_of_another(cv2.cvtColor(WORK.paint(), cv2.COLOR_RGB2BGR))[..., ::-1]
    twin = list(filmed(mount(np.ascontiguousarray(rgb)), 5, FPS))
    tracker, full = Run(twins, tracker=Tracker()), Run(twins)
    assert tracker.process(*views[:2], *twin[2:6]) == ["full", *["confirmed"] * 5]
    full.process(*views[:2], *twin[2:6])
    votes = [
        [one.best and twins.gallery.artworks[one.best.index].id for one in run.recognitions]
        for run in (tracker, full)
    ]
    assert votes[0] == votes[1]
    assert votes[0][2:] == ["twin"] * 4
    for found in tracker.recognitions:
        fits = [one.verification.inliers >= CONFIDENT * 8 for one in found.candidates]
        assert fits.count(True) >= 2, "both fit, one fits better"


def test_a_shortlist_has_the_likeliest_and_all_with_enough_inliers() -> None:
    def one(index: int, score: float, inliers: int) -> Candidate:
        return Candidate(index, score, Verification(inliers, 2 * inliers))

    others = [one(index, 1 - index / 10, 0) for index in range(5)]
    best, fitting = one(7, 0.1, 30), one(6, 0.2, 5)
    assert shortlist([best, *others, fitting], best) == (
        (0, 1.0), (1, 0.9), (2, 0.8), (6, 0.2), (7, 0.1)
    )  # fmt: skip


def test_another_version_of_the_gallery_is_searched_anew(
    recognizer: Recognizer, views: list[Image], gallery_folder: Path
) -> None:
    again = open_gallery(gallery_folder, recognizer.embedder.card)
    run = Run(recognizer, tracker=Tracker())
    run.process(*views[:2])
    run._recognizer = replace(recognizer, gallery=again)
    assert run.process(*views[2:4]) == ["full", "confirmed"]
    assert recognizer.confirm(recognizer.query(views[0]), [], None) is None


def test_more_frames_are_processed_once_something_is_declared(
    recognizer: Recognizer, views: list[Image]
) -> None:
    run = Run(recognizer, tracker=Tracker())
    run.pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker())
    rates = [run.process(image) and run.pipeline.sampler.fps for image in views[:7]]
    assert rates == [6] * 4 + [8] * 3


def test_a_visitor_who_sees_another_artwork_is_no_longer_settled(
    recognizer: Recognizer, views: list[Image], others: list[Image]
) -> None:
    run = Run(recognizer, tracker=Tracker())
    run.process(*views[:4])
    states = [(run.pipeline.consensus.declared, run.pipeline.settled)]
    for images in (views[4:10], others[10:11], others[11:16]):
        run.process(*images)
        states.append((run.pipeline.consensus.declared, run.pipeline.settled))
    assert states == [(None, False), (WORK.id, True), (WORK.id, False), (OTHER.id, True)]
