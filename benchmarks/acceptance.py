"""What tells a right fit from a wrong one: inliers, agreement, and both together.

Rendered museum frames of each condition are judged, with a closer look where it is needed. Each
fit of 5 inliers or more is right (of an artwork in view) or wrong. The naive way accepts by inliers
alone; beside each way stands how many frames it finds, and how far the strongest wrong fit stays
below what it asks for. Artworks that aren't enrolled are shown by `vernissage evaluate`.

    python -m benchmarks.acceptance [GALLERY] [FRAMES_A_ROW]
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from recognition.recognizer import Recognizer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from common.threads import use_one_thread
from evaluation.conditions import ROWS
from evaluation.dataset import SceneDataset
from gallery.acceptance import LEAST_INLIERS, LEAST_SUPPORT, TAIL_FROM
from gallery.store import open_gallery
from models.embedder import Embedder
from recognition.candidate import Verification
from settings import load_settings
from stream.frames import Frame

SEED = 60
"""Other scenes than those that `vernissage evaluate` measures by default."""
PLACE = 1000


@dataclass(frozen=True, slots=True)
class Fit:
    """A verified artwork in one frame."""

    row: str
    frame: int
    right: bool
    found: Verification


@dataclass(frozen=True, slots=True)
class Way:
    """A way to accept: a number that a fit must reach."""

    name: str
    value: Callable[[Verification], float]
    asked: float


WAYS = (
    Way("8 inliers", lambda fit: fit.inliers, 8),
    Way("9 inliers", lambda fit: fit.inliers, 9),
    Way("12 inliers", lambda fit: fit.inliers, 12),
    Way(
        f"{LEAST_INLIERS} inliers, agreement 0.12",
        lambda fit: fit.agreement * (fit.inliers >= LEAST_INLIERS),
        0.12,
    ),
    Way(
        f"{LEAST_INLIERS} inliers, support {LEAST_SUPPORT:g} (ours)",
        lambda fit: fit.support * (fit.inliers >= LEAST_INLIERS),
        LEAST_SUPPORT,
    ),
)


def main() -> None:
    """Judge frames, and print how the ways compare."""
    use_one_thread()
    settings = load_settings()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else settings.gallery
    frames = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    embedder = Embedder(settings.model.path, 1)
    recognizer = Recognizer(open_gallery(folder, embedder.card), embedder, settings.recognition)
    dataset, artworks = SceneDataset.of(recognizer.gallery), recognizer.gallery.artworks
    fits: list[Fit] = []
    for number, row in enumerate(ROWS):
        for index in track(range(frames), row.name):
            shown = dataset.scene(row.spread, PLACE + number, index, SEED)
            frame = Frame(shown.scene.shoot().image, 0.0, 0)
            for candidate in recognizer.recognize(
                recognizer.query(frame.image), second_pass=True
            ).candidates:
                artwork_id = artworks[candidate.index].id
                if candidate.verification.inliers >= TAIL_FROM and artwork_id not in shown.also:
                    right = artwork_id == shown.artwork_id
                    fits.append(Fit(row.name, index, right, candidate.verification))
    Console().print(_table(fits, frames))
    Console().print(_spreads(fits))


def _table(fits: list[Fit], frames: int) -> Table:
    wrong = [fit.found for fit in fits if not fit.right]
    table = Table("accepted by", *(row.name for row in ROWS), "wrong", "strongest wrong")
    for way in WAYS:
        found = [
            len(
                {
                    fit.frame
                    for fit in fits
                    if fit.right and fit.row == row.name and way.value(fit.found) >= way.asked
                }
            )
            for row in ROWS
        ]
        values = [way.value(fit) for fit in wrong] or [0.0]
        table.add_row(
            way.name,
            *(f"{count / frames:.0%}" for count in found),
            f"{sum(value >= way.asked for value in values)} of {len(wrong)}",
            f"{max(values) / way.asked:.0%} of what is asked",
        )
    return table


def _spreads(fits: list[Fit]) -> Table:
    shares = (0, 0.05, 0.25, 0.5, 0.75, 0.95, 1)
    table = Table("", *(f"{share:.0%}" for share in shares), title="inliers, agreement: quantiles")
    for name, right in (("right", True), ("wrong", False)):
        found = [fit.found for fit in fits if fit.right is right]
        if not found:
            continue
        inliers = np.quantile([fit.inliers for fit in found], shares)
        agreement = np.quantile([fit.agreement for fit in found], shares)
        table.add_row(f"{name} ({len(found)}): inliers", *(f"{value:.0f}" for value in inliers))
        table.add_row("agreement", *(f"{value:.2f}" for value in agreement))
    return table


if __name__ == "__main__":
    main()
