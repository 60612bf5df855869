"""Probes stored with a gallery, so that its next version needs fewer new ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from enrolment.assessment import Assessment
from enrolment.calibrate import assess_gallery
from enrolment.probing import Probe
from gallery.store import EnrolledArtwork, Gallery
from gallery.write import write_file

PROBES_FILE = "looks.json"
_PROBES = TypeAdapter(list[Probe])


def write_probes(folder: Path, probes: Iterable[Probe]) -> None:
    """Write probes into the folder of the gallery that they hold for."""
    write_file(folder / PROBES_FILE, _PROBES.dump_json(list(probes), by_alias=True).decode())


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


def reusable_probes(base: Gallery, artworks: Sequence[EnrolledArtwork]) -> dict[int, Probe]:
    """Return the probes of a gallery that are still valid for its next version.

    A probe is valid as long as the artwork and its rival have the same photographs.

    Args:
        base: the last version, made with the same synthetic views.
        artworks: those of the next version.

    Returns:
        Probes by index in `artworks`.
    """
    valid, moved = {}, _moved(base, artworks)
    for probe in read_probes(base):
        rival, score = probe.rival
        new_rival = moved.get(rival) if rival >= 0 else rival
        if probe.index in moved and new_rival is not None:
            index = moved[probe.index]
            valid[index] = replace(probe, index=index, rival=(new_rival, score))
    return valid


def changed_artworks(base: Gallery, artworks: Sequence[EnrolledArtwork]) -> set[int]:
    """Return the indices in `artworks` of those that are new or have other photographs."""
    return set(range(len(artworks))) - set(_moved(base, artworks).values())


def _moved(base: Gallery, artworks: Sequence[EnrolledArtwork]) -> dict[int, int]:
    """Return the index in `artworks` of each artwork of `base` that is there, unchanged."""
    places = {artwork.id: index for index, artwork in enumerate(artworks)}
    return {
        index: places[old.id]
        for index, old in enumerate(base.artworks)
        if old.id in places and _probed(old) == _probed(artworks[places[old.id]])
    }


def _probed(artwork: EnrolledArtwork) -> tuple[object, ...]:
    """Return what an artwork's probe depends on."""
    return artwork.form, *(reference.file_number for reference in artwork.references)
