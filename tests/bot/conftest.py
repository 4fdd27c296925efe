from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from databases import KINDS
from town import Town, run_town

from bot.database import Database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest
    from databases import Cluster


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=KINDS)
async def town(request: pytest.FixtureRequest) -> AsyncIterator[Town]:
    """Run one bot, with its usual settings and one worker, for all tests that only talk to it.

    They talk to it twice: once it keeps what it hears in SQLite, once in PostgreSQL.
    """
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
