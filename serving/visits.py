"""Count visits a day, without persons.

Stored are, by day: how often each artwork was declared, how long visitors had looked by then, and
how many attempts ended without an answer. No picture, no session and no time of day is stored.
"""

from __future__ import annotations

import asyncio
import csv
import logging
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from io import StringIO
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from common.files import write_atomic
from stream.messages import Match, NotFoundMessage, ServerMessage

log = logging.getLogger("vernissage.visits")

SAVE_PERIOD_S = 60.0
CSV_COLUMNS = ("day", "artwork_id", "title", "matches", "median_s", "not_found")
_BINS_AN_OCTAVE = 4
_SHORTEST_S = 0.1


class ArtworkVisits(BaseModel):
    """The counts of one artwork, on one day or added up over several.

    Attributes:
        title: its title when it was last declared.
        waits: declarations by time to match; bin `n` is about `2 ** (n / 4)` seconds.
    """

    model_config = ConfigDict(extra="forbid")

    title: str = ""
    waits: Counter[int] = Field(default_factory=Counter)

    @property
    def matches(self) -> int:
        """How often the artwork was declared."""
        return self.waits.total()

    @property
    def median_s(self) -> float | None:
        """Median seconds of looking until the match, within 10%; None without a match."""
        return median_wait(self.waits)


class DayVisits(BaseModel):
    """All counts of a day."""

    model_config = ConfigDict(extra="forbid")

    not_found: int = Field(0, ge=0)
    artworks: dict[str, ArtworkVisits] = {}

    def matched(self, artwork_id: str, title: str, looked_s: float) -> None:
        """Count a declaration after `looked_s` seconds of looking."""
        counted = self.artworks.setdefault(artwork_id, ArtworkVisits())
        counted.title = title
        counted.waits[round(_BINS_AN_OCTAVE * math.log2(max(looked_s, _SHORTEST_S)))] += 1

    def all_waits(self) -> Counter[int]:
        """Return the times to match of all artworks, in bins."""
        return sum((counted.waits for counted in self.artworks.values()), Counter[int]())


def median_wait(waits: Counter[int]) -> float | None:
    """Return the median of binned times in seconds, within 10%; None where there are none."""
    below = 0
    for bin_, count in sorted(waits.items()):
        below += count
        if 2 * below >= waits.total():
            return round(2 ** (bin_ / _BINS_AN_OCTAVE), 2)
    return None


def add_up(days: Iterable[DayVisits]) -> dict[str, ArtworkVisits]:
    """Add up the counts of several days, by artwork; the most often declared first."""
    sums: dict[str, ArtworkVisits] = {}
    for visits in days:
        for artwork_id, counted in visits.artworks.items():
            total = sums.setdefault(artwork_id, ArtworkVisits())
            total.title = counted.title
            total.waits.update(counted.waits)
    return dict(sorted(sums.items(), key=lambda item: -item[1].matches))


def visits_csv(days: dict[date, DayVisits]) -> str:
    """Return counts as CSV: for each day one row without an artwork, then one for each artwork."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(CSV_COLUMNS)
    for day, visits in sorted(days.items()):
        waits = visits.all_waits()
        rows.writerow([day, "", "", waits.total(), _cell(median_wait(waits)), visits.not_found])
        for artwork_id, counted in sorted(visits.artworks.items()):
            cells = (counted.title, counted.matches, _cell(counted.median_s), "")
            rows.writerow([day, artwork_id, *cells])
    return text.getvalue()


def _cell(median_s: float | None) -> str:
    return "" if median_s is None else f"{median_s:g}"


def read_visits(folder: Path) -> dict[date, DayVisits]:
    """Read all stored days; a file that can't be read is logged and left out."""
    return {
        day: visits
        for path in sorted(folder.glob("*.json"))
        if (day := _day_of(path)) and (visits := _read_day(path))
    }


class VisitCounter:
    """Counts the messages to visitors, and writes a file a day."""

    def __init__(self, folder: Path, today: Callable[[], date] = date.today) -> None:
        """Continue the counts of the day's file in `folder`; `today` returns the day."""
        self._folder = folder
        self._today = today
        self._begin(today())

    def observe(self, message: ServerMessage, looked_s: float) -> None:
        """Count a message to a visitor; `looked_s` is the seconds that they had looked."""
        if not isinstance(message, Match | NotFoundMessage):
            return
        day = self._today()
        if day != self._day:
            self.save()
            self._begin(day)
        if isinstance(message, Match):
            self._visits.matched(message.artwork.id, message.artwork.title, looked_s)
        else:
            self._visits.not_found += 1
        self._unsaved = True

    def save(self) -> None:
        """Write new counts; a failure is logged, and the next call tries again."""
        if not self._unsaved:
            return
        path = self._path(self._day)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(path, self._visits.model_dump_json(indent=1).encode() + b"\n")
            # The file's own time would give away when the last visitor looked.
            midnight = datetime.combine(self._day, time()).timestamp()
            os.utime(path, (midnight, midnight))
        except OSError as error:
            log.warning("counts of visits can't be kept in %s: %s", self._folder, error)
        else:
            self._unsaved = False

    async def keep_saving(self, period_s: float = SAVE_PERIOD_S) -> None:
        """Write new counts every `period_s` seconds, for ever."""
        while True:
            await asyncio.sleep(period_s)
            self.save()

    def _begin(self, day: date) -> None:
        """Start a day with the counts of its file, if there is one."""
        path = self._path(day)
        stored = _read_day(path) if path.is_file() else DayVisits()
        if stored is None:
            path.replace(path.with_suffix(".damaged"))
        self._day, self._visits, self._unsaved = day, stored or DayVisits(), False

    def _path(self, day: date) -> Path:
        return self._folder / f"{day.isoformat()}.json"


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.stem)
    except ValueError:
        return None


def _read_day(path: Path) -> DayVisits | None:
    try:
        return DayVisits.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        log.warning("%s: counts of visits can't be read and are left out: %r", path, error)
        return None
