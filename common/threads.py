"""One thread for each numeric library, because frames are processed in parallel already."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import cv2
import faiss
from threadpoolctl import threadpool_limits

Item = TypeVar("Item")
Result = TypeVar("Result")
_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")


def use_one_thread() -> None:
    """Keep FAISS, OpenCV and BLAS to the calling thread; call it in each thread that recognizes.

    Frames are processed in parallel already. Thread pools would compete for the model's cores and
    make a verification many times slower. OpenMP keeps this number for each thread separately. BLAS
    has one small product in each frame, and its threads would spin for the rest of the frame.
    """
    faiss.omp_set_num_threads(1)
    cv2.setNumThreads(1)
    threadpool_limits(1, user_api="blas")


def usable_cores(cpu_max: Path = _CPU_MAX) -> int:
    """Return how many whole cores this process may use, 1 at least.

    Args:
        cpu_max: where a container's limit stands, if it has one (cgroup v2, `cpu.max`).
    """
    affine = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if affine else os.cpu_count() or 1
    if cpu_max.is_file():
        quota, period = cpu_max.read_text().split()
        if quota != "max":
            cores = min(cores, int(quota) // int(period))
    return max(1, cores)


def map_in_threads(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Do the same work on each item, on all cores; yield the results in order.

    Threads keep all cores busy, because OpenCV, Pillow, FAISS and the model let go of the
    interpreter while they work: measuring a photograph holds it for 3% of the time. An error in one
    item, or in whoever takes the results, drops the items that nobody has begun.
    """
    with ThreadPoolExecutor(usable_cores(), initializer=use_one_thread) as workers:
        try:
            yield from workers.map(work, items)
        except BaseException:
            workers.shutdown(wait=False, cancel_futures=True)
            raise
