"""Recordings in private chats, and a hint where something else comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import filters

from bot.handlers.messages import Handler, on_message
from bot.recording import find_recording
from bot.replies import notes

if TYPE_CHECKING:
    from telegram import Message

    from bot.listener import Listener


def make_handlers(listener: Listener) -> list[Handler]:
    """Give the handlers; they come after all others, for they take what those left."""

    async def listen(message: Message) -> None:
        recording = find_recording(message)
        if recording is not None:
            await listener.answer(message, recording)
        elif message.document is not None:
            await message.reply_html(notes.refuse_file())
        else:
            await message.reply_html(notes.invite())

    return [on_message(filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL, listen)]
