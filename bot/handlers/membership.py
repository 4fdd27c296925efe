"""What becomes of the bot in a chat: added, removed, blocked; and of a group that moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from bot.database.chats import change_chat, leave_chat, move_chat
from bot.handlers.messages import Handler, on_membership, on_message
from bot.replies import groups

if TYPE_CHECKING:
    from telegram import Chat, ChatMemberUpdated, Message

    from bot.database import Database
    from bot.pictures import Pictures

_OUTSIDE: Final = {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}


def make_handlers(database: Database, pictures: Pictures) -> list[Handler]:
    """Give the handlers."""

    async def greet(message: Message) -> None:
        if any(user.id == message.get_bot().id for user in message.new_chat_members):
            await message.reply_html(groups.greet_group(), do_quote=False)

    async def leave(update: ChatMemberUpdated) -> None:
        if update.new_chat_member.status in _OUTSIDE:
            await _leave(database, pictures, update.chat)

    async def move(message: Message) -> None:
        if message.migrate_to_chat_id is not None:  # the supergroup tells of it, too
            async with database.begin() as session:
                await move_chat(session, message.chat_id, message.migrate_to_chat_id)

    return [
        # A change of membership is told of supergroups, too, that have just been groups.
        # Source: https://github.com/tdlib/telegram-bot-api/issues/266
        on_message(filters.StatusUpdate.NEW_CHAT_MEMBERS, greet),
        on_membership(leave),
        on_message(filters.StatusUpdate.MIGRATE, move),
    ]


async def _leave(database: Database, pictures: Pictures, chat: Chat) -> None:
    """Delete all of a group; who only blocks the bot may come back, but gets no digest."""
    async with database.begin() as session:
        if chat.type == ChatType.PRIVATE:
            await change_chat(session, chat.id, digest_at=None)
            return
        await leave_chat(session, chat.id)
    await database.purge()
    pictures.forget(chat_id=chat.id)
