"""Arrays are read on many threads at a time, as workers and an enrolment do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from common.arrays import load_array

RECORD = np.dtype([("xy", np.float32, (2,)), ("descriptor", np.uint8, (32,))])


@pytest.mark.parametrize("mmap_mode", [None, "r"])
def test_many_threads_read_at_a_time(tmp_path: Path, mmap_mode: None) -> None:
    records = np.zeros(3, RECORD)
    records["xy"] = np.arange(6).reshape(3, 2)
    np.save(tmp_path / "one.npy", records)
    with ThreadPoolExecutor(8) as threads:
        paths = [tmp_path / "one.npy"] * 2000
        for read in threads.map(lambda path: load_array(path, mmap_mode), paths):
            assert np.array_equal(read, records)


def test_pickles_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.array([{}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        load_array(tmp_path / "one.npy")
