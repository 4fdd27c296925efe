from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.periods import (
    MAX_LATE,
    PERIODS,
    Request,
    end_minute,
    find_due_day,
    find_zone,
    read_clock,
    read_request,
)

MADRID = "Europe/Madrid"
EVENING = time(20, 0)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        ("", Request("24h", is_own=False)),
        ("1h", Request("1h", is_own=False)),
        ("30D", Request("30d", is_own=False)),
        ("me", Request("24h", is_own=True)),
        ("me 7d", Request("7d", is_own=True)),
        ("7d Me", Request("7d", is_own=True)),
    ],
)
def test_a_mood_is_asked_for_by_period_and_by_whose_it_is(words: str, request_: Request) -> None:
    assert read_request(words.split()) == request_


@pytest.mark.parametrize("words", ["yesterday", "99y", "0h", "1h 7d", "you", "24 h", "24h please"])
def test_other_words_ask_for_no_mood(words: str) -> None:
    assert read_request(words.split()) is None


def test_a_period_is_as_long_as_it_says() -> None:
    assert [period.total_seconds() / 3600 for period in PERIODS.values()] == [1, 24, 168, 720]


def test_a_minute_ends_after_all_that_happens_in_it() -> None:
    end = at("2026-02-03 10:05")
    assert end_minute(at("2026-02-03 10:04:59.999999")) == end
    assert end_minute(at("2026-02-03 10:04")) == end


@pytest.mark.parametrize(
    ("word", "clock"),
    [
        ("20:00", time(20, 0)),
        ("8:30", time(8, 30)),
        ("08.30", time(8, 30)),
        ("0:00", time(0, 0)),
        ("23:59", time(23, 59)),
    ],
)
def test_a_time_of_day_is_read(word: str, clock: time) -> None:
    assert read_clock(word) == clock


@pytest.mark.parametrize(
    "word",
    [
        "25:61",
        "24:00",
        "20:60",
        "20",
        "20:0",
        "8pm",
        "-1:00",
        "20:00:00",
        "\u0662\u0660:\u0660\u0660",
        "",
    ],
)
def test_what_no_clock_shows_is_none(word: str) -> None:
    assert read_clock(word) is None


@pytest.mark.parametrize("name", [MADRID, "europe/madrid", "EUROPE/MADRID"])
def test_a_time_zone_is_found_however_it_is_written(name: str) -> None:
    assert find_zone(name) == MADRID


@pytest.mark.parametrize("name", ["Europe/Atlantis", "Europe", "../../etc/passwd", "+02:00", ""])
def test_what_is_no_time_zone_is_none(name: str) -> None:
    assert find_zone(name) is None


def test_a_digest_is_due_from_its_time_on_by_the_clock_of_its_zone() -> None:
    def find(moment: str) -> date | None:
        return find_due_day(EVENING, MADRID, sent_on=None, now=at(moment))

    assert find("2026-02-03 18:59:59") is None  # one hour behind in winter
    assert find("2026-02-03 19:00") == date(2026, 2, 3)
    assert find("2026-07-03 17:59:59") is None  # two in summer
    assert find("2026-07-03 18:00") == date(2026, 7, 3)


def test_a_digest_that_is_too_late_is_left_out() -> None:
    due = at("2026-02-03 20:00")
    just_before = due + MAX_LATE - timedelta(seconds=1)
    assert find_due_day(EVENING, "UTC", sent_on=None, now=just_before) == date(2026, 2, 3)
    assert find_due_day(EVENING, "UTC", sent_on=None, now=due + MAX_LATE) is None


def test_a_digest_that_was_sent_is_due_again_only_on_the_next_day() -> None:
    sent_on = date(2026, 2, 3)
    assert find_due_day(EVENING, "UTC", sent_on=sent_on, now=at("2026-02-03 20:01")) is None
    assert find_due_day(EVENING, "UTC", sent_on=sent_on, now=at("2026-02-04 20:01")) == date(
        2026, 2, 4
    )


def test_a_digest_of_late_at_night_may_be_sent_after_midnight() -> None:
    now = at("2026-02-04 00:10")
    assert find_due_day(time(23, 30), "UTC", sent_on=None, now=now) == date(2026, 2, 3)
    assert find_due_day(time(23, 30), "UTC", sent_on=date(2026, 2, 3), now=now) is None


def test_a_digest_comes_once_on_days_when_the_clocks_change() -> None:
    night = time(2, 30)
    for day, first in (
        (date(2026, 3, 29), "2026-03-29 01:30"),  # there is no 2:30: it is 3:30 then
        (date(2026, 10, 25), "2026-10-25 00:30"),  # there are two of them
    ):
        start = at(first)
        moments = [start + timedelta(minutes=10 * step) for step in range(-12, 13)]
        due = [
            moment
            for moment in moments
            if find_due_day(night, MADRID, sent_on=None, now=moment) == day
        ]
        assert due == [moment for moment in moments if start <= moment < start + MAX_LATE]
