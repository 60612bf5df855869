"""The processor's name and instruction sets, as Linux reports them."""

from __future__ import annotations

import platform
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
_FEATURES = ("avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16")
_NAME_FIELDS = ("vendor_id", "cpu family", "model", "stepping", "model name")


def cpu_features(cpuinfo: Path = CPUINFO) -> tuple[str, ...]:
    """List the instruction sets that speed a model up; none on systems other than Linux."""
    flags = set(_first_processor(cpuinfo).get("flags", "").split())
    return tuple(name for name in _FEATURES if name in flags)


def cpu_name(cpuinfo: Path = CPUINFO) -> str:
    """Name the kind of processor, so that equal names mean equal speed and rounding."""
    fields = _first_processor(cpuinfo)
    names = [fields[name] for name in _NAME_FIELDS if name in fields]
    return ", ".join([" ".join(names) or platform.machine(), *cpu_features(cpuinfo)])


def _first_processor(cpuinfo: Path) -> dict[str, str]:
    """Read the fields of the first processor; none if there is no such file."""
    if not cpuinfo.is_file():
        return {}
    first, _, _ = cpuinfo.read_text(encoding="utf-8").partition("\n\n")
    pairs = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}
