"""/mood: listen to the voice message that somebody replies to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import replies
from bot.handlers.messages import Handler, find_asker, on_command
from bot.recording import find_recording

if TYPE_CHECKING:
    from telegram import Message

    from bot.listener import Listener


def make_handlers(listener: Listener) -> list[Handler]:
    """Give the handlers."""

    async def mood(message: Message) -> None:
        note = message.reply_to_message
        if note is None:
            await message.reply_html(replies.MOOD_NEEDS_REPLY)
        elif (recording := find_recording(note)) is None:
            await message.reply_html(replies.MOOD_NEEDS_AUDIO)
        else:
            await listener.answer(note, recording, user_id=find_asker(message))

    return [on_command("mood", mood)]
