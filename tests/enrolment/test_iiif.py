"""Open data by IIIF, from a real server on loopback that answers as museums' do."""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from cli.enrol import failed_csv
from enrolment.fetch import MAX_JSON_BYTES, TRIES
from enrolment.iiif import Failed, Harvest, canvas_images, image_address, read_iiif
from gallery.catalogue import Artwork
from vision.images import load_picture


def jpeg(seed: int, width: int = 160, height: int = 120) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG")
    return data.getvalue()


class Museum:
    """Serves manifests of both versions and pictures, some of them badly."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.broken = True
        self.at_once = self.most_at_once = 0
        app = web.Application()
        app.router.add_get("/{path:.*}", self.answer)
        self.server = TestServer(app)

    async def answer(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            return self.reply(request.path)
        finally:
            self.at_once -= 1

    def reply(self, path: str) -> web.Response:
        self.asked[path] += 1
        base = str(self.server.make_url("")).rstrip("/")
        parts = path.strip("/").split("/")
        if path == "/all":
            return web.json_response(self.collection(base))
        if path == "/inner":
            inner = [{"@id": f"{base}/all", "@type": "sc:Collection"}]
            found = [{"@id": f"{base}/two", "@type": "sc:Manifest"}]
            return web.json_response(
                {"@type": "sc:Collection", "collections": inner, "manifests": found}
            )
        if path == "/two":
            return web.json_response(manifest2(base))
        if parts[0] in ("three", "busy", "cut"):
            return web.json_response(manifest3(base, parts[0]))
        if parts[0] == "img" and parts[-1] == "info.json" and parts[1] != "two":
            return web.json_response({"width": 4000, "height": 3000})
        if parts[0] == "img" and parts[-1] == "default.jpg":
            return self.picture(parts[1], path)
        return web.Response(status=404)

    def collection(self, base: str) -> dict[str, Any]:
        names = ("inner", "all", "three", "busy", "cut", "gone")
        return {"type": "Collection", "items": [{"id": f"{base}/{name}"} for name in names]}

    def picture(self, name: str, path: str) -> web.Response:
        whole = jpeg(sum(name.encode()))
        if name == "busy" and self.asked[path] == 1:
            return web.Response(status=429, headers={"Retry-After": "0"})
        if name == "cut" and self.broken:
            return web.Response(body=whole[: len(whole) // 2], content_type="image/jpeg")
        return web.Response(body=whole, content_type="image/jpeg")


def manifest2(base: str) -> dict[str, Any]:
    resource = {"service": {"@id": f"{base}/img/two"}}
    return {
        "@type": "sc:Manifest",
        "label": [
            {"@value": "Harbour", "@language": "en"},
            {"@value": "Hafen", "@language": "de"},
        ],
        "description": "<p>Ships.</p>",
        "metadata": [{"label": "Creator", "value": "A. Maler"}, {"label": "Date", "value": "1880"}],
        "sequences": [{"canvases": [{"images": [{"resource": resource}]}]}],
    }


def manifest3(base: str, name: str) -> dict[str, Any]:
    body = {"type": "Image", "service": [{"id": f"{base}/img/{name}", "type": "ImageService3"}]}
    return {
        "type": "Manifest",
        "label": {"en": [name]},
        "summary": {"fr": ["Une oeuvre."]},
        "metadata": [{"label": {"en": ["Artist"]}, "value": {"en": ["B. Peintre"]}}],
        "items": [{"items": [{"items": [{"body": body}]}]}],
    }


@pytest.fixture
async def museum() -> AsyncIterator[Museum]:
    museum = Museum()
    await museum.server.start_server()
    yield museum
    await museum.server.close()


async def harvest(museum: Museum, path: str, cache: Path, limit: int | None = None) -> Harvest:
    address = str(museum.server.make_url(path))
    return await asyncio.to_thread(read_iiif, address, cache, None, limit, 0.01)


def by_title(found: Harvest) -> dict[str, Artwork]:
    return {artwork.title: artwork for artwork in found.artworks}


async def test_a_collection_with_a_cycle_gives_every_usable_artwork(
    museum: Museum, tmp_path: Path
) -> None:
    found = await harvest(museum, "/all", tmp_path / "cache")
    works = by_title(found)
    assert set(works) == {"Harbour", "three", "busy"}
    assert museum.asked["/all"] == museum.asked["/inner"] == 1
    harbour = works["Harbour"]
    assert (harbour.artist, harbour.year, harbour.text) == ("A. Maler", "1880", "Ships.")
    assert harbour.languages["de"].title == "Hafen"
    assert works["three"].artist == "B. Peintre"
    assert works["three"].languages["fr"].text == "Une oeuvre."
    assert load_picture(works["busy"].images[0]).shape == (120, 160, 3)
    reasons = {failed.address.rpartition("/")[2]: failed.reason for failed in found.failed}
    assert reasons["gone"] == "HTTP 404"
    assert "damaged" in reasons["default.jpg"]
    assert len(found.failed) == 2
    assert museum.most_at_once <= 2


async def test_sizes_come_from_info_json_or_are_requested_to_fit(
    museum: Museum, tmp_path: Path
) -> None:
    await harvest(museum, "/all", tmp_path / "cache")
    assert museum.asked["/img/three/full/1024,768/0/default.jpg"] == 1
    assert museum.asked["/img/two/full/!1024,1024/0/default.jpg"] == 1
    assert museum.asked["/img/busy/full/1024,768/0/default.jpg"] == 2


async def test_a_second_run_requests_only_what_failed(museum: Museum, tmp_path: Path) -> None:
    await harvest(museum, "/all", tmp_path / "cache")
    museum.asked.clear()
    museum.broken = False
    found = await harvest(museum, "/all", tmp_path / "cache")
    assert set(by_title(found)) == {"Harbour", "three", "busy", "cut"}
    assert set(museum.asked) == {
        "/gone",
        "/img/two/info.json",
        "/img/cut/full/1024,768/0/default.jpg",
    }


async def test_a_limit_is_kept(museum: Museum, tmp_path: Path) -> None:
    assert len((await harvest(museum, "/all", tmp_path / "cache", 1)).artworks) == 1


class Busy:
    """Answers a manifest with one picture: badly at first, and in pages."""

    def __init__(self, *first: web.Response) -> None:
        self.first = list(first)
        self.asked: list[tuple[str, float]] = []
        app = web.Application()
        app.router.add_get("/{name:.*}", self.answer)
        self.server = TestServer(app)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, asyncio.get_running_loop().time()))
        base, name = str(self.server.make_url("")).rstrip("/"), request.match_info["name"]
        if self.first:
            return self.first.pop(0)
        if name == "pages":
            return web.json_response({"type": "Collection", "first": f"{base}/page/1"})
        if name.startswith("page/"):
            number = int(name.removeprefix("page/"))
            page = {"type": "CollectionPage", "items": [{"id": f"{base}/work/{number}"}]}
            following = {"next": {"id": f"{base}/page/{number + 1}"}} if number < 3 else {}
            return web.json_response(page | following)
        if name.startswith("work/"):
            body = {"type": "Image", "id": f"{base}/{name.replace('work', 'file')}.jpg"}
            canvas = {"items": [{"items": [{"body": body}]}]}
            label = {"none": [name]}
            return web.json_response({"type": "Manifest", "label": label, "items": [canvas]})
        return web.Response(body=jpeg(len(name)), content_type="image/jpeg")


async def busy_harvest(busy: Busy, path: str, cache: Path) -> Harvest:
    async with busy.server:
        address = str(busy.server.make_url(path))
        return await asyncio.to_thread(read_iiif, address, cache, None, None, 0.01)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_a_busy_server_is_asked_again(tmp_path: Path, status: int) -> None:
    busy = Busy(web.Response(status=status), web.Response(status=status))
    assert len((await busy_harvest(busy, "/work/1", tmp_path)).artworks) == 1
    assert [path for path, _ in busy.asked] == ["/work/1"] * 3 + ["/file/1.jpg"]


@pytest.mark.parametrize("as_date", [False, True])
async def test_a_server_is_asked_again_when_it_says(tmp_path: Path, as_date: bool) -> None:
    # A date has whole seconds: two from now is more than one away.
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    busy = Busy(web.Response(status=503, headers={"Retry-After": date if as_date else "1"}))
    assert len((await busy_harvest(busy, "/work/1", tmp_path)).artworks) == 1
    (_, first), (_, second), _ = busy.asked
    assert 0.9 <= second - first <= 3


async def test_a_server_that_stays_busy_is_named(tmp_path: Path) -> None:
    busy = Busy(*(web.Response(status=503) for _ in range(TRIES)))
    (failed,) = (await busy_harvest(busy, "/work/1", tmp_path)).failed
    assert failed.reason == f"HTTP 503, {TRIES} times"


async def test_a_collection_in_pages_is_read_to_its_end(tmp_path: Path) -> None:
    found = await busy_harvest(Busy(), "/pages", tmp_path)
    assert [artwork.title for artwork in found.artworks] == ["work/1", "work/2", "work/3"]
    assert found.failed == ()


async def test_a_response_that_is_too_large_is_dropped(tmp_path: Path) -> None:
    endless = web.Response(body=b" " * (MAX_JSON_BYTES + 1), content_type="application/json")
    (failed,) = (await busy_harvest(Busy(endless), "/work/1", tmp_path)).failed
    assert failed.reason == "over 20 MB"


async def test_a_page_that_is_no_manifest_is_named(tmp_path: Path) -> None:
    page = web.Response(text="<html>", content_type="text/html")
    (failed,) = (await busy_harvest(Busy(page), "/work/1", tmp_path)).failed
    assert "JSON" in failed.reason


def test_a_service_of_level_0_is_asked_for_a_size_it_lists() -> None:
    sizes = [{"width": side, "height": side // 2} for side in (400, 1200, 4000)]
    info = {"profile": "level0", "width": 4000, "height": 2000, "sizes": sizes}
    assert "/full/1200,600/" in image_address("http://museum/img/a%2Fb", info)
    assert "/full/full/" in image_address("http://museum/img/a", {"profile": "level0"})


def test_a_book_gives_its_first_picture_and_others_up_to_five() -> None:
    manifest = manifest3("http://museum", "three")
    manifest["items"] *= 7
    assert len(canvas_images(manifest)) == 5
    assert len(canvas_images({**manifest, "behavior": ["paged"]})) == 1


def test_failures_are_a_csv() -> None:
    text = failed_csv([Failed("http://museum/a,b", "HTTP 404")])
    assert text == 'address,reason\n"http://museum/a,b",HTTP 404\n'
