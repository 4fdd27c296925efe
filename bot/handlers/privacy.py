"""/privacy: what happens to recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import pages
from bot.handlers.messages import Handler, on_command

if TYPE_CHECKING:
    from telegram import Message


def make_handlers() -> list[Handler]:
    """Give the handlers."""
    return [on_command("privacy", _tell_privacy)]


async def _tell_privacy(message: Message) -> None:
    """Send the page."""
    await message.reply_html(pages.PRIVACY)
