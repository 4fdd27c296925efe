"""Who speaks where: the chat and the user that a request of the user's side names."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.accounts import ANONYMOUS_ADMIN, BOT_ID, CHANNEL_SENDER
from bot.sandbox.chats import CHAT_TYPES, Chat, TooManyChats
from bot.sandbox.refusals import refuse_user
from bot.sandbox.roles import ADMINS

if TYPE_CHECKING:
    from bot.sandbox.accounts import Account
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

MAX_ID: Final = 2**52
"""Source: Telegram Bot API, Chat: an id has at most 52 significant bits."""


def enter(state: State, params: Params) -> tuple[Chat, Account]:
    """Give the chat and the user that a request names, to write there.

    The first message begins a chat, with the bot in it; whoever writes in a group is a member.

    Raises:
        UserError: if there can be no such chat, or this user cannot write in it.
    """
    chat_id = read_id(params, "chat_id")
    account = read_account(state, params)
    known = state.chats.find(chat_id)
    kind = _read_kind(params, known, chat_id)
    if known is None:
        bot_role = "administrator" if kind == "channel" else "member"
        return begin(state, chat_id, kind, account, bot_role=bot_role), account
    _check_may_write(known, account["id"])
    if known.role_of(account["id"]) == "left":
        known.roles[account["id"]] = "member"
    known.users[account["id"]] = account
    return known, account


def begin(state: State, chat_id: int, kind: str, creator: Account, *, bot_role: str) -> Chat:
    """Begin a chat for the user who opens it, and give it.

    Raises:
        UserError: if there are too many chats.
    """
    try:
        chat = state.chats.begin(chat_id, kind, bot_role=bot_role)
    except TooManyChats:
        refuse_user("there are too many chats", HTTPStatus.SERVICE_UNAVAILABLE)
    chat.users[creator["id"]] = creator
    chat.roles[creator["id"]] = "member" if kind == "private" else "creator"
    return chat


def find_chat(state: State, params: Params) -> Chat:
    """Give a chat that somebody has begun.

    Raises:
        UserError: if nobody has.
    """
    chat = state.chats.find(params.number("chat_id"))
    if chat is None:
        refuse_user("there is no such chat", HTTPStatus.NOT_FOUND)
    return chat


def read_account(state: State, params: Params) -> Account:
    """Give the account of the user who acts.

    Raises:
        UserError: if that can be no user.
    """
    user_id = read_id(params, "user_id")
    if user_id < 0 or user_id == BOT_ID:
        refuse_user("user_id must be positive, and not the bot's own")
    return state.accounts.find(user_id)


def read_id(params: Params, name: str) -> int:
    """Give the identity of a chat or a user.

    Raises:
        UserError: if Telegram has no such numbers.
    """
    number = params.number(name)
    if not 0 < abs(number) < MAX_ID:
        refuse_user(f"{name} must not be 0 and have at most 52 bits")
    return number


def read_sender(state: State, chat: Chat, account: Account, params: Params) -> dict[str, Any]:
    """Give ``from`` and ``sender_chat`` of a message: the user's own, or those of a chat.

    Raises:
        UserError: if the user cannot speak in that chat's name.
    """
    if chat.kind == "channel":
        return {"sender_chat": chat.as_telegram()}
    if not params.has("sender_chat_id"):
        return {"from": dict(account)}
    voice = state.chats.find(params.number("sender_chat_id"))
    if voice is None or voice.role_of(account["id"]) not in ADMINS:
        refuse_user("sender_chat_id must be a chat whose admin this user is")
    if voice.kind != "channel" and voice is not chat:
        refuse_user("sender_chat_id must be this group or a channel")
    shown_as = ANONYMOUS_ADMIN if voice is chat else CHANNEL_SENDER
    return {"from": dict(shown_as), "sender_chat": voice.as_telegram()}


def _read_kind(params: Params, known: Chat | None, chat_id: int) -> str:
    """Give the type of the chat: as it is, as it is asked for, or the usual one."""
    usual = known.kind if known else "private" if chat_id > 0 else "group"
    kind = params.text("chat_type") or usual
    if kind not in CHAT_TYPES:
        refuse_user(f"chat_type must be one of {', '.join(CHAT_TYPES)}")
    if known and known.kind != kind:
        refuse_user(f"chat {chat_id} is a {known.kind} chat")
    return kind


def _check_may_write(chat: Chat, user_id: int) -> None:
    """Refuse who cannot write in a chat."""
    if chat.kind == "private" and user_id not in chat.users:
        refuse_user(f"chat {chat.chat_id} is private, and another user's")
    if chat.kind == "private" and chat.role_of(BOT_ID) == "kicked":
        refuse_user("this user blocks the bot")
    if chat.kind == "channel" and chat.role_of(user_id) not in ADMINS:
        refuse_user("only its admins post in a channel")
    if chat.role_of(user_id) == "kicked":
        refuse_user("this user was removed from the chat")
    if chat.migrated_to:
        refuse_user(f"the group is now the supergroup {chat.migrated_to}")
