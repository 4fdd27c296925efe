"""/start, /help and /about: what the bot is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.handlers.messages import Handler, on_command
from bot.replies import pages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from telegram import Message


def make_handlers(manifest: Mapping[str, Any], *, max_seconds: float) -> list[Handler]:
    """Give the handlers; the manifest is that of the loaded model."""

    async def start(message: Message) -> None:
        await message.reply_html(pages.greet())

    async def help_(message: Message) -> None:
        await message.reply_html(pages.help_out())

    async def about(message: Message) -> None:
        await message.reply_html(pages.describe(manifest, max_seconds=max_seconds))

    return [on_command("start", start), on_command("help", help_), on_command("about", about)]
