"""Bot API methods about messages: what the bot sends, edits and deletes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.bot_chats import find_chat
from bot.sandbox.keyboard import check_keyboard
from bot.sandbox.markup import (
    MAX_CAPTION,
    MAX_TEXT,
    FormattedText,
    count_units,
    detect_entities,
    parse_html,
)
from bot.sandbox.params import Params
from bot.sandbox.pictures import read_size
from bot.sandbox.refusals import refuse_bot

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat, Message
    from bot.sandbox.files import StoredFile
    from bot.sandbox.state import State

MAX_PHOTO_BYTES: Final = 10 * 1024 * 1024
MAX_PHOTO_SIDES: Final = 10_000
"""Width and height together. Source: Telegram Bot API, sendPhoto."""
MAX_PHOTO_RATIO: Final = 20


def send_message(state: State, params: Params) -> object:
    """Send a text."""
    chat = find_chat(state, params)
    text = _read_text(params)
    return _post(state, chat, params, text.as_fields("text"), params.text("text"))


def send_photo(state: State, params: Params) -> object:
    """Send a picture, uploaded now or known already, with or without a caption."""
    chat = find_chat(state, params)
    caption = _read_formatted(params, "caption", MAX_CAPTION)
    file = _find_or_keep_photo(state, params)
    width, height = _check_photo(file)
    size = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "width": width,
        "height": height,
        "file_size": len(file.upload.data),
    }
    fields = {"photo": [size]} | caption.as_fields("caption")
    return _post(state, chat, params, fields, params.text("caption"))


def edit_message_text(state: State, params: Params) -> object:
    """Put another text, another keyboard or both in place of a message of the bot."""
    chat = find_chat(state, params)
    message = _find_message(chat, params, "message to edit not found")
    old = message.content
    if old["from"]["id"] != state.bot["id"]:
        refuse_bot("message can't be edited")
    if "text" not in old:
        refuse_bot("there is no text in the message to edit")
    text = _read_text(params)
    kept = {name: old[name] for name in old if name not in {"text", "entities", "reply_markup"}}
    new = {**kept, **text.as_fields("text"), **_keyboard_fields(params)}
    if all(old.get(name) == new.get(name) for name in ("text", "entities", "reply_markup")):
        refuse_bot(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    new["edit_date"] = int(time.time())
    chat.put(new, html=params.text("text"))
    state.chats.bell.ring()
    return new


def delete_message(state: State, params: Params) -> object:
    """Take a message away, the bot's or a user's."""
    chat = find_chat(state, params)
    chat.delete(_find_message(chat, params, "message to delete not found"))
    state.chats.bell.ring()
    return True


def _find_message(chat: Chat, params: Params, otherwise: str) -> Message:
    """Give the message that the bot names."""
    message = chat.find(params.number("message_id"))
    if message is None:
        refuse_bot(otherwise)
    return message


def _read_text(params: Params) -> FormattedText:
    """Read the text of a message, which must not be empty."""
    formatted = _read_formatted(params, "text", MAX_TEXT)
    if not formatted.text:
        refuse_bot("message text is empty")
    return formatted


def _read_formatted(params: Params, name: str, max_units: int) -> FormattedText:
    """Read a text or a caption in the way that it says it is written."""
    mode = params.text("parse_mode").lower()
    if mode not in {"", "html"}:
        refuse_bot("unsupported parse_mode")
    source = params.text(name)
    formatted = parse_html(source) if mode else FormattedText(source.strip())
    if count_units(formatted.text) > max_units:
        refuse_bot("message is too long" if name == "text" else f"message {name} is too long")
    return detect_entities(formatted)


def _keyboard_fields(params: Params) -> dict[str, Any]:
    """Give the field of a message that holds its keyboard."""
    keyboard = check_keyboard(params.structure("reply_markup"))
    return {"reply_markup": keyboard} if keyboard else {}


def _reply_fields(chat: Chat, params: Params) -> dict[str, Any]:
    """Give the field of a message that holds what it replies to."""
    reply = params.structure("reply_parameters")
    name = "message_id" if isinstance(reply, dict) else "reply_to_message_id"
    source = Params(reply, {}) if isinstance(reply, dict) else params
    if not source.has(name):
        return {}
    target = chat.find(source.number(name))
    if target is not None:
        return {"reply_to_message": target.as_quoted()}
    if not source.flag("allow_sending_without_reply"):
        refuse_bot("message to be replied not found")
    return {}


def _post(
    state: State, chat: Chat, params: Params, fields: dict[str, Any], html: str
) -> dict[str, Any]:
    """Add a message of the bot to a chat, and give it."""
    extra = {**_reply_fields(chat, params), **_keyboard_fields(params)}
    content = {**state.chats.head(chat, state.bot), **fields, **extra}
    chat.put(content, html=html)
    state.chats.bell.ring()
    return content


def _find_or_keep_photo(state: State, params: Params) -> StoredFile:
    """Give the picture that was uploaded with the request or that its file_id names."""
    if upload := params.files.get("photo") or params.files.get(
        params.text("photo").removeprefix("attach://")
    ):
        if len(upload.data) > MAX_PHOTO_BYTES:
            refuse_bot("file is too big")
        return state.files.keep(upload, "photo")
    file = state.files.find(params.text("photo"))
    if file is None:
        refuse_bot("wrong remote file identifier specified: Wrong string length")
    return file


def _check_photo(file: StoredFile) -> tuple[int, int]:
    """Give the size of a picture in pixels if Telegram would show it."""
    size = read_size(file.upload.data)
    if size is None:
        refuse_bot("IMAGE_PROCESS_FAILED")
    if sum(size) > MAX_PHOTO_SIDES or max(size) > MAX_PHOTO_RATIO * min(size):
        refuse_bot("PHOTO_INVALID_DIMENSIONS")
    return size
