"""/digest: how the day sounded, told every day at the same time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, cast

import structlog
from telegram.constants import ParseMode
from telegram.error import ChatMigrated, TelegramError

from bot.database.chats import change_chat, claim_digest, list_digests, move_chat, read_chat
from bot.handlers.messages import Handler, on_command, read_words
from bot.languages import choose, speak, spoken
from bot.mood_check import Check, Outcome, check_mood
from bot.periods import DAY, end_minute, find_due_day, find_zone, read_clock
from bot.replies import groups

if TYPE_CHECKING:
    from datetime import time

    from telegram import Bot, Message

    from bot.database import Database
    from bot.database.chats import Chat
    from bot.groups import Admins
    from bot.pictures import Pictures

_log = structlog.get_logger(__name__)

_ZONE: Final = "UTC"
"""The time zone of whoever names none; the answer says so."""


class _Wish(NamedTuple):
    """Say when the digest should come; without a time of day, never."""

    at: time | None
    zone: str


def make_handlers(database: Database, admins: Admins) -> list[Handler]:
    """Give the handlers."""

    async def digest(message: Message) -> None:
        words = read_words(message)
        async with database.begin() as session:
            chat = await read_chat(session, message.chat_id)
        if not words:
            text = f"{_describe(chat)}\n\n{groups.show_digest_form()}"
        elif isinstance(wish := _read_wish(words, zone=chat.digest_zone or _ZONE), str):
            text = wish
        elif not await admins.include(message):
            text = groups.refuse_non_admin(f"/digest {' '.join(words)}")
        else:
            text = _describe(await _change(database, message.chat_id, wish))
        await message.reply_html(text)

    return [on_command("digest", digest)]


def _read_wish(words: list[str], *, zone: str) -> _Wish | str:
    """Give what the words behind /digest ask for, or what to say where they are others."""
    clock, *names = words
    if clock.casefold() == "off" and not names:
        return _Wish(None, zone)
    at = read_clock(clock)
    if at is None:
        return groups.show_digest_form()
    name = "_".join(names) or zone  # New York is called America/New_York
    found = find_zone(name)
    return groups.refuse_zone(name) if found is None else _Wish(at, found)


def _describe(chat: Chat) -> str:
    """Say when the digest of a chat comes, and what it takes."""
    if chat.digest_at is None:
        return groups.confirm_no_digest()
    lines = [groups.confirm_digest(chat.digest_at, chat.digest_zone or _ZONE)]
    if chat.chat_id < 0 and not chat.is_listening:
        lines.append(groups.suggest_listening())
    return "\n\n".join(lines)


async def _change(database: Database, chat_id: int, wish: _Wish) -> Chat:
    """Keep when the digest of a chat comes, and in which language; give the chat's settings."""
    async with database.begin() as session:
        return await change_chat(
            session,
            chat_id,
            digest_at=wish.at,
            digest_zone=wish.zone,
            digest_language=spoken(),
        )


async def send_due_digests(bot: Bot, database: Database, pictures: Pictures) -> None:
    """Send the digests that are due, each to a chat that may no longer want it.

    Nothing is planned in advance: what is due stands in the database, so a restart changes nothing.
    """
    now = datetime.now(UTC)
    async with database.begin() as session:
        chats = await list_digests(session)
    for chat in chats:
        at = cast("time", chat.digest_at)  # only those that have one are listed
        zone = chat.digest_zone or _ZONE
        day = find_due_day(at, zone, sent_on=chat.digest_sent_on, now=now)
        if day is None:
            continue
        async with database.begin() as session:  # first, lest a failure makes it come twice
            if not await claim_digest(session, chat.chat_id, day):
                continue  # another copy of the bot was quicker
        try:
            await _send(bot, database, pictures, chat, now=now)
        except TelegramError as error:
            _log.info("digest not sent", reason=error.message)


async def _send(
    bot: Bot, database: Database, pictures: Pictures, chat: Chat, *, now: datetime
) -> None:
    """Tell a chat how its last 24 hours sounded; nothing where there is too little to tell of."""
    speak(chat.digest_language or choose(None))
    person = chat.chat_id if chat.chat_id > 0 else None
    check = Check(chat.chat_id, person, "day", DAY, end_minute(now))
    outcome = await check_mood(database, pictures, check)
    try:
        await _post(bot, chat.chat_id, outcome)
    except ChatMigrated as error:
        async with database.begin() as session:
            await move_chat(session, chat.chat_id, error.new_chat_id)
        await _post(bot, error.new_chat_id, outcome)


async def _post(bot: Bot, chat_id: int, outcome: Outcome) -> None:
    """Send a digest."""
    if outcome.picture is not None:
        await bot.send_photo(
            chat_id,
            outcome.picture,
            outcome.text,
            parse_mode=ParseMode.HTML,
            reply_markup=outcome.buttons,
        )
