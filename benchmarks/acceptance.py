"""Acceptance of a verified candidate by inliers, by appearance agreement, and by both together.

Rendered museum frames of each condition are recognized, with a second pass where it is needed. Each
candidate with 5 inliers or more is right (the artwork pointed at) or wrong. The naive way accepts
by inliers alone. For each rule the table gives the share of frames that it recognizes, and the
strongest wrong candidate as a share of its threshold. `vernissage evaluate` measures artworks that
aren't enrolled.

    python -m benchmarks.acceptance [GALLERY] [FRAMES_A_ROW]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from common.threads import use_one_thread
from evaluation.conditions import ROWS
from evaluation.dataset import SceneDataset
from gallery.acceptance import MIN_INLIERS, MIN_SUPPORT, TAIL_FROM
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.candidate import Verification
from recognition.recognizer import Recognizer
from settings import load_settings
from stream.frames import Frame

SEED = 60
"""Differs from the default of `vernissage evaluate`, so that the scenes differ, too."""
SERIES = 1000
"""Number of the first series of scenes."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A verified candidate of one frame, and whether it is the artwork pointed at."""

    row: str
    frame: int
    right: bool
    verification: Verification


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of acceptance: a value that must reach a threshold."""

    name: str
    value: Callable[[Verification], float]
    threshold: float


RULES = (
    Rule("8 inliers", lambda found: found.inliers, 8),
    Rule("9 inliers", lambda found: found.inliers, 9),
    Rule("12 inliers", lambda found: found.inliers, 12),
    Rule(
        f"{MIN_INLIERS} inliers, agreement 0.12",
        lambda found: found.agreement * (found.inliers >= MIN_INLIERS),
        0.12,
    ),
    Rule(
        f"{MIN_INLIERS} inliers, support {MIN_SUPPORT:g} (ours)",
        lambda found: found.support * (found.inliers >= MIN_INLIERS),
        MIN_SUPPORT,
    ),
)


def main() -> None:
    """Recognize frames, and print how the rules compare."""
    use_one_thread()
    settings = load_settings()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else settings.gallery
    frames = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    embedder = Embedder(settings.model.path, 1)
    recognizer = Recognizer(open_gallery(folder, embedder.card), embedder, settings.recognition)
    dataset, artworks = SceneDataset.of(recognizer.gallery), recognizer.gallery.artworks
    samples: list[Sample] = []
    for n, row in enumerate(ROWS):
        for index in track(range(frames), row.name):
            truth = dataset.scene(row.spread, SERIES + n, index, SEED)
            frame = Frame(truth.scene.shoot().image, 0.0, 0)
            for candidate in recognizer.recognize(
                recognizer.query(frame.image), second_pass=True
            ).candidates:
                artwork_id = artworks[candidate.index].id
                if (
                    candidate.verification.inliers >= TAIL_FROM
                    and artwork_id not in truth.neighbour_ids
                ):
                    right = artwork_id == truth.artwork_id
                    samples.append(Sample(row.name, index, right, candidate.verification))
    Console().print(_table(samples, frames))
    Console().print(_quantiles(samples))


def _table(samples: list[Sample], frames: int) -> Table:
    wrong = [sample.verification for sample in samples if not sample.right]
    table = Table("accepted by", *(row.name for row in ROWS), "wrong", "strongest wrong")
    for rule in RULES:
        found = [
            len(
                {
                    sample.frame
                    for sample in samples
                    if sample.right and sample.row == row.name
                    if rule.value(sample.verification) >= rule.threshold
                }
            )
            for row in ROWS
        ]
        values = [rule.value(verification) for verification in wrong] or [0.0]
        table.add_row(
            rule.name,
            *(f"{count / frames:.0%}" for count in found),
            f"{sum(value >= rule.threshold for value in values)} of {len(wrong)}",
            f"{max(values) / rule.threshold:.0%} of the threshold",
        )
    return table


def _quantiles(samples: list[Sample]) -> Table:
    shares = (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)
    table = Table("", *(f"{share:.0%}" for share in shares), title="inliers, agreement: quantiles")
    for name, right in (("right", True), ("wrong", False)):
        found = [sample.verification for sample in samples if sample.right is right]
        if not found:
            continue
        inliers = np.quantile([verification.inliers for verification in found], shares)
        agreement = np.quantile([verification.agreement for verification in found], shares)
        table.add_row(f"{name} ({len(found)}): inliers", *(f"{value:.0f}" for value in inliers))
        table.add_row("agreement", *(f"{value:.2f}" for value in agreement))
    return table


if __name__ == "__main__":
    main()
