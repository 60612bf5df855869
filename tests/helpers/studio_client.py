"""The studio under test: a real server of a gallery, a curator's browser, and its edits."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image
from yarl import URL

from demo.work import DemoWork
from gallery.store import open_gallery
from models.embedder import Embedder
from server import make_app
from settings import load_settings
from tests.conftest import NEVER_FULL, NEVER_IDLE, PATIENT
from tests.helpers.shared_folders import linked_copy

Client = TestClient[web.Request, web.Application]
TOKEN = "a token for the tests"
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
"""Header that browsers add to requests from a server's own page."""


class AsServed(TestServer):
    """A server that doesn't cancel a handler whose client has gone; nor does the real one."""

    async def _make_runner(self, **how: Any) -> web.BaseRunner:
        return web.AppRunner(self.app, **how | {"handler_cancellation": False})


@asynccontextmanager
async def studio_of(
    folder: Path, model_path: Path, embedder: Embedder, **sections: dict[str, Any]
) -> AsyncIterator[Client]:
    """Run a real server of a gallery; yield a browser of its studio, not signed in yet."""
    loopback = {"host": "127.0.0.1", "port": 0, "tls": False}
    settings = load_settings(
        gallery=folder,
        model={"path": model_path},
        server=loopback | NEVER_FULL | NEVER_IDLE | sections.get("server", {}),
        consensus=PATIENT,
        studio={"token": TOKEN} | sections.get("studio", {}),
    )
    app = make_app(settings, embedder, open_gallery(folder, embedder.card))
    async with TestClient(AsServed(app, host="127.0.0.1"), headers=OWN_PAGE) as client:
        yield client


async def sign_in(client: Client) -> None:
    answer = await client.post("/studio/session", data=TOKEN)
    assert answer.status == 204


@pytest.fixture
def folder(looked_at: Path, tmp_path: Path) -> Path:
    """A gallery of three works that tests may change."""
    return linked_copy(looked_at, tmp_path / "gallery")


@pytest.fixture
async def curator(folder: Path, model_path: Path, embedder: Embedder) -> AsyncIterator[Client]:
    """The browser of a curator who is signed in to the studio of that gallery."""
    async with studio_of(folder, model_path, embedder) as client:
        await sign_in(client)
        yield client


async def json_of(client: Client, path: str) -> Any:
    answer = await client.get(URL(path, encoded=True))
    assert answer.status == 200, path
    return await answer.json()


async def refusal(client: Client, method: str, path: str, **sent: Any) -> tuple[int, str]:
    """Send a request that is refused; return the status, and the one line that says why."""
    answer = await client.request(method, path, **sent)
    assert answer.content_type == "application/problem+json", await answer.text()
    detail = (await answer.json())["detail"]
    assert "\n" not in detail
    return answer.status, detail


async def progress_until(
    client: Client, reached: Callable[[dict[str, Any]], object]
) -> dict[str, Any]:
    """Ask for the progress of the edits until a condition holds; return the progress."""
    async with asyncio.timeout(300):
        while True:
            progress: dict[str, Any] = await json_of(client, "/studio/work.json")
            if reached(progress):
                return progress
            await asyncio.sleep(0.05)


async def settled(client: Client) -> list[str]:
    """Wait until all edits are made; return what couldn't be done."""
    progress = await progress_until(client, lambda progress: not progress["busy"])
    failed: list[str] = progress["failed"]
    return failed


async def artworks_of(client: Client) -> dict[str, dict[str, Any]]:
    """Return the artworks of a small collection by id, with all that can be edited."""
    collection = await json_of(client, "/studio/collection.json")
    ids = [card["id"] for card in collection["artworks"]]
    return {key: await json_of(client, f"/studio/artworks/{quote(key, safe='')}") for key in ids}


def photograph(work: DemoWork, turned: int = 0) -> bytes:
    """Return a photograph of a demo work, JPEG, `turned` by degrees."""
    out = io.BytesIO()
    picture = Image.fromarray(work.paint()).rotate(turned, Image.Resampling.BICUBIC)
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def form(*files: tuple[str, bytes], **fields: Any) -> FormData:
    """Return a form with named files and, if any are given, an artwork's fields as JSON."""
    data = FormData(quote_fields=False, default_to_multipart=True)
    if fields:
        data.add_field("fields", json.dumps(fields))
    for name, content in files:
        data.add_field("files", content, filename=name)
    return data


def emptied(folder: Path) -> bool:
    """Return whether no upload is left in the inbox."""
    inbox = folder.with_name(f".{folder.name}.inbox")
    return not inbox.exists() or not list(inbox.iterdir())
