"""Who decides in a group, and who is not to be heard there."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from telegram import MessageOriginUser
from telegram.constants import ChatType

from bot.database.people import has_opted_out

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram import Chat, Message

_FRESH_SECONDS: Final = 60.0
"""How long the admins of a group are remembered; then Telegram is asked again."""


class _Roll(NamedTuple):
    """Hold who the admins of a group are, and until when that is taken for granted."""

    user_ids: frozenset[int]
    until: float


class Admins:
    """Know who may decide for everybody in a chat."""

    def __init__(self) -> None:
        """Know nobody yet."""
        self._rolls: dict[int, _Roll] = {}

    async def include(self, message: Message) -> bool:
        """Tell whether an admin wrote a message; in a private chat everybody is one.

        Admins may write in the name of their group: Telegram lets nobody else do that.
        """
        if message.sender_chat is not None:
            return message.sender_chat.id == message.chat_id
        return message.from_user is not None and await self.include_user(
            message.chat, message.from_user.id
        )

    async def include_user(self, chat: Chat, user_id: int) -> bool:
        """Tell whether somebody, in their own name, may decide for everybody in a chat."""
        return chat.type == ChatType.PRIVATE or user_id in await self._find(chat)

    async def _find(self, chat: Chat) -> frozenset[int]:
        """Give the ids of a group's admins.

        Telegram promises the list of them to every bot, a single member only to bots that are
        admins themselves. Source: https://core.telegram.org/bots/api#getchatmember
        """
        now = time.monotonic()
        self._rolls = {key: roll for key, roll in self._rolls.items() if now < roll.until}
        if chat.id not in self._rolls:
            admins = await chat.get_administrators()
            user_ids = frozenset(admin.user.id for admin in admins)
            self._rolls[chat.id] = _Roll(user_ids, now + _FRESH_SECONDS)
        return self._rolls[chat.id].user_ids


def find_voices(note: Message) -> set[int]:
    """Give the ids of all who may be heard in a message: whoever sent it, and whoever first did."""
    users = [note.from_user]
    if isinstance(note.forward_origin, MessageOriginUser):
        users.append(note.forward_origin.sender_user)
    return {user.id for user in users if user is not None}


async def may_hear(session: AsyncSession, note: Message) -> bool:
    """Tell whether a message may be analysed: nobody heard in it has opted out in that chat."""
    for user_id in find_voices(note):
        if await has_opted_out(session, note.chat_id, user_id):
            return False
    return True
