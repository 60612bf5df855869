"""A collection of ten thousand works is shown a page at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from models.embedder import Embedder
from serving.visits import DayVisits
from tests.conftest import ENROLLED
from tests.helpers.large_gallery import repeated_gallery
from tests.helpers.studio_client import Client, json_of, refusal, sign_in, studio_of
from web.studio.collection import PAGE, fold
from web.studio.records import MOST_COUNTS, summarize

MANY = 10_000
MOST_BYTES = 100_000
WORKS = ENROLLED[:3]


@pytest.fixture
async def curator(
    looked_at: Path, tmp_path: Path, model_path: Path, embedder: Embedder
) -> AsyncIterator[Client]:
    """The browser of a curator of ten thousand works."""
    folder = repeated_gallery(looked_at, tmp_path / "large", MANY)
    async with studio_of(folder, model_path, embedder) as client:
        await sign_in(client)
        yield client


async def page_of(curator: Client, query: str) -> dict[str, Any]:
    answer = await curator.get(f"/studio/collection.json?{query}")
    assert answer.status == 200
    assert len(await answer.read()) < MOST_BYTES
    page: dict[str, Any] = await answer.json()
    return page


async def test_pages_follow_each_other_to_the_last(curator: Client) -> None:
    first = await page_of(curator, "")
    assert (first["total"], first["from"], first["page"]) == (MANY, 0, PAGE)
    assert first["counts"] == {"all": MANY, "good": 3, "unknown": MANY - 3}
    second = await page_of(curator, f"from={PAGE}")
    assert second["from"] == PAGE
    ids = [[card["id"] for card in page["artworks"]] for page in (first, second)]
    assert [len(page) for page in ids] == [PAGE, PAGE]
    assert not set(ids[0]) & set(ids[1])
    last = await page_of(curator, "from=999999999")
    assert (last["from"], len(last["artworks"])) == (MANY // PAGE * PAGE, MANY % PAGE)


async def test_search_and_assessment_are_looked_for_in_all_pages(curator: Client) -> None:
    good = await page_of(curator, "kind=good")
    assert [card["id"] for card in good["artworks"]] == [work.id for work in WORKS]
    assert good["counts"]["all"] == MANY
    title = WORKS[1].title
    found = await page_of(curator, f"search={title.upper()} 3000")
    (card,) = found["artworks"]
    assert card["title"] == f"{title} 3000"
    assert found["counts"] == {"all": 1, "unknown": 1}
    artwork = await json_of(curator, f"/studio/artworks/{card['id']}")
    assert (artwork["title"], artwork["artist"]) == (card["title"], WORKS[1].artist)
    nothing = await page_of(curator, "search=no such thing&from=60")
    assert (nothing["from"], nothing["artworks"], nothing["counts"]) == (0, [], {"all": 0})


async def test_a_question_that_makes_no_sense_is_refused(curator: Client) -> None:
    for query in ("kind=dear", "from=-1", "from=x", "search=" + "x" * 501):
        status, _ = await refusal(curator, "GET", f"/studio/collection.json?{query}")
        assert status == 400, query
    assert (await curator.get("/studio/artworks/nowhere")).status == 404


async def test_the_wall_hangs_a_page_at_a_time(curator: Client) -> None:
    wanted = f"{WORKS[2].id}-1000"
    page = await json_of(curator, f"/wall/artworks.json?id={wanted}")
    assert (page["total"], page["from"]) == (MANY, 2999 // page["page"] * page["page"])
    assert page["artworks"][2999 - page["from"]]["id"] == wanted
    last = await json_of(curator, "/wall/artworks.json?from=999999999")
    assert last["from"] + len(last["artworks"]) == MANY
    assert await json_of(curator, "/wall/artworks.json") == await json_of(
        curator, "/wall/artworks.json?from=59"
    )
    for query in ("id=nowhere", "from=-1", "from=x", f"from={'9' * 5000}"):
        assert (await curator.get(f"/wall/artworks.json?{query}")).status == 404, query


def test_case_and_accents_do_not_matter() -> None:
    assert fold("CRÈME Brûlée") == fold("creme brulee") == "creme brulee"
    assert fold("STRASSE") == fold("straße")


def test_counts_of_many_artworks_are_shown_in_part() -> None:
    visits = DayVisits(not_found=3)
    for number in range(MOST_COUNTS + 5):
        for _ in range(1 + (number == 7)):
            visits.matched(f"artwork-{number}", f"Artwork {number}", 1.0)
    summary = summarize({date(2026, 5, 1): visits})
    assert summary["days"] == [{"day": "2026-05-01", "matches": MOST_COUNTS + 6, "not_found": 3}]
    shown = summary["artworks"]
    assert isinstance(shown, list)
    assert len(shown) == MOST_COUNTS
    assert shown[0]["id"] == "artwork-7"
    assert summary["left_out"] == 5
