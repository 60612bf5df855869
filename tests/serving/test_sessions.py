"""Sessions between two real peers: a visitor's phone played by aiortc, and our server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.mediastreams import AudioStreamTrack
from numpy.typing import NDArray

from demo.catalogue import HELD_BACK
from evaluation.filmed_clips import filmed, mount, write_clip
from gallery.store import Gallery
from models.embedder import Embedder
from server import make_app
from serving.engine import Engine
from settings import ConsensusRule, Settings
from stream.messages import SERVER_MESSAGES
from stream.pipeline import Pipeline
from tests.conftest import ENROLLED, make_settings
from tests.helpers.webrtc_peer import Visitor

SDP = {"Content-Type": "application/sdp"}
BY_TYPE = {kind.model_fields["type"].default: kind for kind in SERVER_MESSAGES}


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A clip of each of two enrolled works, and one of a work that isn't."""
    folder = tmp_path_factory.mktemp("clips")
    works = {"first": ENROLLED[1], "second": ENROLLED[4], "unknown": HELD_BACK[0]}
    return {
        name: write_clip(folder / f"{name}.webm", filmed(mount(work.paint()), 4), repeat=60)
        for name, work in works.items()
    }


async def count_sessions(server: TestServer) -> int:
    async with ClientSession() as http, http.get(server.make_url("/healthz")) as response:
        return int((await response.json())["sessions"])


async def wait_for_sessions(server: TestServer, count: int) -> None:
    async with asyncio.timeout(120):
        while await count_sessions(server) != count:  # noqa: ASYNC110 - seen over HTTP only
            await asyncio.sleep(0.05)


async def test_a_visitor_gets_a_match_of_what_they_see(
    server: TestServer, clips: dict[str, Path]
) -> None:
    async with Visitor(server.make_url(""), clips["first"]) as visitor:
        match = await visitor.hear("match")
        await visitor.hear("outline")
    assert match["artwork"]["id"] == ENROLLED[1].id
    assert match["artwork"]["title"] == ENROLLED[1].title
    assert match["votes"] >= 5
    assert 0 < match["latency_ms"]["age"] < 30_000
    (left, top), (right, _), (_, bottom), _ = match["outline"]
    assert 0 < left < 0.5 < right < 1
    assert 0 < top < 0.5 < bottom < 1
    hello, pace, *_ = visitor.messages
    assert (hello["type"], pace["type"]) == ("hello", "pace")
    assert hello["gallery"] == {"name": "A dozen", "artworks": len(ENROLLED)}
    assert [message["seq"] for message in visitor.messages] == list(range(len(visitor.messages)))
    for message in visitor.messages:
        BY_TYPE[message["type"]].model_validate(message, strict=False)
    before = visitor.messages[: visitor.messages.index(match)]
    assert ENROLLED[1].id not in str(before), "progress must never name an artwork"


async def test_an_artwork_not_enrolled_is_not_found(
    server: TestServer, clips: dict[str, Path]
) -> None:
    async with Visitor(server.make_url(""), clips["unknown"]) as visitor:
        not_found = await visitor.hear("not_found")
        await visitor.hear("progress", 20)
    assert not_found["looked_ms"] >= 4000
    assert "match" not in {message["type"] for message in visitor.messages}


async def test_two_visitors_see_different_artworks(
    server: TestServer, clips: dict[str, Path]
) -> None:
    base = server.make_url("")
    async with Visitor(base, clips["first"]) as one, Visitor(base, clips["second"]) as other:
        matches = await asyncio.gather(one.hear("match"), other.hear("match"))
        assert await count_sessions(server) == 2
    assert [match["artwork"]["id"] for match in matches] == [ENROLLED[1].id, ENROLLED[4].id]


async def test_pause_ping_and_nonsense(server: TestServer, clips: dict[str, Path]) -> None:
    async with Visitor(server.make_url(""), clips["unknown"]) as visitor:
        await visitor.hear("progress")
        visitor.channel.send('{"type": "ping", "id": "x7"}')
        assert (await visitor.hear("pong"))["id"] == "x7"
        for count, nonsense in enumerate(
            ['{"type": "dance"}', "not json", "[]", '{"type": "ping"}', '{"type":"pause","x":1}'], 1
        ):
            visitor.channel.send(nonsense)
            error = await visitor.hear("error", count)
            assert error["code"] == "bad_message"
            assert error["message"]
        visitor.channel.send(b"\x00\x01")
        await visitor.hear("error", 6)
        visitor.channel.send('{"type": "pause"}')
        visitor.channel.send('{"type": "ping", "id": 1}')
        await visitor.hear("pong", 2)
        # One frame may have been in process when the pause came in.
        quiet = len([m for m in visitor.messages if m["type"] == "progress"])
        visitor.channel.send('{"type": "ping", "id": 2}')
        await visitor.hear("pong", 3)
        heard = len([m for m in visitor.messages if m["type"] == "progress"])
        assert heard <= quiet + 1
        visitor.channel.send('{"type": "resume"}')
        await visitor.hear("progress", heard + 3)


async def test_delete_ends_the_session(server: TestServer, clips: dict[str, Path]) -> None:
    async with Visitor(server.make_url(""), clips["first"]) as visitor:
        await visitor.hear("hello")
        async with ClientSession() as http:
            address = server.make_url(visitor.location)
            async with http.delete(address) as response:
                assert response.status == 200
            async with http.delete(address) as response:
                assert response.status == 404
                assert response.content_type == "application/problem+json"
    await wait_for_sessions(server, 0)


async def test_a_vanished_visitor_frees_the_place(
    gallery_folder: Path,
    model_path: Path,
    embedder: Embedder,
    gallery: Gallery,
    clips: dict[str, Path],
) -> None:
    settings = make_settings(gallery_folder, model_path, max_sessions=1, idle_s=5)
    server = TestServer(make_app(settings, embedder, gallery), host="127.0.0.1")
    async with server:
        visitor = Visitor(server.make_url(""), clips["first"])
        async with visitor:
            await visitor.hear("hello")
            async with (
                ClientSession() as http,
                http.post(
                    server.make_url("/sessions"),
                    data=await offer_of("video"),
                    headers=SDP,
                ) as response,
            ):
                assert response.status == 503
                assert int(response.headers["Retry-After"]) > 0
                refusal = await response.json()
                assert "places" in refusal["detail"]
                assert refusal["place"] == 1
        await wait_for_sessions(server, 0)
        query = {"ticket": refusal["ticket"]}
        async with Visitor(server.make_url(""), clips["first"], query) as next_one:
            await next_one.hear("hello")


async def offer_of(kind: str) -> str:
    """A real offer of one audio or video track, or of receiving video only."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    if kind == "audio":
        peer.addTrack(AudioStreamTrack())
    else:
        peer.addTransceiver("video", direction="recvonly" if kind == "receive" else "sendonly")
    await peer.setLocalDescription(await peer.createOffer())
    sdp = str(peer.localDescription.sdp)
    await peer.close()
    return sdp


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"garbage", "application/sdp", 400),
        (b"", "application/sdp", 400),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n", "application/sdp", 400),
        (b"v=0\r\nm=video x y z\r\n", "application/sdp", 400),
        (b"\xff\xfe\x00", "application/sdp", 400),
        (b"x" * 10_000_000, "application/sdp", 413),
        (b"{}", "application/json", 415),
    ],
)
async def test_bad_offers_get_typed_answers(
    server: TestServer, body: bytes, content_type: str, status: int
) -> None:
    async with (
        ClientSession() as http,
        http.post(
            server.make_url("/sessions"), data=body, headers={"Content-Type": content_type}
        ) as response,
    ):
        assert response.status == status
        assert response.content_type == "application/problem+json"
        problem = await response.json()
        assert problem["status"] == status
        assert problem["detail"]
    assert await count_sessions(server) == 0


@pytest.mark.parametrize("kind", ["audio", "receive"])
async def test_offers_without_video_are_refused(server: TestServer, kind: str) -> None:
    async with (
        ClientSession() as http,
        http.post(server.make_url("/sessions"), data=await offer_of(kind), headers=SDP) as response,
    ):
        assert response.status == 400
        assert "no video" in (await response.json())["detail"]
    assert await count_sessions(server) == 0


async def test_unknown_places_are_problems_too(server: TestServer) -> None:
    async with ClientSession() as http:
        async with http.get(server.make_url("/nowhere")) as response:
            assert (response.status, response.content_type) == (404, "application/problem+json")
        async with http.get(server.make_url("/sessions")) as response:
            assert (response.status, response.content_type) == (405, "application/problem+json")
        async with http.get(server.make_url("/artworks/none/thumbnail.jpg")) as response:
            assert response.status == 404


class UntrackedEngine(Engine):
    def make_pipeline(self) -> Pipeline:
        return Pipeline(self.settings.consensus, self.settings.stream)


class SlowEmbedder(Embedder):
    """The real model on a machine that takes half a second an embedding."""

    def embed(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        descriptors = super().embed(crops)
        time.sleep(0.5)
        return descriptors


async def test_a_slow_model_processes_fresh_frames(
    settings: Settings, model_path: Path, gallery: Gallery, clips: dict[str, Path]
) -> None:
    # At this speed five frames take longer than the usual three seconds.
    patient = settings.model_copy(update={"consensus": ConsensusRule(within_s=60, release_s=60)})
    # Each frame must wait for the model, not only the first of an attempt.
    app = make_app(patient, SlowEmbedder(model_path), gallery, UntrackedEngine)
    async with TestServer(app, host="127.0.0.1") as server:
        base = server.make_url("")
        async with Visitor(base, clips["first"]) as one, Visitor(base, clips["second"]) as other:
            matches = await asyncio.gather(one.hear("match"), other.hear("match"))
    for match in matches:
        spent = match["latency_ms"]["total"]
        assert spent >= 500
        # A queue would add half a second a frame: five frames a vote, both visitors.
        assert match["latency_ms"]["age"] < 3 * spent + 1000


@pytest.fixture(autouse=True)
async def nothing_left_running() -> AsyncIterator[None]:
    """Every task of a test's sessions ends with its server."""
    yield
    mine = asyncio.current_task()
    await asyncio.sleep(0)
    left = [
        t
        for t in asyncio.all_tasks()
        if t is not mine and ("stream/" in repr(t) or "serving/" in repr(t))
    ]
    assert left == []
