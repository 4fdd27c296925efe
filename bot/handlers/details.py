"""The buttons under an answer: the details of a note as a picture, and the end of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import InputMediaPhoto
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.answer import answer_press, changes_nothing, find_pressed
from bot.database.chats import read_chat
from bot.database.notes import delete_note, find_note
from bot.handlers.messages import Handler, on_button
from bot.pictures import Key
from bot.replies import data, moods, notes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import CallbackQuery

    from bot.database import Database
    from bot.database.notes import Note
    from bot.pictures import Pictures

_MAX_DIGITS: Final = 18
"""Longer numbers do not fit into a column of 64 bits."""


def make_handlers(database: Database, pictures: Pictures) -> list[Handler]:
    """Give the handlers."""

    async def show(query: CallbackQuery, note_id: int) -> None:
        note = await _find_own(database, query, note_id)
        if note is None:
            await answer_press(query, data.explain_missing_note())
            return
        await answer_press(query)
        picture = await _draw(database, pictures, note)
        await _put_picture(query, picture, note_id, note)

    async def delete(query: CallbackQuery, note_id: int) -> None:
        if await _find_own(database, query, note_id) is not None:
            async with database.begin() as session:
                await delete_note(session, note_id)
            await database.purge()
            pictures.forget(chat_id=query.from_user.id)
        await answer_press(query, await _delete_answer(query))

    return [_on_own_button(data.DETAILS, show), _on_own_button(data.DELETE, delete)]


def _on_own_button(name: str, act: Callable[[CallbackQuery, int], Awaitable[None]]) -> Handler:
    """Give a handler for a button about a note, for nobody but whose private chat it stands in."""

    async def act_on_own(query: CallbackQuery, note_id: str) -> None:
        if find_pressed(query).chat.id == query.from_user.id:
            await act(query, _read_id(note_id))
        else:
            await answer_press(query, data.refuse_stranger())

    return on_button(name, act_on_own)


def _read_id(text: str) -> int:
    """Give the id of a note from the data of a button; 0, which none has, if they are made up."""
    return int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else 0


async def _find_own(database: Database, query: CallbackQuery, note_id: int) -> Note | None:
    """Give a note if it is of this private chat; the data of a button may be made up."""
    async with database.begin() as session:
        note = await find_note(session, note_id)
    return note if note is not None and note.chat_id == query.from_user.id else None


async def _draw(database: Database, pictures: Pictures, note: Note) -> bytes:
    """Give the picture of a note, as light or dark as the chat likes it."""
    async with database.begin() as session:
        theme = (await read_chat(session, note.chat_id)).theme
    key = Key(note.chat_id, note.user_id)
    labels = moods.label_note(note.recognition)
    return await pictures.draw_note(key, note.recognition, theme=theme, labels=labels)


async def _put_picture(query: CallbackQuery, picture: bytes, note_id: int, note: Note) -> None:
    """Turn the answer into the picture with its text below; where it is gone, send both anew."""
    bot, pressed = query.get_bot(), find_pressed(query)
    text, buttons = notes.tell(note.recognition), data.offer_deletion(note_id)
    media = InputMediaPhoto(picture, text, parse_mode=ParseMode.HTML)
    try:
        await bot.edit_message_media(media, note.chat_id, pressed.message_id, reply_markup=buttons)
    except BadRequest as error:
        if not changes_nothing(error):  # as when it is pressed twice
            await bot.send_photo(
                note.chat_id,
                picture,
                text,
                parse_mode=ParseMode.HTML,
                reply_markup=buttons,
                reply_to_message_id=note.message_id,
            )


async def _delete_answer(query: CallbackQuery) -> str:
    """Delete the answer under which a button was pressed; give what there is to say of it."""
    pressed = find_pressed(query)
    try:
        await query.get_bot().delete_message(pressed.chat.id, pressed.message_id)
    except BadRequest as error:
        if "not found" not in error.message.lower():
            return data.explain_old_answer()
    return data.confirm_deletion()
