"""The large collection's benchmark: its pictures, its watching of processes, its table."""

from __future__ import annotations

import csv
import itertools
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks.large.enrolling import Enrolment, disk_mb, ended_cpu_s, family, family_cpu_s, pss_mb
from benchmarks.large.living import Living
from benchmarks.large.looks import Attempts, Looks
from benchmarks.large.pictures import (
    LONG_PX,
    grid,
    make_pictures,
    pictures_in,
    sources,
    write_catalogue,
)
from benchmarks.large.table import Measured, table_of
from demo.catalogue import DEMO_WORKS
from gallery.catalogue import Artwork, read_source


def test_pieces_never_overlap() -> None:
    image = np.arange(60 * 90 * 3, dtype=np.uint32).reshape(60, 90, 3).astype(np.uint8)
    pieces = grid(image, 3, 2)
    assert [piece.shape for piece in pieces] == [(30, 30, 3)] * 6
    whole = np.vstack([np.hstack(pieces[:3]), np.hstack(pieces[3:])])
    assert np.array_equal(whole, image)


def test_paintings_follow_photographs_and_never_end() -> None:
    photographs = [Path(f"{number}.jpg") for number in range(5)]
    names = [source.name.split("-")[0] for source in itertools.islice(sources(photographs), 9)]
    photograph, painting = "photograph", "painting"
    assert names == [photograph, photograph, painting] * 2 + [photograph, painting, painting]


def test_pictures_are_made_once_and_the_same_each_time(tmp_path: Path) -> None:
    painted = cv2.cvtColor(DEMO_WORKS[0].paint(), cv2.COLOR_RGB2BGR)
    for name in ("one", "other"):
        (tmp_path / "photographs" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "photographs" / name / "a.png"), painted[:300, :400])
        painted = painted[100:]
    photographs = pictures_in([tmp_path / "photographs"])
    made = make_pictures(tmp_path / "made", photographs, 10, lambda *_: None)
    assert len(set(made)) == 10
    contents = [path.read_bytes() for path in made]
    assert len(set(contents)) == 10
    sizes = [Image.open(path).size for path in made]
    assert all(max(size) == LONG_PX for size in sizes)
    times = [path.stat().st_mtime_ns for path in made]
    again = make_pictures(tmp_path / "made", photographs, 3, lambda *_: None)
    assert again == made[:3]
    assert [path.stat().st_mtime_ns for path in made] == times
    elsewhere = make_pictures(tmp_path / "elsewhere", photographs, 10, lambda *_: None)
    assert [path.read_bytes() for path in elsewhere] == contents
    museum = [Artwork("m-1", "A title", "An artist", images=(photographs[0],))]
    catalogue = write_catalogue(tmp_path / "all.csv", museum, made)
    with catalogue.open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 11
    listed = read_source(catalogue)
    assert [listed[0].id, listed[0].title] == ["m-1", "A title"]
    assert [one.images[0] for one in listed[1:]] == [path.resolve() for path in made]


def test_a_process_is_watched_with_its_children() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1); input()'])"
    command, pipe = [sys.executable, "-c", code], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdin and process.stdout
        process.stdout.readline()
        pids = list(family(process.pid))
        assert len(pids) == 2
        assert all(pss_mb(pid) > 0 for pid in pids)
        assert family_cpu_s(process.pid) > 0
        process.stdin.close()
        process.wait()
        assert pss_mb(process.pid) == 0
    assert ended_cpu_s(os.getpid()) > 0


def test_a_file_with_two_names_takes_its_room_once(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(bytes(2_000_000))
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    assert disk_mb(tmp_path) == 2.0


def test_memory_that_grows_shows_in_the_table() -> None:
    flat = Enrolment(100, 1, 10, 2, 20, (9, 5, 5, 5, 5, 5, 5, 5), 50, True)
    growing = Enrolment(200, 2, 40, 4, 80, (1, 2, 3, 4, 5, 6, 7, 8), 100, False)
    assert (flat.growth, flat.peak_mb, growing.growth) == (1.0, 9, 2.0)
    waits = (1.0, 2.0, math.inf)
    living = Living(1, 1, 100, 50, waits, 0, 3, 0.5, 6, 8, 0.1)
    looks = Looks(Counter(right=9, none=1), [10.0, 20.0, 30.0])
    small, large = (
        Measured(made.works, made.disk_mb, made, looks, Attempts(10), [], living)
        for made in (flat, growing)
    )
    table = table_of(small, large)
    rows = list(zip(*(list(column.cells) for column in table.columns), strict=True))
    assert ("CPU s a work until it is live", "0.10", "0.20", "2.00") in rows
    assert ("right of these", "90.0%", "90.0%", "1.00") in rows
    assert ("time to match, s, median", "2.00", "2.00", "1.00") in rows
    assert not [row for row in rows if "nan" in row]
    assert not [name for name, *_ in rows if name.startswith("clips: s")]
