"""Undo: the last versions of a gallery are kept beside it, and can be put back.

Versions are renamed, never copied: a server that has an old one memory-mapped goes on with it.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gallery.store import GalleryError, Manifest, read_manifest

MOST_VERSIONS = 10
_NAME = re.compile(r"\d{8}T\d{6}-\d{6}")


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was replaced.

    Attributes:
        name: of its folder, the moment of replacement (UTC); names sort by time.
        manifest: what it says of itself.
    """

    name: str
    manifest: Manifest

    @property
    def replaced(self) -> datetime:
        """When it was replaced, UTC."""
        return datetime.strptime(self.name, "%Y%m%dT%H%M%S-%f").replace(tzinfo=UTC)


def versions_folder(gallery: Path) -> Path:
    """Folder of the versions that a gallery's folder had before."""
    gallery = gallery.absolute()
    return gallery.with_name(f".{gallery.name}.versions")


def list_versions(gallery: Path) -> list[Version]:
    """List the versions that can be put back, newest first; damaged ones are left out."""
    versions = []
    for path in reversed(_kept(gallery)):
        try:
            versions.append(Version(path.name, read_manifest(path)))
        except GalleryError:
            continue
    return versions


def keep_old(aside: Path, gallery: Path) -> None:
    """Put a finished folder in a gallery's place, and keep the old one as a version.

    For `atomic_folder(take_place=)`. The oldest versions above 10 are deleted.
    """
    if not gallery.exists():
        aside.rename(gallery)
        return
    if not (gallery / "manifest.json").is_file():
        # An empty folder; nothing worth keeping.
        gallery.rmdir()
        aside.rename(gallery)
        return
    kept = _set_aside(gallery)
    try:
        aside.rename(gallery)
    except OSError:
        kept.rename(gallery)
        raise
    for path in _kept(gallery)[:-MOST_VERSIONS]:
        shutil.rmtree(path, ignore_errors=True)


def restore(gallery: Path, name: str) -> Manifest:
    """Put a version back; the one it replaces becomes a version itself, so this can be undone.

    Returns:
        Its manifest.

    Raises:
        GalleryError: there is no such version, or it is damaged.
    """
    path = versions_folder(gallery) / name
    if not _NAME.fullmatch(name) or not path.is_dir():
        raise GalleryError(
            f"{gallery}: no version {name}; list them: vernissage versions {gallery}"
        )
    manifest = read_manifest(path)
    # Taken out first: keeping the one in use may make the oldest go.
    taken = path.rename(path.with_name(f".{name}"))
    try:
        keep_old(taken, gallery.absolute())
    except OSError:
        taken.rename(path)
        raise
    return manifest


def _set_aside(gallery: Path) -> Path:
    folder = versions_folder(gallery)
    folder.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    return gallery.rename(folder / f"{now:%Y%m%dT%H%M%S-%f}")


def _kept(gallery: Path) -> list[Path]:
    """Folders of the versions, oldest first."""
    folder = versions_folder(gallery)
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
