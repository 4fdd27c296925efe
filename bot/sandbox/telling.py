"""What of a chat reaches the bot."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from bot.sandbox.accounts import BOT_ID
from bot.sandbox.refusals import refuse_user
from bot.sandbox.updates import TooManyPending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.chats import Chat
    from bot.sandbox.state import State


def tell_bot(state: State, kind: str, content: Mapping[str, Any]) -> None:
    """Queue an update for the bot.

    Raises:
        UserError: if the bot has left too many unfetched.
    """
    try:
        state.updates.add(kind, content)
    except TooManyPending:
        refuse_user(
            "the bot has left too many updates unfetched: is it running?",
            HTTPStatus.SERVICE_UNAVAILABLE,
        )


def tell_bot_if_it_hears(state: State, chat: Chat, kind: str, content: Mapping[str, Any]) -> None:
    """Queue a message that a user has posted or edited, unless it is kept from the bot.

    Raises:
        UserError: if the bot has left too many updates unfetched.
    """
    if _hears(state, chat, content):
        tell_bot(state, kind, content)


def _hears(state: State, chat: Chat, content: Mapping[str, Any]) -> bool:
    """Tell whether a message reaches the bot: it is there, and no privacy mode is in the way.

    Source: https://core.telegram.org/bots/features#privacy-mode
    """
    role = chat.role_of(BOT_ID)
    if role in {"left", "kicked"}:
        return False
    is_plain_member = chat.kind in {"group", "supergroup"} and role != "administrator"
    if is_plain_member and not state.bot["can_read_all_group_messages"]:
        return _is_meant_for(state.bot["username"], content)
    return True


def _is_meant_for(username: str, content: Mapping[str, Any]) -> bool:
    """Tell whether a message in a group is for the bot: a command, a mention, or a reply to it."""
    replied = content.get("reply_to_message", {})
    if replied.get("from", {}).get("id") == BOT_ID:
        return True
    text = str(content.get("text", content.get("caption", "")))
    units = text.encode("utf-16-le")
    for entity in content.get("entities", content.get("caption_entities", [])):
        end = entity["offset"] + entity["length"]
        name = units[2 * entity["offset"] : 2 * end].decode("utf-16-le")
        _, at, addressee = name.partition("@")
        is_for_anybody = entity["type"] == "bot_command" and not at
        if is_for_anybody or addressee.lower() == username.lower():
            return True
    return False
