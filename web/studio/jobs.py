"""A curator's changes, one after the other, in a process of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import BaseModel

from enrolment.edits import Change
from gallery.store import open_gallery
from gallery.versions import list_versions, restore, versions_folder
from models.precision import select_precision
from settings import REPOSITORY, Settings
from web.studio.worker import Order

log = logging.getLogger("vernissage.studio")

_LONGEST_LINE = 1 << 24
_BROKE_OFF = "the work broke off; the gallery is as it was, and the server's log says more"


class BusyError(RuntimeError):
    """Changes are being made; what was asked for must wait."""


class ReadOnlyError(RuntimeError):
    """The gallery's folder can't be replaced; the message says why."""


class WorkState(BaseModel):
    """What the studio's page is told of the work.

    Attributes:
        busy: whether changes are being made or wait.
        waiting: changes that wait for those being made.
        step: what is being done.
        done: how much of it, of `total`.
        total: how much there is.
        finished: how often changes were finished since the server began.
        failed: what couldn't be done the last time, a line each.
    """

    busy: bool = False
    waiting: int = 0
    step: str = ""
    done: int = 0
    total: int = 0
    finished: int = 0
    failed: list[str] = []


class Work:
    """Collects changes, and makes all that wait at once."""

    def __init__(self, settings: Settings, on_new_version: Callable[[], Awaitable[None]]) -> None:
        """Change the gallery of `settings`; `on_new_version` is called after each time."""
        self.state = WorkState()
        self._settings = settings
        self._on_new_version = on_new_version
        self._waiting: list[tuple[Change, Path | None]] = []
        self._asked = asyncio.Event()
        self._gallery = settings.gallery.absolute()
        self._inbox = self._gallery.with_name(f".{self._gallery.name}.inbox")
        self._restoring = asyncio.Lock()

    def check_writable(self) -> None:
        """Check that a new version could take the gallery's place.

        Raises:
            ReadOnlyError: it couldn't.
        """
        folder = self._gallery.parent
        try:
            tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            raise ReadOnlyError(
                f"this gallery can only be read here ({folder}: {error.strerror}); "
                "change it on the machine that may write it"
            ) from None

    def inbox(self) -> Path:
        """Make a folder for uploaded files.

        Raises:
            ReadOnlyError: the gallery can't be changed.
        """
        self.check_writable()
        self._inbox.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self._inbox))

    def add(self, change: Change, files: Path | None = None) -> None:
        """Make a change as soon as can be; `files` is the folder with its files, deleted then.

        Raises:
            ReadOnlyError: the gallery can't be changed.
        """
        self.check_writable()
        self._waiting.append((change, files))
        self.state.busy, self.state.waiting = True, len(self._waiting)
        self._asked.set()

    async def restore(self, name: str) -> None:
        """Put an old version in place.

        Raises:
            BusyError: changes are being made.
            ReadOnlyError: the gallery can't be changed.
            GalleryError: there is no such version, or it can't be used any more.
        """
        if self.state.busy:
            raise BusyError("changes are being made; wait until they are done")
        self.check_writable()
        async with self._restoring:
            await asyncio.to_thread(self._put_back, name)
            await self._on_new_version()

    def _put_back(self, name: str) -> None:
        """Put an old version in place, unless the server couldn't use it."""
        if any(version.name == name for version in list_versions(self._gallery)):
            model = self._settings.model
            open_gallery(
                versions_folder(self._gallery) / name,
                select_precision(model.path, model.precision).card,
            )
        restore(self._gallery, name)

    async def run(self) -> None:
        """Make changes, for ever."""
        shutil.rmtree(self._inbox, ignore_errors=True)
        while True:
            await self._asked.wait()
            self._asked.clear()
            async with self._restoring:
                taken, self._waiting = self._waiting, []
                self.state.waiting, self.state.failed = 0, []
                try:
                    self.state.failed = await self._make([change for change, _ in taken])
                    await self._on_new_version()
                except Exception:
                    # Whatever it was, the next changes must not wait for ever.
                    log.exception("changes of the gallery broke off")
                    self.state.failed = [_BROKE_OFF]
            self.state.step, self.state.finished = "", self.state.finished + 1
            self.state.busy = bool(self._waiting)
            for files in {files for _, files in taken if files}:
                shutil.rmtree(files, ignore_errors=True)

    async def _make(self, changes: list[Change]) -> list[str]:
        """Make changes in a process; returns what couldn't be done."""
        order = Order(
            gallery=self._gallery,
            model=self._settings.model,
            recognition=self._settings.recognition,
            private_addresses=self._settings.studio.private_addresses,
            changes=changes,
        )
        log.info("%d changes of the gallery begin", len(changes))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-P", "-m", "web.studio.worker"),
            stdin=PIPE,
            stdout=PIPE,
            limit=_LONGEST_LINE,
            # Wherever the server was started, and whatever lies there.
            env=os.environ | {"PYTHONPATH": os.pathsep.join(_search_path())},
        )
        try:
            return await self._follow(process, order.model_dump_json().encode())
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
                await process.wait()

    async def _follow(self, process: Process, order: bytes) -> list[str]:
        assert process.stdin and process.stdout
        process.stdin.write(order)
        process.stdin.close()
        failed: list[str] | None = None
        async for line in process.stdout:
            told = json.loads(line)
            if "step" in told:
                self.state.step = told["step"]
                self.state.done, self.state.total = told["done"], told["total"]
            else:
                failed = told.get("failed", [told.get("error")])
        status = await process.wait()
        if failed is None:
            log.error("changes of the gallery ended with status %d", status)
            return [_BROKE_OFF]
        log.info("changes of the gallery are made; %d of them failed", len(failed))
        return failed


def _search_path() -> list[str]:
    return [str(REPOSITORY), *filter(None, [os.environ.get("PYTHONPATH")])]
