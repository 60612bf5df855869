"""The demo gallery on disk: pictures and a catalogue that ``vernissage enrol`` reads."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from common.files import atomic_folder
from demo.catalogue import DEMO_WORKS

COLUMNS = ("id", "title", "artist", "year", "room", "text", "image")
_QUALITY = 92


def _paint_jpeg(index: int) -> bytes:
    """Paint one work as JPEG; it is given by its index so that any process can paint it."""
    cv2.setNumThreads(1)
    picture = cv2.cvtColor(DEMO_WORKS[index].paint(), cv2.COLOR_RGB2BGR)
    good, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not good:
        raise RuntimeError(f"could not encode {DEMO_WORKS[index].id} as JPEG")
    return bytes(np.asarray(data, np.uint8))


def _paint_all() -> Iterator[bytes]:
    """Yield each work as JPEG, in order: painted on all cores if possible, else one by one."""
    done = 0
    workers = min(os.cpu_count() or 1, 8)
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            for data in pool.map(_paint_jpeg, range(len(DEMO_WORKS))):
                yield data
                done += 1
    except (BrokenProcessPool, OSError, PermissionError):
        for index in range(done, len(DEMO_WORKS)):
            yield _paint_jpeg(index)


def write_demo(folder: Path, on_progress: Callable[[int, int], None] | None = None) -> Path:
    """Write the demo gallery's pictures and its ``artworks.csv``.

    The files are written to a temporary folder, which takes its place at the end, so nobody ever
    sees half a gallery. A gallery already there is replaced.

    Args:
        folder: The gallery's folder.
        on_progress: Called with the number of pictures written and of all pictures.

    Returns:
        The path of ``artworks.csv``.
    """
    with (
        atomic_folder(folder) as temporary,
        (temporary / "artworks.csv").open("w", encoding="utf-8", newline="") as sheet,
    ):
        rows = csv.writer(sheet)
        rows.writerow(COLUMNS)
        for done, (work, data) in enumerate(zip(DEMO_WORKS, _paint_all(), strict=True), 1):
            name = f"{work.id}.jpg"
            (temporary / name).write_bytes(data)
            rows.writerow((work.id, work.title, work.artist, work.year, work.room, work.text, name))
            if on_progress:
                on_progress(done, len(DEMO_WORKS))
    return folder / "artworks.csv"
