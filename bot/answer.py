"""The one message that answers a note: sent once, then edited."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

import structlog
from telegram.constants import ChatAction, ParseMode
from telegram.error import BadRequest, TelegramError

if TYPE_CHECKING:
    from telegram import Bot, Message

_log = structlog.get_logger(__name__)

_TYPING_SECONDS: Final = 4.0
"""Telegram shows "typing" for five seconds."""


class Answer:
    """Hold the answer to one note, within an ``async with`` block."""

    def __init__(self, note: Message, *, footer: str = "") -> None:
        """Keep the note that the answer will quote, and what stands under every text."""
        self._note = note
        self._footer = footer
        self._sent: Message | None = None
        self._text = ""
        self._is_done = asyncio.Event()
        self._typing: asyncio.Task[None] | None = None

    @property
    def bot(self) -> Bot:
        """Give the bot that answers."""
        return self._note.get_bot()

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

    async def show(self, text: str) -> None:
        """Make the answer read so, in HTML; the first time it is sent, afterwards edited."""
        text = f"{text}\n\n{self._footer}".strip()
        if text == self._text:
            return
        if self._sent is None or not await _edit(self._sent, text):
            self._sent = await self._note.reply_html(text, do_quote=True)
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


async def _edit(message: Message, text: str) -> bool:
    """Change a message; tell whether it could be changed: it may be gone."""
    try:
        await message.edit_text(text, parse_mode=ParseMode.HTML)
    except BadRequest as error:
        return "not modified" in error.message.lower()  # it reads so already
    return True
