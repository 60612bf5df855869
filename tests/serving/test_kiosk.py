"""A camera beside the gallery: a real RTSP server that drops and returns, a screen, a webhook."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import shutil
import signal
import subprocess
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import ClientResponse, ClientSession, web
from aiohttp.test_utils import TestServer

from evaluation.filmed_clips import filmed, mount, write_clip
from gallery.store import Gallery
from models.embedder import Embedder
from server import make_app
from serving.kiosk_display import LINGER_S, LOOKING_S, Display
from serving.metrics import Metrics
from serving.webhook import Webhook
from settings import (
    REPOSITORY,
    ConsensusRule,
    KioskSettings,
    Settings,
    SettingsError,
    load_settings,
)
from stream.camera import LONGEST_RETRY_S, redacted, retry_s
from stream.messages import ArtworkPart, FrameSize, LatencyPart, LostMessage, Match, Progress
from tests.browser.test_end_to_end import CHROMIUM, phone, picture_of, state_is
from tests.cli.test_commands import UNHURRIED, VERNISSAGE, environment
from tests.conftest import ENROLLED

SENTINEL = "SENTINEL-password"
WORK = ENROLLED[1]
RTSP_SERVER = REPOSITORY / "tests" / "helpers" / "rtsp_server.py"
SYSTEM_PYTHON = "/usr/bin/python3"


def has_rtsp_server() -> bool:
    test = "import gi; gi.require_version('GstRtspServer', '1.0')"
    python = shutil.which(SYSTEM_PYTHON)
    return python is not None and subprocess.run([python, "-c", test], check=False).returncode == 0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "kiosk.webm"
    return write_clip(path, filmed(mount(WORK.paint()), 4), repeat=60)


def with_kiosk(settings: Settings, **kiosk: Any) -> Settings:
    """Add a kiosk; what it shows is lost as soon as usual, so that it is declared again."""
    rule = ConsensusRule(within_s=60)
    return settings.model_copy(
        update={"kiosk": {"hall": KioskSettings.model_validate(kiosk)}, "consensus": rule}
    )


@asynccontextmanager
async def rtsp_server(clip: Path, port: int = 0) -> AsyncIterator[int]:
    """Serve a clip by RTSP, to those with the password; yield the port."""
    process = await asyncio.create_subprocess_exec(
        SYSTEM_PYTHON, RTSP_SERVER, clip, str(port), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout
        yield int(await asyncio.wait_for(process.stdout.readline(), 60))
    finally:
        process.kill()
        await process.wait()


async def next_state(events: ClientResponse, state: str, heard: list[str]) -> dict[str, Any]:
    """Read server-sent events until the screen is in a state."""
    async with asyncio.timeout(120):
        while True:
            line = (await events.content.readline()).decode()
            heard.append(line)
            if line.startswith("data: ") and (data := json.loads(line[6:]))["state"] == state:
                return dict(data)


class Hook:
    """Another system: keeps what is posted, and gives the given answers, then 204."""

    def __init__(self, *answers: int) -> None:
        self.posted: list[dict[str, Any]] = []
        self._answers = deque(answers)
        self._news = asyncio.Condition()

    async def take(self, request: web.Request) -> web.Response:
        async with self._news:
            self.posted.append(await request.json())
            self._news.notify_all()
        return web.Response(status=self._answers.popleft() if self._answers else 204)

    async def wait_for(self, kind: str, count: int = 1) -> None:
        def arrived() -> bool:
            return [body["type"] for body in self.posted].count(kind) >= count

        async with asyncio.timeout(120), self._news:
            await self._news.wait_for(arrived)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_post("/hook", self.take)
        async with TestServer(app, host="127.0.0.1") as server:
            yield str(server.make_url("/hook").with_query(key=SENTINEL))


@pytest.mark.skipif(not has_rtsp_server(), reason="no RTSP server; .ci/run installs it")
async def test_a_camera_that_drops_comes_back_and_its_password_stays_secret(
    settings: Settings,
    embedder: Embedder,
    gallery: Gallery,
    clip: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    # This is the other system's; ours keeps none.
    caplog.set_level(logging.CRITICAL, "aiohttp.access")
    caplog.set_level(logging.DEBUG)
    heard: list[str] = []
    hook = Hook(503)
    async with hook.listening() as webhook:
        async with rtsp_server(clip) as port:
            source = f"rtsp://curator:{SENTINEL}@127.0.0.1:{port}/gallery?token={SENTINEL}"
            configured = with_kiosk(settings, source=source, title="The hall", webhook=webhook)
            server = TestServer(make_app(configured, embedder, gallery), host="127.0.0.1")
            await server.start_server()
            http = ClientSession(server.make_url("/"))
            events = await http.get("/kiosk/hall/events")
            assert events.content_type == "text/event-stream"
            shown = await next_state(events, "artwork", heard)
            assert shown["title"] == "The hall"
            assert shown["artwork"]["id"] == WORK.id
            # The first post was refused, and is tried again.
            await hook.wait_for("match", 2)
            assert hook.posted[0] == hook.posted[1]
            metrics = await text_of(http, "/metrics")
            assert 'vernissage_kiosk_camera_up{kiosk="hall"} 1.0' in metrics
        await next_state(events, "camera-lost", heard)
        heard.append(await text_of(http, "/metrics"))
        assert 'vernissage_kiosk_camera_up{kiosk="hall"} 0.0' in heard[-1]
        assert 'vernissage_kiosk_camera_lost_total{kiosk="hall"}' in heard[-1]
        async with rtsp_server(clip, port):
            await next_state(events, "artwork", heard)
            # A screen that comes later gets the newest state at once.
            async with http.get("/kiosk/hall/events") as late:
                await next_state(late, "artwork", heard)
            heard.append(await text_of(http, "/kiosk/hall"))
            await http.close()
            await server.close()
    printed = capfd.readouterr()
    everything = (
        *heard,
        caplog.text,
        printed.out,
        printed.err,
        repr(configured),
        json.dumps(hook.posted),
    )
    assert "camera lost" in caplog.text
    assert not [text for text in everything if SENTINEL in text]


async def text_of(http: ClientSession, path: str) -> str:
    async with http.get(path) as response:
        return await response.text()


async def test_unknown_kiosks_are_not_found(server: TestServer) -> None:
    async with ClientSession() as http:
        for path in ("/kiosk/none", "/kiosk/none/events"):
            async with http.get(server.make_url(path)) as response:
                assert (response.status, response.content_type) == (404, "application/problem+json")


async def test_the_command_prints_each_message_on_a_line(
    gallery_folder: Path, model_path: Path, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "short.webm", filmed(mount(WORK.paint()), 4), repeat=3)
    flags = ("--source", clip, "--gallery", gallery_folder, "--name", "door")
    process = await kiosk_command(*flags, model_path=model_path)
    out, _ = await asyncio.wait_for(process.communicate(), 240)
    lines = [json.loads(line) for line in out.splitlines()]
    assert process.returncode == 0
    assert [line["seq"] for line in lines] == list(range(len(lines)))
    assert {line["kiosk"] for line in lines} == {"door"}
    assert lines[0]["type"] == "hello"
    assert [line["live"] for line in lines if line["type"] == "camera"] == [True]
    assert WORK.id in [line["artwork"]["id"] for line in lines if line["type"] == "match"]


async def test_the_command_tries_again_and_prints_no_password(
    gallery_folder: Path, model_path: Path
) -> None:
    source = f"rtsp://curator:{SENTINEL}@127.0.0.1:1/user={SENTINEL}"
    flags = ("--source", source, "--gallery", gallery_folder)
    process = await kiosk_command(*flags, model_path=model_path)
    assert process.stdout
    assert process.stderr
    async with asyncio.timeout(240):
        lines = [await process.stdout.readline(), await process.stdout.readline()]
        logged = b""
        while logged.count(b"camera lost") < 2:
            logged += await process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        out, error = await process.communicate()
    assert process.returncode == 0
    camera = json.loads(lines[1])
    assert (camera["type"], camera["live"]) == ("camera", False)
    assert "rtsp://127.0.0.1:1/..." in camera["reason"]
    assert SENTINEL.encode() not in b"".join([*lines, logged, out, error])


async def test_a_clip_that_is_missing_is_one_clear_line(
    gallery_folder: Path, model_path: Path
) -> None:
    flags = ("--source", "nowhere.mp4", "--gallery", gallery_folder)
    process = await kiosk_command(*flags, model_path=model_path)
    _, error = await asyncio.wait_for(process.communicate(), 240)
    assert process.returncode == 1
    assert error.decode().splitlines()[-1].startswith("vernissage: nowhere.mp4: ")


async def kiosk_command(*flags: object, model_path: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        VERNISSAGE,
        "kiosk",
        *map(str, flags),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(model_path) | UNHURRIED,
    )


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium; .ci/run installs it")
async def test_the_screen_shows_the_artwork(
    settings: Settings, embedder: Embedder, gallery: Gallery, clip: Path, tmp_path: Path
) -> None:
    moving = tmp_path / "camera.webm"
    configured = with_kiosk(settings, source=str(moving), title="The hall")
    app = make_app(configured, embedder, gallery)
    async with TestServer(app, host="127.0.0.1") as server, phone() as page:
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto(str(server.make_url("/kiosk/hall")))
        await state_is(page, "camera-lost")
        await picture_of(page, "kiosk-camera-lost")
        moving.symlink_to(clip)
        await state_is(page, "artwork")
        assert await page.get_attribute("body", "data-artwork") == WORK.id
        assert await page.is_visible(f"text={WORK.title}")
        await page.wait_for_function("document.querySelector('#picture').naturalWidth > 200")
        await picture_of(page, "kiosk-artwork")
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await picture_of(page, "kiosk-artwork-large")


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("rtsp://me:pw@cam.example:554/user=me&password=pw?x=pw", "rtsp://cam.example:554/..."),
        ("https://hooks.example/T0/secret", "https://hooks.example/..."),
        ("rtsp://me:p/w@cam:99999/x", "an address that can't be read"),
        ("/dev/video0", "/dev/video0"),
        ("clip.mp4", "clip.mp4"),
    ],
)
def test_addresses_are_named_without_secrets(source: str, shown: str) -> None:
    assert redacted(source) == shown


def test_waits_before_a_retry_double_up_to_a_cap_and_are_spread() -> None:
    assert [retry_s(n, 1) for n in range(1, 5)] == [1, 2, 4, 8]
    assert retry_s(1000, 1) == LONGEST_RETRY_S
    assert retry_s(3, 0) == 2


@pytest.mark.parametrize(
    "kiosk",
    [
        {"source": f"rtsp://a:{SENTINEL}@b", "nonsense": SENTINEL},
        {"source": "whip"},
        {"source": "whip", "token": "short"},
        {"source": "x", "webhook": f"ftp://{SENTINEL}"},
        {"source": [SENTINEL]},
    ],
)
def test_settings_that_make_no_sense_are_refused_without_secrets(kiosk: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=r"kiosk\.hall") as refused:
        load_settings(kiosk={"hall": kiosk})
    assert SENTINEL not in str(refused.value)


def test_the_screen_follows_messages() -> None:
    artwork = ArtworkPart(id="a", title="A", artist="", year="", room="", text="", image="")
    size, none = (
        FrameSize(width=640, height=480),
        LatencyPart(age=0, embed=0, search=0, verify=0, total=0),
    )
    match = Match(
        artwork=artwork, confidence=1, votes=5, window=8, outline=None, frame=size, latency_ms=none
    )
    display = Display()
    assert display.state_at(0).state == "camera-lost"
    display.set_live(True)
    assert display.state_at(0).state == "idle"
    display.follow(Progress(votes=1, needed=5, hint=None), 1)
    assert display.state_at(1).state == "looking"
    assert display.state_at(1 + LOOKING_S).state == "idle"
    display.follow(match, 2)
    assert display.state_at(60).artwork == artwork
    display.follow(LostMessage(artwork_id="a"), 60)
    assert display.state_at(59 + LINGER_S).state == "artwork"
    assert display.state_at(60 + LINGER_S).state == "idle"
    display.follow(match, 80)
    display.set_live(False)
    assert display.state_at(81).state == "camera-lost"
    display.set_live(True)
    assert display.state_at(82).artwork == artwork, "no new match comes while it stays declared"
    display.set_live(False)
    display.follow(LostMessage(artwork_id="a"), 84)
    display.set_live(True)
    assert display.state_at(84 + LINGER_S).state == "idle"


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium; .ci/run installs it")
async def test_the_screen_waits_for_an_artwork(
    settings: Settings, embedder: Embedder, gallery: Gallery, tmp_path: Path
) -> None:
    # Two seconds of the artwork are too few to declare it at this pace, but show that it looks.
    wall = np.full((1200, 1600, 3), 190, np.uint8)
    frames = itertools.chain(filmed(wall, 4), filmed(mount(WORK.paint()), 2))
    clip = write_clip(tmp_path / "wall.webm", frames)
    configured = with_kiosk(settings, source=str(clip)).model_copy(
        update={"consensus": ConsensusRule(agree=20, window=20, within_s=60)}
    )
    app = make_app(configured, embedder, gallery)
    async with TestServer(app, host="127.0.0.1") as server, phone() as page:
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto(str(server.make_url("/kiosk/hall")))
        await state_is(page, "idle")
        await picture_of(page, "kiosk-idle")
        assert await page.inner_text("#title") == "A dozen"
        await state_is(page, "looking")
        await picture_of(page, "kiosk-looking")


async def test_a_webhook_keeps_the_newest_and_gives_up_on_a_refusal() -> None:
    hook, metrics = Hook(404), Metrics(lambda: 0.0)
    async with hook.listening() as address:
        webhook = Webhook("hall", address, metrics.webhook_posts)
        for number in range(40):
            webhook.post({"type": "match", "number": number})
        running = asyncio.create_task(webhook.run())
        await hook.wait_for("match", 32)
        running.cancel()
    # The newest 32 of 40; the first of them was refused for good, so it is not posted again.
    assert [body["number"] for body in hook.posted] == list(range(8, 40))
    counted = metrics.text().decode()
    assert 'webhook_posts_total{kiosk="hall",outcome="dropped"} 8.0' in counted
    assert 'webhook_posts_total{kiosk="hall",outcome="failed"} 1.0' in counted
