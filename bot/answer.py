"""The one message that answers a note or a button: sent once, then edited."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self, cast

import structlog
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, TelegramError

if TYPE_CHECKING:
    from telegram import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessage, Message

_log = structlog.get_logger(__name__)

_TYPING_SECONDS: Final = 4.0
"""Telegram shows "typing" for five seconds."""


class Answer:
    """Hold the answer to one note, within an ``async with`` block."""

    def __init__(self, note: Message) -> None:
        """Keep the note that the answer will quote."""
        self.footer = ""
        """Stands under every text that is shown from now on."""
        self._note = note
        self._sent: Message | None = None
        self._text = ""
        self._is_done = asyncio.Event()
        self._typing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """End "typing", without cutting a request off: that would cost its connection."""
        self._is_done.set()
        if self._typing is not None:
            await self._typing

    def start_typing(self) -> None:
        """Show "typing" in the chat until the block ends."""
        self._typing = asyncio.create_task(self._type())

    async def show(self, text: str, buttons: InlineKeyboardMarkup | None = None) -> None:
        """Make the answer read so, in HTML; the first time it is sent, afterwards edited."""
        text = f"{text}\n\n{self.footer}".strip()
        if text == self._text and buttons is None:
            return
        if self._sent is None or not await _edit(self._sent, text, buttons):
            self._sent = await self._note.reply_html(text, do_quote=True, reply_markup=buttons)
        self._text = text

    async def _type(self) -> None:
        """Show "typing" again and again; where Telegram will not, the answer comes without."""
        while not self._is_done.is_set():
            try:
                await self._note.reply_chat_action(ChatAction.TYPING)
            except TelegramError as error:
                _log.debug("typing not shown", reason=error.message)
            with suppress(TimeoutError):
                async with asyncio.timeout(_TYPING_SECONDS):
                    await self._is_done.wait()


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


async def _edit(message: Message, text: str, buttons: InlineKeyboardMarkup | None) -> bool:
    """Change a message; tell whether it could be changed: it may be gone."""
    try:
        await message.edit_text(text, parse_mode=ParseMode.HTML, reply_markup=buttons)
    except BadRequest as error:
        return changes_nothing(error)
    return True


def changes_nothing(error: BadRequest) -> bool:
    """Tell whether Telegram refused an edit only because the message is so already."""
    return "not modified" in error.message.lower()
