from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from talk import list_data
from town import run_town

from bot import chores, usher
from bot.parts import _PREFETCH
from bot.replies import notes

if TYPE_CHECKING:
    from pathlib import Path

    from person import Message
    from town import Person, Town


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usher, "_PATIENT_SECONDS", 0.0)
    monkeypatch.setattr(chores, "_USHER_SECONDS", 0.05)


async def fill_hands(town: Town, go: Path) -> list[Message]:
    """Have as many notes listened to as can be, none of which ends; give the answers."""
    people = [town.meet() for _ in range(_PREFETCH)]
    for person in people:
        await person.send(f"wait {go}".encode())
    return [await person.read_answer("Listening") for person in people]


async def press_cancel(person: Person, message: Message) -> str:
    """Press the button; give what the bot says to that."""
    press = await person.tap(message, "Cancel")
    return str((await person.read_press(press))["text"])


async def test_a_note_that_waits_can_be_cancelled_and_the_others_move_up(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town() as town:
        await fill_hands(town, go)
        first, second = town.meet(), town.meet()
        await first.send()
        waiting = await first.read_answer("you are first in line")
        await second.send()
        await second.read_answer("you are second in line")
        assert await press_cancel(first, waiting) == ""
        answer = await first.read_answer("Cancelled")
        assert list_data(answer) == []
        await second.read_answer("you are first in line")
        go.touch()
        await second.read_answer("Angry")
        assert "Cancelled" in (await first.see_all())[-1]["text"]


async def test_it_is_too_late_to_cancel_while_the_bot_listens(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town() as town:
        person = town.meet()
        await person.send(f"wait {go}".encode())
        answer = await person.read_answer("Listening")
        assert await press_cancel(person, answer) == notes.refuse_cancelling()
        go.touch()
        answered = await person.read_answer("Angry")
        late = await person.press(answered, list_data(answer)[0])
        told = await person.read_press(late)
        assert told["text"] == notes.explain_nothing_to_cancel()


async def test_only_who_asked_can_cancel(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town() as town:
        await fill_hands(town, go)
        asker, other = town.gather()
        note = await other.send()
        await asker.write("/mood", reply_to=note)
        waiting = await asker.read_answer("in line")
        assert await press_cancel(other, waiting) == notes.explain_nothing_to_cancel()
        assert await press_cancel(asker, waiting) == ""
        await asker.read_answer("Cancelled")
        go.touch()


@pytest.mark.parametrize("data", ["cancel:", "cancel:x", "cancel:99999999999999999999"])
async def test_a_button_that_is_made_up_cancels_nothing(data: str) -> None:
    async with run_town() as town:
        person = town.meet()
        await person.write("/help")
        (answer,) = await person.read(bool)
        press = await person.press(answer, data)
        assert (await person.read_press(press))["text"] == notes.explain_nothing_to_cancel()
