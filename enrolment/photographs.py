"""All photographs of an enrolment: each measured, found measured already, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from common.threads import map_in_threads
from enrolment.measure import measure
from enrolment.measurements import BaseMeasurements, Measurement, NewMeasurements
from enrolment.sample import SAMPLE, views_wanted
from gallery.layout import original_name
from models.embedder import Embedder
from models.head import shipped_head
from vision.images import PictureError, load_picture

OnStep = Callable[[str, int, int], None]
"""Called with the step's name, how much of it is done, and how much there is."""
Found = Measurement | PictureError
_SEED_DIGITS = 16


def measure_all(
    paths: Sequence[Path],
    known: BaseMeasurements,
    new: NewMeasurements,
    embedder: Embedder,
    on_step: OnStep,
) -> list[Found]:
    """Measure all photographs that aren't measured yet, on all cores.

    Args:
        paths: the photographs.
        known: the measurements in the gallery's last version.
        new: where new ones are kept, and where a stopped enrolment left some.
        embedder: the model.
        on_step: called with the progress.

    Returns:
        For each photograph its measurement, or why it can't be enrolled.
    """
    originals = _read_all(paths, known, on_step)
    bases = [known.find(one) if isinstance(one, str) else None for one in originals]
    readable = [place for place, one in enumerate(originals) if isinstance(one, str)]
    wanted = views_wanted(
        [base.reference.views if (base := bases[place]) else None for place in readable],
        0 if shipped_head(embedder.card) else SAMPLE,
    )

    def measured(task: tuple[int, int]) -> Found:
        place, views = task
        base, original = bases[place], originals[place]
        assert isinstance(original, str)
        if base:
            return base
        return new.find(original, views) or _measure(paths[place], original, views, new, embedder)

    found: list[Found] = [one if isinstance(one, PictureError) else _UNSEEN for one in originals]
    seen: dict[str, Path] = {}
    tasks = list(zip(readable, wanted, strict=True))
    for done, (place, result) in enumerate(
        zip(readable, map_in_threads(measured, tasks), strict=True), 1
    ):
        found[place] = result
        if isinstance(result, Measurement) and result.pixels:
            found[place] = _unless_seen(seen, result.pixels, paths[place]) or result
        on_step("Enrolling", done, len(tasks))
    return found


_UNSEEN = PictureError("not measured")


def _read_all(
    paths: Sequence[Path], known: BaseMeasurements, on_step: OnStep
) -> list[str | PictureError]:
    """Name each photograph by its content; of two with the same content the second is refused."""

    def named(path: Path) -> str | PictureError:
        try:
            return known.name_of(path) or original_name(path)
        except PictureError as error:
            return error

    seen: dict[str, Path] = {}
    names: list[str | PictureError] = []
    for done, (path, name) in enumerate(zip(paths, map_in_threads(named, paths), strict=True), 1):
        if isinstance(name, str):
            # Without the suffix: one file may be there as .jpg and as .jpeg.
            names.append(_unless_seen(seen, Path(name).stem, path) or name)
        else:
            names.append(name)
        on_step("Reading", done, len(paths))
    return names


def _unless_seen(seen: dict[str, Path], content: str, path: Path) -> PictureError | None:
    """Return why a photograph is refused if its content was seen before; else remember it."""
    if content in seen:
        return PictureError(f"same picture as {seen[content].name}")
    seen[content] = path
    return None


def _measure(
    path: Path, original: str, views: int, new: NewMeasurements, embedder: Embedder
) -> Found:
    """Measure a photograph and keep the result."""
    try:
        image = load_picture(path)
    except PictureError as error:
        return error
    # The views come out the same wherever the photograph stands in its collection.
    seed = int(original[:_SEED_DIGITS], 16)
    pixels = hashlib.sha256(image.tobytes()).hexdigest()
    return new.keep(measure(image, embedder, views, seed), path, original, pixels)
