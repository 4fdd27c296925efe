"""The copies of the bot that run on one database; each counts for as long as it lives.

No clocks are compared: whoever reads the same count again and again holds that copy for dead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from sqlalchemy import delete, insert, select, update

from bot.database.inbox_tables import ReplicaRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

Mode: TypeAlias = Literal["polling", "webhook"]


class Replica(NamedTuple):
    """Hold one copy of the bot, and where it runs."""

    id: int
    mode: Mode
    place: str
    beats: int


_COLUMNS: Final = tuple(getattr(ReplicaRow, name) for name in Replica._fields)


async def enter_replica(session: AsyncSession, mode: Mode, place: str, now: datetime) -> int:
    """Enter a copy that begins; give its id, which none had before."""
    values = {"mode": mode, "place": place, "started_at": now, "beats": 0}
    entered = insert(ReplicaRow).values(values).returning(ReplicaRow.id)
    return (await session.execute(entered)).scalar_one()


async def beat_replica(session: AsyncSession, replica_id: int) -> bool:
    """Count on; False if the others hold this copy for dead."""
    beaten = update(ReplicaRow).where(ReplicaRow.id == replica_id)
    counted = beaten.values(beats=ReplicaRow.beats + 1).returning(ReplicaRow.id)
    return await session.scalar(counted) is not None


async def list_replicas(session: AsyncSession) -> list[Replica]:
    """Give the copies that have not ended, the oldest first."""
    rows = await session.execute(select(*_COLUMNS).order_by(ReplicaRow.id))
    return [Replica(*row) for row in rows]


async def remove_replicas(session: AsyncSession, ids: Collection[int]) -> None:
    """Remove copies that ended, or are held for dead."""
    await session.execute(delete(ReplicaRow).where(ReplicaRow.id.in_(ids)))
