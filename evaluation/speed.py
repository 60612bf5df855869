"""Measure every installed precision of the model, and keep the fastest equivalent one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from evaluation.recall import recall, views_of
from gallery.store import open_gallery
from models.dinov2.architecture import ModelError
from models.dinov2.parity import min_cosine, probe_pictures
from models.precision import PrecisionChoice, PrecisionMeasurement, select_precision, write_choice
from models.runtime import PRECISIONS, Runtime, missing_requirement, open_runtime
from models.timing import describe, time_alternately
from settings import Settings

VIEWS = 400
"""Synthetic views of the gallery that recall is measured on, unless told otherwise."""
_ROUNDS = 9
_REFERENCE = "fp32"


def measure(
    settings: Settings, views: int, on_step: Callable[[str, int, int], None]
) -> tuple[PrecisionChoice, dict[str, str]]:
    """Measure every precision that is installed, and write the choice beside the models.

    Args:
        settings: the model, its threads and the gallery.
        views: number of synthetic views of the gallery that recall is measured on.
        on_step: called with a step's name, the parts done and their total.

    Returns:
        The choice, and for each precision that wasn't measured the reason.

    Raises:
        ModelError: there is no model to measure.
        GalleryError: the gallery can't be opened.
    """
    path = settings.model.path
    card = select_precision(path, _REFERENCE).card
    gallery = open_gallery(settings.gallery, card)
    runs, missing = _open_all(settings)
    pictures, indices = views_of(gallery, views, card.resolution)
    pictures += list(probe_pictures(card.resolution))
    ms = time_alternately(runs, card.resolution, _ROUNDS, partial(on_step, "Timing"))
    described: dict[str, NDArray[np.float32]] = {}
    for done, (name, run) in enumerate(runs.items(), 1):
        described[name] = describe(run, pictures)
        on_step("Embedding", done, len(runs))
    measured = [
        PrecisionMeasurement(
            precision=name,
            ms=ms[name],
            cosine=min_cosine(descriptors, described[_REFERENCE]),
            recall=recall(gallery, descriptors[: len(indices)], indices),
        )
        for name, descriptors in described.items()
    ]
    return write_choice(path, measured), missing


def _open_all(settings: Settings) -> tuple[dict[str, Runtime], dict[str, str]]:
    """Open every precision that can run here, and say why the others can't."""
    runs, missing = {}, {}
    for name, precision in PRECISIONS.items():
        requirement = missing_requirement(precision)
        if requirement:
            missing[name] = requirement
            continue
        try:
            chosen = select_precision(settings.model.path, name)
            runs[name] = open_runtime(chosen.path, precision, settings.model.threads)
        except ModelError as error:
            if name == _REFERENCE:
                raise
            missing[name] = str(error)
    return runs, missing
