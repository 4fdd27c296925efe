"""What users do to a chat itself: open it, come and go, make topics, upgrade it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.accounts import ANONYMOUS_ADMIN, BOT_ID
from bot.sandbox.chats import CHAT_TYPES
from bot.sandbox.entering import begin, find_chat, read_account, read_id
from bot.sandbox.refusals import refuse_user
from bot.sandbox.roles import ROLES, change_role, post_service
from bot.sandbox.threads import TOPIC_COLOUR

if TYPE_CHECKING:
    from bot.sandbox.accounts import Account
    from bot.sandbox.chats import Chat
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

MAX_TITLE: Final = 128
"""Source: Telegram Bot API, setChatTitle; names of topics are as long."""
SUPERGROUP_ID: Final = -1_000_000_000_000
"""Ids of supergroups lie below. Source: Telegram Bot API, "Dialog identifiers"."""


def open_chat(state: State, params: Params) -> Chat:
    """Open a group, a supergroup or a channel without the bot, or change one that is there.

    Raises:
        UserError: if the request cannot be understood.
    """
    chat_id = read_id(params, "chat_id")
    chat = state.chats.find(chat_id)
    if chat is None:
        kind = params.text("chat_type", "group")
        if kind not in CHAT_TYPES[1:]:
            refuse_user(f"chat_type must be one of {', '.join(CHAT_TYPES[1:])}")
        chat = begin(state, chat_id, kind, read_account(state, params), bot_role="left")
    if params.has("title"):
        chat.title = _read_name(params, "title")
    if params.has("is_forum"):
        if chat.kind != "supergroup":
            refuse_user("only a supergroup can be a forum")
        chat.is_forum = params.flag("is_forum")
    if params.has("linked_chat_id"):
        chat.linked_chat_id = params.number("linked_chat_id")
    return chat


def change_member(state: State, params: Params) -> Chat:
    """Give somebody, the bot included, another role in a chat.

    Raises:
        UserError: if the request cannot be understood, or there is no such chat.
    """
    chat = find_chat(state, params)
    role = params.text("role")
    if role not in ROLES:
        refuse_user(f"role must be one of {', '.join(ROLES)}")
    is_bot = params.number("user_id") == BOT_ID
    account = state.bot if is_bot else read_account(state, params)
    change_role(state, chat, account, role, _find_first_user(chat))
    return chat


def open_topic(state: State, params: Params) -> int:
    """Begin a topic in a forum, and give its number.

    Raises:
        UserError: if the chat is no forum, or the name is missing.
    """
    chat = find_chat(state, params)
    if not chat.is_forum:
        refuse_user("only a forum has topics")
    created = {"name": _read_name(params, "name"), "icon_color": TOPIC_COLOUR}
    content = state.chats.head(chat, _find_first_user(chat)) | {"forum_topic_created": created}
    thread_id = int(content["message_id"])
    content |= {"message_thread_id": thread_id, "is_topic_message": True}
    chat.topics[thread_id] = post_service(state, chat, content)
    return thread_id


def migrate(state: State, params: Params) -> Chat:
    """Make a supergroup of a group; give the supergroup, which has another id.

    Raises:
        UserError: if the chat is no group, or has been upgraded before.
    """
    old = find_chat(state, params)
    if old.kind != "group" or old.migrated_to:
        refuse_user("only a group can become a supergroup")
    creator = _find_first_user(old)
    new_id = SUPERGROUP_ID - abs(old.chat_id)
    new = begin(state, new_id, "supergroup", creator, bot_role=old.role_of(BOT_ID))
    new.title, new.users, new.roles = old.title, dict(old.users), dict(old.roles)
    post_service(state, old, state.chats.head(old, creator) | {"migrate_to_chat_id": new_id})
    old.migrated_to = new_id
    came = {"sender_chat": new.as_telegram(), "migrate_from_chat_id": old.chat_id}
    post_service(state, new, state.chats.head(new, ANONYMOUS_ADMIN) | came)
    return new


def show_group(chat: Chat) -> dict[str, Any]:
    """Give what users see of a chat itself, ready for JSON."""
    return {
        "chat_id": chat.chat_id,
        "type": chat.kind,
        "title": chat.title,
        "is_forum": chat.is_forum,
        "linked_chat_id": chat.linked_chat_id,
        "migrated_to": chat.migrated_to,
        "bot_role": chat.role_of(BOT_ID),
        "members": [
            {"user_id": who, "name": account["first_name"], "role": chat.role_of(who)}
            for who, account in chat.users.items()
        ],
    }


def _find_first_user(chat: Chat) -> Account:
    """Give whoever has begun the chat, in whose name things are done to it."""
    return next(iter(chat.users.values()))


def _read_name(params: Params, name: str) -> str:
    """Give the title of a chat or the name of a topic."""
    text = params.text(name).strip()
    if not 1 <= len(text) <= MAX_TITLE:
        refuse_user(f"{name} must have 1 to {MAX_TITLE} characters")
    return text
