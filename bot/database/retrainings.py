"""Retrainings: begun one at a time, told to be alive, cancelled, ended, and found when lost."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, update

from bot.database.learning_tables import RetrainingRow
from bot.database.upsert import insert_new

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping
    from sqlalchemy.ext.asyncio import AsyncSession

STALE_SECONDS: Final = 60.0
"""A retraining that has not told for so long that it is alive is lost."""

_CLOSED: Final[dict[str, Any]] = {"slot": None, "started_name": ""}
"""What is changed of a retraining that ended: no name is kept for longer than it is needed."""

_IS_RUNNING: Final = RetrainingRow.slot == 1


@dataclass(frozen=True, slots=True)
class Retraining:
    """Hold one retraining, who began it, and the message that shows how far it is.

    ``started_name`` is empty once it has ended.
    """

    id: int
    started_by: int
    started_name: str
    chat_id: int
    message_id: int | None
    is_dry: bool
    started_at: datetime
    is_cancelled: bool


_COLUMNS: Final = tuple(getattr(RetrainingRow, field.name) for field in fields(Retraining))


async def begin_retraining(
    session: AsyncSession,
    *,
    started_by: int,
    started_name: str,
    chat_id: int,
    is_dry: bool,
    now: datetime,
) -> Retraining | None:
    """Begin a retraining, unless another one runs; one that is lost is closed first."""
    await take_lost(session, now=now)
    values = {
        "slot": 1,
        "started_by": started_by,
        "started_name": started_name,
        "chat_id": chat_id,
        "is_dry": is_dry,
        "is_cancelled": False,
        "started_at": now,
        "beat_at": now,
    }
    insert = insert_new(session, RetrainingRow, values, unique=["slot"])
    row = (await session.execute(insert.returning(*_COLUMNS))).mappings().one_or_none()
    return _build(row)


async def find_running(session: AsyncSession) -> Retraining | None:
    """Give the retraining that runs, on whichever replica."""
    row = (await session.execute(select(*_COLUMNS).where(_IS_RUNNING))).mappings().one_or_none()
    return _build(row)


async def beat(
    session: AsyncSession, retraining_id: int, *, now: datetime, message_id: int | None = None
) -> bool:
    """Tell that a retraining is alive, and which message shows it; False if it is to end."""
    values: dict[str, Any] = {"beat_at": now}
    if message_id is not None:
        values["message_id"] = message_id
    running = update(RetrainingRow).where(RetrainingRow.id == retraining_id, _IS_RUNNING)
    alive = running.values(**values).returning(RetrainingRow.is_cancelled)
    return await session.scalar(alive) is False


async def cancel_running(session: AsyncSession) -> Retraining | None:
    """Have the retraining that runs end with its next beat; give it."""
    running = update(RetrainingRow).where(_IS_RUNNING).values(is_cancelled=True)
    row = (await session.execute(running.returning(*_COLUMNS))).mappings().one_or_none()
    return _build(row)


async def end_retraining(session: AsyncSession, retraining_id: int, outcome: str) -> None:
    """Close a retraining that runs; one that was closed as lost stays so."""
    running = update(RetrainingRow).where(RetrainingRow.id == retraining_id, _IS_RUNNING)
    await session.execute(running.values(outcome=outcome, **_CLOSED))


async def take_lost(session: AsyncSession, *, now: datetime) -> list[Retraining]:
    """Close what runs but has not told for long that it is alive; give it, to one asker only."""
    is_stale = RetrainingRow.beat_at < now - timedelta(seconds=STALE_SECONDS)
    lost = update(RetrainingRow).where(_IS_RUNNING, is_stale).values(outcome="lost", **_CLOSED)
    rows = await session.execute(lost.returning(*_COLUMNS))
    return [Retraining(**row) for row in rows.mappings()]


def _build(row: RowMapping | None) -> Retraining | None:
    """Give the retraining of a row, if there is one."""
    return None if row is None else Retraining(**row)
