"""Processes of low priority: heavy work beside a server that must stay quick."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

LOW_PRIORITY = 15
MAX_LINE_BYTES = 1 << 24
_REPOSITORY = Path(__file__).resolve().parent.parent


@asynccontextmanager
async def worker(module: str) -> AsyncIterator[Process]:
    """Run a module of this program with pipes to its input and output; stop it at the end."""
    path = os.pathsep.join([str(_REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", module),
        stdin=PIPE,
        stdout=PIPE,
        limit=MAX_LINE_BYTES,
        # The working directory may hold modules of the same names, so the path names ours.
        env=os.environ | {"PYTHONPATH": path},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


def become_worker() -> None:
    """Give this process low priority, and make signals exceptions, so that it can clear away."""
    os.nice(LOW_PRIORITY)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: sys.exit(1))
