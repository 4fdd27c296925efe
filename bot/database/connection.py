"""Open the database, migrate it, and give transactions."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from functools import partial
from sqlite3 import OperationalError
from typing import TYPE_CHECKING, Final, Self

from alembic.util import CommandError
from sqlalchemy import URL, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from bot.database.migrations import migrate
from bot.errors import DatabaseUnfit, DatabaseUnreachable

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
    from sqlalchemy.ext.asyncio import AsyncSession

_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_PRAGMAS: Final = (
    "busy_timeout = 60000",  # milliseconds that a writer waits for another, such as `purge`
    "foreign_keys = ON",
    "secure_delete = ON",  # what was deleted is overwritten
)

_SAFE: Final = "synchronous = FULL"
"""What is committed outlives a loss of power."""
_FAST: Final = "synchronous = NORMAL"
"""With WAL, a loss of power costs what was committed last, never the file."""

AWAY: Final = (DBAPIError, PoolTimeoutError, OSError)
"""What is raised while the database is away, is full, or has too much to do: it passes."""

_WAL_TRIES: Final = 20
_WAL_PAUSE_SECONDS: Final = 0.05


class Database:
    """Give transactions on one database."""

    def __init__(self, engine: AsyncEngine, durable: AsyncEngine) -> None:
        """Keep the engines of a database that is up to date; `open` makes them."""
        self._engine = engine
        self._durable = durable
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._durable_sessions = async_sessionmaker(durable, expire_on_commit=False)

    @classmethod
    async def open(cls, url: str) -> Self:
        """Open the database at an address, and bring its tables up to date.

        Raises:
            DatabaseUnreachable: if no database answers there.
            DatabaseUnfit: if what is there is none of this bot's, or a newer version's.
        """
        address = _read_address(url)
        engine = _make_engine(address, _FAST)
        try:
            await _migrate(engine)
        except BaseException:
            await engine.dispose()
            raise
        is_sqlite = engine.dialect.name == "sqlite"
        return cls(engine, _make_engine(address, _SAFE) if is_sqlite else engine)

    async def close(self) -> None:
        """Close all connections."""
        await self._engine.dispose()
        await self._durable.dispose()

    def begin(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Give the session of one transaction, kept if its block ends well, undone otherwise.

        Each statement sees what was committed before it, on both databases.
        """
        return self._sessions.begin()

    def begin_durably(self) -> AbstractAsyncContextManager[AsyncSession]:
        """Do as `begin` does; what is kept then outlives a loss of power, at once."""
        return self._durable_sessions.begin()

    async def purge(self) -> None:
        """Leave nothing of what was deleted in SQLite's files; PostgreSQL minds its own.

        The whole file is written anew, which takes a second for some 60,000 notes
        (``benchmarks/mood.py``), while writers wait.
        """
        if self._engine.dialect.name == "sqlite":
            async with self._engine.connect() as connection:
                # Rows move while tables grow. Where they were, secure_delete overwrites nothing.
                await connection.execute(text("VACUUM"))
        await self.empty_journal()

    async def empty_journal(self) -> None:
        """Leave nothing in SQLite's journal, which holds what was written, deleted or not."""
        if self._engine.dialect.name == "sqlite":
            async with self._engine.connect() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _make_engine(address: URL, pragma: str) -> AsyncEngine:
    """Give an engine; its errors do not tell what was written, for that may be anything."""
    is_file = address.drivername.startswith("sqlite")
    engine = create_async_engine(address, pool_pre_ping=not is_file, hide_parameters=True)
    if is_file:
        event.listen(engine.sync_engine, "connect", partial(_set_up_sqlite, pragma=pragma))
        event.listen(engine.sync_engine, "close", _undo)
    return engine


def _read_address(url: str) -> URL:
    """Give the address of a database, with the drivers that the bot has.

    Raises:
        DatabaseUnreachable: if it is none.
    """
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):  # it may hold a password, and is not told
        place, reason = "DATABASE_URL", "it is no address of a database"
        raise DatabaseUnreachable(place, reason) from None
    driver = _DRIVERS.get(address.drivername)
    place = _show(address)
    if driver is None:
        raise DatabaseUnreachable(place, "it is neither SQLite nor PostgreSQL")
    if driver == "sqlite+aiosqlite" and address.database in {None, "", ":memory:"}:
        raise DatabaseUnreachable(place, "it names no file")
    return _rename_option(address.set(drivername=driver))


def _show(address: URL) -> str:
    """Give an address without its password, wherever people write one."""
    host = (address.host or "").rpartition("@")[2]  # a password that holds an @ is cut off by it
    return address.set(query={}, host=host or None).render_as_string(hide_password=True)


def _rename_option(address: URL) -> URL:
    """Give the address with libpq's option for TLS, which hosts hand out, as asyncpg calls it."""
    mode = address.query.get("sslmode")
    if mode is None:
        return address
    return address.difference_update_query(["sslmode"]).update_query_dict({"ssl": mode})


async def _migrate(engine: AsyncEngine) -> None:
    """Connect, and bring the tables up to date.

    Raises:
        DatabaseUnreachable: if there is no connection.
        DatabaseUnfit: if the tables cannot be brought up to date.
    """
    place = _show(engine.url)
    try:
        _prepare_file(engine.url)
        connection = await engine.connect()
    except (OSError, TypeError, DBAPIError) as error:
        # TypeError: the address has an option that asyncpg does not know.
        raise DatabaseUnreachable(place, _tell_reason(error)) from error
    try:
        await connection.run_sync(migrate)
        await connection.commit()
    except (CommandError, DBAPIError) as error:
        raise DatabaseUnfit(place, _tell_reason(error)) from error
    finally:
        await connection.close()


def _prepare_file(address: URL) -> None:
    """Make SQLite's file, if there is none, so that only who runs the bot can read it.

    Raises:
        OSError: if it cannot be written.
    """
    if address.drivername.startswith("sqlite"):
        os.close(os.open(str(address.database), os.O_RDWR | os.O_CREAT, mode=0o600))


def _tell_reason(error: Exception) -> str:
    """Give what the database said, without the statement."""
    return str(error.orig if isinstance(error, DBAPIError) else error)


def _set_up_sqlite(connection: DBAPIConnection, _record: object, *, pragma: str) -> None:
    """Make a new connection wait for others, check its keys, and overwrite what it deletes."""
    cursor = connection.cursor()
    _write_ahead(cursor)
    for each in (pragma, *_PRAGMAS):
        cursor.execute(f"PRAGMA {each}")
    cursor.close()


def _undo(connection: DBAPIConnection, _record: object) -> None:
    """End what a cancelled task has begun; else its lock would stay until it is collected."""
    with suppress(Exception):  # it may be closed by the collector, which can wait for nothing
        connection.rollback()


def _write_ahead(cursor: DBAPICursor) -> None:
    """Let readers not wait for writers.

    While another process does the same to a new file, SQLite refuses at once, whatever the
    ``busy_timeout``, so it is tried again. Source: https://www.sqlite.org/c3ref/busy_handler.html
    """
    for tries_left in reversed(range(_WAL_TRIES)):
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except OperationalError:
            if not tries_left:
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return
