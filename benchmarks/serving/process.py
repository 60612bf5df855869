"""Servers for benchmarks, in processes of their own, and what they cost."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yarl import URL

NEVER_FULL: dict[str, object] = {"max_cpu": 1e9}
"""Settings of a server that lets everybody in."""
_TICKS = os.sysconf("SC_CLK_TCK")


def our_command(gallery: Path) -> list[object]:
    """Return the command that serves a gallery, on any free port of loopback."""
    script = Path(sys.executable).with_name("vernissage")
    return [
        script, "serve", "--gallery", gallery, "--host", "127.0.0.1", "--port", "0", "--no-tls"
    ]  # fmt: skip


@contextmanager
def served(command: list[object], **server: object) -> Iterator[tuple[URL, int]]:
    """Run a server that may take as many as come; yield its address and process id.

    `server` are more of its settings, of the section `server`.
    """
    wanted = {"max_sessions": 200} | server
    environment = os.environ | {
        f"VERNISSAGE_SERVER__{name.upper()}": str(value) for name, value in wanted.items()
    }
    arguments = [str(part) for part in command]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            if not address:
                raise SystemExit(f"the server did not start; see why: {shlex.join(arguments)}")
            yield URL(address), process.pid
        finally:
            process.kill()


def cpu_s(pid: int) -> float:
    """CPU time of a process so far, user and system (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def threads(pid: int) -> int:
    """Threads of a process."""
    return len([*Path(f"/proc/{pid}/task").iterdir()])


def rss_mb(pid: int) -> float:
    """Resident memory of a process, in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
