"""What people chose for themselves, and all that is held of one person."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, time
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, or_, select

from bot.database.chats import Chat, read_chat, read_chats
from bot.database.learning_tables import ConsentRow
from bot.database.line import export_waiting
from bot.database.notes import Note, delete_notes, read_notes
from bot.database.tables import ChatRow, NoteRow, OptOutRow, PersonRow
from bot.database.traces import export_note_traces, export_traces, wipe_traces
from bot.database.upsert import upsert

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession


async def read_language(session: AsyncSession, user_id: int) -> str | None:
    """Give the language that a person chose, if they did."""
    chosen = await session.scalars(select(PersonRow.language).where(PersonRow.user_id == user_id))
    return chosen.one_or_none()


async def find_language(session: AsyncSession, chat_id: int, user_id: int | None) -> str | None:
    """Give the language that was chosen for a group, or else by a person."""
    if chat_id < 0:
        language = (await read_chat(session, chat_id)).language
        if language is not None:
            return language
    return None if user_id is None else await read_language(session, user_id)


async def change_language(session: AsyncSession, user_id: int, code: str | None) -> None:
    """Keep the language that a person chose, or forget it."""
    if code is None:
        await session.execute(delete(PersonRow).where(PersonRow.user_id == user_id))
    else:
        await session.execute(upsert(session, PersonRow, {"user_id": user_id}, {"language": code}))


async def opt_out(session: AsyncSession, chat_id: int, user_id: int) -> None:
    """Keep a person from being analysed in a chat, and delete what was kept of them there."""
    key = {"chat_id": chat_id, "user_id": user_id}
    await session.execute(upsert(session, OptOutRow, key, {}))
    await delete_notes(session, NoteRow.chat_id == chat_id, _is_voice_of(user_id))


async def opt_in(session: AsyncSession, chat_id: int, user_id: int) -> None:
    """Let a person be analysed in a chat again."""
    await session.execute(delete(OptOutRow).where(_is_opt_out(chat_id, user_id)))


async def has_opted_out(session: AsyncSession, chat_id: int, user_id: int) -> bool:
    """Tell whether a person is not to be analysed in a chat."""
    found = await session.scalars(select(OptOutRow.user_id).where(_is_opt_out(chat_id, user_id)))
    return found.one_or_none() is not None


async def export_person(session: AsyncSession, user_id: int) -> dict[str, Any]:
    """Give everything that is held of a person, ready for JSON.

    Where others forwarded their notes to is left out: it would tell of those others.
    """
    opt_outs = await session.scalars(
        select(OptOutRow.chat_id).where(OptOutRow.user_id == user_id).order_by(OptOutRow.chat_id)
    )
    private_chats = await read_chats(session, ChatRow.chat_id == user_id)
    theirs = or_(NoteRow.user_id == user_id, NoteRow.chat_id == user_id)
    traces = await export_note_traces(session, user_id)
    return {
        "user_id": user_id,
        "language": await read_language(session, user_id),
        "opted_out_in": list(opt_outs),
        "private_chat": next((_list_values(chat) for chat in private_chats), None),
        "notes": [
            _list_note(note) | traces[note_id]
            for note_id, note in await read_notes(session, theirs)
        ],
        **await export_traces(session, user_id),
        "waiting": await export_waiting(session, user_id),
    }


async def forget_person(session: AsyncSession, user_id: int) -> int:
    """Delete everything that is held of a person but their opt-outs; give the number of notes."""
    await session.execute(delete(ConsentRow).where(ConsentRow.user_id == user_id))
    of_them = or_(NoteRow.chat_id == user_id, _is_voice_of(user_id))
    n_notes = await delete_notes(session, of_them)
    await wipe_traces(session, user_id)  # when nothing more can be learnt from them
    await session.execute(delete(ChatRow).where(ChatRow.chat_id == user_id))
    await session.execute(delete(PersonRow).where(PersonRow.user_id == user_id))
    return n_notes


def _is_opt_out(chat_id: int, user_id: int) -> ColumnElement[bool]:
    """Tell the opt-out of a person in a chat."""
    return and_(OptOutRow.chat_id == chat_id, OptOutRow.user_id == user_id)


def _is_voice_of(user_id: int) -> ColumnElement[bool]:
    """Tell notes in which a person speaks: their own, and the same as forwarded by whomever."""
    files = select(NoteRow.file_unique_id).where(NoteRow.user_id == user_id).correlate(None)
    is_forward = and_(NoteRow.user_id.is_(None), NoteRow.file_unique_id.in_(files))
    return or_(NoteRow.user_id == user_id, is_forward)


def _list_note(note: Note) -> dict[str, Any]:
    """Give all that is held of a note."""
    values = _list_values(note) | note.recognition.as_dict()
    del values["recognition"]
    return values | {"speech": note.recognition.speech, "loudness": note.recognition.loudness}


def _list_values(held: Chat | Note) -> dict[str, Any]:
    """Give the fields of a value, with times as text."""
    return {
        field.name: value.isoformat() if isinstance(value, date | time) else value
        for field in fields(held)
        for value in [getattr(held, field.name)]
    }
