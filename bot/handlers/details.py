"""The buttons under an answer: the details of a note as a picture, and the end of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram import InputMediaPhoto
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.database.chats import read_chat
from bot.database.learning import read_opinion
from bot.database.notes import delete_note
from bot.fate import changes_nothing
from bot.handlers.own_notes import find_own, on_own_button
from bot.pictures import Key
from bot.presses import answer_press, find_pressed
from bot.replies import data, feedback, moods, notes

if TYPE_CHECKING:
    from telegram import CallbackQuery, InlineKeyboardMarkup

    from bot.database import Database
    from bot.database.notes import Note
    from bot.handlers.messages import Handler
    from bot.pictures import Pictures


def make_handlers(database: Database, pictures: Pictures) -> list[Handler]:
    """Give the handlers."""

    async def show(query: CallbackQuery, note_id: int, _word: str) -> None:
        note = await find_own(database, query, note_id)
        if note is None:
            await answer_press(query, data.explain_missing_note())
            return
        await answer_press(query)
        picture = await _draw(database, pictures, note)
        await _put_picture(query, picture, note, await _offer_buttons(database, note_id, note))

    async def delete(query: CallbackQuery, note_id: int, _word: str) -> None:
        if await find_own(database, query, note_id) is not None:
            async with database.begin() as session:
                await delete_note(session, note_id)
        await database.purge()  # also where it is gone: the bot may have gone down in between
        pictures.forget(chat_id=query.from_user.id)
        await answer_press(query, await _delete_answer(query))

    return [on_own_button(data.DETAILS, show), on_own_button(data.DELETE, delete)]


async def _draw(database: Database, pictures: Pictures, note: Note) -> bytes:
    """Give the picture of a note, as light or dark as the chat likes it."""
    async with database.begin() as session:
        theme = (await read_chat(session, note.chat_id)).theme
    key = Key(note.chat_id, note.user_id)
    labels = moods.label_note(note.recognition)
    return await pictures.draw_note(key, note.recognition, theme=theme, labels=labels)


async def _offer_buttons(database: Database, note_id: int, note: Note) -> InlineKeyboardMarkup:
    """Give the buttons under the picture of a note."""
    if note.user_id is None:
        return data.offer_deletion(note_id)
    async with database.begin() as session:
        opinion = await read_opinion(session, note_id)
    return data.offer_deletion(note_id, feedback.offer(note_id, note.recognition, opinion))


async def _put_picture(
    query: CallbackQuery, picture: bytes, note: Note, buttons: InlineKeyboardMarkup
) -> None:
    """Turn the answer into the picture with its text below; where it is gone, send both anew."""
    bot, pressed = query.get_bot(), find_pressed(query)
    text = notes.tell(note.recognition)
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
