"""Counts of visits a day: they survive restarts, damage and midnight."""

from __future__ import annotations

import asyncio
import csv
import io
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from evaluation.filmed_clips import filmed, mount, write_clip
from gallery.store import Gallery
from models.embedder import Embedder
from server import make_app
from serving.visits import VisitCounter, median_wait, read_visits, visits_csv
from settings import Settings
from stream.messages import (
    ArtworkPart,
    FrameSize,
    LatencyPart,
    LostMessage,
    Match,
    NotFoundMessage,
)
from tests.conftest import ENROLLED
from tests.helpers.webrtc_peer import Visitor

FIRST, SECOND = date(2026, 5, 1), date(2026, 5, 2)


class Today:
    day = FIRST

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def today() -> Today:
    return Today()


def match(artwork_id: str) -> Match:
    return Match(
        artwork=ArtworkPart(
            id=artwork_id, title=artwork_id.upper(), artist="", year="", room="", text="", image=""
        ),
        confidence=0.9,
        votes=5,
        window=8,
        outline=None,
        frame=FrameSize(width=640, height=480),
        latency_ms=LatencyPart(age=1, embed=1, search=1, verify=1, total=1),
    )


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(visits_csv(read_visits(folder)))))


def test_declarations_and_failed_attempts_are_counted_by_day(tmp_path: Path, today: Today) -> None:
    counter = VisitCounter(tmp_path / "visits", today)
    for seconds in (0.8, 1.0, 4.0):
        counter.observe(match("a"), seconds)
    counter.observe(NotFoundMessage(looked_ms=4000), 0)
    counter.observe(LostMessage(artwork_id="a"), 0)
    today.day = SECOND
    counter.observe(match("b"), 2.0)
    counter.save()
    assert rows(tmp_path / "visits") == [
        row("2026-05-01", "", "", "3", "1", "1"),
        row("2026-05-01", "a", "A", "3", "1", ""),
        row("2026-05-02", "", "", "1", "2", "0"),
        row("2026-05-02", "b", "B", "1", "2", ""),
    ]


def row(*cells: str) -> dict[str, str]:
    names = ("day", "artwork_id", "title", "matches", "median_s", "not_found")
    return dict(zip(names, cells, strict=True))


def test_a_day_goes_on_after_a_restart(tmp_path: Path, today: Today) -> None:
    for _ in range(2):
        counter = VisitCounter(tmp_path, today)
        counter.observe(match("a"), 1.0)
        counter.save()
    assert [row["matches"] for row in rows(tmp_path)] == ["2", "2"]


def test_a_damaged_file_is_renamed_and_counting_goes_on(tmp_path: Path, today: Today) -> None:
    (tmp_path / "2026-05-01.json").write_text("{half")
    counter = VisitCounter(tmp_path, today)
    counter.observe(match("a"), 1.0)
    counter.save()
    assert (tmp_path / "2026-05-01.damaged").read_text() == "{half"
    assert [row["matches"] for row in rows(tmp_path)] == ["1", "1"]


def test_nothing_is_written_where_nobody_came(tmp_path: Path, today: Today) -> None:
    VisitCounter(tmp_path / "visits", today).save()
    assert not (tmp_path / "visits").exists()


def test_a_median_is_true_within_a_tenth(tmp_path: Path, today: Today) -> None:
    for seconds in (0.3, 0.9, 1.7, 6.5):
        counter = VisitCounter(tmp_path / f"{seconds}", today)
        counter.observe(match("a"), seconds)
        counter.save()
        (visits,) = read_visits(tmp_path / f"{seconds}").values()
        assert median_wait(visits.all_waits()) == pytest.approx(seconds, rel=0.1)


async def test_a_real_visit_is_counted_and_printed(
    settings: Settings, embedder: Embedder, gallery: Gallery, tmp_path: Path
) -> None:
    kept = settings.server.model_copy(update={"visits_folder": tmp_path / "visits"})
    wall = mount(ENROLLED[1].paint())
    clip = write_clip(tmp_path / "clip.webm", filmed(wall, 4), repeat=5)
    app = make_app(settings.model_copy(update={"server": kept}), embedder, gallery)
    async with (
        TestServer(app, host="127.0.0.1") as running,
        Visitor(running.make_url("/"), clip) as visitor,
    ):
        heard = await visitor.hear("match")
    printed = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("vernissage"),
        "visits",
        env={"VERNISSAGE_SERVER__VISITS_FOLDER": str(tmp_path / "visits")},
        stdout=subprocess.PIPE,
    )
    text, _ = await printed.communicate()
    assert printed.returncode == 0
    _, counted = csv.DictReader(io.StringIO(text.decode()))
    assert (counted["artwork_id"], counted["matches"]) == (heard["artwork"]["id"], "1")
    (file,) = (tmp_path / "visits").iterdir()
    assert heard["artwork"]["title"] in file.read_text()
