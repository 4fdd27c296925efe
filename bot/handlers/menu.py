"""The commands that Telegram offers: to everybody, and more to those who run the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram import BotCommandScopeChat
from telegram.error import BadRequest, Forbidden

from bot.languages import LANGUAGES, choose
from bot.replies.pages import list_admin_commands, list_commands

if TYPE_CHECKING:
    from collections.abc import Collection

    from telegram import Bot

_log = structlog.get_logger(__name__)


async def offer_commands(bot: Bot, admin_ids: Collection[int]) -> None:
    """Offer the commands in every language; in English where Telegram's is none of the others."""
    for code in LANGUAGES:
        await bot.set_my_commands(list_commands(code), language_code=_name_language(code))
    for admin_id in admin_ids:
        await offer_admin_commands(bot, admin_id)


async def offer_admin_commands(bot: Bot, admin_id: int) -> None:
    """Offer an admin theirs as well; Telegram lets us once they have written to the bot."""
    scope = BotCommandScopeChat(admin_id)
    try:
        for code in LANGUAGES:
            commands = [*list_commands(code), *list_admin_commands(code)]
            await bot.set_my_commands(commands, scope, language_code=_name_language(code))
    except (BadRequest, Forbidden) as error:
        _log.info("admin's commands not offered", reason=error.message)


def _name_language(code: str) -> str | None:
    """Give the language as Telegram is told it; None stands for all that have no list."""
    return None if code == choose(None) else code
