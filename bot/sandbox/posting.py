"""What a user does: post a message, press a button."""

from __future__ import annotations

import asyncio
import io
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import soundfile

from bot.sandbox.chats import CHAT_TYPES, Chat, TooManyChats
from bot.sandbox.keyboard import MAX_CALLBACK_BYTES
from bot.sandbox.markup import (
    MAX_CAPTION,
    MAX_TEXT,
    FormattedText,
    count_units,
    detect_entities,
)
from bot.sandbox.refusals import refuse_user
from bot.sandbox.state import BOT_ID
from bot.sandbox.updates import TooManyPending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.params import Params, Upload
    from bot.sandbox.state import State

MEDIA_KINDS: Final = ("voice", "audio", "video_note", "document")
MAX_ID: Final = 2**52
"""Source: Telegram Bot API, Chat: an id has at most 52 significant bits."""
MAX_SECONDS: Final = 24 * 60 * 60
VIDEO_NOTE_SIDE: Final = 384
"""Pixels; a video note is a square."""


async def post_message(state: State, params: Params) -> int:
    """Post what a user says or sends, tell the bot, and give the number of the message.

    Raises:
        UserError: if the request cannot be understood, or there is no room.
    """
    kind = params.text("kind", "text")
    if kind != "text" and kind not in MEDIA_KINDS:
        refuse_user(f"kind must be text, {', '.join(MEDIA_KINDS[:-1])} or {MEDIA_KINDS[-1]}")
    text = _read_text(params, kind)
    fields = text if kind == "text" else {**await _keep_media(state, params, kind), **text}
    chat, user = _enter(state, params)
    content = {**state.chats.head(chat, user), **fields, **_reply_fields(chat, params)}
    _tell_bot(state, "message", content)
    chat.put(content, html=None)
    state.chats.bell.ring()
    return int(content["message_id"])


def press_button(state: State, params: Params) -> str:
    """Press a button under a message, tell the bot, and give the identity of the press.

    Whether such a button is there is not checked: Telegram lets a changed client send anything.

    Raises:
        UserError: if the request cannot be understood, or there is no such message or user.
    """
    data = params.text("data")
    if not 1 <= len(data.encode()) <= MAX_CALLBACK_BYTES:
        refuse_user(f"data must have 1 to {MAX_CALLBACK_BYTES} bytes")
    chat = state.chats.find(params.number("chat_id"))
    message = chat and chat.find(params.number("message_id"))
    if not chat or not message:
        refuse_user("there is no such message")
    user = chat.users.get(params.number("user_id"))
    if user is None:
        refuse_user("this user has not written in this chat")
    callback_query_id = state.callbacks.open(chat.chat_id, user["id"])
    query = {
        "id": callback_query_id,
        "from": user,
        "message": message.content,
        "chat_instance": str(chat.chat_id),
        "data": data,
    }
    _tell_bot(state, "callback_query", query)
    return callback_query_id


def _enter(state: State, params: Params) -> tuple[Chat, dict[str, Any]]:
    """Give the chat and the user that a request names; the first message begins the chat."""
    chat_id = _read_id(params, "chat_id")
    user_id = _read_id(params, "user_id")
    if user_id < 0 or user_id == BOT_ID:
        refuse_user("user_id must be positive, and not the bot's own")
    known = state.chats.find(chat_id)
    usual = known.kind if known else "private" if chat_id > 0 else "group"
    kind = params.text("chat_type") or usual
    if kind not in CHAT_TYPES:
        refuse_user(f"chat_type must be one of {', '.join(CHAT_TYPES)}")
    if known and known.kind != kind:
        refuse_user(f"chat {chat_id} is a {known.kind} chat")
    if known and kind == "private" and user_id not in known.users:
        refuse_user(f"chat {chat_id} is private, and another user's")
    user = {
        "id": user_id,
        "is_bot": False,
        "first_name": f"User {user_id}",
        "language_code": "en",
    }
    try:
        return state.chats.enter(chat_id, kind, user), user
    except TooManyChats:
        refuse_user("there are too many chats", HTTPStatus.SERVICE_UNAVAILABLE)


def _read_id(params: Params, name: str) -> int:
    """Give the identity of a chat or a user."""
    number = params.number(name)
    if not 0 < abs(number) < MAX_ID:
        refuse_user(f"{name} must not be 0 and have at most 52 bits")
    return number


def _read_text(params: Params, kind: str) -> dict[str, Any]:
    """Give the fields of a message that hold what was typed: its text or its caption."""
    name, max_units = ("text", MAX_TEXT) if kind == "text" else ("caption", MAX_CAPTION)
    text = params.text("text").strip()
    if kind == "text" and not text:
        refuse_user("text must not be empty")
    if count_units(text) > max_units:
        refuse_user(f"text must have at most {max_units} characters")
    return detect_entities(FormattedText(text)).as_fields(name)


async def _keep_media(state: State, params: Params, kind: str) -> dict[str, Any]:
    """Keep the uploaded file, and give the field of a message that tells of it.

    As on Telegram the sender says how long it lasts; without a word on it, it is measured.
    """
    upload = params.files.get("file")
    if upload is None:
        refuse_user(f"kind {kind} needs a file")
    media: dict[str, Any] = {}
    if kind != "document":
        measured = await asyncio.to_thread(measure_seconds, upload)
        media["duration"] = params.number("duration", measured)
    if kind == "video_note":
        media["length"] = VIDEO_NOTE_SIDE
    else:
        media["mime_type"] = upload.mime_type
    if kind in {"audio", "document"}:
        media["file_name"] = upload.name
    file = state.files.keep(upload, kind)
    identity = {"file_id": file.file_id, "file_unique_id": file.unique_id}
    return {kind: {**identity, "file_size": len(upload.data), **media}}


def measure_seconds(upload: Upload) -> int:
    """Give how long a recording lasts, rounded; 0 where only ffmpeg could tell."""
    try:
        about = soundfile.info(io.BytesIO(upload.data))
    except soundfile.LibsndfileError:
        return 0
    return min(round(int(about.frames) / max(int(about.samplerate), 1)), MAX_SECONDS)


def _reply_fields(chat: Chat, params: Params) -> dict[str, Any]:
    """Give the field of a message that holds what it replies to."""
    if not params.has("reply_to_message_id"):
        return {}
    target = chat.find(params.number("reply_to_message_id"))
    if target is None:
        refuse_user("the message to reply to is not there")
    return {"reply_to_message": target.as_quoted()}


def _tell_bot(state: State, kind: str, content: Mapping[str, Any]) -> None:
    """Queue an update for the bot."""
    try:
        state.updates.add(kind, content)
    except TooManyPending:
        refuse_user(
            "the bot has left too many updates unfetched: is it running?",
            HTTPStatus.SERVICE_UNAVAILABLE,
        )
