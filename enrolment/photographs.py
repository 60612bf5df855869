"""All photographs of an enrolment: each measured, found measured already, or refused."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from common.threads import map_in_threads
from enrolment.measure import measure
from enrolment.measurements import BaseMeasurements, Measurement, NewMeasurements
from enrolment.sample import views_wanted
from gallery.layout import original_name
from models.embedder import Embedder
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
    sample: int,
    on_step: OnStep,
) -> list[Found]:
    """Measure all photographs that aren't measured yet, on all cores.

    Args:
        paths: the photographs.
        known: the measurements in the gallery's last version.
        new: where new ones are kept, and where a stopped enrolment left some.
        embedder: the model.
        sample: photographs that need more than the indexed views (see `views_wanted`).
        on_step: called with the progress.

    Returns:
        For each photograph its measurement, or why it can't be enrolled.
    """
    originals = _read_all(paths, known, on_step)
    bases = [known.find(one) if isinstance(one, str) else None for one in originals]
    readable = [place for place, one in enumerate(originals) if isinstance(one, str)]
    wanted = views_wanted(
        [base.reference.views if (base := bases[place]) else None for place in readable],
        sample,
    )

    def measured(task: tuple[int, int]) -> Found:
        place, views = task
        original = originals[place]
        assert isinstance(original, str)
        return new.find(original, views) or _measure(paths[place], original, views, new, embedder)

    found: list[Found] = [
        base or (one if isinstance(one, PictureError) else _UNSEEN)
        for base, one in zip(bases, originals, strict=True)
    ]
    seen: dict[str, Path] = {}
    tasks = [task for task in zip(readable, wanted, strict=True) if not bases[task[0]]]
    done = len(readable) - len(tasks)
    on_step("Enrolling", done, len(readable))
    for (place, _), result in zip(tasks, map_in_threads(measured, tasks), strict=True):
        found[place] = result
        if isinstance(result, Measurement):
            found[place] = _unless_seen(seen, result.pixels, paths[place]) or result
        done += 1
        on_step("Enrolling", done, len(readable))
    return found


_UNSEEN = PictureError("not measured")


def _read_all(
    paths: Sequence[Path], known: BaseMeasurements, on_step: OnStep
) -> list[str | PictureError]:
    """Name each photograph by its content; of two with the same content the second is refused."""

    def named(path: Path) -> str | PictureError:
        try:
            return original_name(path)
        except PictureError as error:
            return error

    known_names = [known.name_of(path) for path in paths]
    unknown = [path for path, name in zip(paths, known_names, strict=True) if name is None]
    read = map_in_threads(named, unknown)
    seen: dict[str, Path] = {}
    names: list[str | PictureError] = []
    for path, known_name in zip(paths, known_names, strict=True):
        name = known_name or next(read)
        # Without the suffix: one file may be there as .jpg and as .jpeg.
        again = isinstance(name, str) and _unless_seen(seen, Path(name).stem, path)
        names.append(again or name)
        if known_name is None:
            on_step("Reading", len(names), len(paths))
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
