"""Enrolment by the command that curators use, in a process of its own, and what it costs."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.process import cpu_s
from gallery.store import read_acceptance

_PERIOD_S = 0.5


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an enrolment took.

    Attributes:
        works: number of artworks.
        live_s: wall seconds until a server could open the gallery.
        live_cpu_s: CPU seconds of all its processes by then.
        whole_s: wall seconds until the command ended, its thresholds and advice included.
        whole_cpu_s: CPU seconds of all its processes.
        memory_mb: memory of all its processes (PSS), every half second.
        disk_mb: size of the gallery's folder.
        fitted: whether its thresholds were fitted when the command ended.
    """

    works: int
    live_s: float
    live_cpu_s: float
    whole_s: float
    whole_cpu_s: float
    memory_mb: tuple[float, ...]
    disk_mb: float
    fitted: bool

    @property
    def peak_mb(self) -> float:
        """Most memory at once."""
        return max(self.memory_mb, default=0.0)

    @property
    def growth(self) -> float:
        """Peak of the last quarter of the time by that of the second: 1 where memory is flat."""
        quarter = len(self.memory_mb) // 4
        if not quarter:
            return 1.0
        second, last = self.memory_mb[quarter : 2 * quarter], self.memory_mb[-quarter:]
        return max(last) / max(second)


def enrol_watched(source: Path, out: Path, works: int) -> Enrolment:
    """Enrol a catalogue from nothing and watch the command; its progress goes to the terminal.

    Raises:
        SystemExit: the command failed.
    """
    # Folders beside it hold earlier versions and measurements, which would be taken up.
    for old in (out, *out.parent.glob(f".{out.name}.*")):
        shutil.rmtree(old, ignore_errors=True)
    script = Path(sys.executable).with_name("vernissage")
    command = [str(script), "enrol", str(source), "--out", str(out)]
    memory: list[float] = []
    live: tuple[float, float] | None = None
    before, began = _children_cpu_s(), time.monotonic()
    with subprocess.Popen(command) as process:
        while process.poll() is None:
            memory.append(sum(pss_mb(pid) for pid in family(process.pid)))
            if live is None and (out / "manifest.json").is_file():
                live = time.monotonic() - began, family_cpu_s(process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PERIOD_S)
    if process.returncode:
        raise SystemExit(f"enrolling failed; see why: {shlex.join(command)}")
    whole = time.monotonic() - began, _children_cpu_s() - before
    return Enrolment(
        works,
        *(live or whole),
        *whole,
        tuple(memory),
        disk_mb(out),
        read_acceptance(out).fitted,
    )


def disk_mb(folder: Path) -> float:
    """Return the size of all files in a folder, in MB; a file with two names counts once."""
    files = (path.stat() for path in folder.rglob("*") if path.is_file())
    return sum({(one.st_dev, one.st_ino): one.st_size for one in files}.values()) / 1e6


def family(pid: int) -> Iterator[int]:
    """Yield a process and all its descendants; those that end meanwhile are left out."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from family(int(child))


def family_cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process, of its descendants, and of children that have ended."""
    total = 0.0
    for one in family(pid):
        with contextlib.suppress(OSError):
            total += cpu_s(one) + ended_cpu_s(one)
    return total


def ended_cpu_s(pid: int) -> float:
    """Return the CPU seconds of a process's children that have ended (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def pss_mb(pid: int) -> float:
    """Return a process's memory in MB, pages that several share divided among them; 0 if gone."""
    try:
        found = re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
