"""Everybody can use the page: axe-core finds nothing in any state, in text twice as large."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from demo.catalogue import HELD_BACK
from tests.browser.test_end_to_end import (
    camera_clip,
    camera_fails,
    nothing_moves,
    phone,
    picture_of,
    pytestmark,
    state_is,
)
from tests.conftest import ENROLLED

__all__ = ["pytestmark"]

WORK = ENROLLED[3]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"portrait": (390, 844), "landscape": (844, 390)}


async def assert_accessible(page: Page, where: str) -> None:
    """No violation of WCAG 2.2 AA that axe-core can find."""
    await nothing_moves(page)
    found = await Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    broken = [
        (rule["id"], [node["html"] for node in rule["nodes"]])
        for rule in found.response["violations"]
    ]
    assert broken == [], where


@pytest.fixture
async def looking(server: TestServer, tmp_path: Path) -> AsyncIterator[Page]:
    """A phone that has found an artwork."""
    async with phone(camera_clip(tmp_path, WORK), locale="fr") as page:
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "matched")
        yield page


@pytest.mark.parametrize("way", SIZES)
async def test_no_state_of_a_visit_breaks_wcag(looking: Page, way: str) -> None:
    page, (width, height) = looking, SIZES[way]
    await page.set_viewport_size({"width": width, "height": height})
    await assert_accessible(page, "matched")
    if way == "portrait":
        await page.click("#card-more")
    await assert_accessible(page, "card unfolded")
    await page.click("#card-doubt")
    await page.check("#note-consent")
    await assert_accessible(page, "note")
    await page.keyboard.press("Escape")
    # The dialog was closed, not the card, and the keyboard is where it was.
    assert await page.evaluate("document.activeElement.id") == "card-doubt"
    await page.click(".bar [data-open=seen]")
    await assert_accessible(page, "seen")
    await page.keyboard.press("Escape")
    await page.click("#card-close")
    await state_is(page, "looking")
    await assert_accessible(page, "looking")
    await page.click("#stop")
    await state_is(page, "idle")
    await assert_accessible(page, "idle")


async def test_not_found_and_errors_break_nothing(server: TestServer, tmp_path: Path) -> None:
    async with phone(camera_clip(tmp_path, HELD_BACK[2])) as page:
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "not-found")
        await assert_accessible(page, "not-found")
    async with phone() as page:
        await page.add_init_script(camera_fails("NotAllowedError"))
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "error")
        assert await page.evaluate("document.activeElement.id") == "notice-title"
        await assert_accessible(page, "no permission")


async def test_a_match_is_announced_to_screen_readers(looking: Page) -> None:
    await looking.wait_for_function(
        "title => document.querySelector('[role=status]#announcer').textContent.includes(title)",
        arg=WORK.title,
    )
    assert await looking.get_attribute(".stage", "aria-hidden") == "true"
    assert await looking.evaluate("document.activeElement === document.body")


async def test_the_keyboard_goes_through_the_card_in_reading_order(looking: Page) -> None:
    await looking.click("#card-more")
    await looking.focus("#stop")
    reached = []
    for _ in range(6):
        await looking.keyboard.press("Tab")
        reached.append(await looking.evaluate("document.activeElement.id"))
    passed = [name for name in reached if name in ("card-doubt", "card-more", "card-close")]
    assert passed == ["card-doubt", "card-more", "card-close"]
    await looking.keyboard.press("Escape")
    await state_is(looking, "looking")
    assert await looking.evaluate("document.activeElement.id") == "back"


@pytest.mark.parametrize("way", SIZES)
async def test_text_twice_as_large_can_be_read_and_used(looking: Page, way: str) -> None:
    page, (width, height) = looking, SIZES[way]
    await page.set_viewport_size({"width": width, "height": height})
    await page.evaluate("document.documentElement.style.fontSize = '200%'")
    await usable(page, "#card-close", "#stop")
    await picture_of(page, f"large-{way}-matched")
    await page.locator("#card-text").scroll_into_view_if_needed()
    await page.click(".bar [data-open=seen]")
    await usable(page, "#seen-close", "#seen-share")
    await picture_of(page, f"large-{way}-seen")
    await page.keyboard.press("Escape")
    await page.click("#card-close")
    await page.click("#stop")
    await usable(page, "#start")
    await picture_of(page, f"large-{way}-idle")


async def usable(page: Page, *selectors: str) -> None:
    """Nothing is cut off at the side, and each of these can be tapped."""
    for selector in selectors:
        await page.click(selector, trial=True)
    wide = await page.evaluate(
        "() => [...document.querySelectorAll('main *, dialog[open] *')].filter(e => "
        "e.checkVisibility({visibilityProperty: true}) &&"
        "!e.closest('svg, .unseen, .finder, [inert]') &&"
        "e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80))"
    )
    assert wide == []


async def test_nothing_moves_for_those_who_ask_for_stillness(server: TestServer) -> None:
    async with phone(reduced_motion="reduce") as page:
        await page.goto(str(server.make_url("/?autostart=1")))
        await state_is(page, "looking")
        assert await page.evaluate("document.getAnimations().length") == 0
        assert await page.evaluate(
            "getComputedStyle(document.querySelector('.card')).transitionDuration"
        ) in ("0s", "1e-05s")
