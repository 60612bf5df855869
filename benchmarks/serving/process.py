"""Servers for benchmarks, in processes of their own, and their CPU, memory and threads."""

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
"""Settings of a server that admits everybody."""
_TICKS = os.sysconf("SC_CLK_TCK")


def our_command(gallery: Path) -> list[object]:
    """Return the command that serves a gallery, on any free port of loopback."""
    script = Path(sys.executable).with_name("vernissage")
    return [
        script, "serve", "--gallery", gallery, "--host", "127.0.0.1", "--port", "0", "--no-tls"
    ]  # fmt: skip


@contextmanager
def served(command: list[object], **server: object) -> Iterator[tuple[URL, int]]:
    """Run a server that admits up to 200 visitors.

    Args:
        command: starts the server and prints its address first.
        server: further settings of the section `server`.

    Yields:
        The server's address and its process id.

    Raises:
        SystemExit: the server didn't start.
    """
    settings = {"max_sessions": 200} | server
    environment = os.environ | {
        f"VERNISSAGE_SERVER__{name.upper()}": str(value) for name, value in settings.items()
    }
    environment["VERNISSAGE_MODEL__MEASURE"] = "false"  # It would take the cores.
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
    """Return the CPU time of a process so far, user and system, in seconds (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def threads(pid: int) -> int:
    """Return the number of threads of a process."""
    return len([*Path(f"/proc/{pid}/task").iterdir()])


def rss_mb(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    line = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(line[1]) / 1024 if line else 0.0
