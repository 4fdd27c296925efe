from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from databases import NOTE
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.database import Database
from bot.database.connection import _read_address
from bot.database.learning_tables import ModelRow
from bot.database.notes import find_note, keep_note
from bot.errors import DatabaseUnfit

if TYPE_CHECKING:
    from sqlalchemy import Connection

NEW_TABLES = (
    *("opinions", "impressions", "consents", "lessons", "baselines"),
    *("bundles", "models", "promotions", "retrainings"),
    *("inbox", "replicas", "seen_updates"),
)


def compare(connection: Connection) -> list[object]:
    """Give how the tables in a database differ from those in the code."""
    return list(compare_metadata(MigrationContext.configure(connection), ModelRow.metadata))


async def test_the_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    async with database._engine.connect() as connection:
        assert await connection.run_sync(compare) == []


async def test_a_difference_would_be_seen(database: Database) -> None:
    async with database._engine.connect() as connection:
        await connection.execute(text("ALTER TABLE people ADD COLUMN age INTEGER"))
        ((kind, _, table, column),) = await connection.run_sync(compare)
    assert (kind, table, column.name) == ("remove_column", "people", "age")


async def test_what_an_older_version_kept_is_there_in_the_newer_one(database_url: str) -> None:
    database = await Database.open(database_url)
    async with database.begin() as session:
        note_id = await keep_note(session, NOTE)
        await session.execute(text("ALTER TABLE notes DROP COLUMN took_seconds"))
        for table in NEW_TABLES:
            await session.execute(text(f"DROP TABLE {table}"))
        await session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    await database.close()
    database = await Database.open(database_url)
    async with database._engine.connect() as connection:
        assert await connection.run_sync(compare) == []
    async with database.begin() as session:
        assert await find_note(session, note_id) == NOTE
    await database.close()


async def test_a_database_of_a_newer_version_is_refused(
    database: Database, database_url: str
) -> None:
    async with database.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnfit, match="9999"):
        await Database.open(database_url)


async def test_a_database_of_another_program_is_refused_and_left_as_it_was(
    database_url: str,
) -> None:
    engine = create_async_engine(_read_address(database_url))
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE outlines (shape TEXT)"))
    with pytest.raises(DatabaseUnfit, match="outlines"):
        await Database.open(database_url)
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await engine.dispose()
    assert tables == ["outlines"]
