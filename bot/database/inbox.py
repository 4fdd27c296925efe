"""What Telegram handed over: kept before Telegram is told, taken in hand in order, then deleted.

An update is of one of three kinds, and says which of them it lets go first in its chat: a note
waits for what was said before it, a word for earlier words, the press of a button for nobody. So
a chat is answered in order, and still a command need not wait for the notes that wait in line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, TypeAlias, cast

from sqlalchemy import and_, bindparam, case, delete, exists, func, insert, or_, select, update

from bot.database.inbox_tables import JobRow, ReplicaRow, SeenRow
from bot.database.tables import ChatRow, UtcTime
from bot.database.upsert import find_kind, insert_into

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, Table
    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.sql.dml import ReturningUpdate

PRESS: Final = 1
WORD: Final = 2
NOTE: Final = 4

MAX_PAUSE: Final = timedelta(seconds=60)
"""For so long at most something waits that is to be tried again."""

Refusal: TypeAlias = Literal["user", "chat", "all"]
Fate: TypeAlias = Literal["received", "duplicate", "refused", "dropped"]

# The tables themselves: what changes rows by way of their classes also looks for objects of these.
JOBS: Final = cast("Table", JobRow.__table__)
_SEEN: Final = cast("Table", SeenRow.__table__)
IS_NOTE: Final = JOBS.c.kind == NOTE
IS_WAITING: Final = JOBS.c.replica_id.is_(None)


@dataclass(frozen=True, slots=True)
class Entry:
    """Hold one update as it comes in; ``waits_for`` is a sum of kinds.

    ``is_asked`` tells whether somebody waits for the answer, as nobody does in a group that is
    merely listened to.
    """

    update_id: int
    chat_id: int
    user_id: int | None
    kind: int
    waits_for: int
    is_asked: bool
    data: str


class Limits(NamedTuple):
    """Say how many unanswered notes there may be."""

    per_user: int
    per_chat: int
    total: int


class Taken(NamedTuple):
    """Hold one update that is in hand."""

    update_id: int
    kind: int
    received_at: datetime
    data: str
    refusal: Refusal | None
    tries: int
    answer_id: int | None
    sent_after: int | None


TAKEN: Final = tuple(JOBS.c[name] for name in Taken._fields)


# Statements that each note needs are made once: to make one takes longer than to run it.
_SEE: Final = {
    kind: insert_into(kind, _SEEN)
    .values(update_id=bindparam("update_id"), seen_at=bindparam("seen_at"))
    .on_conflict_do_nothing(index_elements=["update_id"])
    .returning(_SEEN.c.update_id)
    for kind in ("sqlite", "postgresql")
}
_KEEP: Final = insert(JOBS)


async def keep_update(session: AsyncSession, entry: Entry, limits: Limits, now: datetime) -> Fate:
    """Keep an update, unless it was handed over before, or would be one too many.

    A note beyond the limits is kept as a word, so that its sender is told at once; of those there
    are no more than of notes.
    """
    seen = {"update_id": entry.update_id, "seen_at": now}
    if await session.scalar(_SEE[find_kind(session)], seen) is None:
        return "duplicate"
    turn, refusal = 0, None
    if entry.kind == NOTE and not entry.is_asked and not await _is_heard(session, entry.chat_id):
        entry = replace(entry, kind=WORD)  # it will be passed over, and needs no turn for that
    if entry.kind == NOTE:
        turn, refusal = await _admit(session, entry, limits)
    if refusal is not None and not (entry.is_asked and await _may_tell(session, entry, limits)):
        return "dropped"
    values = {
        **{name: getattr(entry, name) for name in Entry.__slots__},
        "turn": turn,
        "received_at": now,
        "not_before": now,
        "refusal": refusal,
        "tries": 0,
    }
    if refusal is not None:
        values |= {"kind": WORD, "waits_for": 0}
    await session.execute(_KEEP, values)
    return "received" if refusal is None else "refused"


async def take_jobs(
    session: AsyncSession, replica_id: int, *, n_notes: int, n_others: int, now: datetime
) -> list[Taken]:
    """Take in hand what may be handled now: notes as their turns come, and all else at once."""
    jobs = []
    for taking, n in ((_TAKE_OTHERS, n_others), (_TAKE_NOTES, n_notes)):
        if n > 0:
            times = {"now": now, "latest": now + MAX_PAUSE}
            rows = await session.execute(taking, {"replica": replica_id, "n": n, **times})
            jobs += [Taken(*row) for row in rows]
    return sorted(jobs, key=lambda job: job.update_id)


async def finish_job(session: AsyncSession, update_id: int, replica_id: int) -> None:
    """Delete what is handled."""
    held = (JOBS.c.update_id == update_id, JOBS.c.replica_id == replica_id)
    await session.execute(delete(JOBS).where(*held))


async def count_try(session: AsyncSession, update_id: int, replica_id: int) -> bool:
    """Count that somebody begins to listen to a note; False if the job is another's."""
    counted = hold(update_id, replica_id).values(tries=JOBS.c.tries + 1)
    return await session.scalar(counted.returning(JOBS.c.update_id)) is not None


async def free_job(
    session: AsyncSession,
    update_id: int,
    replica_id: int,
    *,
    not_before: datetime,
    n_tries: int = 0,
) -> None:
    """Let somebody try again later what has failed for a reason that passes.

    So many tries do not count, for the bot has outlived them.
    """
    tries = case((JOBS.c.tries > n_tries, JOBS.c.tries - n_tries), else_=0)
    values = {"replica_id": None, "not_before": not_before, "tries": tries}
    await session.execute(hold(update_id, replica_id).values(values))


async def free_lost_jobs(session: AsyncSession) -> int:
    """Let others have what replicas had in hand that are gone; tell how much that was."""
    is_lost = JOBS.c.replica_id.not_in(select(ReplicaRow.id))
    freed = update(JOBS).where(JOBS.c.replica_id.is_not(None), is_lost)
    rows = await session.execute(freed.values(replica_id=None).returning(JOBS.c.update_id))
    return len(rows.all())


async def change_answer(
    session: AsyncSession,
    update_id: int,
    replica_id: int,
    *,
    answer_id: int | None,
    sent_after: int | None,
) -> bool:
    """Keep where the answer stands, or that it is on its way; False if the job is another's."""
    changed = hold(update_id, replica_id).values(answer_id=answer_id, sent_after=sent_after)
    return await session.scalar(changed.returning(JOBS.c.update_id)) is not None


async def keep_hold(session: AsyncSession, update_id: int, replica_id: int) -> bool:
    """Tell whether a replica still has a job in hand, and make sure of that until it commits.

    What says so is a change that changes nothing: whoever wants the job forgotten must wait.
    """
    unchanged = hold(update_id, replica_id).values(replica_id=replica_id)
    return await session.scalar(unchanged.returning(JOBS.c.update_id)) is not None


async def forget_seen(session: AsyncSession, before: datetime) -> None:
    """Delete the numbers of updates that Telegram will not hand over again."""
    await session.execute(delete(_SEEN).where(_SEEN.c.seen_at < before))


async def read_newest(session: AsyncSession) -> str | None:
    """Give the newest update that is kept, if there is one."""
    newest: str | None = await session.scalar(
        select(JOBS.c.data).order_by(JOBS.c.update_id.desc()).limit(1)
    )
    return newest


def _is_blocked() -> ColumnElement[bool]:
    """Tell of a job whether something of its chat must be handled before it."""
    earlier = JOBS.alias("earlier")
    comes_first = and_(
        earlier.c.chat_id == JOBS.c.chat_id,
        earlier.c.update_id < JOBS.c.update_id,
        earlier.c.kind.bitwise_and(JOBS.c.waits_for) != 0,
    )
    return exists().where(comes_first)


def _is_due() -> ColumnElement[bool]:
    """Tell of a job whether it is to be tried; a clock that was set back holds nothing up."""
    latest: ColumnElement[datetime] = bindparam("latest", type_=UtcTime)
    return or_(JOBS.c.not_before <= bindparam("now", type_=UtcTime), JOBS.c.not_before > latest)


def _make_taking(which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """Give the statement that takes jobs in hand, which nobody has, and which need not wait.

    It is made once, for it is needed several times for each note, and takes long to make.
    """
    picked = (
        select(JOBS.c.update_id)
        .where(which, IS_WAITING, _is_due(), ~_is_blocked())
        .order_by(JOBS.c.turn, JOBS.c.update_id)
        .limit(bindparam("n"))
        .with_for_update(skip_locked=True)
        .cte("picked")
    )
    taking = update(JOBS).where(JOBS.c.update_id.in_(select(picked.c.update_id)))
    # A note is tried when somebody begins to listen to it, and not before.
    tries = case((IS_NOTE, JOBS.c.tries), else_=JOBS.c.tries + 1)
    values = {"replica_id": bindparam("replica"), "tries": tries}
    return taking.values(values).returning(*TAKEN)


_TAKE_NOTES: Final = _make_taking(IS_NOTE)
_TAKE_OTHERS: Final = _make_taking(~IS_NOTE)


def hold(update_id: int, replica_id: int) -> Any:  # noqa: ANN401  SQLAlchemy's own type is private
    """Give the statement that changes a job as long as this replica has it in hand."""
    return update(JOBS).where(JOBS.c.update_id == update_id, JOBS.c.replica_id == replica_id)


def _make_census() -> Select[int, int, int, int, int, int]:
    """Give the statement that tells how many notes there are, and where their turns stand."""
    is_chats = JOBS.c.chat_id == bindparam("chat")
    return select(
        func.count(case((JOBS.c.user_id == bindparam("user"), 1))),
        func.count(case((is_chats, 1))),
        func.count(),
        func.coalesce(func.max(case((is_chats, JOBS.c.turn))), -1),
        func.coalesce(func.min(case((IS_WAITING, JOBS.c.turn))), -1),
        func.coalesce(func.max(case((~IS_WAITING, JOBS.c.turn))), -1),
    ).where(IS_NOTE)


_CENSUS: Final = _make_census()


async def _admit(session: AsyncSession, entry: Entry, limits: Limits) -> tuple[int, Refusal | None]:
    """Give the turn of a note, and which limit it would break, if any.

    A chat that has some in line already comes later.
    Source: P. Goyal et al., Start-time fair queueing, SIGCOMM 1996, with a length of one each.
    """
    values = {"user": entry.user_id, "chat": entry.chat_id}
    counts = (await session.execute(_CENSUS, values)).one()
    n_user, n_chat, n_total, last, waiting, working = counts
    turn = max(waiting if waiting >= 0 else working, last + 1)
    if n_user >= limits.per_user:
        return turn, "user"
    if n_chat >= limits.per_chat:
        return turn, "chat"
    return turn, "all" if n_total >= limits.total else None


async def _is_heard(session: AsyncSession, chat_id: int) -> bool:
    """Tell whether a chat is listened to, or may be after what was said there before."""
    is_listening = exists().where(ChatRow.chat_id == chat_id, ChatRow.is_listening)
    is_open = exists().where(JOBS.c.chat_id == chat_id, JOBS.c.kind == WORD)
    return bool(await session.scalar(select(or_(is_listening, is_open))))


async def _may_tell(session: AsyncSession, entry: Entry, limits: Limits) -> bool:
    """Tell whether there are not too many refusals yet that nobody has said in this chat."""
    refused = (JOBS.c.chat_id == entry.chat_id, JOBS.c.refusal.is_not(None))
    n_refused = await session.scalar(select(func.count()).where(*refused))
    return (n_refused or 0) < limits.per_user
