"""Bot API methods about chats, their members, presses of buttons, and files."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.accounts import BOT_ID
from bot.sandbox.markup import count_units
from bot.sandbox.refusals import refuse_bot
from bot.sandbox.roles import ADMINS, show_member

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

MAX_CALLBACK_ANSWER: Final = 200
MAX_DOWNLOAD_BYTES: Final = 20 * 1024 * 1024

ACTIONS: Final = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_chat_action(state: State, params: Params) -> object:
    """Show for a few seconds what the bot is doing."""
    chat = find_open_chat(state, params)
    if params.text("action") not in ACTIONS:
        refuse_bot("wrong parameter action in request")
    chat.show_action(params.text("action"))
    state.chats.bell.ring()
    return True


def answer_callback_query(state: State, params: Params) -> object:
    """Say something, or nothing, to the user who pressed a button; each press once."""
    text = params.text("text")
    if count_units(text) > MAX_CALLBACK_ANSWER:
        refuse_bot("MESSAGE_TOO_LONG")
    callback_query_id = params.text("callback_query_id")
    where = state.callbacks.close(callback_query_id)
    chat = where and state.chats.find(where[0])
    if not where or not chat:
        refuse_bot("query is too old and response timeout expired or query ID is invalid")
    chat.answer_callback(callback_query_id, where[1], text, alert=params.flag("show_alert"))
    state.chats.bell.ring()
    return True


def get_chat(state: State, params: Params) -> object:
    """Give a chat that a user has begun."""
    chat = find_chat(state, params)
    linked = {"linked_chat_id": chat.linked_chat_id} if chat.linked_chat_id else {}
    return {**chat.as_telegram(), **linked, "accent_color_id": 0, "max_reaction_count": 11}


def get_chat_member(state: State, params: Params) -> object:
    """Give what a user, or the bot itself, is in a chat."""
    chat = find_chat(state, params)
    user_id = params.number("user_id")
    account = state.bot if user_id == BOT_ID else chat.users.get(user_id)
    if account is None:
        refuse_bot("user not found")
    return show_member(account, chat.role_of(user_id))


def get_chat_administrators(state: State, params: Params) -> object:
    """Give the admins of a chat who are no bots."""
    chat = find_chat(state, params)
    if chat.kind == "private":
        refuse_bot("there are no administrators in the private chat")
    roles = [(account, chat.role_of(user_id)) for user_id, account in chat.users.items()]
    return [show_member(account, role) for account, role in roles if role in ADMINS]


def get_file(state: State, params: Params) -> object:
    """Give the path at which a file can be downloaded."""
    file = state.files.find(params.text("file_id"))
    if file is None:
        refuse_bot("wrong file_id or the file is temporarily unavailable")
    if len(file.upload.data) > MAX_DOWNLOAD_BYTES:
        refuse_bot("file is too big")
    return {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.upload.data),
        "file_path": file.path,
    }


def find_chat(state: State, params: Params) -> Chat:
    """Give the chat that the bot names and is in; a bot cannot begin one.

    Raises:
        BotApiError: if there is none, if it has moved, or if the bot is not in that group.
    """
    chat = state.chats.find(params.number("chat_id"))
    if chat is None:
        refuse_bot("chat not found")
    if chat.migrated_to:
        where: dict[str, Any] = {"migrate_to_chat_id": chat.migrated_to}
        refuse_bot("group chat was upgraded to a supergroup chat", parameters=where)
    role = chat.role_of(BOT_ID)
    if chat.kind != "private" and role == "kicked":
        refuse_bot(f"bot was kicked from the {chat.kind} chat", HTTPStatus.FORBIDDEN)
    if chat.kind != "private" and role == "left":
        refuse_bot(f"bot is not a member of the {chat.kind} chat", HTTPStatus.FORBIDDEN)
    return chat


def find_open_chat(state: State, params: Params) -> Chat:
    """Give the chat that the bot names, to do something in it that its people see.

    Raises:
        BotApiError: if there is none, or if the bot is not welcome.
    """
    chat = find_chat(state, params)
    if chat.role_of(BOT_ID) == "kicked":
        refuse_bot("bot was blocked by the user", HTTPStatus.FORBIDDEN)
    return chat
