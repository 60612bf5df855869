"""Room for newcomers: predicted from the CPU time of those inside."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from common.threads import usable_cores
from evaluation.filmed_clips import filmed, mount
from gallery.store import Gallery
from models.embedder import Embedder
from server import SESSIONS, make_app
from serving.capacity import Capacity, sharing
from serving.sessions import FullError
from tests.browser.test_websocket_fallback import hear, jpeg, socket_to
from tests.conftest import ENROLLED, make_settings
from tests.recognition.test_selection import half_hidden


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Server:
    """A server whose visitors take CPU time."""

    def __init__(self, cores: float) -> None:
        self.time, self.cpu = Clock(), Clock()
        self.capacity = Capacity(cores, self.time, self.cpu)

    def serve(self, visitors: int, each: float, seconds: float, beside: float = 0.0) -> None:
        for _ in range(round(seconds / 0.5)):
            self.time.now += 0.5
            self.cpu.now += 0.5 * (visitors * each + beside)
            self.capacity.measure(visitors)


def test_at_first_the_expectation_holds() -> None:
    capacity = Server(1.8).capacity
    assert capacity.room(0) == 20
    assert capacity.room(12) == 8, "newcomers count, though nothing is measured yet"
    assert capacity.room(25) == 0


@pytest.mark.parametrize(("each", "inside", "room"), [(0.09, 10, 10), (0.2, 5, 4), (0.03, 10, 40)])
def test_room_follows_from_what_visitors_take(each: float, inside: int, room: int) -> None:
    server = Server(1.8)
    server.serve(inside, each, 60)
    assert server.capacity.per_visitor == pytest.approx(each, rel=0.4)
    assert server.capacity.room(inside) == pytest.approx(room, rel=0.3)


def test_a_crowd_is_let_in_no_further_than_it_can_be_served() -> None:
    """Two newcomers a second, each as expensive as the last."""
    server, inside = Server(1.8), 0
    for _ in range(40):
        inside += min(1, server.capacity.room(inside))
        server.serve(inside, 0.1, 0.5)
    assert 16 <= inside <= 18


def test_visitors_who_take_less_leave_room_for_more() -> None:
    server = Server(1.8)
    server.serve(15, 0.12, 30)
    assert server.capacity.room(15) == 0
    server.serve(15, 0.06, 20)
    assert server.capacity.room(15) >= 10


def test_other_work_of_the_server_takes_room() -> None:
    idle, busy = Server(1.8), Server(1.8)
    idle.serve(4, 0.09, 30)
    busy.serve(4, 0.09, 30, beside=0.9)
    assert busy.capacity.room(4) < idle.capacity.room(4) / 2


def test_deferrable_work_takes_no_room() -> None:
    """Two visitors at unknown works: second passes take both cores, while nobody waits."""
    server = Server(1.8)
    for _ in range(120):
        server.capacity.defer(0.5 * 2 * 0.7)
        server.serve(2, 0.9, 0.5)
    assert server.capacity.per_visitor == pytest.approx(0.2, rel=0.3)
    assert server.capacity.room(2) >= 5


def test_the_first_visitor_always_has_room() -> None:
    server = Server(0.05)
    server.serve(0, 0, 10, beside=2.0)
    assert server.capacity.room(0) == 1
    assert server.capacity.room(1) == 0


async def test_waits_keep_newcomers_out_but_not_the_first(
    gallery_folder: Path, model_path: Path, embedder: Embedder, gallery: Gallery
) -> None:
    settings = make_settings(gallery_folder, model_path, max_cpu=1)
    server = TestServer(make_app(settings, embedder, gallery), host="127.0.0.1")
    async with server:
        sessions = server.app[SESSIONS]
        for _ in range(20):
            sessions.engine.load.record_wait(1.0)
        assert sessions.engine.load.saturated
        first = sessions.open_socket()
        with pytest.raises(FullError):
            sessions.open_socket()
        await first.close("a test")
        assert sessions.free > 0


async def test_second_passes_are_counted_as_deferrable(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    deferred: list[float] = []
    monkeypatch.setattr(server.app[SESSIONS].engine.capacity, "defer", deferred.append)
    async with socket_to(server) as socket:
        await socket.send_bytes(jpeg(half_hidden().image))
        await hear(socket, "progress")
        assert deferred[0] > 0.02
        clear = next(filmed(mount(ENROLLED[1].paint()), 1))
        await socket.send_bytes(jpeg(clear))
        await hear(socket, "progress")
    assert deferred[1:] == [0.0]


def test_there_is_a_core() -> None:
    assert usable_cores() >= 1


@pytest.mark.parametrize(
    ("limit", "cores"), [("max 100000", None), ("100000 100000", 1), ("50000 100000", 1)]
)
def test_a_containers_limit_counts(tmp_path: Path, limit: str, cores: int | None) -> None:
    (tmp_path / "cpu.max").write_text(limit + "\n")
    assert usable_cores(tmp_path / "cpu.max") == (cores or usable_cores(tmp_path / "none"))


def test_workers_and_runs_grow_with_the_cores() -> None:
    assert [sharing(cores, 1) for cores in (1, 2, 4, 16)] == [(3, 1), (3, 1), (5, 2), (17, 8)]
    assert [sharing(cores, 4) for cores in (2, 16)] == [(3, 1), (17, 2)]
