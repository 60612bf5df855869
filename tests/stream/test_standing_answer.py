"""The model's answer stands while frames look the same, and is asked for anew where they don't."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount
from recognition.recognizer import Recognition, Recognizer
from settings import ConsensusRule, StreamSettings
from stream.frames import Frame
from stream.pipeline import Pipeline
from stream.quality import likeness, small_grey
from stream.tracker import ANSWER_S, MIN_LIKENESS, Tracker
from tests.conftest import ENROLLED

Image = NDArray[np.uint8]
FPS = 6


@pytest.fixture(scope="module")
def unknown() -> Image:
    """A camera's picture of a work that is not enrolled."""
    return next(filmed(mount(HELD_BACK[1].paint()), 1))


def recognized(recognizer: Recognizer, images: list[Image]) -> list[Recognition]:
    """Process pictures with one memory, `FPS` a second."""
    pipeline = Pipeline(ConsensusRule(), StreamSettings(), Tracker())
    found = []
    for number, image in enumerate(images):
        result = pipeline.process(Frame(image, number / FPS, number), recognizer)
        assert result.recognition is not None
        found.append(result.recognition)
    return found


def trembling(image: Image, count: int) -> list[Image]:
    """Move a picture by a pixel or two, each time elsewhere."""
    return [np.roll(image, number % 3, axis=1) for number in range(count)]


def test_the_inner_crop_is_asked_about_where_the_whole_leads_to_nothing(
    recognizer: Recognizer, unknown: Image
) -> None:
    plain = next(filmed(mount(ENROLLED[2].paint()), 1))
    sure = recognizer.recognize(recognizer.query(plain))
    assert sure.best is not None and sure.nearest.crops == 1
    unsure = recognizer.recognize(recognizer.query(unknown))
    assert unsure.best is None and unsure.nearest.complete
    again = recognizer.recognize(recognizer.query(unknown), nearest=unsure.nearest)
    assert not again.by_model and again.nearest == unsure.nearest


def test_while_frames_look_the_same_only_features_are_verified(
    recognizer: Recognizer, unknown: Image
) -> None:
    count = int(2 * ANSWER_S * FPS)
    found = recognized(recognizer, trembling(unknown, count))
    asked = [number for number, one in enumerate(found) if one.by_model]
    assert asked == [0, int(ANSWER_S * FPS) + 1], "once, and when the answer is too old"
    assert all(one.candidates and one.best is None for one in found)
    assert len({one.timings.verify for one in found}) == count, "each frame's own features"


def test_another_picture_is_asked_about_at_once(recognizer: Recognizer, unknown: Image) -> None:
    other = next(filmed(mount(HELD_BACK[0].paint()), 1))
    assert likeness(*(small_grey(Frame(one, 0, 0)) for one in (unknown, other))) < MIN_LIKENESS
    found = recognized(recognizer, [*trembling(unknown, 3), *trembling(other, 3)])
    assert [one.by_model for one in found] == [True, False, False] * 2


def test_light_changes_no_likeness_and_another_size_is_another_picture(unknown: Image) -> None:
    grey = small_grey(Frame(unknown, 0, 0))
    assert likeness(grey, grey // 2) == pytest.approx(1, abs=0.01)
    assert likeness(grey, grey[:-20]) == 0
    assert likeness(np.zeros_like(grey), grey) < MIN_LIKENESS
