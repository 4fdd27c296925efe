"""PURE  For whom a list of commands is: what the bot may name, and which list a user sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from bot.sandbox.params import Params
from bot.sandbox.refusals import refuse_bot
from bot.sandbox.roles import ADMINS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.sandbox.chats import Chat
    from bot.sandbox.state import State

_DEFAULT: Final = {"type": "default"}
_NAMED: Final = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
"""Each type, and whom it names."""


def read_scope(state: State, params: Params) -> str:
    """Give the scope that the bot names, in its one form; without one it is everybody.

    Raises:
        BotApiError: if Telegram has no such type, or the bot has never met who is named.
    """
    scope = params.structure("scope") or _DEFAULT
    if not isinstance(scope, dict) or scope.get("type") not in _NAMED:
        refuse_bot("can't parse BotCommandScope: unsupported type specified")
    numbers = {name: Params(scope, {}).number(name) for name in _NAMED[scope["type"]]}
    chat = state.chats.find(numbers.get("chat_id", 0))
    if "chat_id" in numbers and chat is None:
        refuse_bot("chat not found")
    if chat is not None and numbers.get("user_id", 0) not in {0, *chat.users}:
        refuse_bot("user not found")
    return _write(scope["type"], **numbers)


def find_commands(
    state: State, chat: Chat | None, *, kind: str, user_id: int, language: str
) -> list[dict[str, str]]:
    """Give the commands that a user sees in a chat, or where there is none yet in such a chat.

    They are those of the narrowest scope that has some, in the user's language first.

    Source: https://core.telegram.org/bots/api#determining-list-of-commands
    """
    scopes = _narrow_private(chat) if kind == "private" else _narrow_group(chat, user_id)
    found = (
        state.commands.get((scope, code), [])
        for scope in (*scopes, _write("default"))
        for code in dict.fromkeys((language, ""))
    )
    return next(filter(None, found), [])


def _narrow_private(chat: Chat | None) -> Iterator[str]:
    """Give the scopes of a private chat, the narrowest first."""
    if chat is not None:
        yield _write("chat", chat_id=chat.chat_id)
    yield _write("all_private_chats")


def _narrow_group(chat: Chat | None, user_id: int) -> Iterator[str]:
    """Give the scopes of somebody in a group, the narrowest first."""
    is_admin = chat is not None and chat.role_of(user_id) in ADMINS
    if chat is not None:
        yield _write("chat_member", chat_id=chat.chat_id, user_id=user_id)
        if is_admin:
            yield _write("chat_administrators", chat_id=chat.chat_id)
        yield _write("chat", chat_id=chat.chat_id)
    if is_admin:
        yield _write("all_chat_administrators")
    yield _write("all_group_chats")


def _write(kind: str, **numbers: int) -> str:
    """Give a scope in its one form."""
    return json.dumps({"type": kind, **numbers}, sort_keys=True)
