"""What was seen of each artwork at enrolment, kept so that the next version looks at less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from enrolment.assessment import Verdict
from enrolment.calibrate import Looked, judge_gallery
from gallery.store import EnrolledArtwork, Gallery

LOOKS_FILE = "looks.json"
_LOOKS = TypeAdapter(list[Looked])


def write_looks(folder: Path, looked: Sequence[Looked]) -> None:
    """Keep what was seen with the gallery that it was seen in."""
    (folder / LOOKS_FILE).write_bytes(_LOOKS.dump_json(list(looked)))


def read_looks(gallery: Gallery) -> list[Looked]:
    """Read what was seen of a gallery; nothing where that wasn't kept, or is damaged."""
    try:
        looked = _LOOKS.validate_json((gallery.folder / LOOKS_FILE).read_bytes())
    except (OSError, ValidationError):
        return []
    count = len(gallery.artworks)
    fits = all(one.number < count and one.rival[0] < count for one in looked)
    return looked if fits else []


def kept_verdicts(gallery: Gallery) -> list[Verdict]:
    """Judge the artworks of a gallery by what was seen at its enrolment."""
    return judge_gallery(gallery, gallery.acceptance, read_looks(gallery))


def still_true(base: Gallery, gallery: Gallery) -> dict[int, Looked]:
    """Tell what of the looks at a gallery holds for its next version.

    A look holds while the artwork and the one most like it are there with the same photographs.

    Returns:
        Looks, by number in `gallery`.
    """
    known = {}
    for looked in read_looks(base):
        number = _unchanged(base, looked.number, gallery)
        rival, score = looked.rival
        new_rival = _unchanged(base, rival, gallery) if rival >= 0 else rival
        if number is not None and new_rival is not None:
            known[number] = replace(looked, number=number, rival=(new_rival, score))
    return known


def changed(base: Gallery, gallery: Gallery) -> set[int]:
    """Numbers in `gallery` of the artworks that are new in it, or have other photographs."""
    same = (_unchanged(base, number, gallery) for number in range(len(base.artworks)))
    return set(range(len(gallery.artworks))) - {number for number in same if number is not None}


def _unchanged(base: Gallery, number: int, gallery: Gallery) -> int | None:
    """Find an artwork of `base` in `gallery`; None where it isn't there as it was."""
    there = gallery.number_of(base.artworks[number].id)
    if there is None or _seen(base.artworks[number]) != _seen(gallery.artworks[there]):
        return None
    return there


def _seen(artwork: EnrolledArtwork) -> tuple[object, ...]:
    """What looks depend on."""
    return artwork.form, *(reference.number for reference in artwork.references)
