"""The demo gallery on disk: pictures and a catalogue that ``vernissage enrol`` reads."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from common.files import atomic_folder
from demo.catalogue import DEMO_WORKS
from demo.work import DemoWork

COLUMNS = ("id", "title", "artist", "year", "room", "text", "image")
_QUALITY = 92
_MAX_PROCESSES = 8


def _paint_jpeg(work_id: str) -> bytes:
    """Paint one work as JPEG; it is given by its id so that any process can paint it."""
    cv2.setNumThreads(1)
    work = next(work for work in DEMO_WORKS if work.id == work_id)
    picture = cv2.cvtColor(work.paint(), cv2.COLOR_RGB2BGR)
    good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not good:
        raise RuntimeError(f"could not encode {work_id} as JPEG")
    return bytes(np.asarray(data, np.uint8))


def _paint_all(ids: Sequence[str], processes: int) -> Iterator[bytes]:
    """Yield each work as JPEG, in order: painted in several processes if possible."""
    done = 0
    if processes > 1:
        try:
            with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
                for data in pool.map(_paint_jpeg, ids):
                    yield data
                    done += 1
        except (BrokenProcessPool, OSError, PermissionError):
            pass
    yield from map(_paint_jpeg, ids[done:])


def write_demo(
    folder: Path,
    on_progress: Callable[[int, int], None] | None = None,
    works: Sequence[DemoWork] = DEMO_WORKS,
    processes: int | None = None,
) -> Path:
    """Write the demo gallery's pictures and its ``artworks.csv``.

    The files are written to a temporary folder, which takes its place at the end, so nobody ever
    sees half a gallery. A gallery already there is replaced.

    Args:
        folder: The gallery's folder.
        on_progress: Called with the number of pictures written and of all pictures.
        works: Enrolled works to write.
        processes: Number of processes that paint; None for one on each core.

    Returns:
        The path of ``artworks.csv``.
    """
    painted = _paint_all(
        [work.id for work in works], processes or min(os.cpu_count() or 1, _MAX_PROCESSES)
    )
    with (
        atomic_folder(folder) as temporary,
        (temporary / "artworks.csv").open("w", encoding="utf-8", newline="") as sheet,
    ):
        rows = csv.writer(sheet)
        rows.writerow(COLUMNS)
        for done, (work, data) in enumerate(zip(works, painted, strict=True), 1):
            name = f"{work.id}.jpg"
            (temporary / name).write_bytes(data)
            rows.writerow((work.id, work.title, work.artist, work.year, work.room, work.text, name))
            if on_progress:
                on_progress(done, len(works))
    return folder / "artworks.csv"
