"""Queue curators' edits and make them in a process of their own, one batch at a time."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import tempfile
import time
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from common.workers import worker
from demo.catalogue import DEMO_WORKS
from enrolment.demo_gallery import unfinished
from enrolment.edits import Change
from gallery.store import open_gallery
from gallery.versions import list_versions, restore, versions_folder
from models.precision import select_precision
from settings import Settings
from web.studio.worker import EditJob

log = logging.getLogger("vernissage.studio")

_LOG_PERIOD_S = 15.0
"""Time between two lines about the progress of a long job."""
_BROKE_OFF = "the change broke off; the gallery is as it was, and the server's log says more"


class BusyError(RuntimeError):
    """Edits are being made, so what was asked for must wait."""


class ReadOnlyError(RuntimeError):
    """The gallery's folder can't be replaced; the message says why."""


class EditProgress(BaseModel):
    """Progress of the edits, as the studio's page shows it.

    Attributes:
        busy: whether edits are being made or wait.
        waiting: number of edits that wait for the running batch.
        step: name of the current step.
        done: finished parts of the step, of `total`.
        total: parts of the step.
        finished: batches finished since the server began.
        failed: what couldn't be done in the last batch, one line each.
    """

    busy: bool = False
    waiting: int = 0
    step: str = ""
    done: int = 0
    total: int = 0
    finished: int = 0
    failed: list[str] = []


class EditQueue:
    """Collects edits, and makes all that wait as one batch."""

    def __init__(self, settings: Settings, on_new_version: Callable[[], Awaitable[None]]) -> None:
        """Edit the gallery that `settings` name; call `on_new_version` after each batch."""
        self.progress = EditProgress()
        self._settings = settings
        self._on_new_version = on_new_version
        self._waiting: list[tuple[Change, Path | None]] = []
        self._queued = asyncio.Event()
        self._gallery = settings.gallery.absolute()
        self._inbox = self._gallery.with_name(f".{self._gallery.name}.inbox")
        self._lock = asyncio.Lock()

    def check_writable(self) -> None:
        """Check that a new version of the gallery could be put in place.

        Raises:
            ReadOnlyError: the folder above the gallery can't be written.
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
        """Make an empty folder for uploaded files.

        Raises:
            ReadOnlyError: the gallery can't be changed.
        """
        self.check_writable()
        self._inbox.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self._inbox))

    def add(self, change: Change, files: Path | None = None) -> None:
        """Queue an edit.

        Args:
            change: the edit.
            files: folder of its uploaded files; it is deleted once the edit was made.

        Raises:
            ReadOnlyError: the gallery can't be changed.
        """
        self.check_writable()
        self._waiting.append((change, files))
        self.progress.busy, self.progress.waiting = True, len(self._waiting)
        self._queued.set()

    async def restore(self, name: str) -> None:
        """Put an old version of the gallery in place.

        Raises:
            BusyError: edits are being made.
            ReadOnlyError: the gallery can't be changed.
            GalleryError: there is no such version, or it can't be used any more.
        """
        if self.progress.busy:
            raise BusyError("changes are being made; wait until they are done")
        self.check_writable()
        async with self._lock:
            await asyncio.to_thread(self._put_back, name)
            await self._on_new_version()

    def _put_back(self, name: str) -> None:
        """Put an old version in place, if the server can open it."""
        if any(version.name == name for version in list_versions(self._gallery)):
            model = self._settings.model
            open_gallery(
                versions_folder(self._gallery) / name,
                select_precision(model.path, model.wanted).card,
            )
        restore(self._gallery, name)

    async def run(self) -> None:
        """Finish what is pending of the gallery; make queued edits; never return.

        Cancel it to stop.
        """
        shutil.rmtree(self._inbox, ignore_errors=True)
        await self._finish()
        while True:
            await self._queued.wait()
            self._queued.clear()
            async with self._lock:
                batch, self._waiting = self._waiting, []
                self.progress.waiting = 0
                log.info("making %d edits of the gallery", len(batch))
                await self._work(self._job(changes=[change for change, _ in batch]))
            for files in {files for _, files in batch if files}:
                shutil.rmtree(files, ignore_errors=True)

    async def _finish(self) -> None:
        """Fit thresholds; of a demo gallery first enrol the works that the first start left out."""
        manifest = unfinished(self._gallery)
        if manifest is None:
            return
        try:
            self.check_writable()
        except ReadOnlyError as error:
            log.warning("thresholds stay cautious: %s", error)
            return
        log.info(
            "the gallery has %d artworks and cautious thresholds; %s follow in the background",
            manifest.artworks,
            "fitted ones" if manifest.pending == "thresholds" else "others, and fitted ones,",
        )
        self.progress.busy = True
        async with self._lock:
            demo_works = [work.id for work in DEMO_WORKS]
            await self._work(self._job(finish=True, demo_works=demo_works))

    async def _work(self, job: EditJob) -> None:
        """Do a job in a process, and have its version taken up."""
        self.progress.failed = []
        try:
            self.progress.failed = await self._run_process(job)
            await self._on_new_version()
        except Exception:
            # Whatever went wrong, the next edits must not wait for ever.
            log.exception("editing the gallery broke off")
            self.progress.failed = [_BROKE_OFF]
        self.progress.step, self.progress.finished = "", self.progress.finished + 1
        self.progress.busy = bool(self._waiting)

    def _job(self, **work: Any) -> EditJob:
        return EditJob(
            gallery=self._gallery,
            model=self._settings.model,
            recognition=self._settings.recognition,
            private_addresses=self._settings.studio.private_addresses,
            **work,
        )

    async def _run_process(self, job: EditJob) -> list[str]:
        """Do a job in a process; return what couldn't be done, one line each."""
        async with worker("web.studio.worker") as process:
            return await self._follow(process, job.model_dump_json().encode())

    async def _follow(self, process: Process, job: bytes) -> list[str]:
        """Send the job to its process and read its progress; return what couldn't be done."""
        assert process.stdin and process.stdout
        process.stdin.write(job)
        process.stdin.close()
        failed: list[str] | None = None
        logged_s = time.monotonic()
        async for line in process.stdout:
            report = json.loads(line)
            if "step" in report:
                self.progress.step = report["step"]
                self.progress.done, self.progress.total = report["done"], report["total"]
                if time.monotonic() - logged_s >= _LOG_PERIOD_S:
                    logged_s = time.monotonic()
                    log.info("gallery: %(step)s, %(done)d of %(total)d", report)
            elif "live" in report:
                await self._on_new_version()
            else:
                failed = report.get("failed", [report.get("error")])
        status = await process.wait()
        if failed is None:
            log.error("editing the gallery ended with status %d", status)
            return [_BROKE_OFF]
        log.info("the gallery's new version is made; %d edits failed", len(failed))
        return failed
