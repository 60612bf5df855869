"""A new version of a gallery in which only texts differ: nothing is measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from common.files import atomic_folder, link_or_copy
from enrolment.edits import Catalogue
from enrolment.report import REPORT_FILE
from gallery.catalogue import Artwork
from gallery.manifest import Manifest
from gallery.store import EnrolledArtwork, Gallery
from gallery.versions import keep_old
from gallery.write import seal

_REWRITTEN = ("manifest.json", "artworks.jsonl", REPORT_FILE)


def only_texts_differ(before: Catalogue, after: Catalogue) -> bool:
    """Return whether a gallery's next catalogue differs from its last in texts at most."""
    return list(before) == list(after) and all(
        old is new or _without_texts(old) == _without_texts(new)
        for old, new in zip(before.values(), after.values(), strict=True)
    )


def write_texts(
    gallery: Gallery, catalogue: Catalogue, finish: Callable[[Path], None] | None = None
) -> Manifest:
    """Write the next version of a gallery; it shares all measurements with the last one.

    Args:
        gallery: the last version.
        catalogue: the same artworks, with new texts.
        finish: called with the folder before it takes its place; it may add files.

    Returns:
        The new manifest.
    """
    artworks = [
        _with_texts(old, new) for old, new in zip(gallery.artworks, catalogue.values(), strict=True)
    ]
    with atomic_folder(gallery.folder, keep_old) as folder:
        for path in gallery.folder.rglob("*"):
            target = folder / path.relative_to(gallery.folder)
            if path.is_dir():
                target.mkdir()
            elif path.name not in _REWRITTEN:
                link_or_copy(path, target)
        created = datetime.now(UTC).isoformat(timespec="seconds")
        manifest = gallery.manifest.model_copy(update={"created": created})
        unchanged = [name for name in manifest.checksums if name not in _REWRITTEN]
        manifest = seal(folder, manifest, artworks, gallery.manifest, unchanged)
        if finish:
            finish(folder)
    return manifest


def _with_texts(old: EnrolledArtwork, new: Artwork) -> EnrolledArtwork:
    texts = {name: getattr(new, name) for name in ("title", "artist", "year", "room", "text")}
    languages = {
        tag: replace(one, audio=Path(one.audio.name) if one.audio else None)
        for tag, one in new.languages.items()
    }
    return old.model_copy(update={**texts, "languages": languages})


def _without_texts(artwork: Artwork) -> tuple[object, ...]:
    """Return all of an artwork but its texts: its id, form and details, photographs and audio."""
    audio = {tag: one.audio for tag, one in artwork.languages.items() if one.audio}
    return artwork.id, artwork.images, artwork.form, artwork.details, artwork.audio, audio
