from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from group_talk import gather_listened, measure_brightness, say
from town import run_town

from bot import chores

if TYPE_CHECKING:
    import pytest


async def test_a_group_of_three_holds_a_mood_check_from_beginning_to_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chores, "DIGEST_SECONDS", 1.0)
    async with run_town() as town:
        ada, bo, cleo = await gather_listened(town, 3)
        for person in (ada, bo, cleo):
            await say(person)

        await bo.write("/mood")
        mood = await bo.read_last("3 voice notes · 3 speakers")
        light = await measure_brightness(bo, mood)
        await cleo.tap(mood, "Dark")
        answers = await cleo.read(lambda found: "Light" in str(found[-1]["reply_markup"]))
        assert await measure_brightness(cleo, answers[-1]) < light / 2

        await ada.write(f"/digest {datetime.now(UTC):%H:%M}")
        assert (await ada.read_last("How this day sounded"))["photo"]

        await cleo.write("/optout")
        await cleo.read_last("I never analyse you in this group")
        await bo.write("/mood")
        await bo.read_last("Voice notes: 2")

        alone = bo.alone()
        await alone.write("/forget")
        await alone.tap(await alone.read_answer("Shall I forget you"), "Yes")
        await alone.read_last("in 1 note.")
        await ada.write("/mood")
        await ada.read_last("Voice notes: 1")
