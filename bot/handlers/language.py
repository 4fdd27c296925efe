"""/language: which language the bot speaks, with somebody or in a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.constants import ChatType

from bot.chosen_language import speak_with
from bot.database.chats import change_chat
from bot.database.people import change_language
from bot.handlers.messages import Handler, find_asker, on_button, on_command, read_words
from bot.languages import LANGUAGES, choose, speak
from bot.presses import answer_press, find_pressed, settle
from bot.replies import data

if TYPE_CHECKING:
    from telegram import CallbackQuery, Chat, Message, Update

    from bot.database import Database
    from bot.groups import Admins
    from bot.handlers.messages import Callback, Context


def make_handlers(database: Database, admins: Admins) -> list[Handler]:
    """Give the handlers."""

    async def language(message: Message) -> None:
        words = read_words(message)
        if not await admins.include(message):
            await message.reply_html(data.refuse_member())
        elif not words:
            await message.reply_html(data.ask_for_language(), reply_markup=data.offer_languages())
        elif (code := words[0].lower()) not in LANGUAGES:
            await message.reply_html(data.refuse_language())
        else:
            await _change(database, message.chat, find_asker(message), code)
            await message.reply_html(data.confirm_language(code))

    async def press(query: CallbackQuery, data_code: str) -> None:
        code, chat = choose(data_code), find_pressed(query).chat  # the data may be made up
        if not await admins.include_user(chat, query.from_user.id):
            await answer_press(query, data.refuse_member())
            return
        await _change(database, chat, query.from_user.id, code)
        await settle(query, data.confirm_language(code))

    return [on_command("language", language), on_button(data.LANGUAGE, press)]


def bind_language(database: Database) -> Callback:
    """Give what makes the bot speak, from an update to its answer, the language of its chat."""

    async def bind(update: Update, _context: Context) -> None:
        await speak_with(database, update)

    return bind


async def _change(database: Database, chat: Chat, user_id: int, code: str) -> None:
    """Keep a language, for a group or for a person, and speak it at once."""
    async with database.begin() as session:
        if chat.type == ChatType.PRIVATE:
            await change_language(session, user_id, code)
        else:
            await change_chat(session, chat.id, language=code)
    speak(code)
