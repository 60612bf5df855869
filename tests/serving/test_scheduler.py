"""The order of turns, and the metrics."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import BaseTestServer, TestServer
from prometheus_client.parser import text_string_to_metric_families

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount, write_clip
from gallery.store import Gallery
from models.embedder import Embedder
from server import make_app
from serving.scheduler import Scheduler
from settings import REPOSITORY
from tests.conftest import ENROLLED, make_settings
from tests.helpers.webrtc_peer import Visitor

DASHBOARD = REPOSITORY / "docs" / "grafana.json"


async def test_the_oldest_last_result_goes_first() -> None:
    scheduler, order, done = Scheduler(1), list[str](), asyncio.Event()

    async def process(name: str, last_s: float) -> None:
        async with scheduler.turn(last_s):
            order.append(name)
            await done.wait()

    async with asyncio.TaskGroup() as tasks:
        for name, last_s in (("now", 9), ("late", 3), ("early", 1), ("next", 2), ("too", 1)):
            tasks.create_task(process(name, last_s))
        await asyncio.sleep(0)
        assert order == ["now"], "nobody waits while a turn is free"
        assert scheduler.crowded
        done.set()
    assert order == ["now", "early", "too", "next", "late"]
    assert not scheduler.crowded


async def test_turns_at_once_are_limited_and_a_cancelled_one_is_passed_on() -> None:
    scheduler, inside, most = Scheduler(2), 0, 0

    async def process(number: int) -> None:
        nonlocal inside, most
        async with scheduler.turn(number):
            inside += 1
            most = max(most, inside)
            try:
                await asyncio.sleep(0)
            finally:
                inside -= 1

    async with scheduler.turn(0):
        given_up = [asyncio.create_task(process(number)) for number in range(6)]
        await asyncio.sleep(0)
        for task in given_up[::2]:
            task.cancel()
        await asyncio.gather(*given_up, return_exceptions=True)
    await asyncio.gather(*(process(number) for number in range(9)))
    assert most == 2


async def samples(server: BaseTestServer) -> dict[str, float]:
    async with ClientSession() as http, http.get(server.make_url("/metrics")) as response:
        assert response.content_type == "text/plain"
        text = await response.text()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = [value for key, value in sorted(sample.labels.items()) if key != "le"]
            name = ".".join([sample.name.removeprefix("vernissage_"), *labels])
            found[name] = max(sample.value, found.get(name, 0.0))
    return found


async def test_metrics_count_frames_and_declarations(server: TestServer, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "c.webm", filmed(mount(ENROLLED[1].paint()), 4), repeat=60)
    async with Visitor(server.make_url(""), clip) as visitor:
        await visitor.hear("match")
        await visitor.hear("outline", count=5)
        counted = await samples(server)
    assert counted["sessions"] == 1
    assert counted["declarations_total"] == 1
    assert counted["frames_judged_total.first"] >= 1
    confirmed, followed = (
        counted[f"frames_judged_total.{look}"] for look in ("confirmed", "followed")
    )
    assert counted["frames_judged_total.first"] + confirmed >= 5
    assert followed >= 3, "matched visitors need the model less"
    assert counted["frames_received_total"] >= counted["frames_judged_total.first"]
    assert counted["time_to_match_seconds_count"] == 1
    assert 0 < counted["time_to_match_seconds_sum"] < 120
    assert counted["frame_age_seconds_count"] > 5
    assert counted["stage_seconds_count.embed"] == counted["frames_judged_total.first"]
    # A frame that the model has just embedded isn't counted yet.
    assert 0 <= counted["batch_frames_sum"] - counted["frames_judged_total.first"] <= 1
    assert counted["loop_lag_seconds_count"] > 10


async def test_an_unknown_artwork_counts_as_not_found(server: TestServer, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "c.webm", filmed(mount(HELD_BACK[0].paint()), 4), repeat=60)
    async with Visitor(server.make_url(""), clip) as visitor:
        await visitor.hear("not_found")
        counted = await samples(server)
    assert counted["not_found_total"] == 1
    assert counted["declarations_total"] == 0


@pytest.mark.parametrize("limit", [{"max_sessions": 1}, {"max_cpu": 0.01}])
async def test_a_full_server_is_not_ready(
    gallery_folder: Path,
    model_path: Path,
    embedder: Embedder,
    gallery: Gallery,
    tmp_path: Path,
    limit: dict[str, float],
) -> None:
    """The server is full by number, or by the cores that its first visitor takes."""
    settings = make_settings(gallery_folder, model_path, **limit)
    clip = write_clip(tmp_path / "c.webm", filmed(mount(ENROLLED[1].paint()), 1))
    app = make_app(settings, embedder, gallery)
    async with TestServer(app, host="127.0.0.1") as server, ClientSession() as http:

        async def ready() -> int:
            async with http.get(server.make_url("/readyz")) as response:
                return response.status

        assert await ready() == 200
        async with Visitor(server.make_url(""), clip):
            assert await ready() == 503
            with pytest.raises(AssertionError, match="places are taken"):
                async with Visitor(server.make_url(""), clip):
                    pass
            assert (await samples(server))["sessions_refused_total"] == 1


async def test_the_dashboard_uses_existing_metrics(server: TestServer) -> None:
    async with ClientSession() as http, http.get(server.make_url("/metrics")) as response:
        text = await response.text()
    known = {family.name for family in text_string_to_metric_families(text)}
    asked = {
        word
        for panel in json.loads(DASHBOARD.read_text())["panels"]
        for target in panel["targets"]
        for word in re.findall(r"vernissage_\w+", target["expr"])
    }
    assert len(asked) >= 8
    for name in asked:
        stem = name.removesuffix("_bucket").removesuffix("_total").removesuffix("_sum")
        assert stem.removesuffix("_count") in known, name
