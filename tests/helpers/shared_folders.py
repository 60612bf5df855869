"""Folders that are made once a run, whichever worker needs them first, and only read after that."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


class SharedFolders:
    """What is costly to make and the same for every worker of a run."""

    def __init__(self, root: Path) -> None:
        """Share below a folder that all workers of this run, and no other run, have in common."""
        self._root = root
        self._states: dict[Path, frozenset[tuple[str, int, int]]] = {}

    def get(self, name: str, make: Callable[[Path], object]) -> Path:
        """Return a folder that is made already, or make it while the other workers wait.

        Args:
            name: of the folder, the same in every worker.
            make: called with the empty folder, at most once a run where it succeeds.
        """
        folder, made = self._root / name, self._root / f"{name}.made"
        with FileLock(self._root / f"{name}.lock"):
            if not made.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                made.touch()
        self._states[folder] = _state(folder)
        return folder

    def changed(self) -> list[Path]:
        """Return the folders that are no longer as they were when this worker got them."""
        return [folder for folder, state in self._states.items() if _state(folder) != state]


def linked_copy(source: Path, target: Path) -> Path:
    """Copy a folder with hard links: for tests that replace or delete files, but write into none.

    Returns:
        `target`.
    """
    return Path(shutil.copytree(source, target, copy_function=os.link))


def _state(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Return every file's path, size and time of change."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return frozenset((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
