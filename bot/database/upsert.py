"""Write a row, whether it is there already or not, without a moment in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.database.tables import Base


def upsert(
    session: AsyncSession, table: type[Base], key: Mapping[str, Any], values: Mapping[str, Any]
) -> postgresql.Insert | sqlite.Insert:
    """Give the statement that makes the row with a key hold values; others stay as they are.

    SQL's own word for it, MERGE, SQLite does not know; what both know stands in their dialects.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite.insert if is_sqlite else postgresql.insert)(table).values(**key, **values)
    if values:
        return insert.on_conflict_do_update(index_elements=list(key), set_=dict(values))
    return insert.on_conflict_do_nothing()
