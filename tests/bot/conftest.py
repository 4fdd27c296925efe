from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio
from town import Town, run_town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def town() -> AsyncIterator[Town]:
    """Run one bot, with its usual settings and one worker, for all tests that only talk to it."""
    async with run_town() as running:
        yield running
