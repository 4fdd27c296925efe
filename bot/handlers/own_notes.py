"""Buttons about a note: they act for nobody but whoever's private chat they stand in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.database.notes import find_note
from bot.handlers.messages import Handler, on_button, read_id
from bot.presses import answer_press, find_pressed
from bot.replies import data

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import CallbackQuery

    from bot.database import Database
    from bot.database.notes import Note


def on_own_button(name: str, act: Callable[[CallbackQuery, int, str], Awaitable[None]]) -> Handler:
    """Give a handler for a button whose data are ``name:note`` or ``name:note:word``.

    It is told the id of the note, which may be made up, and the word.
    """

    async def act_on_own(query: CallbackQuery, rest: str) -> None:
        if find_pressed(query).chat.id == query.from_user.id:
            note_id, _, word = rest.partition(":")
            await act(query, read_id(note_id), word)
        else:
            await answer_press(query, data.refuse_stranger())

    return on_button(name, act_on_own)


async def find_own(database: Database, query: CallbackQuery, note_id: int) -> Note | None:
    """Give a note if it is of this private chat; the data of a button may be made up."""
    async with database.begin() as session:
        note = await find_note(session, note_id)
    return note if note is not None and note.chat_id == query.from_user.id else None
