"""Checksums of a gallery's files: small files as a whole, large ones by sampled spots."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from common.files import file_sha256

WHOLE_UP_TO = 256 * 1024 * 1024
"""Largest file, in bytes, that is read as a whole on opening: a fifth of a second."""
SPOTS = 64
SPOT_BYTES = 65_536


def spots_sha256(path: Path) -> str:
    """Digest a file's size and 64 spots of it, the first and the last included: SHA-256, hex.

    This detects files that were truncated, replaced or left unfinished, at a constant cost. Only
    `file_sha256` detects a flipped bit between the spots.
    """
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb", buffering=0) as file:
        for start in np.linspace(0, max(0, size - SPOT_BYTES), SPOTS).astype(int).tolist():
            file.seek(start)
            digest.update(file.read(SPOT_BYTES))
    return digest.hexdigest()


def spots_of(folder: Path, names: Iterable[str], whole_up_to: int = WHOLE_UP_TO) -> dict[str, str]:
    """Digest the spots of all files that are larger than `whole_up_to` bytes; returned by name."""
    return {
        name: spots_sha256(folder / name)
        for name in names
        if (folder / name).stat().st_size > whole_up_to
    }


def first_damaged(
    folder: Path, checksums: dict[str, str], spots: dict[str, str], *, thorough: bool
) -> Path | None:
    """Return the first file that is missing or differs from its checksum, or None.

    Args:
        folder: the gallery's folder.
        checksums: SHA-256 of whole files, by name.
        spots: `spots_sha256` of large files, checked instead of the whole.
        thorough: read large files as a whole, too.
    """
    for name, expected in checksums.items():
        path = folder / name
        if not path.is_file():
            return path
        if name in spots and spots_sha256(path) != spots[name]:
            return path
        if (thorough or name not in spots) and file_sha256(path) != expected:
            return path
    return None
