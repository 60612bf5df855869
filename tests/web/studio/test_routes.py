"""The curators' studio edits a gallery while visitors use it."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path
from urllib.parse import quote

from yarl import URL

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount
from models.embedder import Embedder
from tests.browser.test_websocket_fallback import hear, jpeg, socket_to
from tests.conftest import ENROLLED
from tests.enrolment.test_iiif import Museum, museum
from tests.helpers.studio_client import (
    Client,
    artworks_of,
    curator,
    emptied,
    folder,
    form,
    json_of,
    photograph,
    refusal,
    settled,
    sign_in,
    studio_of,
)

__all__ = ["curator", "folder", "museum"]

WORKS, NEW = ENROLLED[:3], HELD_BACK[0]
TEXTS = {"title": NEW.title, "artist": NEW.artist, "text": NEW.text}


async def test_the_collection_lists_every_artwork_with_its_assessment(curator: Client) -> None:
    collection = await json_of(curator, "/studio/collection.json")
    assert (collection["name"], collection["language"]) == ("Three", "en")
    assert collection["keeps_originals"] is True
    assert collection["refused"] == ""
    assert collection["fitted"] is True
    assert (collection["total"], collection["counts"]) == (3, {"good": 3, "all": 3})
    artworks = await artworks_of(curator)
    assert [card["id"] for card in collection["artworks"]] == [work.id for work in WORKS]
    for card, work in zip(collection["artworks"], WORKS, strict=True):
        artwork = artworks[card["id"]]
        assert (artwork["title"], artwork["artist"]) == (work.title, work.artist)
        assert (card["title"], card["artist"]) == (work.title, work.artist)
        assert card["kind"] == artwork["verdict"]["kind"] == "good"
        assert card["thumbnail"] == artwork["pictures"][0]["address"]
        assert artwork["verdict"]["features"] > 100
        (picture,) = artwork["pictures"]
        answer = await curator.get(picture["address"])
        assert answer.status == 200
        assert answer.content_type == "image/jpeg"


async def test_an_artwork_is_added_edited_and_removed_while_a_visitor_watches(
    curator: Client,
) -> None:
    frames = itertools.cycle([jpeg(image) for image in filmed(mount(NEW.paint()), 1)])
    async with socket_to(curator.server) as visitor:
        await hear(visitor, "hello")
        sent = form(("front.jpg", photograph(NEW)), ("tilted.jpg", photograph(NEW, 4)), **TEXTS)
        assert (await curator.post("/studio/artworks", data=sent)).status == 202
        assert await settled(curator) == []
        key, added = list((await artworks_of(curator)).items())[-1]
        assert added["title"] == NEW.title
        assert len(added["pictures"]) == 2
        assert added["verdict"]["kind"] == "good"

        async def send_frames() -> None:
            for picture in frames:
                await visitor.send_bytes(picture)
                await asyncio.sleep(1 / 10)  # the camera's own pace

        sending = asyncio.create_task(send_frames())
        assert (await hear(visitor, "match"))["artwork"]["id"] == key
        sending.cancel()
        await visitor.send_json({"type": "ping", "id": "still here"})
        assert (await hear(visitor, "pong"))["id"] == "still here"
    headers = {"Content-Type": "image/jpeg"}
    tried = await curator.post("/studio/try", data=photograph(NEW, 2), headers=headers)
    assert json.loads(await tried.text())["vote"] == {"id": key, "title": NEW.title}

    room = TEXTS | {"room": "9", "languages": {"it": {"title": "Un titolo", "text": "Un testo"}}}
    assert (await curator.put(f"/studio/artworks/{key}", json=room)).status == 202
    assert await settled(curator) == []
    edited = (await artworks_of(curator))[key]
    assert edited["room"] == "9"
    assert edited["languages"] == {"it": {"title": "Un titolo", "text": "Un testo"}}

    second = edited["pictures"][1]["original"]
    gone = await curator.delete(f"/studio/artworks/{key}/pictures/{second}")
    assert gone.status == 202
    assert await settled(curator) == []
    after = (await artworks_of(curator))[key]
    assert [one["original"] for one in after["pictures"]] == [edited["pictures"][0]["original"]]
    assert after["languages"] == edited["languages"]

    assert (await curator.delete(f"/studio/artworks/{key}")).status == 202
    assert await settled(curator) == []
    assert key not in await artworks_of(curator)
    versions = await json_of(curator, "/studio/versions.json")
    assert [version["artworks"] for version in versions] == [4, 4, 4, 3]
    assert versions[0]["replaced"] > versions[-1]["replaced"]

    assert (await curator.post(f"/studio/versions/{versions[0]['name']}")).status == 204
    assert (await artworks_of(curator))[key] == after
    assert len(await json_of(curator, "/studio/versions.json")) == 4


async def test_a_csv_comes_with_its_files(curator: Client, folder: Path) -> None:
    table = b"id;title;image;text_it\n2/3 %41;A new one;one.jpg;Un testo\n"
    sent = form(("../../more.csv", table), ("../../../one.jpg", photograph(NEW)))
    assert (await curator.post("/studio/csv", data=sent)).status == 202
    assert await settled(curator) == []
    assert not list(folder.parent.glob("**/*.csv")), "nothing leads out of the inbox"
    assert not list(folder.parent.glob("**/one.jpg"))
    artworks = await artworks_of(curator)
    assert list(artworks)[len(WORKS) :] == ["2/3 %41"]
    assert artworks["2/3 %41"]["languages"]["it"]["text"] == "Un testo"
    address = artworks["2/3 %41"]["pictures"][0]["address"]
    assert (await curator.get(URL(address, encoded=True))).status == 200
    odd = URL(f"/studio/artworks/{quote('2/3 %41', safe='')}", encoded=True)
    assert (await curator.put(odd, json=TEXTS)).status == 202
    assert await settled(curator) == []
    artworks = await artworks_of(curator)
    assert artworks["2/3 %41"]["title"] == NEW.title

    secret = folder.parent / "secret.jpg"
    secret.write_bytes(photograph(NEW, 3))
    for named in (str(secret), "../../secret.jpg"):
        table = f"title,image\nTaken,{named}\n".encode()
        sent = form(("more.csv", table), ("one.jpg", photograph(NEW)))
        assert (await curator.post("/studio/csv", data=sent)).status == 202
    failed = await settled(curator)
    assert failed
    assert all("name files beside the CSV only" in line for line in failed)
    assert await artworks_of(curator) == artworks
    assert emptied(folder)


async def test_addresses_inside_the_network_are_refused(curator: Client, museum: Museum) -> None:
    asked = {"address": str(museum.server.make_url("/three"))}
    assert (await curator.post("/studio/iiif", json=asked)).status == 202
    (failed,) = await settled(curator)
    assert asked["address"] in failed
    assert "studio.private_addresses" in failed
    assert museum.asked.total() == 0
    assert len(await json_of(curator, "/studio/versions.json")) == 0


async def test_open_data_is_fetched(
    folder: Path, model_path: Path, embedder: Embedder, museum: Museum
) -> None:
    async with studio_of(
        folder, model_path, embedder, studio={"private_addresses": True}
    ) as client:
        await sign_in(client)
        asked = {"address": str(museum.server.make_url("/inner")), "limit": 1}
        assert (await client.post("/studio/iiif", json=asked)).status == 202
        assert await settled(client) == []
        added = list((await artworks_of(client)).values())[len(WORKS) :]
    assert len(added) == 1
    assert museum.asked.total() > 2


async def test_files_that_are_no_pictures_change_nothing(curator: Client, folder: Path) -> None:
    before = await artworks_of(curator)
    half = photograph(NEW)[:5000]
    sent = form(("broken.jpg", half), ("notes.txt", b"no picture"), title="Broken")
    assert (await curator.post("/studio/artworks", data=sent)).status == 202
    failed = await settled(curator)
    assert [line.partition(":")[0] for line in failed] == ["broken.jpg", "notes.txt"]
    sent = form(("broken.jpg", half))
    assert (await curator.post(f"/studio/artworks/{WORKS[0].id}/pictures", data=sent)).status == 202
    (line,) = await settled(curator)
    assert line.startswith("broken.jpg: ")
    assert await artworks_of(curator) == before
    assert await json_of(curator, "/studio/versions.json") == []
    assert emptied(folder)
    work = await json_of(curator, "/studio/work.json")
    assert (work["finished"], work["step"], work["waiting"]) == (2, "", 0)


async def test_editing_a_missing_artwork_is_reported(curator: Client) -> None:
    answers = (
        await curator.put("/studio/artworks/gone", json=TEXTS),
        await curator.delete("/studio/artworks/gone"),
        await curator.delete("/studio/artworks/gone/pictures/x.jpg"),
    )
    assert [answer.status for answer in answers] == [202, 202, 202]
    failed = await settled(curator)
    assert failed
    assert all("no such artwork" in line for line in failed)


async def test_versions_that_cannot_be_used_stay_where_they_are(
    curator: Client, folder: Path
) -> None:
    text = TEXTS | {"title": "Another title"}
    assert (await curator.put(f"/studio/artworks/{WORKS[0].id}", json=text)).status == 202
    restoring = await curator.post("/studio/versions/20260101T000000-000000")
    assert restoring.status == 409, "the edits aren't done yet"
    assert await settled(curator) == []
    artworks = await artworks_of(curator)
    (version,) = await json_of(curator, "/studio/versions.json")
    for name in ("20260101T000000-000000", "..", "..%2F..", "nonsense"):
        answer = await curator.post(f"/studio/versions/{name}")
        assert answer.status == 404, name
    (folder.with_name(f".{folder.name}.versions") / version["name"] / "head.npz").unlink()
    status, detail = await refusal(curator, "POST", f"/studio/versions/{version['name']}")
    assert (status, "damaged" in detail) == (404, True)
    assert await artworks_of(curator) == artworks
    assert await json_of(curator, "/studio/versions.json") == [version]
