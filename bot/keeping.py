"""What is kept of a note, where, and for how long; the sound itself never is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from telegram.constants import ChatType

from bot.database.chats import read_chat
from bot.database.learning import keep_impression, read_consent
from bot.database.notes import Note, delete_older, keep_note
from bot.database.people import has_opted_out
from bot.job import find_job
from bot.moods import weigh
from bot.recording import find_speaker

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession
    from telegram import Message

    from bot.database import Database
    from bot.impressions import Impressions
    from bot.recording import Recording
    from ser_core.recognition import Recognition
    from ser_core.speaker import Impression

_log = structlog.get_logger(__name__)


class Listening(NamedTuple):
    """Hold what came of listening to a note; only the recognition where that was known before.

    ``took_seconds`` is how long the sender waited for it, in line and for the worker.
    """

    recognition: Recognition
    impression: Impression | None = None
    took_seconds: float | None = None


async def keep(
    database: Database,
    impressions: Impressions,
    message: Message,
    recording: Recording,
    listening: Listening,
) -> int | None:
    """Keep what was heard in a message, where that is agreed; give its id, None where it is not.

    The impression is stored of those who consent to that, and waits in memory of all others.
    """
    note = make_note(message, recording, listening.recognition)
    async with database.begin() as session:
        await find_job().check(session)
        if message.chat.type != ChatType.PRIVATE and not await _is_agreed(session, note):
            return None
        note_id = await keep_note(session, note, listening.took_seconds)
        if note.user_id is None or listening.impression is None:
            return note_id
        if await read_consent(session, note.user_id):
            await keep_impression(session, note_id, note.user_id, listening.impression)
            return note_id
    impressions.keep(note_id, note.user_id, listening.impression)
    return note_id


def make_note(message: Message, recording: Recording, recognition: Recognition) -> Note:
    """Give what is kept of a message with a recording."""
    return Note(
        chat_id=message.chat_id,
        message_id=message.message_id,
        thread_id=message.message_thread_id if message.is_topic_message else None,
        user_id=find_speaker(message),
        file_unique_id=recording.file_unique_id,
        sent_at=message.date,
        weight=weigh(recognition),
        recognition=recognition,
    )


async def enforce_retention(database: Database, *, days: int) -> None:
    """Delete the notes that are older than so many days."""
    async with database.begin() as session:
        n_notes = await delete_older(session, datetime.now(UTC) - timedelta(days=days))
    if n_notes:
        await database.purge()
    _log.info("old notes deleted", notes=n_notes)


async def _is_agreed(session: AsyncSession, note: Note) -> bool:
    """Tell whether a group is listened to, and this is the voice of a member who agrees."""
    if note.user_id is None or not (await read_chat(session, note.chat_id)).is_listening:
        return False
    return not await has_opted_out(session, note.chat_id, note.user_id)
