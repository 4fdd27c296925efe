from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import pytest_asyncio
from databases import KINDS, find_postgresql
from town import Town, run_town

from bot.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest
    from databases import Cluster


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hold the conversations of a module with a bot that keeps things in SQLite, or PostgreSQL.

    What a database does is tested with both, where it is done; so each conversation need not be.
    """
    if "town" in metafunc.fixturenames:
        kinds = KINDS if find_postgresql() else KINDS[:1]
        kind = kinds[crc32(metafunc.module.__name__.encode()) % len(kinds)]
        metafunc.parametrize("town", [kind], indirect=True, scope="session")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town(request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    """Run one bot, with its usual settings and one worker, for all tests that only talk to it."""
    options = {}
    if request.param == "postgresql":
        running: Cluster = request.getfixturevalue("cluster")
        options["database_url"] = running.make_database()
    async with run_town(**options) as running_town:
        yield running_town


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Give an empty database, once of SQLite and once of PostgreSQL."""
    opened = await Database.open(database_url)
    try:
        yield opened
    finally:
        await opened.close()
