"""What was seen of each artwork at enrolment, kept so that the next version looks at less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from enrolment.assessment import Assessment
from enrolment.calibrate import Probe, assess_gallery
from gallery.store import EnrolledArtwork, Gallery

PROBES_FILE = "looks.json"
_LOOKS = TypeAdapter(list[Probe])


def write_probes(folder: Path, looked: Sequence[Probe]) -> None:
    """Keep what was seen with the gallery that it was seen in."""
    (folder / PROBES_FILE).write_bytes(_LOOKS.dump_json(list(looked), by_alias=True))


def read_probes(gallery: Gallery) -> list[Probe]:
    """Read what was seen of a gallery; nothing where that wasn't kept, or is damaged."""
    try:
        looked = _LOOKS.validate_json((gallery.folder / PROBES_FILE).read_bytes())
    except (OSError, ValidationError):
        return []
    count = len(gallery.artworks)
    fits = all(one.index < count and one.rival[0] < count for one in looked)
    return looked if fits else []


def kept_assessments(gallery: Gallery) -> list[Assessment]:
    """Judge the artworks of a gallery by what was seen at its enrolment."""
    return assess_gallery(gallery, gallery.acceptance, read_probes(gallery))


def still_true(base: Gallery, gallery: Gallery) -> dict[int, Probe]:
    """Tell what of the looks at a gallery holds for its next version.

    A look holds while the artwork and the one most like it are there with the same photographs.

    Returns:
        Probes, by index in `gallery`.
    """
    known = {}
    for looked in read_probes(base):
        index = _unchanged(base, looked.index, gallery)
        rival, score = looked.rival
        new_rival = _unchanged(base, rival, gallery) if rival >= 0 else rival
        if index is not None and new_rival is not None:
            known[index] = replace(looked, index=index, rival=(new_rival, score))
    return known


def changed(base: Gallery, gallery: Gallery) -> set[int]:
    """Return the indices in `gallery` of the artworks that are new in it, or have other photographs."""
    same = (_unchanged(base, index, gallery) for index in range(len(base.artworks)))
    return set(range(len(gallery.artworks))) - {index for index in same if index is not None}


def _unchanged(base: Gallery, index: int, gallery: Gallery) -> int | None:
    """Find an artwork of `base` in `gallery`; None where it isn't there as it was."""
    there = gallery.index_of(base.artworks[index].id)
    if there is None or _seen(base.artworks[index]) != _seen(gallery.artworks[there]):
        return None
    return there


def _seen(artwork: EnrolledArtwork) -> tuple[object, ...]:
    """What looks depend on."""
    return artwork.form, *(reference.file_number for reference in artwork.references)
