"""Write a gallery's files, and seal them with checksums."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from common.files import file_sha256, write_atomic
from common.threads import map_in_threads
from gallery.acceptance import Acceptance
from gallery.checksums import spots_of
from gallery.feature_index import FEATURE_INDEX_FILES
from gallery.manifest import Manifest
from gallery.store import ACCEPTANCE_FILE, EnrolledArtwork

HEAD_FILE = "head.npz"
_CHECKED_FILES = ("artworks.jsonl", "index.faiss", HEAD_FILE, "features.npy", *FEATURE_INDEX_FILES)
_MODE = 0o644


def seal(
    folder: Path,
    manifest: Manifest,
    artworks: Sequence[EnrolledArtwork],
    base: Manifest | None = None,
    unchanged: Sequence[str] = (),
) -> Manifest:
    """Write the artworks' texts, then the manifest with the checksums of all files.

    Args:
        folder: the gallery's folder, which nobody reads yet.
        manifest: the manifest, whose checksums are replaced.
        artworks: the artworks.
        base: manifest of the last version.
        unchanged: names of files that are hard links to those of the last version, which was
            checked when it was opened: they are not read again.

    Returns:
        The manifest as written.
    """
    lines = [artwork.model_dump_json() + "\n" for artwork in artworks]
    (folder / "artworks.jsonl").write_text("".join(lines), encoding="utf-8")
    known = {name: base.checksums[name] for name in unchanged} if base else {}
    new = [name for name in _CHECKED_FILES if name not in known]
    digests = map_in_threads(file_sha256, [folder / name for name in new])
    spots = {name: base.spots[name] for name in known if name in base.spots} if base else {}
    sealed = manifest.model_copy(
        update={
            "checksums": known | dict(zip(new, digests, strict=True)),
            "spots": spots | spots_of(folder, new),
        }
    )
    write_manifest(folder, sealed)
    return sealed


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write a gallery's manifest. A running server takes up the gallery because of it."""
    text = json.dumps(manifest.model_dump(), indent=2, ensure_ascii=False)
    write_file(folder / "manifest.json", text + "\n")


def write_acceptance(folder: Path, acceptance: Acceptance) -> None:
    """Write a gallery's thresholds."""
    write_file(folder / ACCEPTANCE_FILE, acceptance.model_dump_json(indent=2) + "\n")


def write_file(path: Path, text: str) -> None:
    """Write a file of a gallery that may be in use: as a whole, and not into another version's."""
    write_atomic(path, text.encode(), _MODE)
