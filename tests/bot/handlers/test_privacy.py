from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_privacy_tells_what_happens_to_recordings(town: Town) -> None:
    person = town.meet()
    await person.write("/privacy")
    assert "I store no recording" in (await person.read_answer("Your recordings"))["text"]
