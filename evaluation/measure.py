"""The whole measurement: all scenes, in a fixed order, on two threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from common.threads import use_one_thread
from evaluation.conditions import OPEN_SPREADS, ROWS, levels
from evaluation.dataset import SceneDataset
from evaluation.frames import FrameJob, FrameSample
from evaluation.openset import MIN_ARTWORKS, split
from evaluation.sequences import TYPICAL_FRAMES, SequenceJob, SequenceSample
from recognition.recognizer import Recognizer
from settings import ConsensusRule, StreamSettings
from stream.pipeline import Pipeline
from stream.tracker import Tracker

OPEN = "not enrolled"
_LEVEL_SERIES, _SEQUENCE_SERIES, _OPEN_SERIES = 100, 1000, 2000
"""First series of the levels, the rows' sequences and the open set; the rows' frames begin at 0."""
WORKERS = 2
T = TypeVar("T")
Result = TypeVar("Result", covariant=True)
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """Number of frames and sequences to measure.

    Attributes:
        frames: frames of each row.
        level_frames: frames of each value of each factor.
        sequences: sequences of each row.
        open_sequences: sequences of artworks that aren't enrolled.
        seed: the same seed gives the same figures.
    """

    frames: int = 95
    level_frames: int = 10
    sequences: int = 16
    open_sequences: int = 60
    seed: int = 1

    @property
    def effort(self) -> int:
        """Approximate number of frames to recognize, without those of the open set."""
        sequences = len(ROWS) * self.sequences * TYPICAL_FRAMES
        return len(ROWS) * self.frames + len(levels()) * self.level_frames + sequences


@dataclass(frozen=True, slots=True)
class SystemUnderTest:
    """What is measured: a recognizer, and the settings of the pipeline around it."""

    recognizer: Recognizer
    rule: ConsensusRule
    stream: StreamSettings

    def make_pipeline(self) -> Pipeline:
        """Make the pipeline of one clip; it samples as many frames after a match as before."""
        return Pipeline(self.rule, self.stream, Tracker(), shown_fps=self.stream.judge_fps)


@dataclass(frozen=True, slots=True)
class Figures:
    """All measured samples.

    Attributes:
        rows: frames of each row, by its name.
        levels: frames of each value of a factor, by (factor, value).
        sequences: sequences of each row, by its name.
        open_sequences: sequences of artworks that aren't enrolled.
        enrolled_half: number of artworks enrolled for those.
    """

    rows: dict[str, tuple[FrameSample, ...]]
    levels: dict[tuple[str, float], tuple[FrameSample, ...]]
    sequences: dict[str, tuple[SequenceSample, ...]]
    open_sequences: tuple[SequenceSample, ...]
    enrolled_half: int


class Job(Protocol[Result]):
    """A scene to set up and measure."""

    def run(
        self, dataset: SceneDataset, recognizer: Recognizer, settings: StreamSettings, seed: int
    ) -> Result:
        """Measure the scene."""


def measure_known(system: SystemUnderTest, plan: Plan, on_progress: OnProgress) -> Figures:
    """Measure how well enrolled artworks are recognized.

    Args:
        system: what is measured.
        plan: number of frames and sequences.
        on_progress: called with (frames done, frames in all), both approximate.
    """
    dataset = SceneDataset.of(system.recognizer.gallery)
    frame_jobs = [
        FrameJob(row.name, series, index, row.spread)
        for series, row in enumerate(ROWS)
        for index in range(plan.frames)
    ]
    frame_jobs += [
        FrameJob(f"{level.factor}={level.value:g}", _LEVEL_SERIES + n, index, level.spread)
        for n, level in enumerate(levels())
        for index in range(plan.level_frames)
    ]
    sequence_jobs = [
        SequenceJob(row.name, _SEQUENCE_SERIES + n, index, row.spread, system.rule)
        for n, row in enumerate(ROWS)
        for index in range(plan.sequences)
    ]
    total = plan.effort
    samples = _run(frame_jobs, system, dataset, plan.seed, lambda n: on_progress(n, total))
    done = len(frame_jobs)
    sequences = _run(
        sequence_jobs,
        system,
        dataset,
        plan.seed,
        lambda n: on_progress(done + n * TYPICAL_FRAMES, total),
    )
    by_condition = _grouped((sample.condition, sample) for sample in samples)
    return Figures(
        rows={row.name: by_condition.get(row.name, ()) for row in ROWS},
        levels={
            (level.factor, level.value): by_condition.get(f"{level.factor}={level.value:g}", ())
            for level in levels()
        },
        sequences=_grouped((sequence.condition, sequence) for sequence in sequences),
        open_sequences=(),
        enrolled_half=0,
    )


def measure_unknown(
    figures: Figures,
    system: SystemUnderTest,
    plan: Plan,
    on_enrolled: OnProgress,
    on_progress: OnProgress,
) -> Figures:
    """Measure what is declared of artworks that aren't enrolled.

    Args:
        figures: samples measured so far.
        system: what is measured.
        plan: number of sequences.
        on_enrolled: called with (steps done, steps in all) while half of the gallery is enrolled.
        on_progress: called with (sequences done, sequences in all).

    Returns:
        The figures with the open set, or unchanged if the gallery is too small to be split.
    """
    gallery = system.recognizer.gallery
    if len(gallery.artworks) < MIN_ARTWORKS or plan.open_sequences == 0:
        return figures
    with split(system.recognizer, plan.seed, on_enrolled) as halved:
        dataset = SceneDataset.of(gallery).only(halved.unknown)
        jobs = [
            SequenceJob(
                OPEN,
                _OPEN_SERIES,
                index,
                OPEN_SPREADS[index % len(OPEN_SPREADS)],
                system.rule,
            )
            for index in range(plan.open_sequences)
        ]
        half = replace(system, recognizer=halved.recognizer)
        sequences = _run(jobs, half, dataset, plan.seed, lambda n: on_progress(n, len(jobs)))
        enrolled = len(halved.recognizer.gallery.artworks)
    return replace(figures, open_sequences=tuple(sequences), enrolled_half=enrolled)


def _run(
    jobs: Sequence[Job[T]],
    system: SystemUnderTest,
    dataset: SceneDataset,
    seed: int,
    on_done: Callable[[int], None],
) -> list[T]:
    """Run jobs on threads and return their results in the order of the jobs."""
    results = []
    with ThreadPoolExecutor(WORKERS, initializer=use_one_thread) as pool:
        futures = [
            pool.submit(job.run, dataset, system.recognizer, system.stream, seed) for job in jobs
        ]
        try:
            for done, future in enumerate(futures, 1):
                results.append(future.result())
                on_done(done)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return results


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, tuple[T, ...]]:
    groups: dict[str, list[T]] = {}
    for name, one in pairs:
        groups.setdefault(name, []).append(one)
    return {name: tuple(group) for name, group in groups.items()}
