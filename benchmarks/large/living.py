"""A server of a gallery with visitors, while a curator adds one artwork in the studio."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import shutil
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aiohttp import ClientSession, CookieJar, FormData
from yarl import URL

from benchmarks.large.enrolling import ended_cpu_s
from benchmarks.serving.process import NEVER_FULL, cpu_s, our_command, rss_mb, served
from benchmarks.serving.visitors import (
    ARTWORK_S,
    Clips,
    Visit,
    visit,
)
from gallery.manifest import GalleryError, read_manifest
from gallery.versions import list_versions, restore, versions_folder

ARTWORKS = 3
"""Artworks that each visitor points at, one after the other."""
_POLL_S = 0.02
_STAGGER_S = 0.4
_LONGEST_S = 3600.0
_OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Living:
    """What a server of a gallery took; times in seconds, of a clock on the wall.

    Attributes:
        start_s: from the command to the first line, which says that it serves.
        start_cpu_s: CPU of that.
        rss_mb: resident memory while it serves visitors, files that it maps included.
        own_mb: the part of it that no file backs.
        waits_s: time to match of each artwork that a visitor pointed at.
        wrong: declarations of what wasn't in view.
        live_s: from a curator's upload of an artwork until visitors are served with it.
        taken_up_s: the part of it after the new version was on the disk.
        finished_s: from the upload until its thresholds and advice were there, too.
        added_cpu_s: CPU of all that, in a process of its own.
        stall_s: longest time that a request waited meanwhile: the event loop's own.
    """

    start_s: float
    start_cpu_s: float
    rss_mb: float
    own_mb: float
    waits_s: tuple[float, ...]
    wrong: int
    live_s: float
    taken_up_s: float
    finished_s: float
    added_cpu_s: float
    stall_s: float

    @property
    def wait_s(self) -> float:
        """Median time to match; infinite if fewer than half were matched."""
        return statistics.median(self.waits_s)


def live(gallery: Path, clips: Clips, visitors: int, new: Path, folder: Path) -> Living:
    """Serve a gallery to visitors, add the picture `new` meanwhile, and put the gallery back.

    Args:
        gallery: the gallery's folder; it has no earlier versions.
        clips: what visitors point at.
        visitors: how many there are at a time.
        new: picture of the artwork to add.
        folder: for the server's visits and notes.
    """
    kept = {"notes_folder": folder / "notes", "visits_folder": folder / "visits"}
    began = time.monotonic()
    try:
        with studio_token() as token, served(our_command(gallery), **NEVER_FULL, **kept) as server:
            base, pid = server
            start = time.monotonic() - began, cpu_s(pid)
            return asyncio.run(_live(base, pid, gallery, clips, visitors, new, token, start))
    finally:
        for version in list_versions(gallery)[-1:]:
            restore(gallery, version.name)
        shutil.rmtree(versions_folder(gallery), ignore_errors=True)


@contextlib.contextmanager
def studio_token() -> Iterator[str]:
    """Have servers that start meanwhile take a token for their studio; yield it."""
    token = secrets.token_urlsafe(24)
    os.environ["VERNISSAGE_STUDIO__TOKEN"] = token
    try:
        yield token
    finally:
        del os.environ["VERNISSAGE_STUDIO__TOKEN"]


async def _live(
    base: URL,
    pid: int,
    gallery: Path,
    clips: Clips,
    visitors: int,
    new: Path,
    token: str,
    start: tuple[float, float],
) -> Living:
    # Other jars keep no cookies of a server that is named by its IP address.
    async with ClientSession(headers=_OWN_PAGE, cookie_jar=CookieJar(unsafe=True)) as http:
        visits = await _visits(http, base, clips, visitors)
        ended = ended_cpu_s(pid)
        memory = rss_mb(pid), own_mb(pid)
        added = asyncio.create_task(_add(http, base, gallery, new, token))
        stalls = asyncio.create_task(_stalls(http, base, added))
        while not added.done():
            visits += await _visits(http, base, clips, visitors)
        times, stall_s = await added, await stalls
        added_cpu_s = ended_cpu_s(pid) - ended
    waits = tuple(wait for one in visits for wait in one.waits_s)
    wrong = sum(one.wrong for one in visits)
    return Living(*start, *memory, waits, wrong, *times, added_cpu_s, stall_s)


async def _visits(http: ClientSession, base: URL, clips: Clips, visitors: int) -> list[Visit]:
    items = [*clips.items()]

    async def arrive(turn: int) -> Visit:
        await asyncio.sleep(turn * _STAGGER_S)
        mine = dict(items[(turn + nth) % len(items)] for nth in range(ARTWORKS))
        return await visit(http, base, mine, len(mine) * ARTWORK_S)

    return list(await asyncio.gather(*(arrive(turn) for turn in range(visitors))))


async def _add(
    http: ClientSession, base: URL, gallery: Path, new: Path, token: str
) -> tuple[float, float, float]:
    """Add an artwork; return the seconds until it is live, of taking it up, and until all is done.

    Raises:
        SystemExit: the server refused it, or could not add it.
    """
    async with http.post(base / "studio/session", data=token) as response:
        response.raise_for_status()
    form = FormData(default_to_multipart=True)
    form.add_field("fields", '{"title": "Added while visitors look"}')
    form.add_field("files", await asyncio.to_thread(new.read_bytes), filename=new.name)
    before = read_manifest(gallery).artworks
    began = time.monotonic()
    async with http.post(base / "studio/artworks", data=form) as response:
        response.raise_for_status()
    while _works_in(gallery) <= before:
        await _must_go_on(http, base, began)
    written = time.monotonic()
    while True:
        async with http.get(base / "client.json") as response:
            served_now = (await response.json())["gallery"]["artworks"]
        if served_now > before:
            break
        await asyncio.sleep(_POLL_S)
    live = time.monotonic()
    while await _must_go_on(http, base, began):
        pass
    return live - began, live - written, time.monotonic() - began


def _works_in(gallery: Path) -> int:
    """Return the number of artworks of a gallery; 0 while a new version takes its place."""
    try:
        return read_manifest(gallery).artworks
    except GalleryError:
        return 0


async def _must_go_on(http: ClientSession, base: URL, began: float) -> bool:
    """Wait a moment; return whether the edit is still being made.

    Raises:
        SystemExit: it failed, or takes an hour.
    """
    await asyncio.sleep(_POLL_S)
    async with http.get(base / "studio/work.json") as response:
        progress = await response.json()
    if progress["failed"] or time.monotonic() - began > _LONGEST_S:
        raise SystemExit(f"the artwork wasn't added: {progress['failed'] or 'it took an hour'}")
    return bool(progress["busy"])


async def _stalls(http: ClientSession, base: URL, until: asyncio.Task[object]) -> float:
    """Return the longest time, in seconds, that a request for nothing took until a task ended."""
    longest = 0.0
    while not until.done():
        began = time.monotonic()
        async with http.get(base / "healthz") as response:
            await response.read()
        longest = max(longest, time.monotonic() - began)
        await asyncio.sleep(_POLL_S)
    return longest


def own_mb(pid: int) -> float:
    """Return the memory of a process that no file backs, in MB."""
    found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
