"""Bot API methods about chats, users, presses of buttons, and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.sandbox.markup import count_units
from bot.sandbox.refusals import refuse_bot

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
    chat = find_chat(state, params)
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
    return {**chat.as_telegram(), "accent_color_id": 0, "max_reaction_count": 11}


def get_chat_member(state: State, params: Params) -> object:
    """Give a user of a chat, or the bot itself; nobody is more than a member."""
    chat = find_chat(state, params)
    user_id = params.number("user_id")
    user = state.bot if user_id == state.bot["id"] else chat.users.get(user_id)
    if user is None:
        refuse_bot("user not found")
    return {"status": "member", "user": user}


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
    """Give the chat that the bot names; a bot cannot begin one."""
    chat = state.chats.find(params.number("chat_id"))
    if chat is None:
        refuse_bot("chat not found")
    return chat
