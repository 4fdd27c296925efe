"""Move all that is kept from SQLite to PostgreSQL: ``python -m bot.database.moving sqlite:///…``.

The place that it moves to is ``DATABASE_URL``, as for the bot. Nobody may use either meanwhile.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, text

from bot.database import learning_tables  # noqa: F401  its tables are to be moved, too
from bot.database.connection import Database
from bot.database.inbox_tables import JobRow, ReplicaRow
from bot.database.tables import Base
from bot.errors import DatabaseUnfit
from bot.settings import read_settings
from ser_core.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncSession

_ROWS_AT_ONCE: Final = 50
"""Few enough for those that hold a model each."""
_OPERATOR_MUST_ACT: Final = 2


async def move(source_url: str, target_url: str) -> dict[str, int]:
    """Copy all rows to an empty database; give their number by table.

    Raises:
        DatabaseUnreachable: if one of the two does not answer.
        DatabaseUnfit: if one of the two is no database of this bot's, or the target is not empty.
    """
    source = await Database.open(source_url)
    try:
        target = await Database.open(target_url)
        try:
            async with source.begin() as reading, target.begin() as writing:
                return await _copy(reading, writing)
        finally:
            await target.close()
    finally:
        await source.close()


async def _copy(reading: AsyncSession, writing: AsyncSession) -> dict[str, int]:
    """Copy all tables, those first that others refer to."""
    tables = [one for one in Base.metadata.sorted_tables if one.name != ReplicaRow.__tablename__]
    for table in tables:
        if await writing.scalar(select(func.count()).select_from(table)):
            place = writing.get_bind().engine.url.render_as_string(hide_password=True)
            raise DatabaseUnfit(place, f"it is not empty: there is something in {table.name}")
    return {table.name: await _copy_table(table, reading, writing) for table in tables}


async def _copy_table(table: Table, reading: AsyncSession, writing: AsyncSession) -> int:
    """Copy the rows of a table; give how many there were."""
    n_rows = 0
    rows = await reading.stream(select(table))
    async for some in rows.mappings().partitions(_ROWS_AT_ONCE):
        values = [_free(table, dict(row)) for row in some]
        await writing.execute(insert(table), values)
        n_rows += len(values)
    if table.dialect_options["sqlite"]["autoincrement"]:
        await _go_on_counting(table, reading, writing)
    return n_rows


def _free(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """Give a row; what somebody had in hand is in nobody's hand there."""
    return row | {"replica_id": None} if table.name == JobRow.__tablename__ else row


async def _go_on_counting(table: Table, reading: AsyncSession, writing: AsyncSession) -> None:
    """Let no number come again, for buttons in old messages name them."""
    last = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    number = await reading.scalar(last, {"name": table.name})
    if number:
        count = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)")
        await writing.execute(count, {"name": table.name, "number": number})


def main(arguments: Sequence[str] | None = None) -> int:
    """Move; give the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        target_url = read_settings().database_url.get_secret_value()
        if len(given) != 1 or not given[0].startswith("sqlite") or target_url.startswith("sqlite"):
            usage = "set DATABASE_URL=postgresql://…, and name the file: sqlite:///ser.sqlite3"
            sys.stderr.write(f"{usage}\n")
            return _OPERATOR_MUST_ACT
        moved = asyncio.run(move(given[0], target_url))
    except SetupError as error:
        sys.stderr.write(f"{error}\n")
        return _OPERATOR_MUST_ACT
    for name, n_rows in moved.items():
        sys.stdout.write(f"{n_rows:9,} {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
