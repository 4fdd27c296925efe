"""Notes to keep, and a PostgreSQL to keep them in, which lives as long as the tests.

It listens on a socket in a temporary folder and on no port, so it meets no other. The folder has a
short name, for that of a socket may have 107 bytes at most.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hearings import make_recognition

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
        self._n_databases += 1
        name = f"ser{self._n_databases}"
        _run(self._programs / "createdb", "-h", self._folder, "-U", "ser", "--no-password", name)
        return f"postgresql://ser@/{name}?host={self._folder}"


def find_postgresql() -> Path | None:
    """Give the folder of PostgreSQL's programs, the newest if there are several."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else sorted(DEBIAN.glob("*/bin"))
    return folders[-1] if folders else None


@contextmanager
def run_cluster(programs: Path) -> Iterator[Cluster]:
    """Run a PostgreSQL; what it writes need not survive, so it waits for no disk."""
    with tempfile.TemporaryDirectory(prefix="ser-") as name:
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
