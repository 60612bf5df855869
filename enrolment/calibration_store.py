"""Probes stored with a gallery, so that its next version needs fewer new ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from enrolment.assessment import Assessment
from enrolment.calibrate import Probe, assess_gallery
from gallery.store import EnrolledArtwork, Gallery

PROBES_FILE = "looks.json"
_PROBES = TypeAdapter(list[Probe])


def write_probes(folder: Path, probes: Sequence[Probe]) -> None:
    """Write probes into the folder of the gallery that they were made in."""
    (folder / PROBES_FILE).write_bytes(_PROBES.dump_json(list(probes), by_alias=True))


def read_probes(gallery: Gallery) -> list[Probe]:
    """Read a gallery's probes; an empty list if the file is missing or damaged."""
    try:
        probes = _PROBES.validate_json((gallery.folder / PROBES_FILE).read_bytes())
    except (OSError, ValidationError):
        return []
    count = len(gallery.artworks)
    valid = all(probe.index < count and probe.rival[0] < count for probe in probes)
    return probes if valid else []


def stored_assessments(gallery: Gallery) -> list[Assessment]:
    """Assess a gallery's artworks by the probes made at its enrolment."""
    return assess_gallery(gallery, gallery.acceptance, read_probes(gallery))


def reusable_probes(base: Gallery, gallery: Gallery) -> dict[int, Probe]:
    """Return the probes of a gallery that are still valid for its next version.

    A probe is valid as long as the artwork and its rival have the same photographs.

    Args:
        base: the last version, made with the same synthetic views.
        gallery: the next version.

    Returns:
        Probes by index in `gallery`.
    """
    valid = {}
    for probe in read_probes(base):
        index = _unchanged(base, probe.index, gallery)
        rival, score = probe.rival
        new_rival = _unchanged(base, rival, gallery) if rival >= 0 else rival
        if index is not None and new_rival is not None:
            valid[index] = replace(probe, index=index, rival=(new_rival, score))
    return valid


def changed_artworks(base: Gallery, gallery: Gallery) -> set[int]:
    """Return the indices in `gallery` of artworks that are new or have other photographs."""
    same = (_unchanged(base, index, gallery) for index in range(len(base.artworks)))
    return set(range(len(gallery.artworks))) - {index for index in same if index is not None}


def _unchanged(base: Gallery, index: int, gallery: Gallery) -> int | None:
    """Return the index in `gallery` of artwork `index` of `base`; None if it is gone or changed."""
    new_index = gallery.index_of(base.artworks[index].id)
    if new_index is None or _probed(base.artworks[index]) != _probed(gallery.artworks[new_index]):
        return None
    return new_index


def _probed(artwork: EnrolledArtwork) -> tuple[object, ...]:
    """Return what an artwork's probe depends on."""
    return artwork.form, *(reference.file_number for reference in artwork.references)
