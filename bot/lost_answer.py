"""Look for an answer that was sent, while nobody knows whether Telegram took it.

Telegram does not tell a bot what stands in a chat. But it says of each number whether a message of
the bot has it, and whether it carries a button already: the answer carries one that no other does.
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Final

import structlog
from telegram import Message
from telegram.error import BadRequest

from bot.fate import changes_nothing

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup

    from bot.numbering import Numbering

_log = structlog.get_logger(__name__)

_PAUSES_SECONDS: Final = (1.0, 3.0)
"""Before it is looked for, and looked for again: it may still be on its way."""
_SPAN: Final = 30
"""So many numbers are tried, beside those that are known to be others'."""


async def find_lost_answer(
    note: Message, buttons: InlineKeyboardMarkup, numbering: Numbering, *, after: int
) -> int | None:
    """Give the number, above ``after``, of the message that answers a note; None if there is none.

    ``buttons`` are those that only this answer has.
    """
    for pause in _PAUSES_SECONDS:
        await asyncio.sleep(pause)
        n_tried = 0
        for number in count(after + 1):
            if numbering.is_taken(note.chat, number):
                continue
            if await _is_answer(note, buttons, number):
                _log.info("lost answer found", tried=n_tried)
                return number
            n_tried += 1
            if n_tried == _SPAN:
                break
    return None


async def _is_answer(note: Message, buttons: InlineKeyboardMarkup, number: int) -> bool:
    """Tell whether a message is the answer to a note, whether or not it still has its buttons."""
    try:
        shown = await _put_buttons(note, number, buttons)
    except BadRequest as error:
        return changes_nothing(error)
    if isinstance(shown, Message) and _replies_to(shown, note):
        return True
    try:  # another answer was without its own buttons for a moment, and is without any from now on
        shown = await _put_buttons(note, number, None)
    except BadRequest:
        return False
    return isinstance(shown, Message) and _replies_to(shown, note)


async def _put_buttons(
    note: Message, number: int, buttons: InlineKeyboardMarkup | None
) -> Message | bool:
    """Put other buttons under a message; True instead of it if that was done a moment ago."""
    bot = note.get_bot()
    return await bot.edit_message_reply_markup(note.chat_id, number, reply_markup=buttons)


def _replies_to(message: Message, note: Message) -> bool:
    """Tell whether a message replies to a note."""
    replied = message.reply_to_message
    return replied is not None and replied.message_id == note.message_id
