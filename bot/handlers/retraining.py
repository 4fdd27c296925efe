"""/retrain: have a new model fitted, see what it is worth, or end that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.admins import on_admin_command
from bot.handlers.messages import read_words
from bot.replies import retraining

if TYPE_CHECKING:
    from collections.abc import Collection

    from telegram import Message

    from bot.handlers.messages import Handler
    from bot.trainer import Trainer


def make_handlers(trainer: Trainer, admin_ids: Collection[int]) -> list[Handler]:
    """Give the handlers."""

    async def retrain(message: Message) -> None:
        match [word.casefold() for word in read_words(message)]:
            case []:
                await trainer.begin(message, is_dry=False)
            case ["dry"]:
                await trainer.begin(message, is_dry=True)
            case ["cancel"]:
                await trainer.cancel(message)
            case _:
                await message.reply_html(retraining.show_form())

    return [on_admin_command("retrain", admin_ids, retrain)]
