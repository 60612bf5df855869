"""Undo: a gallery's last versions are kept beside it and can be restored.

Versions are renamed, never copied, so a server that has an old one memory-mapped goes on with it.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gallery.manifest import GalleryError, Manifest, read_manifest

MAX_VERSIONS = 10
_NAME = re.compile(r"\d{8}T\d{6}-\d{6}")


@dataclass(frozen=True, slots=True)
class Version:
    """A version that was replaced.

    Attributes:
        name: name of its folder, the moment of replacement (UTC); names sort by time.
        manifest: its manifest.
    """

    name: str
    manifest: Manifest

    @property
    def replaced(self) -> datetime:
        """Return when it was replaced, in UTC."""
        return datetime.strptime(self.name, "%Y%m%dT%H%M%S-%f").replace(tzinfo=UTC)


def versions_folder(gallery: Path) -> Path:
    """Return the folder that holds the earlier versions of a gallery."""
    gallery = gallery.absolute()
    return gallery.with_name(f".{gallery.name}.versions")


def list_versions(gallery: Path) -> list[Version]:
    """List the versions that can be restored, newest first, without damaged ones."""
    versions = []
    for path in reversed(_version_folders(gallery)):
        try:
            versions.append(Version(path.name, read_manifest(path)))
        except GalleryError:
            continue
    return versions


def keep_old(finished: Path, gallery: Path) -> None:
    """Put a finished folder in a gallery's place and keep the old gallery as a version.

    Meant for `atomic_folder(take_place=)`. Of more than 10 versions the oldest are deleted.
    """
    if not gallery.exists():
        finished.rename(gallery)
        return
    if not (gallery / "manifest.json").is_file():
        # An empty folder holds nothing worth keeping.
        gallery.rmdir()
        finished.rename(gallery)
        return
    version = _make_version(gallery)
    try:
        finished.rename(gallery)
    except OSError:
        version.rename(gallery)
        raise
    for path in _version_folders(gallery)[:-MAX_VERSIONS]:
        shutil.rmtree(path, ignore_errors=True)


def restore(gallery: Path, name: str) -> Manifest:
    """Restore a version; the gallery it replaces becomes a version, so this can be undone.

    Returns:
        The restored version's manifest.

    Raises:
        GalleryError: there is no such version, or it is damaged.
    """
    path = versions_folder(gallery) / name
    if not _NAME.fullmatch(name) or not path.is_dir():
        raise GalleryError(
            f"{gallery}: no version {name}; list them: vernissage versions {gallery}"
        )
    manifest = read_manifest(path)
    # Moved out first, because keeping the gallery in use may delete the oldest version.
    moved = path.rename(path.with_name(f".{name}"))
    try:
        keep_old(moved, gallery.absolute())
    except OSError:
        moved.rename(path)
        raise
    return manifest


def _make_version(gallery: Path) -> Path:
    """Rename a gallery into the versions folder; return its new path."""
    folder = versions_folder(gallery)
    folder.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    return gallery.rename(folder / f"{now:%Y%m%dT%H%M%S-%f}")


def _version_folders(gallery: Path) -> list[Path]:
    """Return the folders of the versions, oldest first."""
    folder = versions_folder(gallery)
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
