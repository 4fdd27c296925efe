"""Write a row, whether it is there already or not, without a moment in between."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Table
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
    insert = insert_into(find_kind(session), table).values(**key, **values)
    return insert.on_conflict_do_update(index_elements=list(key), set_=dict(values))


@lru_cache
def prepare_upsert(
    kind: str,
    table: type[Base],
    key: tuple[str, ...],
    columns: tuple[str, ...],
    *,
    returning: str | None = None,
) -> postgresql.Insert | sqlite.Insert:
    """Give what `upsert` gives, made once for a kind of database, and run with the values.

    To make a statement takes longer than to run it.
    """
    rows = cast("Table", table.__table__)
    insert = insert_into(kind, rows).values({name: bindparam(name) for name in (*key, *columns)})
    values = {name: insert.excluded[name] for name in columns}
    insert = insert.on_conflict_do_update(index_elements=list(key), set_=values)
    # mypy knows returning() as what gives rows, which whoever asks for it expects
    return insert if returning is None else cast("Any", insert.returning(rows.c[returning]))


def insert_new(
    session: AsyncSession,
    table: type[Base],
    values: Mapping[str, Any],
    *,
    unique: Iterable[str],
) -> postgresql.Insert | sqlite.Insert:
    """Give the statement that makes a row, unless one is there with the same unique values."""
    insert = insert_into(find_kind(session), table).values(**values)
    return insert.on_conflict_do_nothing(index_elements=list(unique))


def find_kind(session: AsyncSession) -> str:
    """Give the kind of a session's database: ``sqlite`` or ``postgresql``."""
    return session.get_bind().dialect.name


def insert_into(kind: str, table: type[Base] | Table) -> postgresql.Insert | sqlite.Insert:
    """Give the statement that makes rows, in the words of a kind of database."""
    return (sqlite.insert if kind == "sqlite" else postgresql.insert)(table)
