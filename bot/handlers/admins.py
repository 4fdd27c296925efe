"""What only the people who run the bot may do, in private chats and in groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.handlers.messages import Handler, find_asker, on_button, on_command
from bot.presses import answer_press
from bot.replies import retraining

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from telegram import CallbackQuery, Message


def on_admin_command(
    name: str, admin_ids: Collection[int], act: Callable[[Message], Awaitable[None]]
) -> Handler:
    """Give a handler for a command of the admins; others are told whom it is for."""

    async def act_for_admin(message: Message) -> None:
        if find_asker(message) in admin_ids:
            await act(message)
        else:
            await message.reply_html(retraining.refuse_stranger())

    return on_command(name, act_for_admin)


def on_admin_button(
    name: str, admin_ids: Collection[int], act: Callable[[CallbackQuery, str], Awaitable[None]]
) -> Handler:
    """Give a handler for a button of the admins; others are told whom it is for."""

    async def act_for_admin(query: CallbackQuery, rest: str) -> None:
        if query.from_user.id in admin_ids:
            await act(query, rest)
        else:
            await answer_press(query, retraining.refuse_stranger())

    return on_button(name, act_for_admin)
