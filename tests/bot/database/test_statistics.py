from __future__ import annotations

import math
import random
from datetime import date, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from databases import NOON, make_note
from impressions import make_impression
from sqlalchemy import update

from bot.database.chats import change_chat
from bot.database.learning import change_consent, give_opinion, keep_impression
from bot.database.learning_tables import OpinionRow
from bot.database.notes import keep_note
from bot.database.statistics import read_statistics
from bot.statistics import Day, Latency, Statistics

if TYPE_CHECKING:
    from datetime import datetime

    from bot.database import Database

DAY = timedelta(days=1)
MIDNIGHT = NOON - DAY / 2
MOMENT = timedelta(microseconds=1)
ADA, BO = 5_000_000_001, 5_000_000_002


async def keep(
    database: Database,
    *sent_at: datetime,
    user_id: int | None = ADA,
    took_seconds: float | None = None,
) -> list[int]:
    """Keep a note for each time, all angry; give their ids."""
    async with database.begin() as session:
        return [
            await keep_note(
                session,
                make_note(chat_id=user_id or -1, message_id=number, user_id=user_id, sent_at=time),
                took_seconds,
            )
            for number, time in enumerate(sent_at)
        ]


async def say(database: Database, note_id: int, said_at: datetime, **opinion: str) -> None:
    """Give an opinion at a time."""
    async with database.begin() as session:
        await give_opinion(session, note_id, **opinion)
        row = update(OpinionRow).where(OpinionRow.note_id == note_id)
        await session.execute(row.values(said_at=said_at))


async def read(database: Database, n_days: int = 3, until: datetime = NOON) -> Statistics:
    async with database.begin() as session:
        return await read_statistics(session, until=until, n_days=n_days)


async def test_of_nothing_there_is_nothing_to_tell(database: Database) -> None:
    assert await read(database, n_days=2) == Statistics(
        days=(Day(date(2026, 2, 28), 0, 0, 0), Day(date(2026, 3, 1), 0, 0, 0)),
        n_notes=0,
        n_people=0,
        n_groups=0,
        n_consents=0,
        n_lessons=0,
        latency=None,
    )


async def test_a_day_goes_from_midnight_to_midnight_in_utc_and_the_last_until_now(
    database: Database,
) -> None:
    first = MIDNIGHT - 2 * DAY
    times = (
        first - MOMENT,
        first,
        first + DAY - MOMENT,
        first + DAY,
        MIDNIGHT,
        NOON - MOMENT,
        NOON,
    )
    await keep(database, *times)
    far_east = NOON.astimezone(timezone(timedelta(hours=14)))
    for until in (NOON, far_east):
        statistics = await read(database, until=until)
        assert [(day.day.day, day.n_notes) for day in statistics.days] == [(27, 2), (28, 1), (1, 2)]
        assert statistics.n_notes == 5


async def test_opinions_count_on_the_day_they_were_given_if_they_name_an_emotion(
    database: Database,
) -> None:
    notes = await keep(database, *[MIDNIGHT - 9 * DAY] * 6)
    first = MIDNIGHT - 2 * DAY
    await say(database, notes[0], first, emotion="angry")
    await say(database, notes[1], first + DAY - MOMENT, emotion="sad")
    await say(database, notes[2], NOON - MOMENT, emotion="angry", gender="male")
    await say(database, notes[3], NOON - MOMENT, gender="male")
    await say(database, notes[4], first - MOMENT, emotion="angry")
    await say(database, notes[5], NOON, emotion="angry")
    statistics = await read(database)
    assert [day[1:] for day in statistics.days] == [(0, 2, 1), (0, 0, 0), (0, 1, 1)]


async def test_people_groups_consents_and_lessons_are_counted(database: Database) -> None:
    (note_id, _) = await keep(database, MIDNIGHT, MIDNIGHT)
    await keep(database, MIDNIGHT, user_id=BO)
    await keep(database, MIDNIGHT - 9 * DAY, user_id=7)
    await keep(database, MIDNIGHT, user_id=None)
    async with database.begin() as session:
        await change_chat(session, -1, is_listening=True)
        await change_chat(session, -2, is_listening=False)
        await change_chat(session, ADA, theme="dark")
        await change_consent(session, ADA, is_given=True)
        await change_consent(session, BO, is_given=False)
        await keep_impression(session, note_id, ADA, make_impression())
        await give_opinion(session, note_id, emotion="sad")
    statistics = await read(database)
    assert (statistics.n_notes, statistics.n_people) == (4, 2)
    assert (statistics.n_groups, statistics.n_consents, statistics.n_lessons) == (1, 1, 1)


@pytest.mark.parametrize("n_notes", [1, 2, 3, 20, 100, 101])
async def test_percentiles_are_those_of_the_nearest_rank(database: Database, n_notes: int) -> None:
    seconds = [number / 7 for number in range(n_notes)]
    random.Random(0).shuffle(seconds)  # noqa: S311 - no secret
    async with database.begin() as session:
        for number, took_seconds in enumerate(seconds):
            note = make_note(message_id=number, sent_at=MIDNIGHT)
            await keep_note(session, note, took_seconds)
    ordered = sorted(seconds)
    latency = (await read(database)).latency
    assert latency == Latency(
        *(ordered[math.ceil(share * n_notes / 100) - 1] for share in (50, 90, 95, 99))
    )


async def test_only_notes_of_those_days_that_were_timed_make_the_percentiles(
    database: Database,
) -> None:
    await keep(database, MIDNIGHT, took_seconds=2.5)
    await keep(database, MIDNIGHT, user_id=BO)
    await keep(database, MIDNIGHT - 9 * DAY, user_id=7, took_seconds=9.0)
    statistics = await read(database)
    assert statistics.n_notes == 2
    assert statistics.latency == Latency(2.5, 2.5, 2.5, 2.5)
