"""/mood: how a voice message sounds, a whole group, or whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog
from telegram import InputMediaPhoto, Message
from telegram.constants import ChatType, ParseMode
from telegram.error import BadRequest

from bot.database.chats import change_chat
from bot.database.people import has_opted_out
from bot.groups import may_hear
from bot.handlers.messages import Handler, on_button, on_command, read_words
from bot.mood_check import Check, check_mood
from bot.periods import end_minute, read_request
from bot.presses import answer_press, find_pressed
from bot.recording import find_recording, find_speaker
from bot.replies import groups, notes

if TYPE_CHECKING:
    from telegram import CallbackQuery

    from bot.database import Database
    from bot.listener import Listener
    from bot.periods import Request
    from bot.pictures import Pictures

_log = structlog.get_logger(__name__)


def make_handlers(database: Database, listener: Listener, pictures: Pictures) -> list[Handler]:
    """Give the handlers."""

    async def mood(message: Message) -> None:
        words = read_words(message)
        note = None if words else _find_replied(message)
        if note is not None:
            await _tell_note(database, listener, message, note)
        elif (request := read_request(words)) is None:
            await message.reply_html(groups.show_mood_form())
        elif isinstance(check := await _read_check(database, message, request), str):
            await message.reply_html(check)
        else:
            await _tell_mood(database, pictures, message, check)

    async def change_theme(query: CallbackQuery, data: str) -> None:
        await _change_theme(database, pictures, query, data)

    return [on_command("mood", mood), on_button(groups.MOOD, change_theme)]


def _find_replied(message: Message) -> Message | None:
    """Give the message that somebody replied to.

    In a topic of a forum a message that is no reply "replies" to the beginning of the topic.
    """
    replied = message.reply_to_message
    return None if replied is not None and replied.forum_topic_created else replied


async def _tell_note(
    database: Database, listener: Listener, message: Message, note: Message
) -> None:
    """Tell how a voice message sounds, unless whoever speaks in it wants to be left alone."""
    recording = find_recording(note)
    async with database.begin() as session:
        is_agreed = await may_hear(session, note)
    if recording is None:
        await message.reply_html(notes.refuse_silent_message())
    elif not is_agreed:
        await message.reply_html(groups.respect_opt_out())
    else:
        await listener.answer(note, recording)


async def _read_check(database: Database, message: Message, request: Request) -> Check | str:
    """Give the mood check that somebody asks for, or why there cannot be one."""
    until = end_minute(datetime.now(UTC))
    if not request.is_own and message.chat.type != ChatType.PRIVATE:
        return Check(message.chat_id, None, "group", request.period, until)
    asker = find_speaker(message)
    if asker is None:
        return groups.refuse_anonymous()
    async with database.begin() as session:
        if await has_opted_out(session, message.chat_id, asker):
            return groups.tell_opt_out()
    return Check(message.chat_id, asker, "own", request.period, until)


async def _tell_mood(
    database: Database, pictures: Pictures, message: Message, check: Check
) -> None:
    """Answer with a mood: text and picture, or why there is none."""
    text, picture, buttons = await check_mood(database, pictures, check)
    if picture is None:
        await message.reply_html(text)
    else:
        await message.reply_photo(
            picture, caption=text, parse_mode=ParseMode.HTML, reply_markup=buttons
        )


async def _change_theme(
    database: Database, pictures: Pictures, query: CallbackQuery, data: str
) -> None:
    """Draw a picture anew in the other theme, which the chat has from now on.

    One's own mood is drawn anew for oneself only.
    """
    theme, _, rest = data.partition(":")
    message = find_pressed(query)
    check = Check.parse(rest, chat_id=message.chat.id)
    if check is None or check.user_id not in {None, query.from_user.id}:
        await answer_press(query, groups.refuse_button())
        return
    async with database.begin() as session:
        await change_chat(session, check.chat_id, theme="dark" if theme == "dark" else "light")
    text, picture, buttons = await check_mood(database, pictures, check)
    if picture is None or not isinstance(message, Message):
        await answer_press(query, groups.refuse_button())
        return
    await answer_press(query)
    try:
        await message.edit_media(InputMediaPhoto(picture, text, ParseMode.HTML), buttons)
    except BadRequest as error:  # it is gone, or was drawn so already
        _log.info("picture not changed", reason=error.message)
