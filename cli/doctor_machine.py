"""Describe the machine: processor, memory, clock. Without Linux's files, parts are unknown."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from models.cpu import CPUINFO, cpu_features

_NEEDED_MB = 1024


def processor(cpuinfo: Path = CPUINFO) -> tuple[str, bool]:
    """Describe the processor, and return whether it has AVX2 (true if that can't be read)."""
    cores = f"{platform.machine()}, {os.cpu_count()} cores"
    if platform.machine() not in ("x86_64", "AMD64") or not cpuinfo.is_file():
        return cores, True
    fast = cpu_features(cpuinfo)
    return f"{cores}, {', '.join(fast) or 'no AVX2'}", "avx2" in fast


def memory(meminfo: Path = Path("/proc/meminfo")) -> tuple[str, bool]:
    """Describe the available memory, and return whether it is enough."""
    if not meminfo.is_file():
        return "unknown", True
    lines = meminfo.read_text(encoding="utf-8").splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    free, total = (kilobytes.get(name, 0) // 1024 for name in ("MemAvailable", "MemTotal"))
    return f"{free} of {total} MB available", free >= _NEEDED_MB


def clock(marker: Path = Path("/run/systemd/timesync/synchronized")) -> tuple[str, bool]:
    """Describe how the clock is set, and return false if systemd has not set it yet."""
    if marker.is_file():
        return "set by a time server", True
    if marker.parent.is_dir():
        return "not set by a time server yet", False
    return "kept by something other than systemd-timesyncd; not checked", True
