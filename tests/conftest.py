"""Give every test the synthesised voice, databases, and the labelled corpora where they exist."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from databases import KINDS, find_postgresql, make_tables, run_cluster
from hypothesis import settings

from ser_core.synthesis import encode_voice_note, speak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from databases import Cluster

    from ser_core.waveform import Waveform

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"

# librosa compiles parts of itself and keeps them; processes that do so at once, for the same place,
# leave something there that crashes. So each has a place of its own.
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")
os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).parents[1] / ".cache" / "numba" / WORKER)

settings.register_profile("unhurried", deadline=None)  # a busy machine is no mistake
settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the corpora where they are missing."""
    if CORPORA.is_dir():
        return
    missing = pytest.mark.skip(reason=f"there are no corpora at {CORPORA}")
    for item in items:
        if "corpora" in item.keywords:
            item.add_marker(missing)


@pytest.fixture(scope="session")
def corpora_folder() -> Path:
    """Give the folder of the labelled corpora; use it with the mark ``corpora``."""
    return CORPORA


@pytest.fixture(scope="session")
def voice() -> Waveform:
    """Give three seconds of a synthesised voice."""
    return speak(seconds=3.0)


@pytest.fixture(scope="session")
def voice_note(voice: Waveform) -> bytes:
    """Give the same voice as a voice note: Ogg Opus."""
    return encode_voice_note(voice)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Run a PostgreSQL for all tests that ask for one."""
    programs = find_postgresql()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with run_cluster(programs) as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an SQLite database as the bot makes it, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "ser.sqlite3"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a database, once of SQLite and once of PostgreSQL.

    It is empty, but not for tests that have it opened (`database`): there it has its tables, since
    making them in each would take much longer than most tests.
    """
    has_tables = "database" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "ser.sqlite3"
        if has_tables:
            shutil.copy(request.getfixturevalue("sqlite_with_tables"), path)
        return f"sqlite:///{path}"
    running: Cluster = request.getfixturevalue("cluster")
    return running.make_database_with_tables() if has_tables else running.make_database()
