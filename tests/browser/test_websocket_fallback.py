"""Where WebRTC can't get through: JPEG frames over a WebSocket, same line, same messages."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from aiohttp.test_utils import BaseTestServer, TestServer

from evaluation.filmed_clips import filmed, mount
from gallery.store import Gallery
from models.embedder import Embedder
from server import make_app
from serving.sessions import RETRY_AFTER_S
from serving.websocket import MAX_FRAME_BYTES
from stream.messages import PROTOCOL
from tests.browser.test_end_to_end import (
    CHROMIUM,
    KEEP_PEERS,
    camera_clip,
    phone,
    picture_of,
    state_is,
)
from tests.conftest import ENROLLED, make_settings
from vision.images import JpegError, decode_jpeg

COUNT_PICTURES = """
    window.pictures = [];
    window.flying = window.mostFlying = 0;
    window.WebSocket = class extends WebSocket {
        constructor(...all) {
            super(...all);
            this.addEventListener('message', ({data}) => {
                const {type, id} = JSON.parse(data);
                if (type === 'pong' && id === this.behind) flying = 0;
            });
        }
        send(data) {
            if (data instanceof Blob) {
                pictures.push(data.size);
                mostFlying = Math.max(mostFlying, ++flying);
                this.behind = null;
            } else this.behind ??= JSON.parse(data).id ?? null;
            super.send(data);
        }
    };
"""


def jpeg(image: np.ndarray[Any, Any]) -> bytes:
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 75])[1])


@asynccontextmanager
async def socket_to(
    server: BaseTestServer, origin: str | None = None, ticket: str = ""
) -> AsyncIterator[ClientWebSocketResponse]:
    """A WebSocket as the server's own page opens it, or one of another origin."""
    origin = str(server.make_url("")).rstrip("/") if origin is None else origin
    async with (
        ClientSession() as http,
        http.ws_connect(
            server.make_url("/sessions/socket").with_query({"ticket": ticket}),
            protocols=(PROTOCOL,),
            origin=origin,
        ) as socket,
    ):
        yield socket


async def hear(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(120):
        while True:
            message: dict[str, Any] = await socket.receive_json()
            if message["type"] == kind:
                return message


async def keep_sending(socket: ClientWebSocketResponse, picture: bytes) -> None:
    """Send a frame over and over: those between the ones that are judged aren't looked at."""
    while True:
        await socket.send_bytes(picture)
        await asyncio.sleep(1 / 10)


async def test_pictures_lead_to_a_match(server: TestServer) -> None:
    work = ENROLLED[1]
    pictures = [jpeg(image) for image in filmed(mount(work.paint()), 2)]
    async with socket_to(server) as socket:
        assert socket.protocol == PROTOCOL
        assert (await hear(socket, "hello"))["gallery"]["name"] == "A dozen"
        assert (await hear(socket, "pace"))["fps"] == 9

        async def send() -> None:
            for number, picture in enumerate(itertools.cycle(pictures)):
                await socket.send_bytes(picture)
                await socket.send_json({"type": "ping", "id": number})
                await asyncio.sleep(1 / 10)  # the camera's own pace

        sending = asyncio.create_task(send())
        match = await hear(socket, "match")
        sending.cancel()
    assert match["artwork"]["id"] == work.id
    assert match["frame"] == {"width": 640, "height": 480}


async def test_what_is_no_frame_is_refused_and_changes_nothing(server: TestServer) -> None:
    wide = jpeg(np.zeros((1500, 1500, 3), np.uint8))
    async with socket_to(server) as socket:
        for bad, words in ((b"\xff\xd8 nonsense", "JPEG"), (wide, "1500 x 1500"), (b"", "JPEG")):
            sending = asyncio.create_task(keep_sending(socket, bad))
            while words not in (error := await hear(socket, "error"))["message"]:
                pass  # it answers a frame before
            sending.cancel()
            assert error["code"] == "bad_frame"
        await socket.send_str("dance")
        assert (await hear(socket, "error"))["code"] == "bad_message"
        await socket.send_json({"type": "ping", "id": "still here"})
        assert (await hear(socket, "pong"))["id"] == "still here"
        await socket.send_bytes(b"x" * 600_000)
        async with asyncio.timeout(120):
            while (last := await socket.receive()).type is WSMsgType.TEXT:
                pass
        assert last.type in (WSMsgType.CLOSE, WSMsgType.CLOSED)
        assert socket.close_code == 1009


@pytest.mark.parametrize("data", [jpeg(np.full((480, 640, 3), 90, np.uint8))[:-900], b"GIF89a"])
def test_half_a_picture_is_none(data: bytes) -> None:
    with pytest.raises(JpegError):
        decode_jpeg(data, max_pixels=1_000_000)


def test_a_picture_keeps_its_colours() -> None:
    blue = np.zeros((64, 48, 3), np.uint8)
    blue[..., 0] = 200
    decoded = decode_jpeg(jpeg(blue), max_pixels=64 * 48)
    assert decoded.shape == (64, 48, 3)
    assert np.abs(decoded[..., ::-1].astype(int) - blue).max() < 8


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
async def test_other_pages_may_not_open_it(server: TestServer, origin: str) -> None:
    async with ClientSession() as http:
        headers = {"Origin": origin, "Upgrade": "websocket", "Connection": "Upgrade"}
        async with http.get(server.make_url("/sessions/socket"), headers=headers) as response:
            assert response.status == 403
            assert response.content_type == "application/problem+json"


async def test_a_full_server_says_when_to_come_again_and_an_idle_one_lets_go(
    gallery_folder: Path, model_path: Path, embedder: Embedder, gallery: Gallery
) -> None:
    settings = make_settings(gallery_folder, model_path, max_sessions=1, idle_s=5)
    app = make_app(settings, embedder, gallery)
    async with TestServer(app, host="127.0.0.1") as server, socket_to(server) as first:
        await hear(first, "hello")
        async with socket_to(server) as second:
            error = await hear(second, "error")
            assert error["code"] == "full"
            closed = await second.receive()
            assert closed.data == 1013
            reason = json.loads(closed.extra or "")
            assert (reason["retry_after"], reason["place"]) == (RETRY_AFTER_S, 1)
        assert (await hear(first, "bye"))["reason"] == "no frames"
        async with socket_to(server, ticket=reason["ticket"]) as third:
            await hear(third, "hello")


async def test_one_whose_frames_cannot_be_decoded_is_let_go(
    gallery_folder: Path, model_path: Path, embedder: Embedder, gallery: Gallery
) -> None:
    app = make_app(make_settings(gallery_folder, model_path, idle_s=5), embedder, gallery)
    async with TestServer(app, host="127.0.0.1") as server, socket_to(server) as socket:
        sending = asyncio.create_task(keep_sending(socket, b"nonsense"))
        assert (await hear(socket, "bye"))["reason"] == "no frames"
        sending.cancel()


async def test_turn_is_handed_to_the_page(
    gallery_folder: Path, model_path: Path, embedder: Embedder, gallery: Gallery
) -> None:
    settings = make_settings(
        gallery_folder,
        model_path,
        ice_servers=("stun:stun.museum.example", "turn:turn.museum.example:3478"),
        ice_username="guest",
        ice_credential="open sesame",
    )
    app = make_app(settings, embedder, gallery)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        ClientSession() as http,
        http.get(server.make_url("/client.json")) as response,
    ):
        body = await response.json()
    assert body["ice_servers"] == [
        {"urls": "stun:stun.museum.example"},
        {
            "urls": "turn:turn.museum.example:3478",
            "username": "guest",
            "credential": "open sesame",
        },
    ]
    assert "sesame" not in repr(settings)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium; .ci/run installs it")
async def test_the_page_falls_back_by_itself(server: TestServer, tmp_path: Path) -> None:
    work = ENROLLED[3]
    blocked = ("--webrtc-ip-handling-policy=disable_non_proxied_udp",)
    async with phone(camera_clip(tmp_path, work), *blocked) as page:
        await page.add_init_script(KEEP_PEERS)
        await page.add_init_script(COUNT_PICTURES)
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "matched")
        await picture_of(page, "fallback")
        assert await page.get_attribute("body", "data-artwork") == work.id
        states = await page.evaluate("peers.map(peer => peer.connectionState)")
        assert states == ["closed"], "WebRTC was tried once, and never got through"
        pictures = await page.evaluate("pictures")
        assert pictures, "no picture went over the WebSocket"
        assert max(pictures) < MAX_FRAME_BYTES
        assert await page.evaluate("mostFlying") == 1, "one picture is under way at a time"
