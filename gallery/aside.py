"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_aside(folder: Path) -> Iterator[Path]:
    """Give a new folder beside `folder`, which takes its place at the end, or vanishes on error."""
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))
    try:
        aside.chmod(0o755)
        yield aside
        _take_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _take_place(aside: Path, folder: Path) -> None:
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
