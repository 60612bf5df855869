"""The ORB features of a gallery on disk: one long array, written photograph by photograph."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from vision.features import FEATURE


class FeatureRows:
    """Writes a `.npy` file of `FEATURE` records of which only one photograph's are in memory."""

    def __init__(self, path: Path) -> None:
        """Begin the file; use it in a `with` block, at whose end it is complete."""
        self._file = path.open("wb")
        self._count = 0
        self._write_header()
        self._start = self._file.tell()

    def append(self, records: NDArray[np.void]) -> tuple[int, int]:
        """Append one photograph's features; return its first row, and the one after its last."""
        self._file.write(np.ascontiguousarray(records, FEATURE).view(np.uint8).data)
        start, self._count = self._count, self._count + len(records)
        return start, self._count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if error is None:
                self._file.seek(0)
                self._write_header()
                # numpy leaves room for any number of rows, or the first rows would be overwritten.
                assert self._file.tell() == self._start

    def _write_header(self) -> None:
        shape: dict[str, Any] = {
            "descr": npy.dtype_to_descr(FEATURE),
            "fortran_order": False,
            "shape": (self._count,),
        }
        npy.write_array_header_1_0(self._file, shape)
