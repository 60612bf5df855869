"""Files and folders: written as a whole or not at all, linked, and digested."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_STALE_S = 3600.0
"""Age of an unfinished folder from which on nobody writes it any more."""


def write_atomic(path: Path, data: bytes, mode: int = 0o600, *, durable: bool = False) -> None:
    """Write a temporary file beside `path` and rename it into place; its folder must exist.

    Args:
        path: the file; an old one is replaced.
        data: what it will hold.
        mode: its permissions; nobody sees it with others.
        durable: wait until it is on the disk, which may take long: not on the event loop.
    """
    # mkstemp creates a file that only its owner can read, before anything is in it.
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def replace_folder(finished: Path, folder: Path) -> None:
    """Rename a finished folder into place; an old one there is moved out first, then deleted."""
    if not folder.exists():
        finished.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old-", dir=folder.parent))
    moved = folder.rename(old / folder.name)
    try:
        finished.rename(folder)
    except OSError:
        moved.rename(folder)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def link_or_copy(path: str | Path, target: str | Path) -> None:
    """Give a file that never changes a second name, or copy it if the disk has no hard links."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


@contextmanager
def atomic_folder(
    folder: Path, take_place: Callable[[Path, Path], None] = replace_folder
) -> Iterator[Path]:
    """Yield a new folder beside `folder`; it takes its place at the end, or is deleted on error.

    What a process that was killed left beside `folder` an hour ago or earlier is deleted.

    Args:
        folder: the folder to write; it may exist already.
        take_place: called at the end with (finished folder, `folder`). The default deletes an old
            `folder`.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}.new-*"):
        with suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _STALE_S:
                shutil.rmtree(left, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
    try:
        temporary.chmod(0o755)
        yield temporary
        take_place(temporary, folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def file_sha256(path: Path) -> str:
    """Return a file's SHA-256 in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
