"""Bot API methods that send: texts, pictures and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.bot_chats import find_open_chat
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
from bot.sandbox.threads import place

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat, Message
    from bot.sandbox.files import StoredFile
    from bot.sandbox.state import State

MAX_DOCUMENT_BYTES: Final = 50 * 1024 * 1024
MAX_PHOTO_BYTES: Final = 10 * 1024 * 1024
MAX_PHOTO_SIDES: Final = 10_000
"""Width and height together. Source: Telegram Bot API, sendPhoto."""
MAX_PHOTO_RATIO: Final = 20


def send_message(state: State, params: Params) -> object:
    """Send a text."""
    chat = find_open_chat(state, params)
    text = read_text(params)
    return _post(state, chat, params, text.as_fields("text"), params.text("text"))


def send_photo(state: State, params: Params) -> object:
    """Send a picture, uploaded now or known already, with or without a caption."""
    return _send_media(state, params, "photo")


def send_document(state: State, params: Params) -> object:
    """Send a file, uploaded now or known already, with or without a caption."""
    return _send_media(state, params, "document")


def read_text(params: Params) -> FormattedText:
    """Read the text of a message, which must not be empty.

    Raises:
        BotApiError: if Telegram would refuse it.
    """
    formatted = _read_formatted(params, "text", MAX_TEXT)
    if not formatted.text:
        refuse_bot("message text is empty")
    return formatted


def read_caption(params: Params) -> FormattedText:
    """Read the caption of a picture or a file, which may be empty.

    Raises:
        BotApiError: if Telegram would refuse it.
    """
    return _read_formatted(params, "caption", MAX_CAPTION)


def read_media(state: State, params: Params, kind: str, name: str) -> dict[str, Any]:
    """Read the parameter that names a picture or a file; give the field of a message with it.

    Raises:
        BotApiError: if Telegram would refuse it.
    """
    file = _find_or_keep(state, params, kind, name)
    media = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_size": len(file.upload.data),
    }
    if kind == "document":
        about = {"file_name": file.upload.name, "mime_type": file.upload.mime_type}
        return {"document": media | about}
    width, height = _check_photo(file)
    return {"photo": [media | {"width": width, "height": height}]}


def read_keyboard(params: Params) -> dict[str, Any]:
    """Give the field of a message that holds its keyboard; none without one.

    Raises:
        BotApiError: if Telegram would refuse it.
    """
    keyboard = check_keyboard(params.structure("reply_markup"))
    return {"reply_markup": keyboard} if keyboard else {}


def _send_media(state: State, params: Params, kind: str) -> object:
    """Send a picture or a file."""
    chat = find_open_chat(state, params)
    caption = read_caption(params)
    fields = read_media(state, params, kind, kind) | caption.as_fields("caption")
    return _post(state, chat, params, fields, params.text("caption"))


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


def _post(
    state: State, chat: Chat, params: Params, fields: dict[str, Any], html: str
) -> dict[str, Any]:
    """Add a message of the bot to a chat, and give it."""
    extra = {**_place_fields(chat, params), **read_keyboard(params)}
    content = {**state.chats.head(chat, state.bot), **fields, **extra}
    chat.put(content, html=html)
    state.chats.bell.ring()
    return content


def _place_fields(chat: Chat, params: Params) -> dict[str, Any]:
    """Give the fields of a message that tell its topic and what it replies to."""
    thread_id = params.number("message_thread_id") if params.has("message_thread_id") else None
    try:
        return place(chat, _find_target(chat, params), thread_id)
    except KeyError:
        refuse_bot("message thread not found")


def _find_target(chat: Chat, params: Params) -> Message | None:
    """Give the message that is replied to, if one is."""
    reply = params.structure("reply_parameters")
    name = "message_id" if isinstance(reply, dict) else "reply_to_message_id"
    source = Params(reply, {}) if isinstance(reply, dict) else params
    target = chat.find(source.number(name)) if source.has(name) else None
    if source.has(name) and target is None and not source.flag("allow_sending_without_reply"):
        refuse_bot("message to be replied not found")
    return target


def _find_or_keep(state: State, params: Params, kind: str, name: str) -> StoredFile:
    """Give the file that was uploaded with the request or that its file_id names."""
    source = params.text(name)
    if upload := params.files.get(name) or params.files.get(source.removeprefix("attach://")):
        if len(upload.data) > (MAX_PHOTO_BYTES if kind == "photo" else MAX_DOCUMENT_BYTES):
            refuse_bot("file is too big")
        return state.files.keep(upload, kind)
    file = state.files.find(source)
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
