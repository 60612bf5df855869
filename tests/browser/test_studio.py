"""The studio in a real Chromium: a curator adds, corrects, tries, and puts back."""

from __future__ import annotations

import base64
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import cv2
import pytest
from playwright.async_api import FilePayload, Page, expect

from demo.catalogue import HELD_BACK
from enrolment.jobs import make_gallery
from evaluation.filmed_clips import filmed, mount, write_clip
from gallery.catalogue import Artwork
from models.embedder import Embedder
from serving.visits import DayVisits
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_end_to_end import phone, picture_of, pytestmark
from tests.conftest import ENROLLED, make_settings, write_works
from tests.helpers.large_gallery import repeated_gallery
from tests.helpers.studio_client import TOKEN, Client, studio_of

__all__ = ["pytestmark"]

WORK, NEW = ENROLLED[3], HELD_BACK[0]
TWIN = "twin"
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
LONG_MS = 300_000


@pytest.fixture(scope="module")
def assessed_folder(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, model_path: Path
) -> Path:
    """A gallery with assessments; two artworks show the same painting."""
    folder = tmp_path_factory.mktemp("assessed")
    works = ENROLLED[:5]
    write_works(folder / "works", works)
    artworks = [
        Artwork(work.id, work.title, work.artist, images=(folder / "works" / f"{work.id}.jpg",))
        for work in works
    ]
    again = cv2.resize(cv2.imread(str(artworks[0].images[0])), None, fx=0.9, fy=0.9)
    cv2.imwrite(str(folder / "works" / "again.png"), again)
    artworks.append(Artwork(TWIN, "The same again", images=(folder / "works" / "again.png",)))
    make_gallery(
        artworks,
        folder / "assessed",
        embedder,
        make_settings(folder / "assessed", model_path),
        name="Palazzo",
        source="works",
        language="en",
        target=1e-4,
        on_step=lambda *_: None,
    )
    return folder / "assessed"


@pytest.fixture
async def studio(
    assessed_folder: Path, tmp_path: Path, embedder: Embedder, model_path: Path
) -> AsyncIterator[Page]:
    """The studio, signed in, at phone size; its gallery is a copy."""
    folder = tmp_path / "gallery"
    shutil.copytree(assessed_folder, folder)
    kept = {"notes_folder": tmp_path / "notes", "visits_folder": tmp_path / "visits"}
    write_visits(tmp_path / "visits")
    served = studio_of(folder, model_path, embedder, server=kept)
    async with served as server, signed_in(server) as page:
        await expect(page.locator("#artworks li")).to_have_count(6)
        yield page


@asynccontextmanager
async def signed_in(server: Client) -> AsyncIterator[Page]:
    """Open the studio at phone size, signed in; at the end nothing must have gone wrong in it."""
    async with phone() as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Policy" in line.text else None)
        await page.goto(str(server.make_url("/studio")))
        await page.fill("#token", TOKEN)
        await page.click("text=Open the studio")
        yield page
        assert faults == []


def write_visits(folder: Path) -> None:
    """Twelve days of visits, as a server writes them."""
    folder.mkdir()
    for day in range(1, 13):
        visits = DayVisits(not_found=day % 4)
        for number in range(5 * day):
            work = ENROLLED[number % 3]
            visits.matched(work.id, work.title, 0.8 + number / 10)
        (folder / f"2026-05-{day:02}.json").write_text(visits.model_dump_json())


async def settled(page: Page) -> None:
    """Wait until the work is done, and nothing failed."""
    done = page.locator("#work .step")
    await expect(done).to_have_text("Done: visitors see it now.", timeout=LONG_MS)


async def pictures_of(page: Page, name: str) -> None:
    """Look at a state in both sizes: nothing hinders anybody, nothing is wider than the screen."""
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.wait_for_load_state("networkidle")
        await picture_of(page, f"studio-{name}-{size}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, name
        await assert_accessible(page, f"{name}, {size}")


async def test_only_the_token_opens_it(studio: Page) -> None:
    await studio.click("#sign-out")
    await pictures_of(studio, "sign-in")
    await studio.fill("#token", "another token than that")
    await studio.keyboard.press("Enter")
    await expect(studio.get_by_role("alert")).to_have_text("this is not the token")
    await studio.reload()
    await expect(studio.locator("#token")).to_be_focused()
    await expect(studio.locator("#artworks li")).to_have_count(0)
    await studio.fill("#token", TOKEN)
    await studio.keyboard.press("Enter")
    await expect(studio.locator("#artworks li")).to_have_count(6)


async def test_the_collection_shows_what_to_expect_of_each(studio: Page) -> None:
    await expect(studio.locator("h1#name")).to_have_text("Palazzo")
    await pictures_of(studio, "collection")
    await studio.click("#kinds [data-kind=confusable]")
    await expect(studio.locator("#artworks li")).to_have_count(2)
    await studio.click("#kinds [data-kind=all]")
    await studio.fill("#search", WORK.title.upper()[:6])
    await expect(studio.locator("#artworks li")).to_have_count(1)
    await studio.fill("#search", "no such thing")
    await expect(studio.locator("#none")).to_be_visible()
    await studio.fill("#search", "")
    await studio.click(f"[data-id={TWIN}] button")
    dialog = studio.get_by_role("dialog")
    await expect(dialog).to_contain_text("Confusable")
    await expect(dialog).to_contain_text(f"Nearest other artwork: {ENROLLED[0].title}")
    await pictures_of(studio, "artwork")


async def test_ten_thousand_artworks_are_leafed_through_searched_and_edited(
    assessed_folder: Path, tmp_path: Path, embedder: Embedder, model_path: Path
) -> None:
    folder = repeated_gallery(assessed_folder, tmp_path / "large", 10_000)
    async with studio_of(folder, model_path, embedder) as server, signed_in(server) as page:
        cards = page.locator("#artworks li")
        await expect(cards).to_have_count(60)
        await expect(page.locator("#kinds [data-kind=all]")).to_have_text("All 10,000")
        await pictures_of(page, "large")
        await page.click("#next")
        await expect(cards.nth(0)).to_have_attribute("data-id", f"{ENROLLED[0].id}-11")
        await page.fill("#page", "400")
        await page.keyboard.press("Enter")
        await expect(page.locator("#page")).to_have_value("167")
        await expect(cards).to_have_count(40)
        await expect(page.locator("#next")).to_be_disabled()
        last = cards.last
        name = await last.locator("b").inner_text()
        await last.get_by_role("button").click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_label("Title", exact=True)).to_have_value(name)
        await dialog.get_by_label("Title", exact=True).fill("The ten thousandth")
        await dialog.get_by_text("Save").click()
        await settled(page)
        await expect(last.locator("b")).to_have_text("The ten thousandth")
        await expect(page.locator("#page")).to_have_value("167")
        await page.fill("#search", "TEN thousandth")
        await expect(cards).to_have_count(1)
        await expect(page.locator("#pages")).to_be_hidden()
        await page.click("text=History")
        await page.locator("#versions").get_by_text("Put back").click()
        await page.locator("#sure .danger").click()
        await page.click("text=Collection")
        await expect(page.locator("#none")).to_be_visible()
        await page.fill("#search", "")
        await expect(cards).to_have_count(60)
        await page.goto(str(server.make_url(f"/wall#{TWIN}-1000")))
        title = page.locator("#single-title")
        await expect(title).to_have_text("The same again 1000")
        await page.keyboard.press("ArrowRight")
        await expect(title).to_have_text(f"{ENROLLED[0].title} 1001")
        await page.keyboard.press("Escape")
        await expect(page.locator("#pictures li")).to_have_count(60)
        await page.locator("#pictures li").last.scroll_into_view_if_needed()
        await expect(page.locator("#pictures li")).to_have_count(120)


async def test_a_dropped_photograph_becomes_an_artwork(studio: Page) -> None:
    painting = cv2.cvtColor(NEW.paint(), cv2.COLOR_RGB2BGR)
    data = cv2.imencode(".jpg", painting)[1].tobytes()
    await studio.evaluate(DROP, [base64.b64encode(data).decode(), "a_new-painting.jpg"])
    dialog = studio.get_by_role("dialog")
    await expect(dialog.get_by_label("Title", exact=True)).to_have_value("a new painting")
    await dialog.get_by_label("Title", exact=True).fill(NEW.title)
    await dialog.get_by_label("Artist").fill(NEW.artist)
    await dialog.get_by_label("further language").select_option("it")
    await dialog.locator("[data-language=it] input").fill("Un titolo")
    await pictures_of(studio, "new")
    await dialog.get_by_text("Save").click()
    await expect(studio.locator("#work progress")).to_be_visible()
    await expect(studio.locator("#work .step")).to_contain_text(" of ", timeout=LONG_MS)
    await picture_of(studio, "studio-working")
    await settled(studio)
    await expect(studio.locator("#artworks li")).to_have_count(7)
    added = studio.locator("#artworks li", has_text=NEW.title)
    await expect(added.locator(".badge")).to_have_text("Good")
    await added.get_by_role("button").click()
    await expect(dialog.locator("[data-language=it] input")).to_have_value("Un titolo")
    await dialog.get_by_label("Room").fill("Room 9")
    await dialog.get_by_text("Save").click()
    await settled(studio)
    await added.get_by_role("button").click()
    await expect(dialog.get_by_label("Room")).to_have_value("Room 9")
    await dialog.get_by_text("Remove the artwork").click()
    await studio.locator("#sure .danger").click()
    await expect(studio.locator("#artworks li")).to_have_count(6, timeout=LONG_MS)
    await studio.click("text=History")
    versions = studio.locator("#versions li")
    await expect(versions).to_have_count(3)
    await pictures_of(studio, "history")
    await versions.first.get_by_text("Put back").click()
    await studio.locator("#sure .danger").click()
    await studio.click("text=Collection")
    await expect(studio.locator("#artworks li")).to_have_count(7)
    await expect(added).to_have_count(1)


async def test_errors_are_shown_where_they_were_made(studio: Page) -> None:
    await studio.click("#add")
    dialog = studio.get_by_role("dialog")
    await dialog.get_by_label("Title", exact=True).fill("Nothing to see")
    await dialog.get_by_text("Save").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("needs a photograph")
    broken: FilePayload = {
        "name": "broken.jpg",
        "mimeType": "image/jpeg",
        "buffer": b"no picture",
    }
    await dialog.locator("input[multiple]").set_input_files(broken)
    await dialog.get_by_text("Save").click()
    await expect(studio.locator("#work .failed")).to_contain_text("broken.jpg", timeout=LONG_MS)
    await expect(studio.locator("#artworks li")).to_have_count(6)
    await pictures_of(studio, "failed")
    await studio.click("#add-many")
    await studio.get_by_role("dialog").get_by_label("address").fill("http://127.0.0.1:9/manifest")
    await pictures_of(studio, "many")
    await studio.get_by_role("dialog").get_by_text("Fetch").click()
    refusal = studio.locator("#work .failed")
    await expect(refusal).to_contain_text("studio.private_addresses", timeout=LONG_MS)


async def test_trying_a_photograph_and_a_clip(studio: Page, tmp_path: Path) -> None:
    await studio.click("text=Try it")
    photograph = tmp_path / "seen.jpg"
    cv2.imwrite(str(photograph), next(iter(filmed(mount(WORK.paint()), 1))))
    await studio.set_input_files("#try-file", photograph)
    await expect(studio.locator("article h2")).to_contain_text(f"votes for “{WORK.title}”")
    await studio.wait_for_function(MANY_COLOURS_IN_CANVAS)
    await expect(studio.locator(".candidates [data-chosen=true]")).to_contain_text(WORK.title)
    await pictures_of(studio, "try-photograph")
    clip = write_clip(tmp_path / "seen.mp4", filmed(mount(WORK.paint()), 3))
    await studio.set_input_files("#try-file", clip)
    await expect(studio.locator("#try-said")).to_contain_text("frames judged.", timeout=LONG_MS)
    assert await studio.locator("#votes [data-vote=true]").count() >= 5
    await expect(studio.locator("#votes small", has_text="match")).to_have_count(1)
    await pictures_of(studio, "try-clip")
    text: FilePayload = {"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"}
    await studio.set_input_files("#try-file", text)
    await expect(studio.locator("#try-said")).to_contain_text("not a picture")


async def test_visits_and_notes(studio: Page) -> None:
    sent = {"artwork_id": WORK.id, "choice": "text", "text": "The year is wrong.", "language": "en"}
    answer = await studio.request.post(studio.url.replace("/studio", "/notes"), data=sent)
    assert answer.ok
    await studio.click("text=Visits")
    await expect(studio.locator("#notes")).to_contain_text("The year is wrong.")
    await expect(studio.locator("#visits-summary")).to_have_text(
        "390 artworks recognized and 18 attempts without an answer, on 12 days"
    )
    await expect(studio.locator(".day")).to_have_count(12)
    await expect(studio.locator("tbody tr").first).to_contain_text(ENROLLED[0].title)
    await pictures_of(studio, "visits")
    await studio.click("#notes button")
    await studio.locator("#sure .danger").click()
    await expect(studio.locator("#no-notes")).to_be_visible()


DROP = """([data, name]) => {
    const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name, { type: 'image/jpeg' }));
    dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }));
}"""
MANY_COLOURS_IN_CANVAS = """() => {
    const canvas = document.querySelector('article canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const colours = new Set();
    for (let at = 0; at < data.length; at += 404) {
        colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    }
    return colours.size > 200;
}"""
