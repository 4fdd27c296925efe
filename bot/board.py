"""The one message that shows how far something long is, and at last what came of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog
from telegram.constants import ParseMode
from telegram.error import TelegramError

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Message

_log = structlog.get_logger(__name__)

_PATIENCE_SECONDS: Final = 10.0
"""How long a text may be on its way when the last one is there; Telegram may ask to wait longer."""


class Board:
    """Hold the message that shows what goes on."""

    def __init__(self, asked: Message) -> None:
        """Keep the message that asked for it."""
        self.asked = asked
        self.shown: Message | None = None
        self._text = ""
        self._showing: asyncio.Task[None] | None = None

    def show(self, text: str) -> None:
        """Have the message read so; a text is left out while an earlier one is on its way.

        Nobody waits for Telegram: what goes on must not.
        """
        is_free = self._showing is None or self._showing.done()
        if is_free and text != self._text:
            self._text = text
            self._showing = asyncio.create_task(self._show(text))

    async def settle(self, text: str, buttons: InlineKeyboardMarkup | None) -> None:
        """Make the message read so for good; where it is gone, send another."""
        if self._showing is not None:
            await asyncio.wait({self._showing}, timeout=_PATIENCE_SECONDS)
            self._showing.cancel()
        if self.shown is not None:
            try:
                await self.shown.edit_text(text, parse_mode=ParseMode.HTML, reply_markup=buttons)
            except TelegramError as error:
                _log.info("progress not ended", reason=error.message)
            else:
                return
        await self.asked.reply_html(text, reply_markup=buttons)

    async def _show(self, text: str) -> None:
        """Send or edit the message; if Telegram will not, nothing depends on it."""
        try:
            if self.shown is None:
                self.shown = await self.asked.reply_html(text)
            else:
                await self.shown.edit_text(text, parse_mode=ParseMode.HTML)
        except TelegramError as error:
            _log.info("progress not shown", reason=error.message)
