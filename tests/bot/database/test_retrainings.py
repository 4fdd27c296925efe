from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from databases import NOON
from sqlalchemy import select

from bot.database.learning_tables import RetrainingRow
from bot.database.retrainings import (
    STALE_SECONDS,
    Retraining,
    beat,
    begin_retraining,
    cancel_running,
    end_retraining,
    find_running,
    take_lost,
)

if TYPE_CHECKING:
    from datetime import datetime

    from bot.database import Database

ADA, BO = 5_000_000_001, 5_000_000_002
SECOND = timedelta(seconds=1)
STALE = timedelta(seconds=STALE_SECONDS)


async def begin(
    database: Database, *, now: datetime = NOON, user_id: int = ADA
) -> Retraining | None:
    """Begin a retraining."""
    async with database.begin() as session:
        return await begin_retraining(
            session, started_by=user_id, started_name="Ada", chat_id=-7, is_dry=True, now=now
        )


async def begin_first(database: Database) -> Retraining:
    """Begin a retraining where none runs."""
    retraining = await begin(database)
    assert retraining is not None
    return retraining


async def find(database: Database) -> Retraining | None:
    async with database.begin() as session:
        return await find_running(session)


async def list_outcomes(database: Database) -> list[tuple[str, str | None]]:
    """Give the names and outcomes of all retrainings, the first one first."""
    columns = (RetrainingRow.started_name, RetrainingRow.outcome)
    async with database.begin() as session:
        rows = await session.execute(select(*columns).order_by(RetrainingRow.id))
        return [(name, outcome) for name, outcome in rows]


async def test_a_retraining_runs_from_its_beginning_to_its_end(database: Database) -> None:
    assert await find(database) is None
    begun = await begin_first(database)
    assert begun == Retraining(
        id=begun.id,
        started_by=ADA,
        started_name="Ada",
        chat_id=-7,
        message_id=None,
        is_dry=True,
        started_at=NOON,
        is_cancelled=False,
    )
    assert await find(database) == begun
    async with database.begin() as session:
        await end_retraining(session, begun.id, "promoted")
    assert await find(database) is None
    assert await list_outcomes(database) == [("", "promoted")]


async def test_only_one_runs_at_a_time(database: Database) -> None:
    begun = await asyncio.gather(*(begin(database) for _ in range(5)))
    (first,) = (one for one in begun if one is not None)
    assert await begin(database, user_id=BO) is None
    assert await find(database) == first
    async with database.begin() as session:
        await end_retraining(session, first.id, "refused")
    second = await begin(database, user_id=BO)
    assert second is not None
    assert second.id > first.id


async def test_a_beat_says_which_message_shows_it(database: Database) -> None:
    begun = await begin_first(database)
    async with database.begin() as session:
        assert await beat(session, begun.id, now=NOON + SECOND, message_id=42)
        assert await beat(session, begun.id, now=NOON + 2 * SECOND)
    assert await find(database) == replace(begun, message_id=42)


async def test_a_cancelled_one_hears_of_it_with_its_next_beat(database: Database) -> None:
    async with database.begin() as session:
        assert await cancel_running(session) is None
    begun = await begin_first(database)
    async with database.begin() as session:
        assert await cancel_running(session) == replace(begun, is_cancelled=True)
        assert not await beat(session, begun.id, now=NOON + SECOND)
    assert await find(database) == replace(begun, is_cancelled=True)
    assert await begin(database) is None


async def test_one_that_ended_is_told_so(database: Database) -> None:
    begun = await begin_first(database)
    async with database.begin() as session:
        await end_retraining(session, begun.id, "promoted")
        assert not await beat(session, begun.id, now=NOON + SECOND)
        assert await cancel_running(session) is None
        await end_retraining(session, begun.id, "cancelled")
    assert await list_outcomes(database) == [("", "promoted")]


@pytest.mark.parametrize("late", [timedelta(0), -SECOND])
async def test_one_that_beats_is_not_lost(database: Database, late: timedelta) -> None:
    begun = await begin_first(database)
    async with database.begin() as session:
        await beat(session, begun.id, now=NOON + SECOND)
        assert await take_lost(session, now=NOON + SECOND + STALE + late) == []
    assert await begin(database, now=NOON + SECOND + STALE + late) is None
    assert await find(database) == begun


async def test_one_that_is_silent_for_long_is_lost_and_told_of_once(database: Database) -> None:
    begun = await begin_first(database)
    now = NOON + 2 * SECOND + STALE

    async def take() -> list[Retraining]:
        async with database.begin() as session:
            return await take_lost(session, now=now)

    async with database.begin() as session:
        await beat(session, begun.id, now=NOON + SECOND, message_id=42)
    taken = await asyncio.gather(take(), take(), take())
    assert sorted(taken, key=len) == [[], [], [replace(begun, message_id=42, started_name="")]]
    assert await find(database) is None
    assert await list_outcomes(database) == [("", "lost")]
    async with database.begin() as session:
        assert not await beat(session, begun.id, now=now)


async def test_who_begins_closes_one_that_is_lost(database: Database) -> None:
    first = await begin_first(database)
    second = await begin(database, now=NOON + STALE + SECOND)
    assert second is not None
    assert await find(database) == second
    async with database.begin() as session:
        await end_retraining(session, first.id, "promoted")
    assert await list_outcomes(database) == [("", "lost"), ("Ada", None)]
