"""What the bot does when somebody presses a button: it ends the wait, and changes the message."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import structlog
from telegram.constants import ParseMode
from telegram.error import BadRequest

from bot.fate import changes_nothing

if TYPE_CHECKING:
    from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage

_log = structlog.get_logger(__name__)


async def answer_press(query: CallbackQuery, text: str = "") -> None:
    """End the wait of whoever pressed a button, with a short text if there is one to say.

    Telegram takes no answer to a press that is too old; nobody waits for one any more.
    """
    try:
        await query.answer(text or None)
    except BadRequest as error:
        _log.debug("press not answered", reason=error.message)


async def settle(query: CallbackQuery, text: str) -> None:
    """Put a text, in HTML, in place of a question and its buttons; anew where that is gone."""
    await answer_press(query)
    bot, pressed = query.get_bot(), find_pressed(query)
    chat_id, number = pressed.chat.id, pressed.message_id
    try:
        await bot.edit_message_text(text, chat_id, number, parse_mode=ParseMode.HTML)
    except BadRequest as error:
        if not changes_nothing(error):
            await bot.send_message(chat_id, text, ParseMode.HTML)


async def change_buttons(query: CallbackQuery, buttons: InlineKeyboardMarkup) -> None:
    """Put other buttons under a message, whatever it holds; where it is gone, there are none."""
    bot, pressed = query.get_bot(), find_pressed(query)
    chat_id, number = pressed.chat.id, pressed.message_id
    try:
        await bot.edit_message_reply_markup(chat_id, number, reply_markup=buttons)
    except BadRequest as error:
        _log.debug("buttons not changed", reason=error.message)


def find_pressed(query: CallbackQuery) -> MaybeInaccessibleMessage:
    """Give the message under which a button was pressed; if it is gone, its number is not."""
    return cast("MaybeInaccessibleMessage", query.message)  # only those of inline bots are None
