"""Which language to speak with whoever has sent something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.database.people import find_language
from bot.languages import choose, speak

if TYPE_CHECKING:
    from telegram import Update

    from bot.database import Database


async def speak_with(database: Database, update: Update) -> None:
    """Speak the language of the chat of an update, from here on in this task.

    In groups that is the language that was chosen there. Where none was, everybody is answered
    in the one that they chose for themselves, or else in that of their Telegram.
    """
    user, chat = update.effective_user, update.effective_chat
    speak(choose(user.language_code if user else None))
    async with database.begin() as session:
        chosen = await find_language(session, chat.id if chat else 0, user.id if user else None)
    if chosen is not None:
        speak(chosen)
