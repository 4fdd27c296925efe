"""/models, /rollback and the button that promotes: which model answers, by the admins' word."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from telegram import Message
from telegram.error import TelegramError

from bot.comparison import Comparison
from bot.database.models import list_models, list_promotions
from bot.handlers.admins import on_admin_button, on_admin_command
from bot.handlers.messages import find_asker, read_words
from bot.job import find_job
from bot.presses import answer_press, find_pressed
from bot.replies import models
from bot.replies.retraining import PROMOTE
from ser_core.errors import SerError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from telegram import Bot, CallbackQuery

    from bot.champions import Champions
    from bot.database import Database
    from bot.database.models import StoredModel
    from bot.handlers.messages import Handler

_MAX_LISTED: Final = 12
"""More would not fit into one message."""
_SHIPPED: Final = "default"
"""What the model that ships is called in a command."""


def make_handlers(
    database: Database, champions: Champions, admin_ids: Collection[int]
) -> list[Handler]:
    """Give the handlers."""

    async def list_(message: Message) -> None:
        await message.reply_html(await _describe(message.get_bot(), database, champions))

    async def roll_back(message: Message) -> None:
        words = read_words(message)
        before = find_job().received_at  # so that to be handled twice is to go back once
        ids = await _find(database, words[0]) if words else await _find_earlier(database, before)
        if len(ids) == 1:
            text = await _promote(champions, ids[0], promoted_by=find_asker(message))
        elif words:
            page = await _describe(message.get_bot(), database, champions)
            text = f"{models.explain_unknown(words[0])}\n\n{page}"
        else:
            text = models.explain_nothing_before()
        await message.reply_html(text)

    async def promote(query: CallbackQuery, name: str) -> None:
        await answer_press(query)
        ids = [model_id for model_id in await _find(database, name) if model_id is not None]
        text = models.explain_unknown(name)
        if len(ids) == 1:
            text = await _promote(champions, ids[0], promoted_by=query.from_user.id)
        await _reply(query, text)

    return [
        on_admin_command("models", admin_ids, list_),
        on_admin_command("rollback", admin_ids, roll_back),
        on_admin_button(PROMOTE, admin_ids, promote),
    ]


async def _promote(champions: Champions, model_id: str | None, *, promoted_by: int) -> str:
    """Have a model answer from now on; say so, or why it cannot."""
    if model_id == champions.live:
        return models.tell_live_already(model_id)
    try:
        await champions.promote(model_id, promoted_by=promoted_by)
    except (SerError, OSError) as error:
        return models.explain_unusable(model_id, champions.reasons.get(model_id, str(error)))
    return models.confirm_promotion(model_id)


async def _reply(query: CallbackQuery, text: str) -> None:
    """Take the buttons away from the message that was pressed, and reply to it."""
    pressed = find_pressed(query)
    if isinstance(pressed, Message):
        with suppress(TelegramError):  # another press was quicker
            await pressed.edit_reply_markup(None)
        await pressed.reply_html(text)


async def _find(database: Database, name: str) -> list[str | None]:
    """Give the ids of the models whose names begin so; the whole name is one model's alone."""
    async with database.begin() as session:
        ids = [model.id for model in await list_models(session)]
    if name == _SHIPPED:
        return [None]
    return [name] if name in ids else [each for each in ids if each.startswith(name)]


async def _find_earlier(database: Database, now: datetime) -> list[str | None]:
    """Give the id of the model that answered before the champion of a time, if another one did."""
    async with database.begin() as session:
        listed = await list_promotions(session)
    promotions = [promotion for promotion in listed if promotion.promoted_at <= now]
    if not promotions:
        return []
    earlier: list[str | None] = [*(promotion.model_id for promotion in promotions), None]
    return [each for each in earlier if each != promotions[0].model_id][:1]


async def _describe(bot: Bot, database: Database, champions: Champions) -> str:
    """Give the page about the newest models, the one that answers, and the one that ships."""
    async with database.begin() as session:
        stored = await list_models(session)
    listed = [
        model
        for place, model in enumerate(stored)
        if place < _MAX_LISTED or model.id == champions.live
    ]
    names = {id_: await _find_name(bot, id_) for id_ in {model.made_by for model in listed}}
    entries = [_list_model(model, champions, names[model.made_by]) for model in listed]
    shipped = models.Listed(
        None, is_live=champions.live is None, reason=champions.reasons.get(None, "")
    )
    return models.list_models([*entries, shipped], n_more=len(stored) - len(listed))


def _list_model(model: StoredModel, champions: Champions, maker: str | None) -> models.Listed:
    """Give what is told of a model."""
    try:
        accuracy = Comparison.parse(model.report).groups[0].accuracy.challenger
    except (KeyError, TypeError, IndexError):  # the report of another version
        accuracy = None
    return models.Listed(
        model.id,
        model.made_at,
        maker,
        accuracy,
        model.n_lessons,
        is_live=model.id == champions.live,
        reason=champions.reasons.get(model.id, ""),
    )


async def _find_name(bot: Bot, user_id: int | None) -> str | None:
    """Give the name of somebody; only the number if Telegram does not tell."""
    if user_id is None:
        return None
    try:
        return (await bot.get_chat(user_id)).effective_name
    except TelegramError:
        return str(user_id)
