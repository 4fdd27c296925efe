"""What a user does to a message that is there: press a button, react, edit, delete."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from bot.sandbox.accounts import BOT_ID
from bot.sandbox.keyboard import MAX_CALLBACK_BYTES
from bot.sandbox.posting import read_text
from bot.sandbox.reactions import EMOJIS, as_telegram
from bot.sandbox.refusals import refuse_user
from bot.sandbox.roles import ADMINS
from bot.sandbox.telling import tell_bot, tell_bot_if_it_hears

if TYPE_CHECKING:
    from bot.sandbox.accounts import Account
    from bot.sandbox.chats import Chat, Message
    from bot.sandbox.params import Params
    from bot.sandbox.state import State


def press_button(state: State, params: Params) -> str:
    """Press a button under a message, tell the bot, and give the identity of the press.

    Whether such a button is there is not checked: Telegram lets a changed client send anything.
    A press that is said to be ``expired`` cannot be answered any more.

    Raises:
        UserError: if the request cannot be understood, or there is no such message or user.
    """
    data = params.text("data")
    if not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
        refuse_user(f"data must have 1 to {MAX_CALLBACK_BYTES} bytes")
    chat, message = _find(state, params)
    account = _find_account(chat, params)
    callback_query_id = state.callbacks.open(chat.chat_id, account["id"])
    if params.flag("expired"):
        state.callbacks.close(callback_query_id)
    query = {
        "id": callback_query_id,
        "from": dict(account),
        "message": message.content,
        "chat_instance": str(chat.chat_id),
        "data": data,
    }
    tell_bot(state, "callback_query", query)
    return callback_query_id


def react(state: State, params: Params) -> None:
    """Put a user's reaction under a message, or take it away; tell the bot where it is an admin.

    Raises:
        UserError: if Telegram has no such reaction, or there is no such message or user.
    """
    emoji = params.text("emoji") or None
    if emoji is not None and emoji not in EMOJIS:
        refuse_user("emoji must be one that Telegram has for reactions")
    chat, message = _find(state, params)
    account = _find_account(chat, params)
    old = message.reactions.get(account["id"])
    if chat.kind == "private" or chat.role_of(BOT_ID) in ADMINS:
        change = {
            "chat": chat.as_telegram(),
            "message_id": message.message_id,
            "user": dict(account),
            "date": int(time.time()),
            "old_reaction": as_telegram(old),
            "new_reaction": as_telegram(emoji),
        }
        tell_bot(state, "message_reaction", change)
    chat.react(message, account["id"], emoji)
    state.chats.bell.ring()


def edit_message(state: State, params: Params) -> None:
    """Put another text or caption in place of a user's own.

    Raises:
        UserError: if the request cannot be understood, or the message is not the user's.
    """
    chat, message = _find(state, params)
    account = _find_account(chat, params)
    if message.content.get("from", account)["id"] != account["id"]:
        refuse_user("this message is not the user's own")
    kind = "text" if "text" in message.content else "caption"
    replaced = {kind, "entities", "caption_entities"}
    kept = {name: message.content[name] for name in message.content if name not in replaced}
    content: dict[str, Any] = {**kept, **read_text(params, kind), "edit_date": int(time.time())}
    update = "edited_channel_post" if chat.kind == "channel" else "edited_message"
    tell_bot_if_it_hears(state, chat, update, content)
    chat.put(content, html=None)
    state.chats.bell.ring()


def delete_message(state: State, params: Params) -> None:
    """Take a message away; Telegram tells a bot nothing of it.

    Raises:
        UserError: if there is no such message.
    """
    chat, message = _find(state, params)
    chat.delete(message)
    state.chats.bell.ring()


def _find(state: State, params: Params) -> tuple[Chat, Message]:
    """Give the chat and the message that a request names."""
    chat = state.chats.find(params.number("chat_id"))
    message = chat and chat.find(params.number("message_id"))
    if not chat or not message:
        refuse_user("there is no such message")
    return chat, message


def _find_account(chat: Chat, params: Params) -> Account:
    """Give the user who acts, and who is known in the chat."""
    account = chat.users.get(params.number("user_id"))
    if account is None:
        refuse_user("this user has not written in this chat")
    return account
