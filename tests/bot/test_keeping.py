from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hearings import make_impression, make_recognition
from jobs import PaperJob
from sqlalchemy import select
from telegram import Chat, Message, MessageOriginHiddenUser, User

from bot.database.chats import change_chat
from bot.database.learning import (
    change_consent,
    count_baseline,
    count_lessons,
    give_opinion,
    read_consent,
)
from bot.database.notes import find_note
from bot.database.people import opt_out
from bot.database.tables import NoteRow
from bot.errors import JobTaken
from bot.impressions import Impressions
from bot.job import bind_job
from bot.keeping import Listening, enforce_retention, keep, make_note
from bot.moods import weigh
from bot.recording import Recording

if TYPE_CHECKING:
    from bot.database import Database

SENT_AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADA, GROUP = 6_101, -6_102
RECORDING = Recording("f", "unique", 7)
RECOGNITION = make_recognition()


def make_message(chat_id: int = GROUP, **content: object) -> Message:
    kind = Chat.PRIVATE if chat_id > 0 else Chat.SUPERGROUP
    who = {"from_user": User(ADA, "Ada", is_bot=False)}
    return Message(3, SENT_AT, Chat(chat_id, kind), **(who | content))


def forward() -> dict[str, object]:
    return {"forward_origin": MessageOriginHiddenUser(SENT_AT, "Bo")}


async def test_nothing_is_kept_of_who_wants_to_be_forgotten_meanwhile(database: Database) -> None:
    job = PaperJob()
    job.is_taken = True
    bind_job(job)
    with pytest.raises(JobTaken):
        await keep(database, Impressions(), make_message(ADA), RECORDING, Listening(RECOGNITION))
    async with database.begin() as session:
        assert not (await session.scalars(select(NoteRow.id))).all()


async def is_kept(database: Database, message: Message) -> bool:
    bind_job(PaperJob())
    note_id = await keep(database, Impressions(), message, RECORDING, Listening(RECOGNITION))
    if note_id is None:
        return False
    async with database.begin() as session:
        assert await find_note(session, note_id) == make_note(message, RECORDING, RECOGNITION)
    return True


def test_a_note_holds_whose_voice_it_is_and_what_was_heard() -> None:
    note = make_note(make_message(), RECORDING, RECOGNITION)
    assert (note.chat_id, note.message_id, note.user_id) == (GROUP, 3, ADA)
    assert (note.file_unique_id, note.sent_at, note.thread_id) == ("unique", SENT_AT, None)
    assert note.recognition is RECOGNITION
    assert note.weight == weigh(RECOGNITION)


@pytest.mark.parametrize("is_topic", [True, False])
def test_a_thread_is_kept_only_if_it_is_a_topic(*, is_topic: bool) -> None:
    message = make_message(message_thread_id=9, is_topic_message=is_topic)
    assert make_note(message, RECORDING, RECOGNITION).thread_id == (9 if is_topic else None)


def test_a_forwarded_note_is_nobodys() -> None:
    assert make_note(make_message(**forward()), RECORDING, RECOGNITION).user_id is None


async def test_notes_in_private_chats_are_kept(database: Database) -> None:
    assert await is_kept(database, make_message(ADA))
    assert await is_kept(database, make_message(ADA, **forward()))


async def test_notes_in_groups_are_kept_only_where_the_bot_listens(database: Database) -> None:
    assert not await is_kept(database, make_message())
    async with database.begin() as session:
        await change_chat(session, GROUP, is_listening=True)
    assert await is_kept(database, make_message())


async def test_what_is_no_members_own_voice_is_not_kept_in_groups(database: Database) -> None:
    async with database.begin() as session:
        await change_chat(session, GROUP, is_listening=True)
    assert not await is_kept(database, make_message(**forward()))


async def test_notes_of_who_has_opted_out_are_not_kept(database: Database) -> None:
    async with database.begin() as session:
        await change_chat(session, GROUP, is_listening=True)
        await opt_out(session, GROUP, ADA)
    assert not await is_kept(database, make_message())
    assert await is_kept(database, make_message(ADA))


async def learn(
    database: Database, impressions: Impressions, message: Message, took_seconds: float = 0.5
) -> int | None:
    """Keep a message to which a worker has listened."""
    listening = Listening(RECOGNITION, make_impression(), took_seconds)
    bind_job(PaperJob())
    return await keep(database, impressions, message, RECORDING, listening)


@pytest.mark.parametrize("chat_id", [ADA, GROUP])
async def test_what_a_note_left_behind_is_stored_of_who_consents(
    database: Database, chat_id: int
) -> None:
    impressions = Impressions()
    async with database.begin() as session:
        await change_chat(session, GROUP, is_listening=True)
        await change_consent(session, ADA, is_given=True)
    note_id = await learn(database, impressions, make_message(chat_id))
    assert note_id is not None
    async with database.begin() as session:
        assert await count_baseline(session, ADA) == 1
        await give_opinion(session, note_id, emotion="sad")
        assert await count_lessons(session, ADA) == 1
    assert impressions.find_all(ADA) == {}


@pytest.mark.parametrize("is_asked", [True, False])
async def test_what_a_note_left_behind_waits_in_memory_of_all_others(
    database: Database, *, is_asked: bool
) -> None:
    impressions = Impressions()
    if is_asked:
        async with database.begin() as session:
            await change_consent(session, ADA, is_given=False)
    note_id = await learn(database, impressions, make_message(ADA))
    async with database.begin() as session:
        assert await count_baseline(session, ADA) == 0
        assert await read_consent(session, ADA) is (False if is_asked else None)
    assert set(impressions.find_all(ADA)) == {note_id}


async def test_nothing_is_learnt_from_what_is_not_kept_or_is_nobodys(database: Database) -> None:
    impressions = Impressions()
    async with database.begin() as session:
        await change_consent(session, ADA, is_given=True)
    assert await learn(database, impressions, make_message()) is None
    assert await learn(database, impressions, make_message(ADA, **forward())) is not None
    async with database.begin() as session:
        assert await count_baseline(session, ADA) == 0
    assert impressions.find_all(ADA) == {}


async def test_nothing_is_learnt_from_what_was_known_before(database: Database) -> None:
    impressions = Impressions()
    async with database.begin() as session:
        await change_consent(session, ADA, is_given=True)
    bind_job(PaperJob())
    await keep(database, impressions, make_message(ADA), RECORDING, Listening(RECOGNITION))
    async with database.begin() as session:
        assert await count_baseline(session, ADA) == 0
    assert impressions.find_all(ADA) == {}


async def test_how_long_it_took_is_kept_with_the_note(database: Database) -> None:
    note_id = await learn(database, Impressions(), make_message(ADA), took_seconds=1.25)
    async with database.begin() as session:
        took = select(NoteRow.took_seconds).where(NoteRow.id == note_id)
        assert await session.scalar(took) == 1.25


async def test_notes_older_than_the_retention_are_deleted(database: Database) -> None:
    now = datetime.now(UTC)
    ids = {}
    for days in (1, 6, 8, 400):
        message = Message(days, now - timedelta(days=days), Chat(ADA, Chat.PRIVATE))
        listening = Listening(RECOGNITION)
        bind_job(PaperJob())
        ids[days] = await keep(database, Impressions(), message, RECORDING, listening)
    await enforce_retention(database, days=7)
    await enforce_retention(database, days=7)  # nothing is left to delete
    async with database.begin() as session:
        left = {days for days, note_id in ids.items() if await find_note(session, note_id or 0)}
    assert left == {1, 6}
