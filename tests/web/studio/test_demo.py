"""A server finishes the demo gallery that a first start has begun, and takes edits meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from enrolment.demo_gallery import enrol_first
from gallery.acceptance import PROVISIONAL
from gallery.manifest import read_manifest
from gallery.write import write_acceptance, write_manifest
from models.embedder import Embedder
from tests.conftest import ENROLLED, make_settings
from tests.helpers.shared_folders import linked_copy
from tests.helpers.studio_client import artworks_of, json_of, settled, sign_in, studio_of

WORKS = ENROLLED[:2]


async def test_the_other_works_follow_and_edits_wait_for_them(
    model_path: Path, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.studio.jobs.DEMO_WORKS", WORKS)
    folder = tmp_path / "gallery"
    settings = make_settings(folder, model_path)
    enrol_first(folder, embedder, settings, lambda *_: None, WORKS[:1])
    async with studio_of(folder, model_path, embedder) as client:
        await sign_in(client)
        collection = await json_of(client, "/studio/collection.json")
        assert (len(collection["artworks"]), collection["fitted"]) == (1, False)
        assert (await json_of(client, "/studio/work.json"))["busy"]
        edited = await client.put(f"/studio/artworks/{WORKS[0].id}", json={"title": "Renamed"})
        assert edited.status == 202
        assert await settled(client) == []
        artworks = await artworks_of(client)
        assert {key: one["title"] for key, one in artworks.items()} == {
            WORKS[0].id: "Renamed",
            WORKS[1].id: WORKS[1].title,
        }
        assert all(one["verdict"] for one in artworks.values())
        assert (await json_of(client, "/studio/collection.json"))["fitted"]


async def test_a_finished_gallery_is_left_alone(
    looked_at: Path, model_path: Path, embedder: Embedder
) -> None:
    async with studio_of(looked_at, model_path, embedder) as client:
        await sign_in(client)
        progress = await json_of(client, "/studio/work.json")
        assert (progress["busy"], progress["finished"]) == (False, 0)


async def test_thresholds_that_are_pending_are_fitted(
    looked_at: Path, tmp_path: Path, model_path: Path, embedder: Embedder
) -> None:
    folder = linked_copy(looked_at, tmp_path / "gallery")
    live = read_manifest(folder).model_copy(update={"pending": "thresholds"})
    write_manifest(folder, live)
    write_acceptance(folder, PROVISIONAL)
    async with studio_of(folder, model_path, embedder) as client:
        await sign_in(client)
        assert not (await json_of(client, "/studio/collection.json"))["fitted"]
        assert await settled(client) == []
        assert (await json_of(client, "/studio/collection.json"))["fitted"]
    assert read_manifest(folder).pending == ""
