"""Requests that the studio refuses, and failures: none of them changes a gallery."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from demo.catalogue import HELD_BACK
from gallery.store import open_gallery
from models.embedder import Embedder
from tests.conftest import ENROLLED
from tests.helpers.studio_client import (
    Client,
    artworks_of,
    curator,
    emptied,
    folder,
    form,
    json_of,
    photograph,
    progress_until,
    refusal,
    settled,
    sign_in,
    studio_of,
)
from web.studio.uploads import free_path

__all__ = ["curator", "folder"]

WORKS, NEW = ENROLLED[:3], HELD_BACK[0]
CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children")
TEXTS = {"title": NEW.title, "artist": NEW.artist, "text": NEW.text}


NAMES = {
    "../../x.jpg": "x.jpg",
    "..\\..\\x.jpg": "x.jpg",
    "/etc/x.jpg": "x.jpg",
    "..": "file",
    ".hidden": "hidden",
    "a\x00\x07b.jpg": "ab.jpg",
    "\udcff.jpg": "jpg",
    "名" * 200 + ".jpg": "名" * 38 + ".jpg",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_lead_nowhere_else(tmp_path: Path, name: str) -> None:
    path = free_path(tmp_path, name)
    assert path == tmp_path / NAMES[name]
    path.write_bytes(b"")
    second = free_path(tmp_path, name)
    assert second.parent == tmp_path
    assert second != path
    second.write_bytes(b"")


async def test_a_name_that_is_no_text(curator: Client, folder: Path) -> None:
    parts = [
        b'--x\r\nContent-Disposition: form-data; name="fields"\r\n\r\n{"title": "x"}\r\n',
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="\xff.jpg"\r\n\r\nx\r\n--x--',
    ]
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    sent = await curator.post("/studio/artworks", data=b"".join(parts), headers=headers)
    assert sent.status == 202
    (failed,) = await settled(curator)
    assert failed == "jpg: not a picture that can be read"
    assert emptied(folder)


async def test_forms_that_cannot_be_taken(curator: Client, folder: Path) -> None:
    picture, boundary = (
        ("a.jpg", photograph(NEW)),
        {"Content-Type": "multipart/form-data; boundary=x"},
    )
    begin = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n'
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("artworks", {"data": form(title="Nothing")}, "no file"),
        ("artworks", {"data": form(picture)}, "title: Field required"),
        ("artworks", {"data": form(picture, title="")}, "title"),
        ("artworks", {"data": form(picture, title="x", owner="y")}, "owner"),
        ("artworks", {"data": form(picture, title="x", form="round")}, "form"),
        ("artworks", {"data": form(picture, title="x", languages={"../x": {}})}, "languages"),
        ("artworks", {"data": b"{}", "headers": boundary}, "not a form"),
        ("artworks", {"data": b"plain"}, "not a form"),
        ("artworks", {"data": begin + b"\r\nhalf", "headers": boundary}, "not a form"),
        ("artworks", {"data": begin + b"no header\r\n\r\n", "headers": boundary}, "not a form"),
        ("artworks", {"data": begin + b"X: " + b"x" * 20000, "headers": boundary}, "not a form"),
        (f"artworks/{WORKS[0].id}/pictures", {"data": form()}, "no file"),
        ("csv", {"data": form(picture)}, "one CSV at a time, not 0"),
        ("csv", {"data": form(("a.csv", b""), ("b.csv", b""))}, "one CSV at a time, not 2"),
        ("iiif", {"data": b"{"}, "what was sent: Invalid JSON"),
        ("iiif", {"json": {"address": "file:///etc/passwd"}}, "address"),
        ("iiif", {"json": {"address": "http://a.example", "limit": 0}}, "limit"),
    ]
    for path, sent, words in cases:
        status, detail = await refusal(curator, "POST", f"/studio/{path}", **sent)
        assert (status, words in detail) == (400, True), (path, words, detail)
    bad = form(picture)
    bad.add_field("fields", "{")
    assert (await refusal(curator, "POST", "/studio/artworks", data=bad))[0] == 400
    for sent in ({"data": b"{"}, {"json": {"artist": "Nobody"}}, {"json": {"title": "x" * 501}}):
        assert (await refusal(curator, "PUT", "/studio/artworks/x", **sent))[0] == 400
    work = await json_of(curator, "/studio/work.json")
    assert (work["busy"], work["finished"]) == (False, 0)
    assert emptied(folder)


async def test_too_much_at_once_is_refused(
    folder: Path, model_path: Path, embedder: Embedder
) -> None:
    async with studio_of(
        folder, model_path, embedder, studio={"max_upload_bytes": 1_000_000}
    ) as client:
        await sign_in(client)
        big = b"x" * 600_000

        async def streamed() -> AsyncIterator[bytes]:
            """A body whose length is not sent beforehand."""
            for _ in range(2):
                yield b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n'
                yield big + b"\r\n"
            yield b"--x--\r\n"

        cases: list[dict[str, Any]] = [
            {"data": form(("a.jpg", big), ("b.jpg", big), title="Big")},
            {
                "data": streamed(),
                "headers": {"Content-Type": "multipart/form-data; boundary=x"},
            },
            {"data": form(("a.jpg", b""), title="x" * 200_000)},
        ]
        for sent in cases:
            status, detail = await refusal(client, "POST", "/studio/artworks", **sent)
            assert (status, "send less" in detail) == (413, True)
        large = {"title": "x", "text": "x" * 500_000}
        assert (await refusal(client, "PUT", "/studio/artworks/x", json=large))[0] == 413
    assert emptied(folder)


async def test_a_full_disk_is_reported(curator: Client, folder: Path) -> None:
    sent = form(("big.jpg", b"x" * 300_000), **TEXTS)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        status, detail = await refusal(curator, "POST", "/studio/artworks", data=sent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (status, detail) == (507, "this can't be kept here (File too large)")
    assert emptied(folder)


async def test_an_upload_that_breaks_off_leaves_nothing(
    curator: Client, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (cookie,) = curator.session.cookie_jar
    _, writer = await asyncio.open_connection(curator.host, curator.port)
    inbox = folder.with_name(f".{folder.name}.inbox")
    writer.write(
        b"POST /studio/artworks HTTP/1.1\r\nHost: museum\r\nSec-Fetch-Site: same-origin\r\n"
        b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000\r\n"
        b"Cookie: %b=%b\r\n\r\n"
        % (cookie.key.encode(), cookie.value.encode())
        + b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\nx'
    )
    await becomes(lambda: bool(list(inbox.glob("*/a.jpg"))))
    writer.close()
    await becomes(lambda: emptied(folder))
    assert (await json_of(curator, "/studio/work.json"))["finished"] == 0
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.skipif(not Path("/proc/self/cwd").is_dir(), reason="no /proc")
async def test_a_read_only_gallery_is_reported(
    folder: Path, model_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody, not even root, can make files in /proc.
    monkeypatch.chdir(folder)
    async with studio_of(Path("/proc/self/cwd"), model_path, embedder) as client:
        await sign_in(client)
        collection = await json_of(client, "/studio/collection.json")
        assert "can only be read here (/proc/self" in collection["refused"]
        assert len(collection["artworks"]) == len(WORKS)
        cases: list[tuple[str, str, dict[str, Any]]] = [
            ("POST", "artworks", {"data": form(("a.jpg", photograph(NEW)), **TEXTS)}),
            ("POST", "iiif", {"json": {"address": "http://museum.example/manifest"}}),
            ("PUT", f"artworks/{WORKS[0].id}", {"json": TEXTS}),
            ("DELETE", f"artworks/{WORKS[0].id}", {}),
            ("POST", "versions/20260101T000000-000000", {}),
        ]
        for method, path, sent in cases:
            status, detail = await refusal(client, method, f"/studio/{path}", **sent)
            assert (status, detail) == (409, collection["refused"]), path
        assert (await json_of(client, "/studio/work.json"))["busy"] is False


@pytest.mark.skipif(not CHILDREN.is_file(), reason="no /proc")
async def test_a_process_that_is_killed_ends_nothing_else(curator: Client, folder: Path) -> None:
    before = await artworks_of(curator)
    sent = form(("a.jpg", photograph(NEW)), **TEXTS)
    others = children()
    assert (await curator.post("/studio/artworks", data=sent)).status == 202
    await progress_until(curator, lambda progress: progress["step"])
    (worker,) = children() - others
    os.kill(worker, signal.SIGKILL)
    (failed,) = await settled(curator)
    assert "the gallery is as it was" in failed
    assert await artworks_of(curator) == before
    assert emptied(folder)
    assert (await curator.put(f"/studio/artworks/{WORKS[0].id}", json=TEXTS)).status == 202
    assert await settled(curator) == []
    assert (await artworks_of(curator))[WORKS[0].id]["title"] == NEW.title


async def test_edits_that_cannot_begin_hold_nothing_up(
    curator: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for python, failed in ((str(tmp_path / "gone"), 1), (sys.executable, 0)):
        monkeypatch.setattr(sys, "executable", python)
        assert (await curator.put(f"/studio/artworks/{WORKS[0].id}", json=TEXTS)).status == 202
        assert len(await settled(curator)) == failed
    assert (await artworks_of(curator))[WORKS[0].id]["title"] == NEW.title


async def test_changes_are_made_wherever_the_server_was_started(
    curator: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "__init__.py").write_text("raise SystemExit('another web')")
    monkeypatch.chdir(tmp_path)
    assert (await curator.delete(f"/studio/artworks/{WORKS[0].id}")).status == 202
    assert await settled(curator) == []
    assert WORKS[0].id not in await artworks_of(curator)


async def test_a_server_that_stops_leaves_the_gallery_as_it_was(
    folder: Path, model_path: Path, embedder: Embedder
) -> None:
    left = folder.with_name(f".{folder.name}.inbox") / "left"
    left.mkdir(parents=True)
    async with studio_of(folder, model_path, embedder) as client:
        await sign_in(client)
        assert not left.exists(), "what a server that was killed had taken"
        sent = form(("a.jpg", photograph(NEW)), **TEXTS)
        assert (await client.post("/studio/artworks", data=sent)).status == 202
        await progress_until(client, lambda progress: progress["step"])
    assert not list(folder.parent.glob(f".{folder.name}.new-*"))
    assert len(open_gallery(folder, embedder.card).artworks) == len(WORKS)


async def becomes(true: Callable[[], bool]) -> None:
    """Wait until a condition is true."""
    async with asyncio.timeout(120):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


def children() -> set[int]:
    """Ids of the processes that this one has started."""
    return {int(number) for number in CHILDREN.read_text().split()}
