"""What frames before nearly found is looked for again, and what they didn't isn't."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from recognition.candidate import Candidate, Verification
from recognition.recognizer import Recognition, Recognizer, Timings
from settings import ConsensusRule, RecognitionSettings, StreamSettings
from stream.frames import Frame
from stream.pipeline import Pipeline
from stream.quality import small_grey
from stream.tracker import DETECTION_S, MOST_NEAR_MISSES, Tracker, near_misses_in
from tests.conftest import ENROLLED
from tests.recognition.test_selection import half_hidden

DARK = StreamSettings(judge_fps=5, min_brightness=0)
BLANK = np.full((480, 640, 3), 128, np.uint8)


def found(number: int, inliers: int, agreement: float) -> Candidate:
    return Candidate(number, 0.5, Verification(inliers, 30, agreement=agreement))


def remembered(recognizer: Recognizer, *frames: tuple[float, tuple[Candidate, ...]]) -> Tracker:
    """A memory of frames at such times, in which such candidates were verified."""
    tracker = Tracker()
    for t, candidates in frames:
        verdict = Recognition(candidates, None, 500, Timings(0, 0, 0), "second_pass")
        frame = Frame(BLANK, t, 0)
        tracker.remember(small_grey(frame), t, recognizer, verdict)
    return tracker


def test_half_of_what_is_needed_is_suspicious(recognizer: Recognizer) -> None:
    bar = recognizer.threshold
    enough = found(0, bar.inliers, 1.01 * bar.support / bar.inliers)
    nearly = found(1, bar.inliers, 0.6 * bar.support / bar.inliers)
    unlike = found(2, 4 * bar.inliers, 0.1 * bar.support / bar.inliers)
    few = found(3, bar.inliers // 2 - 1, 1.0)
    candidates = (enough, few, unlike, nearly)
    verdict = Recognition(candidates, None, 500, Timings(0, 0, 0), "second_pass")
    assert near_misses_in(verdict, recognizer) == [nearly, enough]


def test_what_got_a_vote_without_support_is_suspicious(recognizer: Recognizer) -> None:
    solid, other = found(0, 30, 0.0), found(1, 30, 0.0)
    verdict = Recognition((solid, other), solid, 500, Timings(0, 0, 0), "second_pass")
    assert near_misses_in(verdict, recognizer) == [solid], "a work without a plane has no agreement"


def test_the_last_and_best_supported_are_looked_for_first(recognizer: Recognizer) -> None:
    weak, strong = found(0, 8, 0.2), found(1, 8, 0.4)
    tracker = remembered(recognizer, (0.0, (strong, weak)), (0.2, (found(2, 8, 0.3),)))
    ids = [work.id for work in ENROLLED]
    assert tracker.near_misses(0.3, None) == [ids[2], ids[1], ids[0]]
    assert tracker.near_misses(0.1 + DETECTION_S, None) == [ids[2]], "the others were too long ago"
    assert tracker.near_misses(0.3 + DETECTION_S, None) == []


def test_only_so_many_are_looked_for(recognizer: Recognizer) -> None:
    many = tuple(found(number, 9, 0.3 + number / 100) for number in range(6))
    assert len(remembered(recognizer, (0.0, many)).near_misses(0.1, None)) == MOST_NEAR_MISSES


@pytest.mark.parametrize("times", [1.5, 4.0])
def test_what_is_nearly_accepted_is_looked_for_in_every_frame(
    recognizer: Recognizer, times: float
) -> None:
    """Asked for so much more than it has, it gets no vote; it is looked for all the same."""
    verdict = recognizer.recognize(recognizer.query(half_hidden().image), second_pass=True)
    assert verdict.best is not None
    fit = verdict.best.verification
    asked = RecognitionSettings(
        min_inliers=int(times * fit.inliers), min_support=times * fit.support
    )
    pipeline = Pipeline(ConsensusRule(), DARK, Tracker())
    looks = []
    for number in range(5):
        judged = pipeline.process(half_hidden(number), replace(recognizer, settings=asked))
        assert judged.recognition is not None
        assert judged.recognition.best is None
        looks.append(judged.recognition.method)
    between = "retry" if times < 2 else "full"
    assert looks == ["second_pass", between, "second_pass", between, "second_pass"]


def test_frames_that_nearly_find_it_in_one_place_bear_each_other_out(
    recognizer: Recognizer,
) -> None:
    """With too little support in any frame for a vote by itself, the third one votes."""
    fit = recognizer.recognize(recognizer.query(half_hidden().image), second_pass=True).best
    assert fit is not None
    asked = RecognitionSettings(min_support=1.5 * fit.verification.support)
    votes = []
    pipeline = Pipeline(ConsensusRule(), DARK, Tracker())
    for number in range(7):
        judged = pipeline.process(half_hidden(number), replace(recognizer, settings=asked))
        assert judged.recognition is not None
        votes.append(judged.recognition.best is not None)
        pipeline.emit(judged, None)
    assert votes == [False, False, True, True, True, True, True]
    assert pipeline.consensus.declared == ENROLLED[3].id


def test_where_half_was_seen_is_remembered_for_a_while(recognizer: Recognizer) -> None:
    bar, place = recognizer.threshold, ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))

    def seen(number: int, inliers: int) -> Candidate:
        fit = Verification(inliers, 30, place, agreement=0.6 * bar.support / bar.inliers)
        return Candidate(number, 0.5, fit)

    tracker = remembered(recognizer, (0.0, (seen(1, bar.inliers), seen(2, bar.inliers - 1))))
    assert tracker.detections(0.2, recognizer) == {ENROLLED[1].id: [place]}
    assert tracker.detections(DETECTION_S + 0.1, recognizer) == {}
    later = remembered(recognizer, (0.0, (seen(1, 9),)), (DETECTION_S + 0.1, (seen(2, 9),)))
    assert list(later.detections(0.0, recognizer)) == [ENROLLED[2].id], "others are let go of"
