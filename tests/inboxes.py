"""Updates as the inbox keeps them, of two people who are alone with the bot."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.database.inbox import NOTE, PRESS, WORD, Entry, Limits, keep_update

if TYPE_CHECKING:
    from bot.database import Database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMITS = Limits(per_user=3, per_chat=5, total=50)
ADA, BEN = 1, 2
ENTRY = Entry(
    update_id=0,
    chat_id=ADA,
    user_id=ADA,
    kind=NOTE,
    waits_for=WORD | NOTE,
    is_asked=True,
    data="{}",
)


def note(update_id: int, chat_id: int = ADA, user_id: int | None = None) -> Entry:
    return replace(ENTRY, update_id=update_id, chat_id=chat_id, user_id=user_id or chat_id)


def word(update_id: int, chat_id: int = ADA, *, settles: bool = False) -> Entry:
    waits_for = WORD | NOTE if settles else WORD
    return replace(note(update_id, chat_id), kind=WORD, waits_for=waits_for, is_asked=False)


def press(update_id: int, chat_id: int = ADA) -> Entry:
    return replace(note(update_id, chat_id), kind=PRESS, waits_for=PRESS, is_asked=False)


async def keep(database: Database, *entries: Entry, limits: Limits = LIMITS) -> list[str]:
    """Keep updates; give their fates."""
    async with database.begin_durably() as session:
        return [await keep_update(session, entry, limits, NOW) for entry in entries]
