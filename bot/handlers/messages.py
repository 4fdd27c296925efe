"""How handlers meet messages: new ones only, each as the message itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from telegram import Message, Update
from telegram.ext import BaseHandler, CommandHandler, ContextTypes, MessageHandler, filters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from telegram.ext.filters import BaseFilter

Context: TypeAlias = ContextTypes.DEFAULT_TYPE
Handler: TypeAlias = BaseHandler[Update, Context, None]

_NEW: Final = filters.UpdateType.MESSAGE
"""Neither edited messages nor the posts of a channel."""


def on_command(name: str, act: Callable[[Message], Awaitable[None]]) -> Handler:
    """Give a handler for a command; one that is addressed to another bot is none of ours."""
    return CommandHandler(name, _unpack(act), filters=_NEW)


def on_message(which: BaseFilter, act: Callable[[Message], Awaitable[None]]) -> Handler:
    """Give a handler for some messages."""
    return MessageHandler(_NEW & which, _unpack(act))


def find_asker(message: Message) -> int:
    """Give the id of whoever wrote a message; the chat's own where Telegram names nobody."""
    return message.from_user.id if message.from_user else message.chat_id


def _unpack(
    act: Callable[[Message], Awaitable[None]],
) -> Callable[[Update, Context], Coroutine[Any, Any, None]]:
    """Give what the library calls for what we write: an action on one message."""

    async def callback(update: Update, _context: Context) -> None:
        await act(cast("Message", update.message))  # _NEW lets nothing else through

    return callback
