"""Several artworks in view: the one that is pointed at, steadily."""

from __future__ import annotations

import cv2
import numpy as np

from recognition.candidate import Candidate, Threshold, Verification, corroborated_by, holds_centre
from recognition.recognizer import Recognizer
from recognition.selection import LEAST_ATTENTION, select_artwork
from settings import ConsensusRule, StreamSettings
from stream.frames import Frame
from stream.messages import LostMessage, Match
from stream.pipeline import Pipeline
from stream.tracker import Tracker
from tests.conftest import ENROLLED
from vision.outline import attention
from vision.points import Outline


def box(left: float, top: float, right: float, bottom: float) -> Outline:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


THRESHOLD = Threshold(8, 2.5)
DARK = StreamSettings(judge_fps=5, min_brightness=0)


def candidate(
    index: int,
    outline: Outline,
    inliers: int = 50,
    score: float = 0.5,
    agreement: float = 0.5,
) -> Candidate:
    fit = Verification(inliers, 2 * inliers, outline, agreement=agreement)
    return Candidate(index, score, fit)


def test_the_central_artwork_is_selected_not_the_one_with_most_inliers() -> None:
    left, middle = (
        candidate(1, box(0, 0.2, 0.3, 0.8), 200),
        candidate(2, box(0.35, 0.2, 0.65, 0.8), 60),
    )
    assert select_artwork([left, middle], THRESHOLD) is middle
    assert select_artwork([left], THRESHOLD) is left
    assert select_artwork([], THRESHOLD) is None
    assert select_artwork([candidate(3, box(0, 0, 1, 1), 7)], THRESHOLD) is None


def test_an_artwork_that_nobody_points_at_gets_no_vote_however_many_inliers() -> None:
    corner, small = box(0, 0, 0.22, 0.3), box(0.45, 0.45, 0.52, 0.55)
    assert max(attention(corner), attention(small)) < LEAST_ATTENTION
    assert select_artwork([candidate(1, corner, 200)], THRESHOLD) is None
    assert select_artwork([candidate(1, small)], THRESHOLD) is not None, "small, but at the centre"
    assert select_artwork([candidate(1, corner, 200)], THRESHOLD, declared=1) is None


def test_half_the_support_is_enough_where_two_earlier_frames_found_it_too() -> None:
    place = box(0.3, 0.3, 0.7, 0.7)
    nearly = candidate(
        1, place, THRESHOLD.inliers, agreement=0.6 * THRESHOLD.support / THRESHOLD.inliers
    )
    assert select_artwork([nearly], THRESHOLD) is None
    assert select_artwork([corroborated_by(nearly, [])], THRESHOLD) is None
    elsewhere, there = box(0.6, 0.3, 1.0, 0.7), box(0.34, 0.33, 0.74, 0.73)
    assert select_artwork([corroborated_by(nearly, [place, elsewhere])], THRESHOLD) is None, (
        "one was elsewhere"
    )
    again = corroborated_by(nearly, [there, elsewhere, place])
    assert select_artwork([again], THRESHOLD) is again
    too_few = candidate(1, place, THRESHOLD.inliers - 1, agreement=1.0)
    assert select_artwork([corroborated_by(too_few, [place] * 5)], THRESHOLD) is None, (
        "inliers are needed in full"
    )
    less = candidate(
        1, place, THRESHOLD.inliers, agreement=0.4 * THRESHOLD.support / THRESHOLD.inliers
    )
    assert select_artwork([corroborated_by(less, [place] * 5)], THRESHOLD) is None


def test_inliers_and_appearance_must_both_be_enough() -> None:
    whole = box(0, 0, 1, 1)
    assert select_artwork([candidate(1, whole, 12, agreement=0.17)], THRESHOLD) is None, (
        "two faces in one pose"
    )
    assert select_artwork([candidate(1, whole, 12, agreement=0.3)], THRESHOLD) is not None
    assert select_artwork([candidate(1, whole, 7, agreement=0.9)], THRESHOLD) is None


def test_a_hard_to_see_artwork_at_the_centre_beats_its_neighbour_but_chance_does_not() -> None:
    sound, dim = candidate(1, box(0, 0.2, 0.4, 0.8), 120), candidate(2, box(0.3, 0.3, 0.7, 0.7), 9)
    assert select_artwork([dim, sound], THRESHOLD) is dim
    chance = candidate(2, box(0.3, 0.3, 0.7, 0.7), 9, agreement=0.02)
    assert select_artwork([chance, sound], THRESHOLD) is sound


def test_of_two_in_one_place_the_better_supported_counts() -> None:
    work, alike = (
        candidate(1, box(0.3, 0.3, 0.7, 0.7), 40),
        candidate(2, box(0.26, 0.26, 0.74, 0.74), 20),
    )
    assert attention(box(0.26, 0.26, 0.74, 0.74)) > attention(box(0.3, 0.3, 0.7, 0.7))
    assert select_artwork([work, alike], THRESHOLD) is work
    assert select_artwork([work, alike], THRESHOLD, declared=2) is work
    nearly = candidate(2, box(0.26, 0.26, 0.74, 0.74), 30)
    assert select_artwork([work, nearly], THRESHOLD, declared=2) is nearly, (
        "the declared artwork isn't given up lightly"
    )
    beside = candidate(2, box(0.6, 0.3, 1.0, 0.7), 20)
    assert select_artwork([work, beside], THRESHOLD, declared=2) is work


def test_an_artwork_holds_the_centre_or_is_beside_it() -> None:
    assert holds_centre(candidate(1, box(0.4, 0.4, 0.6, 0.6)))
    assert not holds_centre(candidate(1, box(0.6, 0.2, 0.9, 0.8)))
    assert not holds_centre(Candidate(1, 0.5, Verification(50, 60)))
    assert not holds_centre(None)


def half_hidden(seed: int = 0) -> Frame:
    """A painting in the dark beside a bright wall, half hidden by a visitor; `seed`: its noise."""
    painting = cv2.cvtColor(ENROLLED[3].paint(), cv2.COLOR_RGB2BGR)
    scale = 300 / painting.shape[0]
    painting = cv2.resize(painting, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    high, wide = painting.shape[:2]
    view = np.full((480, 640, 3), 205, np.uint8)
    left = min(330, 640 - wide)
    view[90 : 90 + high, left : left + wide] = painting // 20
    cv2.ellipse(view, (left + wide // 3, 480), (wide // 4, 330), 0, 0, 360, (60, 70, 40), -1)
    noise = np.random.default_rng(seed).normal(0, 1.0, view.shape)
    return Frame(np.clip(view + noise, 0, 255).astype(np.uint8), seed / 5, seed)


def test_a_second_pass_finds_what_a_first_one_misses(recognizer: Recognizer) -> None:
    frame = half_hidden()
    first, second = (
        recognizer.recognize(recognizer.query(frame.image)),
        recognizer.recognize(recognizer.query(frame.image), second_pass=True),
    )
    assert (first.best, first.method) == (None, "full")
    assert second.best is not None
    assert second.method == "second_pass"
    assert recognizer.gallery.artworks[second.best.index].id == ENROLLED[3].id
    assert second.timings.verify > first.timings.verify


def test_no_second_pass_where_the_first_one_finds_the_artwork(recognizer: Recognizer) -> None:
    clear = Frame(np.ascontiguousarray(ENROLLED[3].paint()[..., ::-1]), 0.0, 0)
    assert recognizer.recognize(recognizer.query(clear.image), second_pass=True).method == "full"


def test_second_passes_end_with_the_declaration_and_need_idle_time(
    recognizer: Recognizer,
) -> None:
    frames = [half_hidden(number) for number in range(10)]
    pipelines = [Pipeline(ConsensusRule(), DARK, Tracker(), shown_fps=5) for _ in range(2)]
    methods: list[list[str]] = []
    for pipeline, idle in zip(pipelines, (True, False), strict=True):
        methods.append([])
        for frame in frames:
            result = pipeline.process(frame, recognizer, idle=idle)
            assert result.recognition is not None
            methods[-1].append(result.recognition.method)
            more = result.recognition.method != "full"
            assert (0 < result.deferrable_ms < result.cpu_ms) is more, "what RootSIFT took"
            pipeline.emit(result, None)
    assert pipelines[0].consensus.declared == ENROLLED[3].id
    until = ["second_pass", "retry"] * 2 + ["second_pass"]
    assert methods[0][:5] == until, "one in a third of a second looks for any artwork"
    assert methods[0][5:] == ["full", "retry"] * 2 + ["full"], "then for this one, and seldom"
    assert pipelines[1].consensus.declared is None
    assert methods[1] == ["full"] * 10


def test_an_artwork_that_only_a_second_pass_finds_stays_declared(
    recognizer: Recognizer,
) -> None:
    pipeline = Pipeline(ConsensusRule(), DARK, Tracker(), shown_fps=5)
    kinds = [
        type(message)
        for number in range(30)
        for message in pipeline.emit(pipeline.process(half_hidden(number), recognizer), None)
    ]
    assert kinds.count(Match) == 1
    assert LostMessage not in kinds
    assert pipeline.consensus.declared == ENROLLED[3].id


def test_the_declared_artwork_keeps_the_vote_at_a_near_tie() -> None:
    left, right = candidate(1, box(0.0, 0.2, 0.49, 0.8)), candidate(2, box(0.5, 0.2, 1.0, 0.8))
    assert select_artwork([left, right], THRESHOLD, declared=1) is left
    assert select_artwork([left, right], THRESHOLD, declared=2) is right
    moved = candidate(1, box(-0.2, 0.2, 0.25, 0.8)), candidate(2, box(0.26, 0.2, 0.76, 0.8))
    assert select_artwork(moved, THRESHOLD, declared=1) is moved[1]


def test_a_trembling_hand_between_neighbours_never_flips(recognizer: Recognizer) -> None:
    rng = np.random.default_rng(11)
    wall = np.full((700, 1400, 3), (190, 200, 205), np.uint8)
    for place, work in enumerate(ENROLLED[1:3]):
        picture = cv2.cvtColor(work.paint(), cv2.COLOR_RGB2BGR)
        scale = 480 / max(picture.shape)
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        top, left = 350 - small.shape[0] // 2, (430, 970)[place] - small.shape[1] // 2
        wall[top : top + small.shape[0], left : left + small.shape[1]] = small
    pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker(), shown_fps=6)
    messages = []
    for number in range(30):
        x, y = np.array([300, 50]) + rng.normal(0, 14, 2)
        shift = np.array([[1, 0, -x], [0, 1, -y]], float)
        view = cv2.warpAffine(wall, shift, (800, 600), borderMode=cv2.BORDER_REPLICATE)
        frame = Frame(np.asarray(view), number / 6, number)
        messages += pipeline.emit(pipeline.process(frame, recognizer), None)
    kinds = [message.type for message in messages]  # type: ignore[attr-defined]
    assert kinds.count("match") == 1
    assert "lost" not in kinds
