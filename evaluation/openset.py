"""The open set: half of a gallery is enrolled, and the other half is shown to it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from enrolment.calibrate import calibrate
from enrolment.enrol import enrol
from gallery.catalogue import Artwork
from gallery.store import Gallery, open_gallery
from recognition.recognizer import Recognizer

MIN_ARTWORKS = 4
"""Fewest artworks of a gallery that can be split."""


@dataclass(frozen=True, slots=True)
class Split:
    """A recognizer of one half of a gallery, and the artwork ids of the other half."""

    recognizer: Recognizer
    unknown: tuple[str, ...]


def halves(ids: list[str], seed: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split ids at random; the first half is the larger one if their number is odd."""
    order = np.random.default_rng([seed, 77]).permutation(len(ids))
    middle = (len(ids) + 1) // 2
    known, unknown = (sorted(ids[n] for n in part) for part in (order[:middle], order[middle:]))
    return tuple(known), tuple(unknown)


@contextmanager
def split(
    recognizer: Recognizer, seed: int, on_progress: Callable[[int, int], None] | None = None
) -> Iterator[Split]:
    """Enrol one half of a gallery from the gallery's own pictures, as a museum would.

    The head and the acceptance are fitted to that half alone. If the acceptance of the whole
    gallery isn't fitted, that of the half isn't fitted either.

    Args:
        recognizer: recognizer of the whole gallery.
        seed: decides the halves.
        on_progress: called with (steps done, steps in all): enrolment, then the acceptance.

    Yields:
        The split; the half gallery is deleted at the end.
    """
    gallery = recognizer.gallery
    known, unknown = halves([artwork.id for artwork in gallery.artworks], seed)
    fitted = gallery.acceptance.attempts > 0

    def report(done: int, total: int, stage: int) -> None:
        if on_progress:
            on_progress(stage * total + done, (1 + fitted) * total)

    def enrolling(step: str, done: int, total: int) -> None:
        if step == "Enrolling":
            report(done, total, 0)

    with tempfile.TemporaryDirectory(prefix="vernissage-evaluate-") as folder:
        out = Path(folder) / "half"
        enrol(
            [_artwork(gallery, artwork_id) for artwork_id in known],
            out,
            recognizer.embedder,
            name=f"{gallery.manifest.name}, half",
            source=str(gallery.folder),
            on_step=enrolling,
        )
        half = open_gallery(out, recognizer.embedder.card)
        if fitted:
            acceptance, _ = calibrate(
                replace(recognizer, gallery=half),
                gallery.acceptance.target,
                lambda done, total: report(done, total, 1),
            )
            half = replace(half, acceptance=acceptance)
        yield Split(replace(recognizer, gallery=half), unknown)


def _artwork(gallery: Gallery, artwork_id: str) -> Artwork:
    """Make an artwork to enrol from one that is enrolled."""
    index = gallery.index_of(artwork_id)
    assert index is not None
    enrolled = gallery.artworks[index]
    first = gallery.picture_path(index, thumbnail=False)
    pictures = tuple(
        first.with_name(f"{reference.file_number:06}.jpg") for reference in enrolled.references
    )
    return Artwork(artwork_id, enrolled.title, images=pictures)
