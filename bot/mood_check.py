"""A mood check: the notes of a chat and a time become a text, a picture and a button."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Self, cast, get_args

from bot.database.chats import read_chat
from bot.database.notes import sum_notes
from bot.moods import MIN_SPEAKERS, TooFew, read_mood
from bot.periods import PERIODS
from bot.pictures import Key
from bot.replies.groups import offer_theme, suggest_listening
from bot.replies.moods import explain_too_few, label_mood, tell_mood, title_mood

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup

    from bot.database import Database
    from bot.pictures import Pictures

Whose = Literal["group", "own", "day"]

_N_SLICES: Final = 24
"""Into so many moments a mood is cut: an hour each, in a day."""
_DATA: Final = re.compile(
    rf"({'|'.join(get_args(Whose))}):({'|'.join(PERIODS)}):([0-9]{{1,16}}):([0-9]{{1,8}})"
)


@dataclass(frozen=True, slots=True)
class Check:
    """Say whose mood is asked for, and of which time.

    ``user_id`` is None for all voices of a group. In a private chat, whose id is that of the
    person in it, a mood is theirs, wherever they spoke.
    """

    chat_id: int
    user_id: int | None
    whose: Whose
    period: str
    until: datetime

    @classmethod
    def parse(cls, data: str, *, chat_id: int) -> Self | None:
        """Give the check that stands in the data of a button; None if none does."""
        found = _DATA.fullmatch(data)
        if found is None:
            return None
        whose, period, user_id, minutes = found.groups()
        until = datetime.fromtimestamp(int(minutes) * 60, UTC)
        return cls(chat_id, int(user_id) or None, cast("Whose", whose), period, until)

    def format(self) -> str:
        """Give the check as the data of a button; Telegram allows 64 bytes."""
        minutes = int(self.until.timestamp()) // 60
        return f"{self.whose}:{self.period}:{self.user_id or 0}:{minutes}"


class Outcome(NamedTuple):
    """Hold what a check comes to; without a picture where there is too little to tell of."""

    text: str
    picture: bytes | None
    buttons: InlineKeyboardMarkup | None


async def check_mood(database: Database, pictures: Pictures, check: Check) -> Outcome:
    """Give what a mood check comes to, in the language that is spoken."""
    is_private = check.chat_id == check.user_id
    async with database.begin() as session:
        chat = await read_chat(session, check.chat_id)
        sums = await sum_notes(
            session,
            None if is_private else check.chat_id,
            since=check.until - PERIODS[check.period],
            until=check.until,
            n_slices=_N_SLICES,
            user_id=check.user_id,
        )
    title = title_mood(sums.since, sums.until, whose=check.whose)
    mood = read_mood(sums, min_speakers=MIN_SPEAKERS if check.user_id is None else 1)
    if isinstance(mood, TooFew):
        hint = [] if is_private or chat.is_listening else [suggest_listening()]
        return Outcome("\n\n".join([explain_too_few(mood, title=title), *hint]), None, None)
    picture = await pictures.draw_mood(
        Key(check.chat_id, check.user_id),
        mood,
        theme=chat.theme,
        labels=label_mood(mood, title=title),
    )
    other = "light" if chat.theme == "dark" else "dark"
    return Outcome(tell_mood(mood, title=title), picture, offer_theme(other, check.format()))
