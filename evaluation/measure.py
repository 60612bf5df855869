"""The whole measurement: which scenes, in which order, on two threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from common.threads import use_one_thread
from evaluation.conditions import OPEN_SPREADS, ROWS, levels
from evaluation.dataset import SceneDataset
from evaluation.frames import FrameJob, FrameSample
from evaluation.openset import FEWEST, split
from evaluation.sequences import TYPICAL_FRAMES, Look, LookJob
from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from stream.pipeline import Pipeline
from stream.tracker import Tracker

OPEN = "not enrolled"
_LEVEL_SEEDS, _LOOK_SEEDS, _OPEN_SEED = 100, 1000, 2000
"""Rows' frames, levels, rows' looks and open looks have scenes of their own."""
WORKERS = 2
T = TypeVar("T")
Made = TypeVar("Made", covariant=True)
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        frames: frames of each row.
        level_frames: frames of each value of each factor.
        looks: looks of each row.
        open_looks: looks at artworks that aren't enrolled.
        seed: decides everything.
    """

    frames: int = 95
    level_frames: int = 10
    looks: int = 16
    open_looks: int = 60
    seed: int = 1

    @property
    def effort(self) -> int:
        """About how many frames will be judged, without those of the open set."""
        looks = len(ROWS) * self.looks * TYPICAL_FRAMES
        return len(ROWS) * self.frames + len(levels()) * self.level_frames + looks


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured."""

    recognizer: Recognizer
    rule: ConsensusRule
    stream: StreamSettings

    def make_pipeline(self) -> Pipeline:
        """Make the pipeline of one clip: as many frames are processed after a match as before."""
        return Pipeline(self.rule, self.stream, Tracker(), shown_fps=self.stream.judge_fps)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured.

    Attributes:
        rows: frames of each row, by its name.
        levels: frames of each value of a factor, by (factor, value).
        looks: looks of each row, by its name.
        open_looks: looks at artworks that aren't enrolled.
        enrolled_half: how many artworks were enrolled for those.
    """

    rows: dict[str, tuple[FrameSample, ...]]
    levels: dict[tuple[str, float], tuple[FrameSample, ...]]
    looks: dict[str, tuple[Look, ...]]
    open_looks: tuple[Look, ...]
    enrolled_half: int


class Job(Protocol[Made]):
    """A scene to set up and judge."""

    def run(
        self, shelf: SceneDataset, recognizer: Recognizer, settings: StreamSettings, seed: int
    ) -> Made:
        """Do it."""


def measure_known(setting: Setting, plan: Plan, on_progress: OnProgress) -> Figures:
    """Measure how enrolled artworks are recognized.

    Args:
        setting: what is measured.
        plan: how much.
        on_progress: called with (frames done, all), about.
    """
    shelf = SceneDataset.of(setting.recognizer.gallery)
    frame_jobs = [
        FrameJob(row.name, number, index, row.spread)
        for number, row in enumerate(ROWS)
        for index in range(plan.frames)
    ]
    frame_jobs += [
        FrameJob(f"{level.factor}={level.value:g}", _LEVEL_SEEDS + number, index, level.spread)
        for number, level in enumerate(levels())
        for index in range(plan.level_frames)
    ]
    look_jobs = [
        LookJob(row.name, _LOOK_SEEDS + number, index, row.spread, setting.rule)
        for number, row in enumerate(ROWS)
        for index in range(plan.looks)
    ]
    total = plan.effort
    glimpses = _run(frame_jobs, setting, shelf, plan.seed, lambda n: on_progress(n, total))
    done = len(frame_jobs)
    looks = _run(
        look_jobs,
        setting,
        shelf,
        plan.seed,
        lambda n: on_progress(done + n * TYPICAL_FRAMES, total),
    )
    by_place = _grouped((sample.place, sample) for sample in glimpses)
    return Figures(
        rows={row.name: by_place.get(row.name, ()) for row in ROWS},
        levels={
            (level.factor, level.value): by_place.get(f"{level.factor}={level.value:g}", ())
            for level in levels()
        },
        looks=_grouped((look.place, look) for look in looks),
        open_looks=(),
        enrolled_half=0,
    )


def measure_unknown(
    figures: Figures,
    setting: Setting,
    plan: Plan,
    on_enrolled: OnProgress,
    on_progress: OnProgress,
) -> Figures:
    """Measure what is declared when artworks are shown that aren't enrolled.

    Args:
        figures: what was measured so far.
        setting: what is measured.
        plan: how much.
        on_enrolled: called with (steps of enrolling half done, all).
        on_progress: called with (looks done, all).

    Returns:
        The figures with the open set; as they were where the gallery is too small to be split.
    """
    gallery = setting.recognizer.gallery
    if len(gallery.artworks) < FEWEST or plan.open_looks == 0:
        return figures
    with split(setting.recognizer, plan.seed, on_enrolled) as parted:
        shelf = SceneDataset.of(gallery).only(parted.unknown)
        jobs = [
            LookJob(
                OPEN,
                _OPEN_SEED,
                index,
                OPEN_SPREADS[index % len(OPEN_SPREADS)],
                setting.rule,
            )
            for index in range(plan.open_looks)
        ]
        half = replace(setting, recognizer=parted.recognizer)
        looks = _run(jobs, half, shelf, plan.seed, lambda n: on_progress(n, len(jobs)))
        known = len(parted.recognizer.gallery.artworks)
    return replace(figures, open_looks=tuple(looks), enrolled_half=known)


def _run(
    jobs: Sequence[Job[T]],
    setting: Setting,
    shelf: SceneDataset,
    seed: int,
    on_done: Callable[[int], None],
) -> list[T]:
    """Run jobs on threads; their results come in their order, whichever ends first."""
    results = []
    with ThreadPoolExecutor(WORKERS, initializer=use_one_thread) as pool:
        waiting = [
            pool.submit(job.run, shelf, setting.recognizer, setting.stream, seed) for job in jobs
        ]
        try:
            for number, one in enumerate(waiting, 1):
                results.append(one.result())
                on_done(number)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return results


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for name, one in pairs:
        groups.setdefault(name, []).append(one)
    return {name: tuple(group) for name, group in groups.items()}
