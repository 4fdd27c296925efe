"""Bot API methods about messages that are there: edited, deleted, reacted to."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.accounts import BOT_ID
from bot.sandbox.bot_chats import find_open_chat
from bot.sandbox.bot_messages import read_caption, read_keyboard, read_media, read_text
from bot.sandbox.params import Params
from bot.sandbox.reactions import read_reaction
from bot.sandbox.refusals import refuse_bot
from bot.sandbox.roles import ADMINS

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat, Message
    from bot.sandbox.state import State

_TEXT: Final = ("text", "entities")
_CAPTION: Final = ("caption", "caption_entities")
_MEDIA: Final = ("photo", "document")


def edit_message_text(state: State, params: Params) -> object:
    """Put another text, another keyboard or both in place of a message of the bot."""
    chat, message = _find_own(state, params)
    if "text" not in message.content:
        refuse_bot("there is no text in the message to edit")
    fields = read_text(params).as_fields("text") | read_keyboard(params)
    return _replace(state, chat, message, _TEXT, fields, params.text("text"))


def edit_message_caption(state: State, params: Params) -> object:
    """Put another caption, another keyboard or both under a picture or a file of the bot."""
    chat, message = _find_own(state, params)
    if not any(kind in message.content for kind in _MEDIA):
        refuse_bot("there is no caption in the message to edit")
    fields = read_caption(params).as_fields("caption") | read_keyboard(params)
    return _replace(state, chat, message, _CAPTION, fields, params.text("caption"))


def edit_message_media(state: State, params: Params) -> object:
    """Put another picture or file, with its own caption, in place of what the bot has sent."""
    chat, message = _find_own(state, params)
    media = params.structure("media")
    if not isinstance(media, dict) or media.get("type") not in _MEDIA:
        refuse_bot("can't parse InputMedia: the sandbox knows the types photo and document")
    about = Params(media, params.files)
    caption = read_caption(about).as_fields("caption")
    fields = read_media(state, about, media["type"], "media") | caption | read_keyboard(params)
    replaced = (*_TEXT, *_CAPTION, *_MEDIA)
    return _replace(state, chat, message, replaced, fields, about.text("caption"))


def edit_message_reply_markup(state: State, params: Params) -> object:
    """Put another keyboard, or none, under a message of the bot."""
    chat, message = _find_own(state, params)
    return _replace(state, chat, message, (), read_keyboard(params), message.html or "")


def delete_message(state: State, params: Params) -> object:
    """Take a message away: the bot's own, a user's in a private chat, anybody's as an admin."""
    chat = find_open_chat(state, params)
    message = _find(chat, params, "message to delete not found")
    is_own = message.content.get("from", {}).get("id") == BOT_ID
    if not is_own and chat.kind != "private" and chat.role_of(BOT_ID) not in ADMINS:
        refuse_bot("message can't be deleted for everyone")
    chat.delete(message)
    state.chats.bell.ring()
    return True


def set_message_reaction(state: State, params: Params) -> object:
    """Put the bot's reaction under a message, or take it away."""
    chat = find_open_chat(state, params)
    message = _find(chat, params, "message to react not found")
    chat.react(message, BOT_ID, read_reaction(params.structure("reaction")))
    state.chats.bell.ring()
    return True


def _find_own(state: State, params: Params) -> tuple[Chat, Message]:
    """Give a message of the bot, to edit it, and its chat."""
    chat = find_open_chat(state, params)
    message = _find(chat, params, "message to edit not found")
    if message.content.get("from", {}).get("id") != BOT_ID:
        refuse_bot("message can't be edited")
    return chat, message


def _find(chat: Chat, params: Params, otherwise: str) -> Message:
    """Give the message that the bot names."""
    message = chat.find(params.number("message_id"))
    if message is None:
        refuse_bot(otherwise)
    return message


def _replace(
    state: State,
    chat: Chat,
    message: Message,
    names: tuple[str, ...],
    fields: dict[str, Any],
    html: str,
) -> dict[str, Any]:
    """Put new fields in place of these and of the keyboard; give the message as it is now."""
    changed = (*names, "reply_markup")
    old = message.content
    if all(old.get(name) == fields.get(name) for name in changed):
        refuse_bot(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    kept = {name: old[name] for name in old if name not in changed}
    new = {**kept, **fields, "edit_date": int(time.time())}
    chat.put(new, html=html)
    state.chats.bell.ring()
    return new
