"""Looks at a small and a large gallery by turns: the same frames, and how often each is right."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from demo.catalogue import HELD_BACK
from evaluation.conditions import Spread
from evaluation.dataset import SceneDataset
from evaluation.filmed_clips import Image, filmed, mount
from evaluation.frames import sample_frame
from evaluation.measure import SystemUnderTest
from stream.frames import Frame
from stream.messages import Match

SERIES = 3000
"""Number of the series of scenes; `vernissage evaluate` has others."""
_SEED = 1
_ATTEMPT_S = 1.2
OnProgress = Callable[[int, int], None]


@dataclass
class Looks:
    """What one gallery made of the frames.

    Attributes:
        outcomes: frames by outcome: `right`, `neighbour`, `wrong`, `none`.
        cpu_ms: CPU of each frame's recognition on one thread, a second pass included.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    cpu_ms: list[float] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of frames that were recognized rightly, 0..1."""
        return self.outcomes["right"] / max(1, self.outcomes.total())


def look(
    systems: Sequence[SystemUnderTest],
    dataset: SceneDataset,
    spread: Spread,
    count: int,
    on_progress: OnProgress,
) -> list[Looks]:
    """Render frames of the dataset's artworks, and have each system recognize each of them."""
    looks = [Looks() for _ in systems]
    for index in range(count):
        truth = dataset.scene(spread, SERIES, index, _SEED)
        image = truth.scene.shoot().image
        for system, seen in zip(systems, looks, strict=True):
            recognizer = system.recognizer
            began = time.process_time()
            recognition = recognizer.recognize(recognizer.query(image), second_pass=True)
            seen.cpu_ms.append(1000 * (time.process_time() - began))
            sample = sample_frame("", truth, image, recognition, recognizer, None)
            seen.outcomes[sample.outcome] += 1
        on_progress(index + 1, count)
    return looks


@dataclass
class Attempts:
    """What one gallery made of things that aren't enrolled.

    Attributes:
        attempts: how many a camera was pointed at, a second each.
        votes: frames that voted for an artwork.
        declared: what was declared, as `picture: id`; all of it is wrong.
    """

    attempts: int = 0
    votes: int = 0
    declared: list[str] = field(default_factory=list)


def try_unknown(
    systems: Sequence[SystemUnderTest], stills: Sequence[Path], count: int, on_progress: OnProgress
) -> list[Attempts]:
    """Point a camera at stills and at demo works that are never enrolled.

    Args:
        systems: what is measured.
        stills: photographs in which nothing may be recognized.
        count: most stills to try, evenly chosen.
        on_progress: called with (attempts done, attempts in all).
    """
    tried = [Attempts() for _ in systems]
    chosen = [stills[n] for n in np.unique(np.linspace(0, len(stills) - 1, count).astype(int))]
    for done, (name, wall) in enumerate(_walls(chosen if stills else [])):
        frames = list(filmed(wall, _ATTEMPT_S, round(systems[0].stream.judge_fps)))
        for system, made in zip(systems, tried, strict=True):
            made.attempts += 1
            pipeline = system.make_pipeline()
            for number, image in enumerate(frames):
                frame = Frame(image, number / system.stream.judge_fps, number)
                result = pipeline.process(frame, system.recognizer)
                made.votes += bool(result.recognition and result.recognition.best)
                made.declared += [
                    f"{name}: {message.artwork.id}"
                    for message in pipeline.emit(result, None)
                    if isinstance(message, Match)
                ]
        on_progress(done + 1, len(chosen) + len(HELD_BACK))
    return tried


def _walls(stills: Sequence[Path]) -> Iterator[tuple[str, Image]]:
    """Yield names and what a camera is pointed at: uint8 [height, width, 3], BGR, 4 to 3."""
    for path in stills:
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            raise SystemExit(f"{path}: not a picture that can be read; move it out of the folder")
        high, wide = image.shape[:2]
        high, wide = min(high, wide * 3 // 4), min(wide, high * 4 // 3)
        top, left = (image.shape[0] - high) // 2, (image.shape[1] - wide) // 2
        yield path.name, np.asarray(image[top : top + high, left : left + wide], np.uint8)
    for work in HELD_BACK:
        yield work.id, mount(work.paint())
