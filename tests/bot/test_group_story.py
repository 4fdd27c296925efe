from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from group_talk import gather_listened, make_note, measure_brightness, say
from pydantic import SecretStr
from town import run_town

from bot import chores

if TYPE_CHECKING:
    import pytest


async def test_three_people_hold_a_mood_check(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the first voice message to the last deletion, as docs/bot.md tells it."""
    monkeypatch.setattr(chores, "DIGEST_SECONDS", 0.5)
    async with run_town(database_url=SecretStr(database_url)) as town:
        ada, bo, cy = people = await gather_listened(town)
        for person, name in zip(people, ("Ada", "Bo", "Cy"), strict=True):
            await person.rename(first_name=name)

        # They speak, and see that they are heard.
        for person, emotion in ((ada, "happy"), (bo, "happy"), (bo, "calm"), (cy, "sad")):
            await say(person, emotion)
        await ada.write("/mood")
        mood = await ada.read_last("4 voice notes · 3 speakers")
        assert not any(name in mood["text"] for name in ("Ada", "Bo", "Cy"))

        # The picture is drawn anew for dark phones, and stays so.
        assert await measure_brightness(ada, mood) > 128
        await bo.tap(mood, "Dark")
        *_, dark = await ada.read(lambda found: "Light" in str(found[-1]["reply_markup"]))
        assert await measure_brightness(ada, dark) < 128

        # Cy wants to be left alone, whoever asks.
        await cy.write("/optout")
        await cy.read_last("whoever asks")
        note = await cy.send(make_note("sad"))
        await ada.write("/mood", reply_to=note)
        await ada.read_last("has opted out")
        await ada.write("/mood 7d")
        without_cy = await ada.read_last("3 voice notes · 2 speakers")
        assert "Sad" not in without_cy["text"].split("Then")[0]

        # The day is summed up at the time that they choose.
        await ada.write(f"/digest {datetime.now(UTC):%H:%M}")
        day = await ada.read_last("How this day sounded")
        assert "3 voice notes · 2 speakers" in day["text"]
        assert day["photo"]

        # Bo reads what is kept, and has it deleted.
        alone = bo.alone()
        await alone.write("/export")
        export = await alone.read_last("as JSON")
        assert len(json.loads(await alone.download(export))["notes"]) == 2
        await alone.write("/forget")
        await alone.tap(await alone.read_last("Shall I forget you?"), "Yes")
        await alone.read_last("2 notes")
        await ada.write("/mood")
        left = await ada.read_last("Too little")
        assert "Voice notes: 1" in left["text"]
        assert "Speakers: 1" in left["text"]
