"""Notes to keep, and a PostgreSQL to keep them in, which lives as long as the tests.

It listens on a socket in a temporary folder and on no port, so it meets no other. The folder has a
short name, for that of a socket may have 107 bytes at most.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hearings import make_recognition

from bot.database import Database
from bot.database.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = ("sqlite", "postgresql")
DEBIAN = Path("/usr/lib/postgresql")  # where Debian keeps what only administrators need


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOTE = Note(
    chat_id=-100_200_300_400,
    message_id=1,
    thread_id=None,
    user_id=5_000_000_001,
    file_unique_id="AgADfile",
    sent_at=NOON,
    weight=2.0,
    recognition=make_recognition(),
)


def make_note(**changes: Any) -> Note:  # noqa: ANN401 - whatever a note holds
    """Give a note that differs from `NOTE` as asked."""
    return replace(NOTE, **changes)


class Cluster:
    """Hold a running PostgreSQL, in which databases are made."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._owner = _choose_owner()
        self._n_databases = 0
        self._with_tables: str | None = None

    def start(self) -> None:
        """Start the server, again if it was stopped."""
        sockets = f"-c listen_addresses='' -c unix_socket_directories={self._folder}"
        self._control(
            "--log", self._folder / "log", "--options", f"{sockets} -c fsync=off", "start"
        )

    def stop(self) -> None:
        """Stop the server in the middle of whatever it does; it comes back with its data."""
        self._control("--mode", "immediate", "stop")

    def _control(self, *arguments: str | Path) -> None:
        data = ("--pgdata", self._folder / "data", "--silent", "--wait")
        _run(self._programs / "pg_ctl", *data, *arguments, owner=self._owner)

    def make_database(self) -> str:
        """Give the address of a new, empty database."""
        return self._make_database("template1")

    def make_database_with_tables(self) -> str:
        """Give the address of a new database as the bot makes it: a copy, which is made sooner."""
        if self._with_tables is None:
            url = self.make_database()
            make_tables(url)
            self._with_tables = f"ser{self._n_databases}"
        return self._make_database(self._with_tables)

    def _make_database(self, template: str) -> str:
        self._n_databases += 1
        name = f"ser{self._n_databases}"
        options = ("-h", self._folder, "-U", "ser", "--no-password", "--template", template)
        _run(self._programs / "createdb", *options, name)
        return f"postgresql://ser@/{name}?host={self._folder}"


def make_tables(url: str) -> None:
    """Make all tables in an empty database, in a thread: here an event loop may run already."""

    async def open_and_close() -> None:
        await (await Database.open(url)).close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, open_and_close()).result()


def find_postgresql() -> Path | None:
    """Give the folder of PostgreSQL's programs, the newest if there are several."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(DEBIAN.glob("*/bin"))
    return folders[-1] if folders else None


@contextmanager
def run_cluster(programs: Path) -> Iterator[Cluster]:
    """Run a PostgreSQL; what it writes need not survive, so it waits for no disk."""
    # Whoever is stopped at once may still be taking files away.
    with tempfile.TemporaryDirectory(prefix="ser-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        owner = _choose_owner()
        if owner:
            shutil.chown(folder, owner)
        _run(
            *(programs / "initdb", "--pgdata", folder / "data", "--username", "ser"),
            *("--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync"),
            owner=owner,
        )
        cluster = Cluster(programs, folder)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


def _choose_owner() -> str | None:
    """Give the user that runs the server: root may not, so it lends it to Debian's."""
    return "postgres" if os.geteuid() == 0 else None


def _run(*command: str | Path, owner: str | None = None) -> None:
    subprocess.run(  # noqa: S603 - the commands stand in this file
        command, user=owner, cwd="/", check=True, stdout=subprocess.DEVNULL
    )
