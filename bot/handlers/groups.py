"""/listen, /optout and /optin, and the voice messages of groups that are listened to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast, get_args

from telegram.constants import ChatMemberStatus, ChatType
from telegram.ext import filters

from bot.database.chats import change_chat, read_chat
from bot.database.people import opt_in, opt_out
from bot.handlers.messages import Handler, on_command, on_message, read_words
from bot.recording import find_recording, find_speaker
from bot.replies import groups

if TYPE_CHECKING:
    from telegram import Message

    from bot.database import Database
    from bot.group_listener import GroupListener
    from bot.groups import Admins
    from bot.pictures import Pictures
    from bot.recording import Recording

Manner = Literal["reaction", "reply", "silent"]

_SPOKEN: Final = filters.VOICE | filters.VIDEO_NOTE
"""What somebody says to the group; sound files are music more often than not."""


class _Wish(NamedTuple):
    """Say how a group is to be listened to; without a manner, as before."""

    is_listening: bool
    manner: Manner | None


def make_handlers(
    database: Database,
    group_listener: GroupListener,
    pictures: Pictures,
    admins: Admins,
    *,
    retention_days: int,
) -> list[Handler]:
    """Give the handlers; a note is deleted after so many days, as the group is told."""

    async def hear(message: Message) -> None:
        recording = cast("Recording", find_recording(message))  # _SPOKEN has one
        await group_listener.hear(message, recording)

    async def listen(message: Message) -> None:
        if not await _refuse(message):
            await _listen(message, database, admins, retention_days=retention_days)

    async def say_no(message: Message) -> None:
        if not await _refuse(message) and (speaker := await _find_member(message)) is not None:
            async with database.begin() as session:
                await opt_out(session, message.chat_id, speaker)
            await database.purge()
            pictures.forget(user_id=speaker)
            await message.reply_html(groups.confirm_opt_out())

    async def say_yes(message: Message) -> None:
        if not await _refuse(message) and (speaker := await _find_member(message)) is not None:
            async with database.begin() as session:
                await opt_in(session, message.chat_id, speaker)
            await message.reply_html(groups.confirm_opt_in())

    return [
        on_command("listen", listen),
        on_command("optout", say_no),
        on_command("optin", say_yes),
        on_message(filters.ChatType.GROUPS & _SPOKEN, hear),
    ]


async def _refuse(message: Message) -> bool:
    """Say so, if a command makes no sense because the chat is no group; tell whether it is none."""
    if message.chat.type == ChatType.PRIVATE:
        await message.reply_html(groups.refuse_outside_groups())
        return True
    return False


async def _find_member(message: Message) -> int | None:
    """Give the id of whoever wrote a message, or ask them to show themselves."""
    speaker = find_speaker(message)
    if speaker is None:
        await message.reply_html(groups.refuse_anonymous())
    return speaker


async def _listen(
    message: Message, database: Database, admins: Admins, *, retention_days: int
) -> None:
    """Switch listening on or off for an admin; without a word, say how it is."""
    words = read_words(message)
    wish = _read_wish(words)
    if not words:
        await message.reply_html(await _describe(database, message.chat_id))
    elif wish is None:
        await message.reply_html(groups.show_listening_form())
    elif not await admins.include(message):
        await message.reply_html(groups.refuse_non_admin(f"/listen {' '.join(words)}"))
    elif wish.is_listening:
        await _begin(message, database, wish.manner, retention_days=retention_days)
    else:
        async with database.begin() as session:
            await change_chat(session, message.chat_id, is_listening=False)
        await message.reply_html(groups.confirm_silence())


def _read_wish(words: list[str]) -> _Wish | None:
    """Give what the words behind /listen ask for, or None where they are others."""
    match [word.casefold() for word in words]:
        case ["on"]:
            return _Wish(is_listening=True, manner=None)
        case ["on", manner] if manner in get_args(Manner):
            return _Wish(is_listening=True, manner=cast("Manner", manner))
        case ["off"]:
            return _Wish(is_listening=False, manner=None)
        case _:
            return None


async def _describe(database: Database, chat_id: int) -> str:
    """Say how a group is listened to, and how to change that."""
    async with database.begin() as session:
        chat = await read_chat(session, chat_id)
    return groups.tell_listening(chat.manner) if chat.is_listening else groups.tell_not_listening()


async def _begin(
    message: Message, database: Database, manner: Manner | None, *, retention_days: int
) -> None:
    """Listen from now on; who is not told yet what that means is told, and told first."""
    async with database.begin() as session:
        before = await read_chat(session, message.chat_id)
    manner = manner or before.manner
    if before.is_listening:
        paragraphs = [groups.tell_manner(manner)]
    else:
        paragraphs = [groups.explain_listening(manner, retention_days=retention_days)]
    if not await _hears_everything(message):
        paragraphs.append(groups.explain_privacy_mode(message.get_bot().username))
    await message.reply_html("\n\n".join(paragraphs))
    async with database.begin() as session:
        await change_chat(
            session, message.chat_id, is_listening=True, manner=manner, has_notice=True
        )


async def _hears_everything(message: Message) -> bool:
    """Tell whether Telegram hands over all messages of a group: to some bots, and to admins."""
    bot = message.get_bot()
    if (await bot.get_me()).can_read_all_group_messages:
        return True
    return (await message.chat.get_member(bot.id)).status == ChatMemberStatus.ADMINISTRATOR
