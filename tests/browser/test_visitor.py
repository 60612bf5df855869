"""The visitor's page in a real Chromium: languages, card, list, camera, offline, size."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from playwright.async_api import Page
from yarl import URL

from enrolment.enrol import enrol
from gallery.catalogue import read_csv
from gallery.store import Gallery, open_gallery
from models.embedder import Embedder
from server import make_app
from serving.notes_store import note_picture, read_notes
from tests.browser.test_end_to_end import camera_clip, phone, picture_of, pytestmark, state_is
from tests.conftest import ENROLLED, make_settings
from tests.helpers.translated_gallery import write_translated_works

__all__ = ["pytestmark"]

WORK = ENROLLED[3]
BUDGET_BYTES = 150_000
KEPT_FOR_OFFLINE = """async () => {
    const kept = async name => (await (await caches.open(name)).keys()).length;
    return await kept('vernissage-shell-2') > 20 && await kept('vernissage-pictures') === 1;
}"""
LANGUAGES = {
    "en-GB": ("en", "Start looking", "1 artwork", "12,345 artworks"),
    "de-CH": ("de", "Los geht\u2019s", "1 Kunstwerk", "12.345 Kunstwerke"),
    "fr": ("fr", "Commencer", "1 œuvre", "12\u202f345 œuvres"),
    "it-IT": ("it", "Inizia", "1 opera", "12.345 opere"),
    "es-MX": ("es", "Empezar", "1 obra", "12.345 obras"),
    "fi-FI": ("en", "Start looking", "1 artwork", "12,345 artworks"),
}


@pytest.fixture(scope="session")
def translated_gallery(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, gallery: Gallery
) -> Gallery:
    """A gallery whose first artwork has texts in three languages."""
    folder = tmp_path_factory.mktemp("translated")
    source = write_translated_works(folder / "works", (WORK, *ENROLLED[4:9]))
    artworks, out = read_csv(source), folder / "gallery"
    enrol(artworks, out, embedder, name="Told", source=str(source), base=gallery)
    return open_gallery(out, embedder.card)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A camera in front of the first artwork."""
    return camera_clip(tmp_path_factory.mktemp("camera"), WORK)


@pytest.fixture
async def translated_server(
    translated_gallery: Gallery, embedder: Embedder, model_path: Path, tmp_path: Path
) -> AsyncIterator[TestServer]:
    settings = make_settings(translated_gallery.folder, model_path, notes_folder=tmp_path / "notes")
    running = TestServer(make_app(settings, embedder, translated_gallery), host="127.0.0.1")
    async with running:
        yield running


async def start(page: Page, server: TestServer, state: str = "matched") -> None:
    """Open the page and start looking."""
    await page.goto(str(server.make_url("/?autostart=1")))
    await state_is(page, state)


async def becomes_true(page: Page, script: str) -> None:
    """Wait for an async script; Playwright's `wait_for_function` takes its promise for true."""
    async with asyncio.timeout(120):
        wait = "await new Promise(requestAnimationFrame)"
        await page.evaluate(f"(async () => {{ while (!await ({script})()) {wait} }})()")


async def test_each_language_has_every_word(translated_server: TestServer) -> None:
    shape = """async name => Object.entries(
        (await import(`/static/shared/words/${name}.js`)).default)
        .map(([key, text]) => [key, text.match(/\\{\\w+\\}/g)?.sort() ?? []]).sort()"""
    async with phone() as page:
        await page.goto(str(translated_server.make_url("/")))
        english = await page.evaluate(shape, "en")
        assert len(english) > 90
        for name in ("de", "fr", "it", "es"):
            assert await page.evaluate(shape, name) == english


@pytest.mark.parametrize("locale", LANGUAGES)
async def test_the_page_speaks_the_visitors_language(
    translated_server: TestServer, locale: str
) -> None:
    language, start_words, one, many = LANGUAGES[locale]
    async with phone(locale=locale) as page:
        await page.goto(str(translated_server.make_url("/")))
        await page.wait_for_selector("#welcome-count:not([hidden])")
        assert await page.get_attribute("html", "lang") == language
        assert await page.inner_text("#start") == start_words
        assert await said(page, "seen.count", 1) == one
        assert await said(page, "seen.count", 12_345) == many


async def said(page: Page, key: str, count: int) -> str:
    words: str = await page.evaluate(
        "async ([key, count]) => (await import('/static/shared/words.js')).translate(key, {count})",
        [key, count],
    )
    return words


async def test_languages_fall_back_one_field_at_a_time(translated_server: TestServer) -> None:
    artwork = {
        "title": "Heuhaufen",
        "text": "Auf Deutsch",
        "audio": "",
        "language": "de",
        "languages": {"en": {"title": "Haystacks"}, "pt-br": {"text": "Em português"}},
    }
    async with phone() as page:
        await page.goto(str(translated_server.make_url("/")))

        async def text_of(field: str, *wanted: str) -> list[str]:
            found: list[str] = await page.evaluate(
                "async ([artwork, field, wanted]) => Object.values("
                "(await import('/static/shared/languages.js')).translated(artwork, field, wanted))",
                [artwork, field, wanted],
            )
            return found

        assert await text_of("title", "en-US", "de") == ["Haystacks", "en"]
        assert await text_of("text", "en-US", "de") == ["Auf Deutsch", "de"]
        assert await text_of("text", "pt-PT") == ["Em português", "pt-br"]
        assert await text_of("title", "fi") == ["Haystacks", "en"]
        assert await text_of("text", "fi") == ["Auf Deutsch", "de"]
        assert await text_of("audio", "de") == ["", ""]


async def test_the_card_has_text_pictures_and_audio(
    translated_server: TestServer, clip: Path
) -> None:
    async with phone(clip, "--autoplay-policy=no-user-gesture-required", locale="de-AT") as page:
        await page.add_init_script(
            "window.read = []; const speak = speechSynthesis.speak.bind(speechSynthesis);"
            "speechSynthesis.speak = u => { read.push([u.lang, u.text]); speak(u); }"
        )
        await start(page, translated_server)
        assert await page.inner_text("#card-title") == f"{WORK.title} auf Deutsch"
        assert await page.get_attribute("#card-text", "lang") == "de"
        await page.click("#card-more")
        assert await page.inner_text("#card-text") == "Hier steht es auf Deutsch."
        await page.wait_for_function(
            "() => document.querySelector('#card-images img')?.naturalWidth > 100"
        )
        await page.evaluate("document.querySelector('#card-audio').play()")
        await page.wait_for_function(
            "() => document.querySelector('#card-audio').currentTime > 0.2"
        )
        audio = await page.evaluate("document.querySelector('#card-audio').currentSrc")
        assert audio.endswith(f"/artworks/{WORK.id}/audio/de")
        await picture_of(page, "card")
        await page.click("#card-read")
        assert await page.evaluate("document.querySelector('#card-audio').paused")
        assert await page.evaluate("read") == [
            ["de", f"{WORK.title} auf Deutsch"],
            ["de", "Hier steht es auf Deutsch."],
        ]


@pytest.mark.parametrize("agreed", [False, True])
async def test_a_doubt_is_sent_with_a_picture_only_if_agreed(
    translated_server: TestServer, clip: Path, tmp_path: Path, agreed: bool
) -> None:
    async with phone(clip) as page:
        await start(page, translated_server)
        await page.click("#card-more")
        await page.click("#card-doubt")
        await page.check("input[value=text]")
        await page.fill("#note textarea", "It was painted later.")
        assert not await page.is_checked("#note-consent")
        if agreed:
            await page.check("#note-consent")
            await picture_of(page, "note")
        await page.click("#note-send")
        await page.wait_for_selector("#note-remark:not([hidden])")
        (note,) = read_notes(tmp_path / "notes")
        assert (note.artwork_id, note.choice) == (WORK.id, "text")
        assert note.text == "It was painted later."
        assert (note_picture(tmp_path / "notes", note.id) is not None) is agreed
        await page.wait_for_selector("#note", state="hidden")
        assert await page.evaluate("document.querySelector('#note-preview').width") == 0


async def test_what_was_seen_can_be_read_without_a_network(
    translated_server: TestServer, clip: Path
) -> None:
    async with phone(clip, permissions=["clipboard-read", "clipboard-write"]) as page:
        await start(page, translated_server)
        await page.evaluate("navigator.serviceWorker.ready")
        await becomes_true(page, KEPT_FOR_OFFLINE)
        kept = await page.evaluate(
            "async () => (await Promise.all((await caches.keys()).map(async name => "
            "(await (await caches.open(name)).keys()).map(({url}) => new URL(url).pathname))"
            ")).flat()"
        )
        assert f"/artworks/{WORK.id}/thumbnail.jpg" in kept
        assert not [path for path in kept if path.startswith("/sessions") or path.endswith(".json")]
        address = str(translated_server.make_url("/"))
        await translated_server.close()
        await page.goto(address)
        await page.click(".welcome [data-open=seen]")
        assert WORK.title in await page.inner_text("#seen-list")
        assert WORK.text in await page.inner_text("#seen-list")
        await page.wait_for_function(
            "() => document.querySelector('#seen-list img')?.naturalWidth > 100"
        )
        await picture_of(page, "seen-offline")
        await page.evaluate("delete Navigator.prototype.share")
        await page.click("#seen-share")
        await page.wait_for_selector("#seen-remark:not([hidden])")
        shared = await page.evaluate("navigator.clipboard.readText()")
        assert WORK.title in shared
        assert WORK.artist in shared
        page.on("dialog", lambda question: asyncio.ensure_future(question.accept()))
        await page.click("#seen-clear")
        await page.wait_for_selector("#seen-list li", state="detached")
        await becomes_true(page, "async () => !(await caches.has('vernissage-pictures'))")
        await page.reload()
        assert await page.is_hidden(".welcome [data-open=seen]")


async def test_an_upgrade_deletes_the_old_page_and_keeps_what_was_seen(
    translated_gallery: Gallery, embedder: Embedder, model_path: Path
) -> None:
    old = {"/": ("<h1>The old page</h1>", "text/html"), "/service-worker.js": OLD_WORKER}

    @web.middleware
    async def serve_old(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path not in old:
            return await handler(request)
        text, kind = old[request.path]
        return web.Response(text=text, content_type=kind)

    app = make_app(
        make_settings(translated_gallery.folder, model_path), embedder, translated_gallery
    )
    app.middlewares.append(serve_old)
    async with TestServer(app, host="127.0.0.1") as server, phone() as page:
        address = str(server.make_url("/"))
        await page.goto(address)
        await page.evaluate(OLD_VISIT, {"id": WORK.id, "title": WORK.title})
        assert await page.evaluate("caches.has('vernissage-shell')")
        old.clear()
        await page.goto(address)
        await becomes_true(page, "async () => !(await caches.has('vernissage-shell'))")
        await becomes_true(page, KEPT_FOR_OFFLINE)
        assert sorted(await page.evaluate("caches.keys()")) == [
            "another-program",
            "vernissage-pictures",
            "vernissage-shell-2",
        ]
        await server.close()
        await page.goto(address)
        assert await page.inner_text("#start") == "Start looking"
        await page.click(".welcome [data-open=seen]")
        assert WORK.title in await page.inner_text("#seen-list")
        await page.wait_for_function(
            "() => document.querySelector('#seen-list img')?.naturalWidth > 100"
        )


async def test_the_page_is_small_and_asks_nobody_else(
    translated_server: TestServer, clip: Path
) -> None:
    asked: set[URL] = set()
    async with phone(clip, locale="de") as page:
        page.context.on("request", lambda request: asked.add(URL(request.url)))
        await start(page, translated_server)
        await becomes_true(page, KEPT_FOR_OFFLINE)
    base = translated_server.make_url("/")
    assert {url.host for url in asked if url.scheme != "blob"} == {base.host}
    wanted = {url.path for url in asked if url.path.startswith("/static/")} | {"/"}
    assert {"/static/shared/words/de.js", "/static/visitor/card.css"} <= wanted
    async with ClientSession() as http:
        manifest = await (await http.get(base.with_path("/static/manifest.webmanifest"))).json(
            content_type="application/manifest+json"
        )
        wanted |= {"/service-worker.js", "/static/manifest.webmanifest", "/static/icon-180.png"}
        wanted |= {icon["src"] for icon in manifest["icons"]}
        sizes = {}
        for path in wanted:
            async with http.get(base.with_path(path)) as response:
                assert response.status == 200, path
                sizes[path] = len(await response.read())
    assert sum(sizes.values()) < BUDGET_BYTES, sizes


async def test_the_main_lens_is_chosen_by_its_label(translated_server: TestServer) -> None:
    phones = {
        "camera2 0, facing back": [
            "camera2 2, facing back",
            "camera2 1, facing front",
            "camera2 0, facing back",
        ],
        "Back Camera": [
            "Front Camera",
            "Back Triple Camera",
            "Back Dual Wide Camera",
            "Back Ultra Wide Camera",
            "Back Camera",
            "Back Telephoto Camera",
            "Desk View Camera",
        ],
        "Rückkamera": ["Frontkamera", "Ultra-Weitwinkelkamera auf der Rückseite", "Rückkamera"],
        "USB camera": ["FaceTime HD Camera", "USB camera"],
    }
    async with phone() as page:
        await page.goto(str(translated_server.make_url("/")))
        for main, labels in phones.items():
            ranked = await page.evaluate(
                "async labels => (await import('/static/visitor/lenses.js')).rankLenses("
                "labels.map((label, at) => ({label, deviceId: String(at)}))).map(l => l.label)",
                labels,
            )
            assert ranked[0] == main
            assert not [label for label in ranked if "ront" in label]


async def test_another_lens_is_chosen_and_remembered(translated_server: TestServer) -> None:
    cameras = "--use-fake-device-for-media-stream=device-count=3"
    lens = "document.querySelector('video').srcObject?.getVideoTracks()[0].getSettings().deviceId"
    async with phone(None, cameras) as page:
        await start(page, translated_server, "looking")
        first = await page.evaluate(lens)
        await page.wait_for_selector("#lens:not([hidden])")
        await page.click("#lens")
        await page.wait_for_function(
            f"(first) => {{ const now = {lens}; return now && now !== first }}", arg=first
        )
        await state_is(page, "looking")
        second = await page.evaluate(lens)
        await start(page, translated_server, "looking")
        assert await page.evaluate(lens) == second


async def test_a_camera_that_can_zoom_is_zoomed(translated_server: TestServer) -> None:
    async with phone() as page:
        await lend_zoom(page)
        await start(page, translated_server, "looking")
        await page.wait_for_selector("#zoom:not([hidden])")
        before = await page.evaluate(ZOOM)
        await page.click("#closer")
        await page.wait_for_function(f"(before) => {ZOOM} > before", arg=before)
        await picture_of(page, "zoom")
        await page.click("#wider")
        await page.wait_for_function(f"(before) => {ZOOM} === before", arg=before)
        await page.evaluate(PINCH)
        await page.wait_for_function(f"(before) => {ZOOM} === 2 * before", arg=before)


async def test_zooming_goes_on_from_what_was_asked_of_a_slow_camera(
    translated_server: TestServer,
) -> None:
    async with phone() as page:
        await lend_zoom(page)
        await page.add_init_script(SLOW_CAMERA)
        await start(page, translated_server, "looking")
        await page.wait_for_selector("#zoom:not([hidden])")
        before = await page.evaluate(ZOOM)
        await page.click("#closer")
        await page.evaluate("askAgain.forEach(ask => ask())")
        assert await page.evaluate(ZOOM) == before
        await page.evaluate("goOn()")
        await page.wait_for_function(f"(before) => {ZOOM} === 1.5 * before", arg=before)
        await page.evaluate(PINCH)
        await page.wait_for_function(f"(before) => {ZOOM} === 3 * before", arg=before)


async def lend_zoom(page: Page) -> None:
    """Allow the camera, its zoom included, as a visitor would."""
    devtools = await page.context.new_cdp_session(page)
    target = (await devtools.send("Target.getTargetInfo"))["targetInfo"]
    await devtools.send(
        "Browser.setPermission",
        {
            "permission": {"name": "camera", "panTiltZoom": True},
            "setting": "granted",
            "browserContextId": target["browserContextId"],
        },
    )


async def test_the_camera_rests_while_the_page_is_hidden(
    translated_server: TestServer, clip: Path
) -> None:
    hide = """hidden => {
        Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    async with phone(clip) as page:
        await start(page, translated_server)
        await page.evaluate(
            "window.track = document.querySelector('video').srcObject.getVideoTracks()[0]"
        )
        await page.click("#card-more")
        await page.evaluate(hide, True)
        await page.wait_for_function("() => track.readyState === 'ended'")
        async with ClientSession() as http:
            health = await (await http.get(translated_server.make_url("/healthz"))).json()
            assert health["sessions"] == 0
        assert await page.is_visible("#card")
        await page.evaluate(hide, False)
        await state_is(page, "matched")


async def test_a_non_planar_work_has_a_card_and_no_outline(translated_server: TestServer) -> None:
    async with phone() as page:
        # The page's own clock, which a busy machine does not hurry.
        await page.clock.install(time=0)
        await page.goto(str(translated_server.make_url("/")))
        await page.clock.pause_at(3_600_000)
        drawing = asyncio.ensure_future(page.evaluate(OVERLAY))
        while not drawing.done():
            await page.clock.run_for(16)
        drawn: dict[str, Any] = json.loads(await drawing)
    assert drawn["still"] > 0
    assert drawn["betweenLeft"] < drawn["between"] < drawn["betweenRight"]
    assert drawn["odd"] == pytest.approx(drawn["settled"], abs=2)
    assert drawn["solid"] == 0


OLD_WORKER = (
    """
    self.addEventListener('install', () => self.skipWaiting());
    self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
    self.addEventListener('fetch', event => event.respondWith(
        fetch(event.request).catch(() => caches.match(event.request))));
    """,
    "text/javascript",
)
OLD_VISIT = """async ({id, title}) => {
    await navigator.serviceWorker.register('/service-worker.js');
    await navigator.serviceWorker.ready;
    const image = `/artworks/${id}/thumbnail.jpg`;
    localStorage.setItem('vernissage.seen', JSON.stringify([{id, title, image}]));
    await (await caches.open('vernissage-pictures')).add(image);
    const shell = await caches.open('vernissage-shell');
    await shell.put('/', new Response('<h1>The old page</h1>'));
    await shell.put('/static/app.js', new Response('throw new Error("old")'));
    await caches.open('another-program');
}"""
ZOOM = "document.querySelector('video').srcObject.getVideoTracks()[0].getSettings().zoom"
SLOW_CAMERA = """
    // Timers of a second, by which cameras are asked again, wait to be called.
    window.askAgain = [];
    const timer = window.setTimeout;
    window.setTimeout = (call, ms, ...rest) =>
        ms === 1000 ? askAgain.push(call) : timer(call, ms, ...rest);
    const going = new Promise(go => { window.goOn = go; });
    const apply = MediaStreamTrack.prototype.applyConstraints;
    MediaStreamTrack.prototype.applyConstraints = async function (wish) {
        await going;
        return apply.call(this, wish);
    };
"""
PINCH = """() => {
    const finger = (type, pointerId, clientX) => document.querySelector('.stage').dispatchEvent(
        new PointerEvent(type, {pointerId, clientX, clientY: 300, pointerType: 'touch'}));
    finger('pointerdown', 1, 150);
    finger('pointerdown', 2, 250);
    finger('pointermove', 2, 350);
    finger('pointerup', 1, 150);
    finger('pointermove', 2, 390);
    finger('pointerup', 2, 390);
}"""
OVERLAY = """(async () => {
    const {Overlay} = await import('/static/visitor/overlay.js');
    const canvas = document.createElement('canvas');
    Object.assign(canvas.style, {position: 'fixed', inset: 0, width: '400px', height: '300px'});
    document.body.append(canvas);
    const overlay = new Overlay(canvas, document.createElement('video'));
    const frame = {width: 640, height: 480};
    const box = (x) => [[x, .2], [x + .4, .2], [x + .4, .8], [x, .8]];
    const frames = async (count) => {
        for (let n = 0; n < count; n++) await new Promise(requestAnimationFrame);
    };
    const left = () => {  // leftmost gold in the middle row, CSS pixels; 0 where none is drawn
        const y = Math.round(canvas.height / 2);
        const row = canvas.getContext('2d').getImageData(0, y, canvas.width, 1).data;
        for (let x = 0; x < canvas.width; x++)
            if (row[4 * x + 3] > 200 && row[4 * x] > 150) return x * 400 / canvas.width;
        return 0;
    };
    const settle = async () => { for (let n = 0; n < 8; n++) {
        overlay.follow(last, frame); await new Promise(done => setTimeout(done, 80)); } };
    let last = box(.1);
    await settle();
    const still = left();
    last = box(.2);
    overlay.follow(last, frame);
    await frames(3);
    const between = left();
    await settle();
    const settled = left();
    overlay.follow([[.2, .2], [.9, .1], [.5, .9], [.2, .8]], frame);
    await frames(6);
    const odd = left();
    overlay.fade();
    overlay.follow(null, frame);
    await new Promise(done => setTimeout(done, 600));
    return JSON.stringify({still, between, betweenLeft: still, betweenRight: settled, settled, odd,
        solid: left()});
})()"""
