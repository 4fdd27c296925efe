"""How the tables of an older version become those of `bot.database.tables`.

Each step is a file in `versions`, and stays as it is once it was released. They only go forward;
the way back is a backup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOCK: Final = 0x5E12
"""The number of the lock on PostgreSQL; any will do that nothing else in the database uses."""


def migrate(connection: Connection) -> None:
    """Bring the tables up to date, within the transaction of the connection.

    Of several processes that start at once, one does it, and the others wait.

    Raises:
        CommandError: if they were made by a version that is not known here.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(text("BEGIN IMMEDIATE"))
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "bot.database:migrations")
    command.upgrade(config, "head")
