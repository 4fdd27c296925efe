"""How much the bot is used, how fast it answers, and how often people agree, added up."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, case, func, or_, select, type_coerce

from bot.database.learning_tables import ConsentRow, LessonRow, OpinionRow
from bot.database.tables import ChatRow, NoteRow, count_microseconds
from bot.statistics import Day, Latency, Statistics

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, ScalarSelect
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import InstrumentedAttribute

_PERCENTS: Final = (50, 90, 95, 99)
_DAY_MICROSECONDS: Final = 86_400_000_000


async def read_statistics(session: AsyncSession, *, until: datetime, n_days: int) -> Statistics:
    """Give the figures of so many days in UTC; the last ends at a time, before it is over."""
    last = until.astimezone(UTC).date()
    since = datetime.combine(last - timedelta(days=n_days - 1), time(), UTC)
    days = await _count_days(session, since, until, n_days)
    in_them = (NoteRow.sent_at >= since, NoteRow.sent_at < until)
    counts = {
        "n_people": select(func.count(NoteRow.user_id.distinct())).where(*in_them),
        "n_groups": select(func.count()).where(ChatRow.is_listening, ChatRow.chat_id < 0),
        "n_consents": select(func.count()).where(ConsentRow.is_given),
        "n_lessons": select(func.count()).select_from(LessonRow),
    }
    subqueries: list[ScalarSelect[Any]] = [one.scalar_subquery() for one in counts.values()]
    numbers = (await session.execute(select(*subqueries))).one()
    return Statistics(
        days=days,
        n_notes=sum(day.n_notes for day in days),
        latency=await _read_latency(session, *in_them),
        **dict(zip(counts, numbers, strict=True)),
    )


async def _count_days(
    session: AsyncSession, since: datetime, until: datetime, n_days: int
) -> tuple[Day, ...]:
    """Give what happened on each day; an opinion counts when it was given."""
    sent, said = _number_day(NoteRow.sent_at, since), _number_day(OpinionRow.said_at, since)
    n_right = func.sum(case((OpinionRow.is_right.is_(True), 1), else_=0))
    notes = select(sent, func.count()).where(NoteRow.sent_at >= since, NoteRow.sent_at < until)
    in_time = (OpinionRow.said_at >= since, OpinionRow.said_at < until)
    opinions = select(said, func.count(), n_right).where(OpinionRow.is_right.is_not(None), *in_time)
    n_notes = {number: n for number, n in await session.execute(notes.group_by(sent))}  # noqa: C416  dict() takes rows, but mypy no Row
    found = {number: rest for number, *rest in await session.execute(opinions.group_by(said))}
    return tuple(
        Day(
            (since + timedelta(days=number)).date(),
            n_notes.get(number, 0),
            *found.get(number, (0, 0)),
        )
        for number in range(n_days)
    )


def _number_day(moment: InstrumentedAttribute[datetime], since: datetime) -> ColumnElement[int]:
    """Give how many whole days lie between a start and a moment."""
    start = count_microseconds(since)
    return (type_coerce(moment, BigInteger) - start) // _DAY_MICROSECONDS


async def _read_latency(session: AsyncSession, *in_them: ColumnElement[bool]) -> Latency | None:
    """Give the percentiles by nearest rank, in one statement: SQLite has no function for them.

    Source: https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method
    """
    ordered = (
        select(
            NoteRow.took_seconds.label("seconds"),
            func.row_number().over(order_by=NoteRow.took_seconds).label("rank"),
            func.count().over().label("n"),
        )
        .where(NoteRow.took_seconds.is_not(None), *in_them)
        .subquery()
    )
    columns = ordered.columns
    wanted = or_(*(columns.rank == _find_rank(columns.n, percent) for percent in _PERCENTS))
    rows = (await session.execute(select(ordered).where(wanted))).all()
    seconds = {row.rank: row.seconds for row in rows}
    if not rows:
        return None
    return Latency(*(seconds[_find_rank(rows[0].n, percent)] for percent in _PERCENTS))


def _find_rank(n: Any, percent: int) -> Any:  # noqa: ANN401  a number, or a column of numbers
    """Give the rank, from 1, of a percentile among so many."""
    return (n * percent + 99) // 100
