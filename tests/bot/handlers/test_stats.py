from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from group_talk import measure_brightness
from talk import be_answered
from town import Person, run_town

from bot.replies import retraining

if TYPE_CHECKING:
    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

ADMIN = 4_711
"""An id that nobody in the town has, but the one whom a test makes admin."""


async def test_who_does_not_run_the_bot_is_told_whom_its_figures_are_for(town: Town) -> None:
    person = town.meet()
    await person.write("/stats")
    assert (await person.read_answer("people who run me"))["html"] == retraining.refuse_stranger()
    member, _other = town.gather()
    await member.write("/stats")
    assert (await member.read_answer("people who run me"))["photo"] is None


async def test_an_admin_gets_the_figures_as_text_and_as_a_picture() -> None:
    async with run_town(admin_ids=frozenset({ADMIN})) as town:
        admin = Person(town._client, ADMIN, ADMIN)
        answer = await be_answered(admin)
        await admin.tap(answer, "Right")
        await be_answered(town.meet())
        await admin.write("/stats")
        told = await admin.read_last("The last 30 days")
        assert "2 voice notes · 2 people" in told["text"]
        assert "of 1 opinion" in told["text"]
        assert "Now: 0 in line, 0 in the works; workers: 1" in told["text"]
        assert "Model: model-of-the-tests" in told["text"]
        assert told["photo"]["width"] == 800
        assert await measure_brightness(admin, told) > 128
