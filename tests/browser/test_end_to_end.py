"""The page in a real headless Chromium, its camera a clip, against the real server."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Page, Route, ViewportSize, async_playwright, expect

from demo.catalogue import HELD_BACK
from demo.work import DemoWork
from evaluation.filmed_clips import filmed, mount, write_clip
from server import SESSIONS
from serving.pace import MATCHED_FPS
from settings import REPOSITORY, load_settings
from tests.conftest import ENROLLED

LONG_MS = 120_000
"""Longer than any state of a page takes to come on the busiest machine."""
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
PHONE: ViewportSize = {"width": 390, "height": 844}
PICTURES = REPOSITORY / ".cache" / "screenshots"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)

KEEP_PEERS = """
    window.peers = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...all) { super(...all); peers.push(this); }
    };
"""
ENCODING = "peers[0].getSenders()[0].getParameters().encodings[0]"

expect.set_options(timeout=LONG_MS)
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium; .ci/run installs it"),
]


@asynccontextmanager
async def phone(camera: Path | None = None, *flags: str, **options: Any) -> AsyncIterator[Page]:
    """A browser the size of a phone, whose camera plays a clip, or shows a test picture."""
    flags = (*FLAGS, *flags, *([f"--use-file-for-fake-video-capture={camera}"] if camera else []))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        try:
            page = await browser.new_page(viewport=PHONE, **options)
            page.set_default_timeout(LONG_MS)
            yield page
        finally:
            await browser.close()


def camera_clip(folder: Path, work: DemoWork) -> Path:
    return write_clip(folder / f"{work.id}.y4m", filmed(mount(work.paint()), 6))


def camera_fails(name: str) -> str:
    """Script for a page whose camera can't be had for a reason."""
    return (
        "navigator.mediaDevices.getUserMedia = async () => {"
        f"throw new DOMException('a test', '{name}') }}"
    )


async def state_is(page: Page, state: str) -> None:
    try:
        await page.wait_for_selector(f'body[data-state="{state}"]')
    except Exception:
        shown = await page.evaluate("JSON.stringify(document.body.dataset)")
        raise AssertionError(f"not {state} within {LONG_MS} ms, but {shown}") from None


async def pictures_are_there(page: Page) -> None:
    """Wait until what is in view is drawn; without `eval`, which the pages' policy forbids."""
    await page.wait_for_load_state("networkidle")
    assert await page.evaluate("[...document.images].some((image) => image.naturalWidth > 100)")


async def nothing_moves(page: Page) -> None:
    """Wait until nothing slides or fades in any more: its colours and place are final then."""
    await page.wait_for_function(
        "() => document.getAnimations().every(a => a.playState !== 'running' "
        "|| a.effect.getComputedTiming().iterations === Infinity)"
    )


async def picture_of(page: Page, name: str) -> None:
    """Keep a screenshot, for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=PICTURES / f"{name}.png")


async def test_a_known_artwork_is_matched_and_outlined(server: TestServer, tmp_path: Path) -> None:
    work = ENROLLED[3]
    refused: list[str] = []
    async with phone(camera_clip(tmp_path, work)) as page:
        page.on("console", lambda line: refused.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: refused.append(str(error)))
        offers: list[str] = []
        page.on(
            "request",
            lambda sent: offers.append(sent.post_data or "") if sent.method == "POST" else None,
        )
        await page.add_init_script(KEEP_PEERS)
        await page.goto(str(server.make_url("/")))
        await state_is(page, "idle")
        await picture_of(page, "idle")
        await page.get_by_role("button").first.click()
        await state_is(page, "matched")
        assert await page.get_attribute("body", "data-artwork") == work.id
        await nothing_moves(page)
        await picture_of(page, "matched")
        text = await page.inner_text("body")
        assert work.title in text
        assert work.room in text
        assert refused == []
        assert first_video_codec(offers[0]) == "VP8"
        video = await page.evaluate(
            "(({playsInline, muted, autoplay}) => "
            "({playsInline, muted, autoplay}))(document.querySelector('video'))"
        )
        assert video == {"playsInline": True, "muted": True, "autoplay": True}
        # The server asks for fewer frames once it knows the artwork.
        stream = load_settings().stream
        await page.wait_for_function(f"fps => ({ENCODING}).maxFramerate === fps", arg=MATCHED_FPS)
        bits = MATCHED_FPS * stream.pace_width * stream.pace_height / 4
        assert await page.evaluate(f"({ENCODING}).maxBitrate") == bits


def first_video_codec(offer: str) -> str:
    """Name of the codec that an SDP offer prefers for video."""
    preferred = offer.split("m=video ")[1].split()[2]
    return offer.split(f"a=rtpmap:{preferred} ")[1].split("/")[0]


async def test_an_artwork_not_enrolled_is_not_matched(server: TestServer, tmp_path: Path) -> None:
    async with phone(camera_clip(tmp_path, HELD_BACK[2])) as page:
        await page.add_init_script(
            "addEventListener('DOMContentLoaded', () => { window.states = [];"
            "new MutationObserver(() => states.push(document.body.dataset.state))"
            ".observe(document.body, {attributes: true, attributeFilter: ['data-state']}); })"
        )
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "not-found")
        await picture_of(page, "not-found")
        await state_is(page, "looking")
        assert "matched" not in await page.evaluate("states")
        assert await page.get_attribute("body", "data-artwork") is None


@pytest.mark.parametrize(
    ("error", "script", "words"),
    [
        ("no-permission", camera_fails("NotAllowedError"), "allow"),
        ("no-camera", camera_fails("NotFoundError"), "camera"),
        (
            "insecure-origin",
            "Object.defineProperty(window, 'isSecureContext', {value: false});"
            "Object.defineProperty(navigator, 'mediaDevices', {value: undefined})",
            "secure",
        ),
        ("unsupported", "delete window.RTCPeerConnection", "browser"),
    ],
)
async def test_errors_are_explained_in_words(
    server: TestServer, error: str, script: str, words: str
) -> None:
    async with phone() as page:
        await page.add_init_script(script)
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "error")
        assert await page.get_attribute("body", "data-error") == error
        assert words in (await page.inner_text("body")).lower()
        await picture_of(page, error)


async def test_a_full_server_is_waited_for(server: TestServer, tmp_path: Path) -> None:
    work = ENROLLED[3]
    async with phone(camera_clip(tmp_path, work)) as page:

        async def full(route: Route) -> None:
            await route.fulfill(
                status=503,
                headers={"Retry-After": "2", "Content-Type": "application/problem+json"},
                body=json.dumps({"status": 503, "place": 3, "ticket": "a-ticket"}),
            )

        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.route("**/sessions", full, times=1)
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "error")
        assert await page.get_attribute("body", "data-error") == "full"
        assert await page.inner_text("#notice-place") == "You are number 3 in line."
        await picture_of(page, "full")
        await state_is(page, "matched")
        assert any(url.endswith("/sessions?ticket=a-ticket") for url in asked)


async def test_a_lost_server_is_reported_and_reconnected(
    server: TestServer, tmp_path: Path
) -> None:
    work = ENROLLED[3]
    async with phone(camera_clip(tmp_path, work)) as page:
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "matched")
        await page.context.set_offline(True)
        await server.app[SESSIONS].close_all("a test")
        await state_is(page, "connecting")
        await page.context.set_offline(False)
        await state_is(page, "matched")


async def test_the_wall_shows_the_gallery(server: TestServer) -> None:
    async with phone() as page:
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto(str(server.make_url("/wall")))
        await expect(page.locator("li img")).to_have_count(len(ENROLLED))
        await pictures_are_there(page)
        await picture_of(page, "wall")
        await page.goto(str(server.make_url(f"/wall#{ENROLLED[2].id}")))
        await expect(page.locator("body")).to_contain_text(ENROLLED[2].title)
        await pictures_are_there(page)
        await picture_of(page, "wall-one")
