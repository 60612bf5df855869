"""`vernissage doctor --speed`: measures what is installed, and keeps which precision is best."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from rich.table import Table

from evaluation.recall import recall, views_of
from gallery.store import open_gallery
from models.dinov2.architecture import ModelError
from models.dinov2.parity import min_cosine, probe_pictures
from models.precision import PrecisionChoice, PrecisionMeasurement, select_precision, write_choice
from models.runtime import PRECISIONS, Runtime, missing_requirement, open_runtime
from models.timing import BATCHES, describe, time_alternately
from settings import Settings

_ROUNDS = 9
_EXACT = "fp32"


def measure(
    settings: Settings, views: int, on_step: Callable[[str, int, int], None]
) -> tuple[PrecisionChoice, dict[str, str]]:
    """Measure every precision that is installed, and keep the choice beside the models.

    Args:
        settings: names the model, its threads and the gallery.
        views: synthetic views of the gallery that recall is measured on.
        on_step: told how far it is.

    Returns:
        The choice, and why each further precision wasn't measured.

    Raises:
        ModelError, GalleryError: there is nothing to measure with; the message mends it.
    """
    path = settings.model.path
    card = select_precision(path, _EXACT).card
    gallery = open_gallery(settings.gallery, card)
    runs, missing = _open_all(settings)
    pictures, numbers = views_of(gallery, views, card.resolution)
    pictures += list(probe_pictures(card.resolution))
    ms = time_alternately(runs, card.resolution, _ROUNDS, partial(on_step, "Timing"))
    described: dict[str, NDArray[np.float32]] = {}
    for done, (name, run) in enumerate(runs.items(), 1):
        described[name] = describe(run, pictures)
        on_step("Looking", done, len(runs))
    measured = [
        PrecisionMeasurement(
            precision=name,
            ms=ms[name],
            cosine=min_cosine(descriptors, described[_EXACT]),
            recall=recall(gallery, descriptors[: len(numbers)], numbers),
        )
        for name, descriptors in described.items()
    ]
    return write_choice(path, measured), missing


def _open_all(settings: Settings) -> tuple[dict[str, Runtime], dict[str, str]]:
    """Open what can be run here; say of the rest why it can't."""
    runs, missing = {}, {}
    for name, precision in PRECISIONS.items():
        lacking = missing_requirement(precision)
        if lacking:
            missing[name] = lacking
            continue
        try:
            chosen = select_precision(settings.model.path, name)
        except ModelError as error:
            missing[name] = str(error)
            continue
        runs[name] = open_runtime(chosen.path, precision, settings.model.threads)
    return runs, missing


def speed_table(choice: PrecisionChoice, threads: int) -> Table:
    """Show what was measured, against fp32, and what `auto` takes."""
    table = Table(title=f"ms an image, by images in a call; threads: {threads}")
    table.add_column("precision", no_wrap=True)
    for title in (*map(str, BATCHES), "of fp32", "cosine", "recall at 10"):
        table.add_column(title, justify="right", no_wrap=True)
    exact = choice.measured[0]
    for one in choice.measured:
        share = np.mean([one.ms[batch] / exact.ms[batch] for batch in BATCHES])
        figures = (f"{share:.2f}", f"{one.cosine:.4f}", f"{one.recall:.1%}")
        times = (f"{one.ms[batch]:.1f}" for batch in BATCHES)
        style = "bold green" if one.precision == choice.chosen else None
        table.add_row(one.precision, *times, *figures, style=style)
    return table
