"""The settings of each chat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypedDict, Unpack

from sqlalchemy import delete, select, update

from bot.database.notes import delete_notes
from bot.database.tables import ChatRow, NoteRow, OptOutRow
from bot.database.upsert import upsert

if TYPE_CHECKING:
    from datetime import date, time

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Chat:
    """Hold the settings of one chat.

    ``manner`` is how the bot shows what it heard while it is listening; ``has_notice`` tells
    whether the chat was shown what the bot does. The digest comes at ``digest_at`` by the clock
    of ``digest_zone``, in the language of whoever asked for it, and came last on
    ``digest_sent_on``.
    """

    chat_id: int
    language: str | None = None
    is_listening: bool = False
    manner: Literal["reaction", "reply", "silent"] = "reaction"
    has_notice: bool = False
    theme: Literal["light", "dark"] = "light"
    digest_at: time | None = None
    digest_zone: str | None = None
    digest_language: str | None = None
    digest_sent_on: date | None = None


class Changes(TypedDict, total=False):
    """Name what can be changed in a chat."""

    language: str | None
    is_listening: bool
    manner: Literal["reaction", "reply", "silent"]
    has_notice: bool
    theme: Literal["light", "dark"]
    digest_at: time | None
    digest_zone: str | None
    digest_language: str | None
    digest_sent_on: date | None


async def read_chat(session: AsyncSession, chat_id: int) -> Chat:
    """Give the settings of a chat; the usual ones if it has none."""
    found = await read_chats(session, ChatRow.chat_id == chat_id)
    return found[0] if found else Chat(chat_id)


async def read_chats(session: AsyncSession, condition: ColumnElement[bool]) -> list[Chat]:
    """Give the settings of all chats that meet a condition."""
    columns = ChatRow.__table__.columns
    rows = await session.execute(select(*columns).where(condition).order_by(ChatRow.chat_id))
    return [Chat(**row) for row in rows.mappings()]


async def change_chat(session: AsyncSession, chat_id: int, **changes: Unpack[Changes]) -> Chat:
    """Change some settings of a chat; give them all."""
    await session.execute(upsert(session, ChatRow, {"chat_id": chat_id}, changes))
    return await read_chat(session, chat_id)


async def list_digests(session: AsyncSession) -> list[Chat]:
    """Give all chats that want a digest."""
    return await read_chats(session, ChatRow.digest_at.is_not(None))


async def claim_digest(session: AsyncSession, chat_id: int, day: date) -> bool:
    """Say that the digest of a day is sent; False if somebody has said so before."""
    is_due = ChatRow.digest_sent_on.is_distinct_from(day)
    claimed = update(ChatRow).where(ChatRow.chat_id == chat_id, is_due)
    claimed = claimed.values(digest_sent_on=day)
    return await session.scalar(claimed.returning(ChatRow.chat_id)) is not None


async def move_chat(session: AsyncSession, old_id: int, new_id: int) -> None:
    """Give a group that became a supergroup its settings, notes and opt-outs under its new id.

    Messages count from 1 again there. So the numbers of old messages become negative, lest the
    note of a new message replaces an old one.
    """
    if await read_chats(session, ChatRow.chat_id == old_id):
        await session.execute(delete(ChatRow).where(ChatRow.chat_id == new_id))
    already_out = select(OptOutRow.user_id).where(OptOutRow.chat_id == new_id).scalar_subquery()
    twice = (OptOutRow.chat_id == old_id, OptOutRow.user_id.in_(already_out))
    await session.execute(delete(OptOutRow).where(*twice))
    notes = {"chat_id": new_id, "message_id": -NoteRow.message_id}
    for table, values in (
        (ChatRow, {"chat_id": new_id}),
        (OptOutRow, {"chat_id": new_id}),
        (NoteRow, notes),
    ):
        moved = update(table).where(table.chat_id == old_id).values(values)
        await session.execute(moved)


async def leave_chat(session: AsyncSession, chat_id: int) -> None:
    """Delete settings and notes of a chat; opt-outs stay, for the bot may be added again."""
    await delete_notes(session, NoteRow.chat_id == chat_id)
    await session.execute(delete(ChatRow).where(ChatRow.chat_id == chat_id))
