from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from inboxes import note
from jobs import PaperJob, open_desk
from talk import list_data
from telegram import Chat, Message, Update, User, Voice
from telegram.error import NetworkError
from trouble import fail

from bot import answer, lost_answer, usher
from bot.database import Database
from bot.database.inbox import (
    Limits,
    keep_update,
)
from bot.database.line import (
    Waiting,
    borrow_job,
    cancel_job,
    give_back_job,
)
from bot.database.people import change_language
from bot.languages import say_in
from bot.numbering import Numbering
from bot.replies.notes import tell_position
from bot.usher import Usher, find_note, is_to_be_told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from jobs import Desk
    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.job import Job

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LIMITS = Limits(per_user=50, per_chat=50, total=50)
ADA = User(7, "Ada", is_bot=False, language_code="en")
VOICE = Voice("file", "unique", 3)


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_answer, "_PAUSES_SECONDS", (0.0,))
    monkeypatch.setattr(lost_answer, "_SPAN", 4)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as opened:
        yield opened


class Line:
    """Hold notes that wait in a database, and can be borrowed there."""

    def __init__(self, desk: Desk, database: Database) -> None:
        self.jobs: dict[int, PaperJob] = {}
        self._desk = desk
        self._database = database

    async def join(self, update_id: int, *, since: datetime = NOW) -> int:
        """Have somebody send a note and wait; give the note's number."""
        number = await self._desk.person.send()
        message = Message(number, NOW, Chat(7, Chat.PRIVATE), ADA, voice=VOICE)
        data = Update(update_id, message=message).to_json()
        entry = replace(note(update_id, 7), data=data)
        async with self._database.begin() as session:
            assert await keep_update(session, entry, LIMITS, since) == "received"
        return number

    async def move_up(self, update_id: int) -> None:
        """Have a note leave the line."""
        async with self._database.begin() as session:
            assert await cancel_job(session, update_id, 7) == "cancelled"

    async def tell(self) -> None:
        """Tell positions once."""
        usher = Usher(self._desk.bot, self._database, self.borrow, Numbering())
        await usher.tell_positions()

    @asynccontextmanager
    async def borrow(self, waiting: Waiting) -> AsyncIterator[Job | None]:
        """Hold a note that waits, as the inbox does."""
        async with self._database.begin() as session:
            taken = await borrow_job(session, waiting.update_id, 1)
        if taken is None:
            yield None
            return
        told = waiting.told
        try:
            job = PaperJob(update_id=taken.update_id, data=taken.data)
            yield self.jobs.setdefault(taken.update_id, job)
            told = waiting.position
        finally:
            async with self._database.begin() as session:
                await give_back_job(session, taken.update_id, 1, told_position=told)


@pytest_asyncio.fixture
async def line(desk: Desk, tmp_path: Path) -> AsyncIterator[Line]:
    database = await Database.open(f"sqlite:///{tmp_path}/ser.sqlite3")
    yield Line(desk, database)
    await database.close()


async def see(desk: Desk) -> list[str]:
    return [one["text"] for one in await desk.see_answers()]


async def test_those_who_wait_are_told_how_far_it_is_and_may_cancel(desk: Desk, line: Line) -> None:
    notes = [await line.join(1), await line.join(2)]
    await line.tell()
    first, second = await desk.see_answers()
    assert "you are first in line" in first["text"]
    assert "you are second in line" in second["text"]
    assert [one["reply_to_message_id"] for one in (first, second)] == notes
    assert [list_data(one) for one in (first, second)] == [["cancel:1"], ["cancel:2"]]


async def test_who_moves_up_is_told_in_the_same_message(desk: Desk, line: Line) -> None:
    await line.join(1)
    await line.join(2)
    await line.tell()
    await line.move_up(1)
    await line.tell()
    first, second = await desk.see_answers()
    assert "you are first in line" in second["text"]
    assert second["edited"]
    assert not first["edited"]


async def test_who_has_just_come_is_not_told_yet(desk: Desk, line: Line) -> None:
    await line.join(1, since=datetime.now(UTC))
    await line.tell()
    assert await see(desk) == []


async def test_not_all_are_told_at_once(
    desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usher, "_MOST", 2)
    for update_id in range(1, 6):
        await line.join(update_id)
    for n_told in (2, 4, 5, 5):
        await line.tell()
        assert len(await see(desk)) == n_told


async def test_they_are_told_in_their_language(desk: Desk, line: Line) -> None:
    async with line._database.begin() as session:
        await change_language(session, 7, "de")
    await line.join(1)
    await line.tell()
    (text,) = await see(desk)
    assert text == say_in("de", lambda: tell_position(1))


async def test_whose_turn_has_come_meanwhile_is_not_told(desk: Desk, line: Line) -> None:
    await line.join(1)
    listed = usher.list_waiting

    async def list_late(session: AsyncSession, limit: int) -> list[Waiting]:
        waiting = await listed(session, limit)
        await borrow_job(session, 1, 2)
        return waiting

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(usher, "list_waiting", list_late)
        await line.tell()
    assert await see(desk) == []


@pytest.mark.parametrize("kind", ["dropped_before", "dropped_after"])
async def test_a_position_that_got_lost_is_told_later_in_one_message(
    desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(answer, "_MAX_LOST", 0)
    await line.join(1)
    desk.spoil("sendmessage", kind)
    with pytest.raises(NetworkError):
        await line.tell()
    await line.tell()
    assert len(await see(desk)) == 1


async def test_a_position_that_telegram_refuses_is_not_told_again_and_again(
    desk: Desk, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    await line.join(1)
    await line.join(2)
    refused = fail(monkeypatch, "sendmessage", "chat not found")
    await line.tell()
    assert refused.is_set()
    await line.tell()
    (text,) = await see(desk)
    assert "you are second in line" in text


async def test_a_note_that_was_taken_back_is_left_until_its_turn_comes(
    desk: Desk, line: Line
) -> None:
    await desk.person.delete(await line.join(1))
    await line.tell()
    await line.tell()
    assert await see(desk) == []
    assert line.jobs[1].kept == [(None, line.jobs[1].kept[0][1]), (None, None)]


# Whom to tell


@pytest.mark.parametrize(
    ("position", "told", "is_told"),
    [
        (900, None, True),
        (900, 900, False),
        (700, 900, False),
        (675, 900, True),
        (4, 5, False),
        (3, 4, True),
        (2, 3, True),
        (1, 2, True),
        (1, 1, False),
        (2, 1, True),  # somebody else was given a turn before
        (20, 10, False),
    ],
)
def test_the_further_back_the_more_seldom(
    position: int,
    told: int | None,
    is_told: bool,  # noqa: FBT001  pytest passes it by name
) -> None:
    waiting = Waiting(1, position, told, NOW)
    assert is_to_be_told(waiting, NOW + timedelta(seconds=2)) is is_told
    assert not is_to_be_told(waiting, NOW + timedelta(seconds=1.9))


def test_the_answer_quotes_the_note_itself_or_the_one_that_mood_replies_to() -> None:
    group = Chat(-9, Chat.GROUP)
    spoken = Message(1, NOW, group, ADA, voice=VOICE)
    asked = Message(2, NOW, group, ADA, text="/mood", reply_to_message=spoken)
    assert find_note(Update(1, message=spoken)) == spoken
    assert find_note(Update(2, message=asked)) == spoken
    assert find_note(Update(3)) is None
