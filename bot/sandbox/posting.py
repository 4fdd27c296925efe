"""A user posts a message."""

from __future__ import annotations

import asyncio
import io
import time
from typing import TYPE_CHECKING, Any, Final

import soundfile

from bot.sandbox.accounts import TELEGRAM
from bot.sandbox.entering import enter, read_sender
from bot.sandbox.markup import (
    MAX_CAPTION,
    MAX_TEXT,
    FormattedText,
    count_units,
    detect_entities,
)
from bot.sandbox.refusals import refuse_user
from bot.sandbox.telling import tell_bot_if_it_hears
from bot.sandbox.threads import place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.chats import Chat
    from bot.sandbox.params import Params, Upload
    from bot.sandbox.state import State

MEDIA_KINDS: Final = ("voice", "audio", "video_note", "document")
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
    text = read_text(params, kind)
    fields = text if kind == "text" else {**await _keep_media(state, params, kind), **text}
    chat, account = enter(state, params)
    content = {
        **state.chats.head(chat, None),
        **read_sender(state, chat, account, params),
        **_place_fields(chat, params),
        **_forward_fields(state, params),
        **fields,
    }
    _put(state, chat, content)
    linked = state.chats.find(chat.linked_chat_id or 0)
    if linked is not None:
        _put(state, linked, _forward_by_telegram(state, linked, content))
    return int(content["message_id"])


def read_text(params: Params, kind: str) -> dict[str, Any]:
    """Give the fields of a message that hold what was typed: its text or its caption.

    Raises:
        UserError: if it is too long, or missing.
    """
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
        told = params.number("duration") if params.has("duration") else None
        measured = await asyncio.to_thread(measure_seconds, upload) if told is None else told
        media["duration"] = measured
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


def _place_fields(chat: Chat, params: Params) -> dict[str, Any]:
    """Give the fields of a message that tell its topic and what it replies to."""
    target = None
    if params.has("reply_to_message_id"):
        target = chat.find(params.number("reply_to_message_id"))
        if target is None:
            refuse_user("the message to reply to is not there")
    thread_id = params.number("message_thread_id") if params.has("message_thread_id") else None
    try:
        return place(chat, target, thread_id)
    except KeyError:
        refuse_user("there is no such topic")


def _forward_fields(state: State, params: Params) -> dict[str, Any]:
    """Give the field of a message that tells whose it was before."""
    source = params.text("forward_of")
    if not source:
        return {}
    origin: dict[str, Any] = {"date": int(time.time())}
    if not source.lstrip("-").isdecimal():
        origin |= {"type": "hidden_user", "sender_user_name": source}
    elif int(source) > 0:
        origin |= {"type": "user", "sender_user": dict(state.accounts.find(int(source)))}
    else:
        channel = state.chats.find(int(source))
        if channel is None or channel.kind != "channel":
            refuse_user("forward_of must be a user, a channel or a name")
        origin |= {"type": "channel", "chat": channel.as_telegram(), "message_id": 1}
    return {"forward_origin": origin}


def _forward_by_telegram(state: State, group: Chat, post: Mapping[str, Any]) -> dict[str, Any]:
    """Give the message with which Telegram brings a channel's post into the channel's group."""
    kept = {name: post[name] for name in post if name not in {"message_id", "chat", "date"}}
    origin = {"type": "channel"} | {name: post[name] for name in ("chat", "message_id", "date")}
    head = state.chats.head(group, TELEGRAM)
    return {**kept, **head, "is_automatic_forward": True, "forward_origin": origin}


def _put(state: State, chat: Chat, content: dict[str, Any]) -> None:
    """Add a message to a chat, and let the bot hear it."""
    kind = "channel_post" if chat.kind == "channel" else "message"
    tell_bot_if_it_hears(state, chat, kind, content)
    chat.put(content, html=None)
    state.chats.bell.ring()
