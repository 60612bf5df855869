"""Files and folders that appear whole or not at all, and what they hold."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file beside `path` and rename it into place; its folder must be there."""
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(aside).replace(path)
    finally:
        Path(aside).unlink(missing_ok=True)


def take_place(aside: Path, folder: Path) -> None:
    """Rename a finished folder into place, moving an old one out of the way first."""
    if not folder.exists():
        aside.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old-", dir=folder.parent))
    kept = folder.rename(old / folder.name)
    try:
        aside.rename(folder)
    except OSError:
        kept.rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def link_or_copy(path: Path, target: Path) -> None:
    """Give a file a second name, or copy it where the disk can't; for files that never change."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


@contextmanager
def atomic_folder(
    folder: Path, take_place: Callable[[Path, Path], None] = take_place
) -> Iterator[Path]:
    """Give a new folder beside `folder`, which takes its place at the end, or vanishes on error.

    Args:
        folder: what is to be written; it may be there already.
        take_place: called with (finished folder, `folder`) at the end; by default an old one goes.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
    try:
        aside.chmod(0o755)
        yield aside
        take_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def file_sha256(path: Path) -> str:
    """Gives a file's SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
