"""What the processor is and can, as Linux tells it."""

from __future__ import annotations

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
_FEATURES = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16")
_NAMED_BY = ("vendor_id", "cpu family", "model", "stepping", "model name")


def cpu_features(cpuinfo: Path = CPUINFO) -> tuple[str, ...]:
    """Lists the instruction sets that speed a model up; none where Linux isn't."""
    flags = set(_first(cpuinfo).get("flags", "").split())
    return tuple(name for name in _FEATURES if name in flags)


def cpu_name(cpuinfo: Path = CPUINFO) -> str:
    """Names the kind of processor, so that equal names mean equal speed and rounding."""
    told = _first(cpuinfo)
    names = [told[name] for name in _NAMED_BY if name in told]
    return ", ".join([" ".join(names) or platform.machine(), *cpu_features(cpuinfo)])


def _first(cpuinfo: Path) -> dict[str, str]:
    """What is told of the first processor."""
    if not cpuinfo.is_file():
        return {}
    first, _, _ = cpuinfo.read_text(encoding="utf-8").partition("\n\n")
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}
