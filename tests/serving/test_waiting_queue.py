"""The queue of visitors who found every place taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from gallery.store import Gallery
from models.embedder import Embedder
from server import SESSIONS, make_app
from serving.waiting_queue import WaitingQueue
from tests.conftest import make_settings
from tests.serving.test_sessions import SDP, offer_of


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def refused(queue: WaitingQueue, key: str | None, free: int) -> tuple[str, int]:
    ticket = queue.ask(key, free)
    assert ticket is not None
    return ticket.key, ticket.place


def test_first_come_first_admitted() -> None:
    queue = WaitingQueue(10, Clock())
    first, place = refused(queue, None, 0)
    second, next_place = refused(queue, None, 0)
    assert (place, next_place) == (1, 2)
    assert refused(queue, None, 1)[1] == 3, "one place is free, and two wait for it already"
    assert refused(queue, second, 1) == (second, 2)
    assert queue.ask(first, 1) is None
    assert refused(queue, second, 0) == (second, 1)
    assert queue.ask(second, 1) is None


def test_as_many_are_admitted_as_there_are_places() -> None:
    queue = WaitingQueue(10, Clock())
    keys = [refused(queue, None, 0)[0] for _ in range(3)]
    assert queue.ask(keys[1], 2) is None, "the second need not wait for the first to ask again"
    assert refused(queue, keys[2], 1) == (keys[2], 2)
    assert queue.ask(keys[0], 1) is None


def test_a_visitor_who_has_left_holds_nobody_up() -> None:
    clock = Clock()
    queue = WaitingQueue(10, clock)
    gone, _ = refused(queue, None, 0)
    clock.now_s = 6
    patient, _ = refused(queue, None, 0)
    clock.now_s = 11
    assert refused(queue, patient, 0) == (patient, 1)
    assert len(queue) == 1
    assert refused(queue, gone, 0)[1] == 2
    assert refused(queue, "made up", 0)[0] != "made up"


@pytest.mark.parametrize("crowd", [499, 500, 5000])
def test_a_crowd_gets_places_but_not_all_are_remembered(crowd: int) -> None:
    queue = WaitingQueue(10, Clock())
    for _ in range(crowd):
        queue.ask(None, 0)
    assert refused(queue, None, 0)[1] == min(crowd, 500) + 1
    assert len(queue) <= 500


async def test_a_newcomer_doesnt_pass_the_queue(
    gallery_folder: Path, model_path: Path, embedder: Embedder, gallery: Gallery
) -> None:
    settings = make_settings(gallery_folder, model_path, max_sessions=1)
    server = TestServer(make_app(settings, embedder, gallery), host="127.0.0.1")
    offer = await offer_of("video")
    async with server, ClientSession() as http:

        async def ask(ticket: str = "") -> tuple[int, dict[str, object]]:
            address = server.make_url("/sessions").with_query({"ticket": ticket} if ticket else {})
            async with http.post(address, data=offer, headers=SDP) as response:
                return response.status, await response.json() if response.status == 503 else {}

        assert (await ask())[0] == 201
        waits = [await ask(), await ask()]
        assert [(status, ticket["place"]) for status, ticket in waits] == [(503, 1), (503, 2)]
        first, second = (str(ticket["ticket"]) for _, ticket in waits)
        async with http.get(server.make_url("/metrics")) as response:
            assert "vernissage_waiting 2.0" in await response.text()
        await server.app[SESSIONS].close_all("a test")
        status, refusal = await ask()
        assert (status, refusal["place"]) == (503, 3)
        assert (await ask(second))[0] == 503
        assert (await ask(first))[0] == 201
        assert (await ask(second))[1]["place"] == 1
