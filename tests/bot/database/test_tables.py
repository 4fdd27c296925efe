from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from databases import NOON, make_note
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from bot.database.notes import keep_note
from bot.database.tables import NoteRow
from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from bot.database import Database


@pytest.mark.parametrize(
    "time",
    [
        datetime(2026, 3, 1, 12, 30, 15, 123_456, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2999, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    ],
)
async def test_a_time_comes_back_in_utc_to_the_microsecond(
    database: Database, time: datetime
) -> None:
    async with database.begin() as session:
        await keep_note(session, make_note(sent_at=time))
        kept = await session.scalar(select(NoteRow.sent_at))
    assert kept == time
    assert kept.utcoffset() == timedelta(0)


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"):
        async with database.begin() as session:
            await keep_note(session, make_note(sent_at=NOON.replace(tzinfo=None)))


async def test_no_time_stays_none(database: Database) -> None:
    async with database.begin() as session:
        assert await session.scalar(select(NoteRow.sent_at)) is None


def test_every_label_has_its_column() -> None:
    floats = [
        column.name for column in NoteRow.__table__.columns if column.type.python_type is float
    ]
    assert floats[-len((*EMOTIONS, *GENDERS)) :] == [*EMOTIONS, *GENDERS]
