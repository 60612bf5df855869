"""Read numpy's files on several threads."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Literal

import numpy as np

HEADERS = threading.Lock()
"""Held while numpy reads a header. It parses that as Python, and in earlier patch versions of
CPython two threads that parse at once may get a SystemError (CPython's issue 106905)."""


def load_array(path: Path, mmap_mode: Literal["r"] | None = None) -> Any:
    """Read an `.npy` file, without pickles; `mmap_mode` as in `numpy.load`."""
    with HEADERS:
        return np.load(path, mmap_mode=mmap_mode, allow_pickle=False)
