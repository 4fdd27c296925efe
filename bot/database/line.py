"""What waits: notes told, counted and cancelled; all of a person exported and forgotten."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from sqlalchemy import case, delete, exists, func, or_, select, update

from bot.database.inbox import IS_NOTE, IS_WAITING, JOBS, TAKEN, Taken, hold

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession


class Waiting(NamedTuple):
    """Hold one note in line: 1 is the next one; ``told`` is the place that its sender was told."""

    update_id: int
    position: int
    told: int | None
    received_at: datetime


class Backlog(NamedTuple):
    """Count the notes that are not answered yet, and how long the oldest one has waited."""

    n_waiting: int
    n_working: int
    oldest_seconds: float


async def list_waiting(session: AsyncSession, limit: int) -> list[Waiting]:
    """Give the notes in line for whose answer somebody waits, as their turns come."""
    position = func.row_number().over(order_by=(JOBS.c.turn, JOBS.c.update_id))
    line = select(JOBS, position.label("position")).where(IS_NOTE, IS_WAITING).subquery()
    columns = (line.c.update_id, line.c.position, line.c.told_position, line.c.received_at)
    asked = select(*columns).where(line.c.is_asked).order_by(line.c.position).limit(limit)
    return [Waiting(*row) for row in await session.execute(asked)]


async def borrow_job(session: AsyncSession, update_id: int, replica_id: int) -> Taken | None:
    """Take in hand a note that waits, only to tell its sender so; None if it waits no longer."""
    waiting = update(JOBS).where(JOBS.c.update_id == update_id, IS_WAITING)
    borrowed = waiting.values(replica_id=replica_id).returning(*TAKEN)
    row = (await session.execute(borrowed)).one_or_none()
    return None if row is None else Taken(*row)


async def give_back_job(
    session: AsyncSession, update_id: int, replica_id: int, *, told_position: int | None
) -> None:
    """Let a borrowed note wait on."""
    values = {"replica_id": None, "told_position": told_position}
    await session.execute(hold(update_id, replica_id).values(values))


async def cancel_job(
    session: AsyncSession, update_id: int, user_id: int
) -> Literal["cancelled", "working", "gone"]:
    """Delete a note that waits, for its sender; tell whether it is too late for that."""
    theirs = (JOBS.c.update_id == update_id, JOBS.c.user_id == user_id)
    cancelled = delete(JOBS).where(*theirs, IS_WAITING).returning(JOBS.c.update_id)
    if await session.scalar(cancelled) is not None:
        return "cancelled"
    return "working" if await session.scalar(select(exists().where(*theirs))) else "gone"


async def export_waiting(session: AsyncSession, user_id: int) -> list[dict[str, Any]]:
    """Give what a person has sent, or what came from their chat, and is not in hand yet."""
    waiting = select(JOBS.c.data).where(_is_of(user_id), IS_WAITING).order_by(JOBS.c.update_id)
    return [json.loads(data) for data in await session.scalars(waiting)]


async def forget_jobs(session: AsyncSession, user_id: int, *, but: int) -> None:
    """Delete what waits or is in hand of a person, and in their chat, but for one update.

    Of a note in hand nothing is kept then: whoever has it finds that it is theirs no more.
    """
    await session.execute(delete(JOBS).where(_is_of(user_id), JOBS.c.update_id != but))


async def read_backlog(session: AsyncSession) -> Backlog:
    """Count the notes that are not answered."""
    counts = select(
        func.count(case((IS_WAITING, 1))),
        func.count(JOBS.c.replica_id),
        func.min(JOBS.c.received_at),
    ).where(IS_NOTE)
    n_waiting, n_working, first = (await session.execute(counts)).one()
    oldest = cast("datetime | None", first)  # what SQLAlchemy does not expect of a minimum
    waited = 0.0 if oldest is None else (datetime.now(UTC) - oldest).total_seconds()
    return Backlog(n_waiting, n_working, max(0.0, waited))


def _is_of(user_id: int) -> ColumnElement[bool]:
    """Tell of a job whether a person has sent it, or it came from the chat with them."""
    return or_(JOBS.c.user_id == user_id, JOBS.c.chat_id == user_id)
