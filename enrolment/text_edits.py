"""A new version of a gallery in which only what is told has changed: nothing is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from common.files import atomic_folder, link_or_copy
from enrolment.edits import Catalogue, catalogue_of
from enrolment.report import REPORT_FILE
from gallery.catalogue import Artwork
from gallery.store import EnrolledArtwork, Gallery, Manifest
from gallery.versions import keep_old
from gallery.write import seal

_WRITTEN_ANEW = ("manifest.json", "artworks.jsonl", REPORT_FILE)


def only_texts_differ(gallery: Gallery, catalogue: Catalogue) -> bool:
    """Tell whether a catalogue has the artworks of a gallery, with other words at most."""
    before = [_wordless(artwork) for artwork in catalogue_of(gallery).values()]
    return before == [_wordless(artwork) for artwork in catalogue.values()]


def write_texts(
    gallery: Gallery, catalogue: Catalogue, finish: Callable[[Path], None] | None = None
) -> Manifest:
    """Write the next version of a gallery, which shares all that was measured with the last.

    Args:
        gallery: the last version.
        catalogue: the same artworks, told of anew.
        finish: called with the folder before it takes its place, to add to it.
    """
    told = [
        _retold(known, new) for known, new in zip(gallery.artworks, catalogue.values(), strict=True)
    ]
    with atomic_folder(gallery.folder, keep_old) as folder:
        for path in gallery.folder.rglob("*"):
            target = folder / path.relative_to(gallery.folder)
            if path.is_dir():
                target.mkdir()
            elif path.name not in _WRITTEN_ANEW:
                link_or_copy(path, target)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = seal(folder, gallery.manifest.model_copy(update={"created": created}), told)
        if finish:
            finish(folder)
    return manifest


def _retold(known: EnrolledArtwork, new: Artwork) -> EnrolledArtwork:
    words = {name: getattr(new, name) for name in ("title", "artist", "year", "room", "text")}
    languages = {
        tag: replace(told, audio=Path(told.audio.name) if told.audio else None)
        for tag, told in new.languages.items()
    }
    return known.model_copy(update={**words, "languages": languages})


def _wordless(artwork: Artwork) -> tuple[object, ...]:
    """What of an artwork is no words: its id, what was measured, and files."""
    audio = {tag: told.audio for tag, told in artwork.languages.items() if told.audio}
    return artwork.id, artwork.images, artwork.form, artwork.details, artwork.audio, audio
