"""/start, /help and /about: what the bot is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.menu import offer_admin_commands
from bot.handlers.messages import Handler, on_command
from bot.replies import pages

if TYPE_CHECKING:
    from collections.abc import Collection

    from telegram import Message

    from bot.recogniser import Recogniser


def make_handlers(
    recogniser: Recogniser, *, max_seconds: float, admin_ids: Collection[int]
) -> list[Handler]:
    """Give the handlers; the model that is told of is the one that answers at that time."""

    async def start(message: Message) -> None:
        await message.reply_html(pages.greet())
        if message.chat_id in admin_ids:  # a private chat has the id of the person
            await offer_admin_commands(message.get_bot(), message.chat_id)

    async def help_(message: Message) -> None:
        await message.reply_html(pages.help_out())

    async def about(message: Message) -> None:
        await message.reply_html(pages.describe(recogniser.manifest, max_seconds=max_seconds))

    return [on_command("start", start), on_command("help", help_), on_command("about", about)]
