"""Near misses: what earlier frames nearly found is looked for again, and nothing else is."""

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


def candidate(index: int, inliers: int, agreement: float) -> Candidate:
    return Candidate(index, 0.5, Verification(inliers, 30, agreement=agreement))


def remembered(recognizer: Recognizer, *frames: tuple[float, tuple[Candidate, ...]]) -> Tracker:
    """A tracker that remembers frames: their times, and the candidates verified in them."""
    tracker = Tracker()
    for t, candidates in frames:
        found = Recognition(candidates, None, 500, Timings(0, 0, 0), "second_pass")
        frame = Frame(BLANK, t, 0)
        tracker.remember(small_grey(frame), t, recognizer, found)
    return tracker


def test_half_of_the_threshold_makes_a_near_miss(recognizer: Recognizer) -> None:
    threshold = recognizer.threshold
    enough = candidate(0, threshold.inliers, 1.01 * threshold.support / threshold.inliers)
    nearly = candidate(1, threshold.inliers, 0.6 * threshold.support / threshold.inliers)
    unlike = candidate(2, 4 * threshold.inliers, 0.1 * threshold.support / threshold.inliers)
    few = candidate(3, threshold.inliers // 2 - 1, 1.0)
    candidates = (enough, few, unlike, nearly)
    recognition = Recognition(candidates, None, 500, Timings(0, 0, 0), "second_pass")
    assert near_misses_in(recognition, recognizer) == [nearly, enough]


def test_a_vote_without_support_makes_a_near_miss(recognizer: Recognizer) -> None:
    solid, other = candidate(0, 30, 0.0), candidate(1, 30, 0.0)
    recognition = Recognition((solid, other), solid, 500, Timings(0, 0, 0), "second_pass")
    assert near_misses_in(recognition, recognizer) == [solid], "non-planar works have no agreement"


def test_the_last_and_best_supported_are_looked_for_first(recognizer: Recognizer) -> None:
    weak, strong = candidate(0, 8, 0.2), candidate(1, 8, 0.4)
    tracker = remembered(recognizer, (0.0, (strong, weak)), (0.2, (candidate(2, 8, 0.3),)))
    ids = [work.id for work in ENROLLED]
    assert tracker.near_misses(0.3, None) == [ids[2], ids[1], ids[0]]
    assert tracker.near_misses(0.1 + DETECTION_S, None) == [ids[2]], "the others were too long ago"
    assert tracker.near_misses(0.3 + DETECTION_S, None) == []


def test_near_misses_are_limited(recognizer: Recognizer) -> None:
    many = tuple(candidate(number, 9, 0.3 + number / 100) for number in range(6))
    assert len(remembered(recognizer, (0.0, many)).near_misses(0.1, None)) == MOST_NEAR_MISSES


@pytest.mark.parametrize("times", [1.5, 4.0])
def test_a_near_miss_is_retried_in_every_frame(recognizer: Recognizer, times: float) -> None:
    """The threshold is so many times what the artwork has: it gets no vote, but is retried."""
    recognition = recognizer.recognize(recognizer.query(half_hidden().image), second_pass=True)
    assert recognition.best is not None
    fit = recognition.best.verification
    asked = RecognitionSettings(
        min_inliers=int(times * fit.inliers), min_support=times * fit.support
    )
    pipeline = Pipeline(ConsensusRule(), DARK, Tracker())
    methods = []
    for number in range(5):
        result = pipeline.process(half_hidden(number), replace(recognizer, settings=asked))
        assert result.recognition is not None
        assert result.recognition.best is None
        methods.append(result.recognition.method)
    between = "retry" if times < 2 else "full"
    assert methods == ["second_pass", between, "second_pass", between, "second_pass"]


def test_frames_that_nearly_find_it_in_one_place_corroborate_each_other(
    recognizer: Recognizer,
) -> None:
    """With too little support in any frame for a vote by itself, the third one votes."""
    fit = recognizer.recognize(recognizer.query(half_hidden().image), second_pass=True).best
    assert fit is not None
    asked = RecognitionSettings(min_support=1.5 * fit.verification.support)
    votes = []
    pipeline = Pipeline(ConsensusRule(), DARK, Tracker())
    for number in range(7):
        result = pipeline.process(half_hidden(number), replace(recognizer, settings=asked))
        assert result.recognition is not None
        votes.append(result.recognition.best is not None)
        pipeline.emit(result, None)
    assert votes == [False, False, True, True, True, True, True]
    assert pipeline.consensus.declared == ENROLLED[3].id


def test_detections_with_half_the_support_are_remembered_for_a_while(
    recognizer: Recognizer,
) -> None:
    threshold, place = recognizer.threshold, ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8))

    def detected(index: int, inliers: int) -> Candidate:
        fit = Verification(
            inliers, 30, place, agreement=0.6 * threshold.support / threshold.inliers
        )
        return Candidate(index, 0.5, fit)

    tracker = remembered(
        recognizer, (0.0, (detected(1, threshold.inliers), detected(2, threshold.inliers - 1)))
    )
    assert tracker.detections(0.2, recognizer) == {ENROLLED[1].id: [place]}
    assert tracker.detections(DETECTION_S + 0.1, recognizer) == {}
    later = remembered(recognizer, (0.0, (detected(1, 9),)), (DETECTION_S + 0.1, (detected(2, 9),)))
    assert list(later.detections(0.0, recognizer)) == [ENROLLED[2].id], "older ones are forgotten"
