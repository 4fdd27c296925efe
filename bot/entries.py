"""PURE  What an update is to the inbox: whose it is, and what must be handled before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram import MessageEntity
from telegram.constants import ChatType

from bot.database.inbox import NOTE, PRESS, WORD, Entry
from bot.recording import find_recording

if TYPE_CHECKING:
    from telegram import Message, Update

_SETTLING: Final = frozenset({"baseline", "consent", "listen", "optin"})
"""Commands and buttons that let more be done with notes: those sent before are handled before.

Who says no need not wait: a note asks again when its turn comes, and when it is kept."""


def make_entry(update: Update, data: str) -> Entry:
    """Give what is kept of an update; ``data`` is the whole of it."""
    message, chat, user = update.message, update.effective_chat, update.effective_user
    kind, waits_for, is_asked = _sort(update, message)
    return Entry(
        update_id=update.update_id,
        chat_id=0 if chat is None else chat.id,
        user_id=None if user is None else user.id,
        kind=kind,
        waits_for=waits_for,
        is_asked=is_asked,
        data=data,
    )


def _sort(update: Update, message: Message | None) -> tuple[int, int, bool]:
    """Give the kind of an update, the kinds that it waits for, and whether a note is asked for."""
    if update.callback_query is not None:
        name = str(update.callback_query.data).partition(":")[0]
        return PRESS, PRESS | (NOTE if name in _SETTLING else 0), False
    if message is None:
        return WORD, WORD, False
    command = _find_command(message)
    if command is not None:
        if command == "mood" and _asks_for_note(message):
            return NOTE, WORD | NOTE, True
        is_settling = command in _SETTLING and not _says_no(message)
        return WORD, WORD | (NOTE if is_settling else 0), False
    if message.chat.type == ChatType.PRIVATE:
        is_note = find_recording(message) is not None
        return (NOTE, WORD | NOTE, True) if is_note else (WORD, WORD, False)
    is_spoken = message.voice is not None or message.video_note is not None
    return (NOTE, WORD | NOTE, False) if is_spoken else (WORD, WORD, False)


def _find_command(message: Message) -> str | None:
    """Give the command that a message begins with, without its slash and the bot's name."""
    is_command = any(
        entity.type == MessageEntity.BOT_COMMAND and entity.offset == 0
        for entity in message.entities
    )
    if not is_command or not message.text:
        return None
    return message.text.split()[0].removeprefix("/").partition("@")[0].lower()


def _says_no(message: Message) -> bool:
    """Tell whether the word behind a command is "off"."""
    return (message.text or "").split()[1:2] == ["off"]


def _asks_for_note(message: Message) -> bool:
    """Tell whether a message replies to a recording."""
    replied = message.reply_to_message
    return replied is not None and find_recording(replied) is not None
