from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from databases import NOON, NOTE, make_note

from bot.database import Database, connection
from bot.database.chats import change_chat, read_chat
from bot.database.connection import _read_address
from bot.database.notes import delete_older, find_note, keep_note
from bot.database.people import forget_person
from bot.errors import DatabaseUnreachable

if TYPE_CHECKING:
    from pathlib import Path


# Addresses


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("sqlite:///a/b.sqlite3", "sqlite+aiosqlite:///a/b.sqlite3"),
        ("sqlite+aiosqlite:////a/b.sqlite3", "sqlite+aiosqlite:////a/b.sqlite3"),
        ("postgres://me:pass@host/name", "postgresql+asyncpg://me:***@host/name"),
        ("postgresql://me@host:5433/name", "postgresql+asyncpg://me@host:5433/name"),
        ("postgresql+asyncpg://host/name", "postgresql+asyncpg://host/name"),
        ("postgres://host/n?sslmode=require", "postgresql+asyncpg://host/n?ssl=require"),
    ],
)
def test_an_address_is_read_as_people_write_it(url: str, read: str) -> None:
    assert str(_read_address(url)) == read


@pytest.mark.parametrize(
    "url",
    ["secret", "mysql://me:secret@host/name", "sqlite://", "sqlite:///", "sqlite:///:memory:"],
)
async def test_an_address_of_no_database_for_the_bot_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUnreachable) as refusal:
        await Database.open(url)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/ser.sqlite3",
        "sqlite:////",
        "postgres://me:secret@127.0.0.1:1/ser",
        "postgres://me:secret@/ser?host=/nowhere",
        "postgres://me:secret@127.0.0.1:1/ser?no_such_option=1",
        "postgres://me:secret@127.0.0.1:1/ser?ssl=perhaps",
    ],
)
async def test_where_no_database_answers_the_operator_is_told_without_the_password(
    url: str,
) -> None:
    with pytest.raises(DatabaseUnreachable) as refusal:
        await Database.open(url)
    assert refusal.value.place in str(refusal.value)
    assert refusal.value.reason in str(refusal.value)
    assert "secret" not in str(refusal.value)


async def test_a_database_that_is_not_there_is_unreachable(database_url: str) -> None:
    missing = database_url.replace("/ser", "/missing/ser")
    with pytest.raises(DatabaseUnreachable, match="missing"):
        await Database.open(missing)


async def test_a_file_that_is_no_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "ser.sqlite3"
    path.write_text("a shopping list\n" * 100)
    with pytest.raises(DatabaseUnreachable, match="not a database"):
        await Database.open(f"sqlite:///{path}")
    assert path.read_text() == "a shopping list\n" * 100


# Transactions


async def test_what_is_kept_outlives_the_connection(database_url: str) -> None:
    for _ in range(2):
        database = await Database.open(database_url)
        async with database.begin() as session:
            chat = await read_chat(session, 7)
            await change_chat(session, 7, language="de")
        await database.close()
    assert chat.language == "de"


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def change_and_fail() -> None:
        async with database.begin() as session:
            await change_chat(session, 7, language="de")
            raise InterruptedError

    with pytest.raises(InterruptedError):
        await change_and_fail()
    async with database.begin() as session:
        assert (await read_chat(session, 7)).language is None


async def test_transactions_at_once_wait_for_each_other(database: Database) -> None:
    async def count_up() -> None:
        async with database.begin() as session:
            await read_chat(session, 7)
            await keep_note(session, make_note(message_id=1))
            await asyncio.sleep(0)
            await change_chat(session, 7, is_listening=True)

    await asyncio.gather(*(count_up() for _ in range(20)))
    async with database.begin() as session:
        assert (await read_chat(session, 7)).is_listening


async def test_bots_that_start_at_once_migrate_one_after_the_other(database_url: str) -> None:
    opened = await asyncio.gather(*(Database.open(database_url) for _ in range(3)))
    for database in opened:
        await database.close()


class Cursor:
    """Refuse what is asked so many times, as SQLite does while others change a file's kind."""

    def __init__(self, n_refusals: int) -> None:
        self.asked: list[str] = []
        self._n_refusals = n_refusals

    def execute(self, statement: str) -> None:
        """Refuse, or do nothing."""
        self.asked.append(statement)
        if len(self.asked) <= self._n_refusals:
            message = "database is locked"
            raise sqlite3.OperationalError(message)


@pytest.mark.parametrize("n_refusals", [0, 1, 3])
def test_a_file_that_others_change_is_asked_again(
    n_refusals: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_WAL_PAUSE_SECONDS", 0.0)
    cursor = Cursor(n_refusals)
    connection._write_ahead(cursor)  # type: ignore[arg-type]  # executes, and no more is needed
    assert cursor.asked == ["PRAGMA journal_mode = WAL"] * (n_refusals + 1)


def test_a_file_that_stays_locked_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_WAL_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(connection, "_WAL_TRIES", 4)
    cursor = Cursor(n_refusals=99)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        connection._write_ahead(cursor)  # type: ignore[arg-type]  # executes, and no more is needed
    assert len(cursor.asked) == 4


# Files


async def test_only_who_runs_the_bot_can_read_its_files(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/ser.sqlite3")
    async with database.begin() as session:
        await keep_note(session, NOTE)
    paths = [tmp_path / f"ser.sqlite3{ending}" for ending in ("", "-shm", "-wal")]
    rights = [oct(path.stat().st_mode & 0o777) for path in paths]
    await database.close()
    assert rights == ["0o600"] * 3


async def test_after_a_purge_the_files_hold_nothing_of_what_was_deleted(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/ser.sqlite3")
    ada, bo = 5_000_000_001, 5_000_000_002
    async with database.begin() as session:
        for number in range(150):
            user_id = (ada, bo, ada)[number % 3]
            voice = f"{number}-voice-{user_id}"
            await keep_note(
                session, make_note(message_id=number, user_id=user_id, file_unique_id=voice)
            )
    async with database.begin() as session:
        assert await forget_person(session, ada) == 100
    await database.purge()
    held = (tmp_path / "ser.sqlite3").read_bytes()
    n_bytes_waiting = (tmp_path / "ser.sqlite3-wal").stat().st_size
    await database.close()
    assert n_bytes_waiting == 0
    assert make_trace(bo) in held
    assert make_trace(ada) not in held
    assert f"voice-{bo}".encode() in held
    assert f"voice-{ada}".encode() not in held


async def test_a_purge_writes_the_file_anew_for_rows_leave_copies_where_they_were(
    tmp_path: Path,
) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/ser.sqlite3")
    async with database.begin() as session:
        for number in range(50):
            await keep_note(session, make_note(message_id=number))
    async with database.begin() as session:
        await delete_older(session, NOON + timedelta(days=1))
    await database.purge()
    empty = await Database.open(f"sqlite:///{tmp_path}/empty.sqlite3")
    await empty.purge()
    n_bytes = [(tmp_path / f"{name}.sqlite3").stat().st_size for name in ("ser", "empty")]
    await database.close()
    await empty.close()
    assert n_bytes[0] == n_bytes[1]


async def test_a_purge_leaves_what_was_not_deleted(database: Database) -> None:
    async with database.begin() as session:
        note_id = await keep_note(session, NOTE)
    await database.purge()
    async with database.begin() as session:
        assert await find_note(session, note_id) == NOTE


def make_trace(number: int) -> bytes:
    """Give a number as SQLite keeps it."""
    return number.to_bytes(6, "big")
