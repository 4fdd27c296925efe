from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import inboxes
import pytest
import pytest_asyncio
import retrainings
from databases import make_note
from impressions import make_impression
from sqlalchemy import delete, select

from bot.database import Database
from bot.database.chats import change_chat
from bot.database.inbox import take_jobs
from bot.database.inbox_tables import JobRow
from bot.database.learning import change_consent, give_opinion, keep_impression
from bot.database.models import promote
from bot.database.moving import main, move
from bot.database.notes import keep_note
from bot.database.people import change_language, opt_out
from bot.database.replicas import enter_replica
from bot.database.retrainings import begin_retraining
from bot.database.tables import Base, NoteRow
from bot.errors import DatabaseUnfit, DatabaseUnreachable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from databases import Cluster
    from sqlalchemy.ext.asyncio import AsyncSession

ADA, GROUP = 5_000_000_001, -100_200_300_400
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def source_url(tmp_path: Path) -> str:
    """Give the address of an SQLite file."""
    return f"sqlite:///{tmp_path}/ser.sqlite3"


@pytest.fixture
def target_url(cluster: Cluster) -> str:
    """Give the address of an empty PostgreSQL database."""
    return cluster.make_database()


@pytest_asyncio.fixture
async def filled(source_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """Give a database with something in every table."""
    database = await Database.open(source_url)
    async with database.begin() as session:
        await change_consent(session, ADA, is_given=True)
        notes = [make_note(message_id=number, user_id=ADA) for number in range(1, 121)]
        note_id = [await keep_note(session, note) for note in notes][-1]
        await keep_impression(session, note_id, ADA, make_impression(1.0))
        await give_opinion(session, note_id, emotion="sad", gender=None)
        await change_chat(session, GROUP, digest_at=time(20), digest_sent_on=date(2026, 3, 1))
        await change_language(session, ADA, "de")
        await opt_out(session, GROUP - 1, ADA)  # which deletes what was heard there
        who = {"started_by": ADA, "started_name": "Ada", "chat_id": ADA}
        await begin_retraining(session, **who, is_dry=False, now=NOW)  # type: ignore[arg-type]
        await enter_replica(session, "polling", "here", NOW)
    await retrainings.keep(database, tmp_path, "first")
    async with database.begin() as session:
        await promote(session, "first", promoted_by=ADA)
    await inboxes.keep(database, inboxes.note(7), inboxes.word(8))
    try:
        yield database
    finally:
        await database.close()


async def read_all(session: AsyncSession) -> dict[str, list[tuple[Any, ...]]]:
    """Give all rows of all tables."""
    return {
        table.name: sorted(map(tuple, await session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


async def test_every_row_is_there_afterwards(filled: Database, target_url: str) -> None:
    async with filled.begin() as session:
        before = await read_all(session)
    assert [name for name, rows in before.items() if not rows] == []
    moved = await move(str(filled._engine.url), target_url)
    target = await Database.open(target_url)
    async with target.begin() as session:
        after = await read_all(session)
    await target.close()
    assert after.pop("replicas") == []
    del before["replicas"]
    assert after == before
    assert moved == {name: len(rows) for name, rows in before.items()}


async def test_no_number_of_a_note_comes_again(filled: Database, target_url: str) -> None:
    async with filled.begin() as session:
        last = max(await session.scalars(select(NoteRow.id)))
        await session.execute(delete(NoteRow).where(NoteRow.id == last))
    await move(str(filled._engine.url), target_url)
    target = await Database.open(target_url)
    async with target.begin() as session:
        assert await keep_note(session, make_note(message_id=1_000, user_id=ADA)) == last + 1
    await target.close()


async def test_what_was_in_hand_is_free(filled: Database, target_url: str) -> None:
    async with filled.begin() as session:
        assert await take_jobs(session, 1, n_notes=9, n_others=9, now=NOW)
    await move(str(filled._engine.url), target_url)
    target = await Database.open(target_url)
    async with target.begin() as session:
        assert set(await session.scalars(select(JobRow.replica_id))) == {None}
    await target.close()


async def test_a_database_that_holds_something_is_left_as_it_is(
    filled: Database, target_url: str
) -> None:
    target = await Database.open(target_url)
    async with target.begin() as session:
        await change_language(session, ADA, "fr")
    with pytest.raises(DatabaseUnfit, match="something in people"):
        await move(str(filled._engine.url), target_url)
    async with target.begin() as session:
        assert not list(await session.scalars(select(NoteRow.id)))
    await target.close()


async def test_a_target_that_does_not_answer_is_told(source_url: str) -> None:
    with pytest.raises(DatabaseUnreachable):
        await move(source_url, "postgresql://ser@127.0.0.1:9/ser")


def test_the_command_tells_how_much_was_moved(
    source_url: str,
    target_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", target_url)
    assert main([source_url]) == 0
    assert "0 notes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "database_url"),
    [
        ([], "postgresql://ser@127.0.0.1:9/ser"),
        (["ser.sqlite3"], "postgresql://ser@127.0.0.1:9/ser"),
        (["sqlite:///a.sqlite3"], "sqlite:///b.sqlite3"),
    ],
)
def test_the_command_tells_what_it_needs(
    arguments: list[str],
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert main(arguments) == 2
    assert "DATABASE_URL=postgresql://" in capsys.readouterr().err


def test_the_command_tells_what_went_wrong(
    source_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ser:secret@127.0.0.1:9/ser")
    assert main([source_url]) == 2
    told = capsys.readouterr().err
    assert "cannot be reached" in told
    assert "secret" not in told
