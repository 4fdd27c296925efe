from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.database.tables import ChatRow
from bot.database.upsert import insert_new, upsert

if TYPE_CHECKING:
    from bot.database import Database


async def write(database: Database, chat_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    async with database.begin() as session:
        await session.execute(upsert(session, ChatRow, {"chat_id": chat_id}, values))


async def read(database: Database) -> list[tuple[Any, ...]]:
    statement = select(ChatRow.chat_id, ChatRow.language, ChatRow.theme).order_by(ChatRow.chat_id)
    async with database.begin() as session:
        return [tuple(row) for row in await session.execute(statement)]


async def test_a_new_row_gets_the_usual_values(database: Database) -> None:
    await write(database, 1, language="de")
    await write(database, 2)
    assert await read(database) == [(1, "de", "light"), (2, None, "light")]


async def test_a_row_that_is_there_keeps_what_is_not_named(database: Database) -> None:
    await write(database, 1, language="de", theme="dark")
    await write(database, 1, language=None)
    await write(database, 1)
    assert await read(database) == [(1, None, "dark")]


async def test_the_same_new_row_may_be_written_many_times_at_once(database: Database) -> None:
    await asyncio.gather(*(write(database, 1, language="de") for _ in range(10)))
    assert await read(database) == [(1, "de", "light")]


async def test_a_row_is_made_only_where_none_has_the_same_unique_values(
    database: Database,
) -> None:
    async def make(language: str) -> int | None:
        values = {"chat_id": 1, "language": language}
        insert = insert_new(session, ChatRow, values, unique=["chat_id"])
        chat_id: int | None = await session.scalar(insert.returning(ChatRow.chat_id))
        return chat_id

    async with database.begin() as session:
        assert await make("de") == 1
        assert await make("it") is None
    assert await read(database) == [(1, "de", "light")]
