"""How handlers meet what Telegram sends: each as the one thing that it acts on.

Messages are new ones only: neither edited ones nor the posts of a channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from telegram import CallbackQuery, ChatMemberUpdated, Message, Update
from telegram.ext import (
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from telegram.ext.filters import BaseFilter

    Callback = Callable[[Update, "Context"], Coroutine[Any, Any, None]]

Context: TypeAlias = ContextTypes.DEFAULT_TYPE
Handler: TypeAlias = BaseHandler[Update, Context, None]

_NEW: Final = filters.UpdateType.MESSAGE
_MAX_DIGITS: Final = 18
"""Longer numbers do not fit into a column of 64 bits."""


def on_command(name: str, act: Callable[[Message], Awaitable[None]]) -> Handler:
    """Give a handler for a command; one that is addressed to another bot is none of ours."""
    return CommandHandler(name, _with_message(act), filters=_NEW)


def on_message(which: BaseFilter, act: Callable[[Message], Awaitable[None]]) -> Handler:
    """Give a handler for some messages."""
    return MessageHandler(_NEW & which, _with_message(act))


def on_button(name: str, act: Callable[[CallbackQuery, str], Awaitable[None]]) -> Handler:
    """Give a handler for buttons whose data is ``name:rest``; it is told the rest, too."""

    async def callback(update: Update, _context: Context) -> None:
        query = cast("CallbackQuery", update.callback_query)
        await act(query, str(query.data).removeprefix(f"{name}:"))

    return CallbackQueryHandler(callback, pattern=f"^{name}:")


def on_membership(act: Callable[[ChatMemberUpdated], Awaitable[None]]) -> Handler:
    """Give a handler for what becomes of the bot in a chat: added, made admin, removed, blocked."""

    async def callback(update: Update, _context: Context) -> None:
        await act(cast("ChatMemberUpdated", update.my_chat_member))

    return ChatMemberHandler(callback, ChatMemberHandler.MY_CHAT_MEMBER)


def read_words(message: Message) -> list[str]:
    """Give the words behind a command."""
    return (message.text or "").split()[1:]


def read_id(text: str) -> int:
    """Give an id from the data of a button; 0, which nothing has, if they are made up."""
    return int(text) if text.isdecimal() and len(text) <= _MAX_DIGITS else 0


def find_asker(message: Message) -> int:
    """Give the id of whoever wrote a message; the chat's own where Telegram names nobody."""
    return message.from_user.id if message.from_user else message.chat_id


def _with_message(act: Callable[[Message], Awaitable[None]]) -> Callback:
    """Give what the library calls for what we write: an action on one message."""

    async def callback(update: Update, _context: Context) -> None:
        await act(cast("Message", update.message))  # _NEW lets nothing else through

    return callback
