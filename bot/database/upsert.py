"""Write a row, whether it is there already or not, without a moment in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.database.tables import Base


def upsert(
    session: AsyncSession, table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]
) -> postgresql.Insert | sqlite.Insert:
    """Give the statement that makes the row with a key hold values; others stay as they are.

    SQL's own word for it, MERGE, SQLite does not know; what both know stands in their dialects.
    """
    if not values:
        return insert_new(session, table, key, unique=key)
    insert = _insert(session, table, {**key, **values})
    return insert.on_conflict_do_update(index_elements=list(key), set_=dict(values))


def insert_new(
    session: AsyncSession,
    table: type[Base],
    values: Mapping[str, Any],
    *,
    unique: Iterable[str],
) -> postgresql.Insert | sqlite.Insert:
    """Give the statement that makes a row, unless one is there with the same unique values."""
    insert = _insert(session, table, values)
    return insert.on_conflict_do_nothing(index_elements=list(unique))


def _insert(
    session: AsyncSession, table: type[Base], values: Mapping[str, Any]
) -> postgresql.Insert | sqlite.Insert:
    """Give the statement that makes a row, in the words of the session's database."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite.insert if is_sqlite else postgresql.insert)(table).values(**values)
