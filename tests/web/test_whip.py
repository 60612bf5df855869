"""WHIP (RFC 9725): a camera that sends by itself; aiortc plays its part."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.contrib.media import MediaPlayer
from aiortc.mediastreams import AudioStreamTrack

from evaluation.filmed_clips import filmed, mount, write_clip
from gallery.store import Gallery
from models.embedder import Embedder
from server import make_app
from settings import Settings
from tests.conftest import ENROLLED
from tests.serving.test_kiosk import next_state, with_kiosk

TOKEN = "SENTINEL-token-of-the-hall"
SDP = {"Content-Type": "application/sdp"}
BEARER = {"Authorization": f"Bearer {TOKEN}"}
WORK = ENROLLED[4]


@pytest.fixture
async def http(
    settings: Settings, embedder: Embedder, gallery: Gallery
) -> AsyncIterator[ClientSession]:
    with_sender = with_kiosk(settings, source="whip", token=TOKEN)
    app = make_app(with_sender, embedder, gallery)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        ClientSession(server.make_url("/")) as client,
    ):
        yield client


async def test_a_sender_is_a_kiosks_camera(http: ClientSession, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "sent.webm", filmed(mount(WORK.paint()), 4), repeat=60)
    player = MediaPlayer(str(clip))
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    # Like OBS, which sends sound too.
    peer.addTransceiver(AudioStreamTrack(), direction="sendonly")
    peer.addTransceiver(player.video, direction="sendonly")
    await peer.setLocalDescription(await peer.createOffer())
    offer = peer.localDescription.sdp
    async with http.post("/whip/hall", data=offer, headers=SDP | BEARER) as response:
        assert response.status == 201, await response.text()
        assert response.content_type == "application/sdp"
        location = response.headers["Location"]
        answer = await response.text()
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    heard: list[str] = []
    async with http.get("/kiosk/hall/events") as events:
        shown = await next_state(events, "artwork", heard)
        assert shown["artwork"]["id"] == WORK.id
        async with http.delete(location) as response:
            assert response.status == 401
        async with http.delete(location, headers=BEARER) as response:
            assert response.status == 200
        await next_state(events, "camera-lost", heard)
        async with http.delete(location, headers=BEARER) as response:
            assert response.status == 404
    player.video.stop()
    await peer.close()


@pytest.mark.parametrize(
    ("path", "headers", "body", "status"),
    [
        ("/whip/hall", SDP, b"", 401),
        ("/whip/hall", SDP | {"Authorization": "Bearer wrong"}, b"", 401),
        ("/whip/hall", SDP | {"Authorization": f"Basic {TOKEN}"}, b"", 401),
        ("/whip/none", SDP | BEARER, b"", 404),
        ("/whip/hall", SDP | BEARER, b"garbage", 400),
        ("/whip/hall", BEARER | {"Content-Type": "text/plain"}, b"", 415),
        ("/whip/hall", SDP | BEARER, b"x" * 100_000, 413),
    ],
)
async def test_bad_requests_get_typed_answers(
    http: ClientSession, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    async with http.post(path, data=body, headers=headers) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"
        assert TOKEN not in await response.text()
        if status == 401:
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_trickled_candidates_are_refused_as_the_rfc_says(http: ClientSession) -> None:
    async with http.patch("/whip/hall/some", headers=BEARER) as response:
        assert response.status == 405
    async with http.options("/whip/hall") as response:
        assert response.headers["Accept-Post"] == "application/sdp"
