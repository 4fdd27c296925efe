"""PURE  Times as people write them: how far back a mood looks, and when a digest is due."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PERIODS: Final[Mapping[str, timedelta]] = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}
"""How far back a mood may look, by how it is written."""
DAY: Final = "24h"
"""The period of a mood unless another is named, and of every digest."""
MAX_LATE: Final = timedelta(hours=1)
"""So late a digest is still sent, if the bot was down when it was due."""


class Request(NamedTuple):
    """Say which mood somebody asks for: one of `PERIODS`, of everybody's voice or their own."""

    period: str
    is_own: bool


def read_request(words: Iterable[str]) -> Request | None:
    """Give what the words behind /mood ask for, such as ``7d``, ``me`` or ``me 7d``; or None."""
    lowered = [word.casefold() for word in words]
    periods = [word for word in lowered if word != "me"] or [DAY]
    if len(periods) > 1 or periods[0] not in PERIODS:
        return None
    return Request(periods[0], "me" in lowered)


def end_minute(now: datetime) -> datetime:
    """Give the end of the minute in which a moment lies.

    Whoever asks for a mood within one minute asks for the same mood, the last note included.
    """
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)


def read_clock(word: str) -> time | None:
    """Give the time of day that a word such as 20:00, 8:30 or 20.00 means; None for others."""
    if not re.fullmatch(r"[0-9]{1,2}[:.][0-9]{2}", word):
        return None
    hour, minute = map(int, re.split("[:.]", word))
    return time(hour, minute) if hour < 24 and minute < 60 else None  # noqa: PLR2004  a day, an hour


def find_zone(name: str) -> str | None:
    """Give the time zone with a name, however its letters are written; None if there is none."""
    return _list_zones().get(name.casefold())


def find_due_day(at: time, zone: str, *, sent_on: date | None, now: datetime) -> date | None:
    """Give the day whose digest is to be sent now, or None.

    It is due once a day at a time by the clock of a zone, and for `MAX_LATE` from then on, until
    it is sent; a clock that jumps over the time makes it an hour late.
    """
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    for day in (today, today - timedelta(days=1)):  # late at night it may be yesterday's
        late = now - datetime.combine(day, at, here).astimezone(UTC)
        if timedelta(0) <= late < MAX_LATE and (sent_on is None or sent_on < day):
            return day
    return None


@cache
def _list_zones() -> dict[str, str]:
    """Give the names of all time zones by how they are looked up."""
    return {name.casefold(): name for name in available_timezones()}
