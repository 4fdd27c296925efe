from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from talk import be_answered, list_data, list_labels
from trouble import fail

if TYPE_CHECKING:
    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_private_answer_has_buttons(town: Town) -> None:
    labels = list_labels(await be_answered(town.meet()))
    assert labels == ["👍 Right", "👎 Wrong", "🔎 Details", "🗑 Delete"]


async def test_an_explanation_has_none(town: Town) -> None:
    person = town.meet()
    await person.send(b"short")
    assert (await person.read_answer("too short"))["reply_markup"] is None


async def test_an_answer_in_a_group_has_none(town: Town) -> None:
    person, _ = town.gather()
    await person.write("/mood", reply_to=await person.send())
    assert (await person.read_answer("Angry"))["reply_markup"] is None


async def test_details_turn_the_answer_into_a_picture_with_the_same_text(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person)
    press = await person.tap(answer, "Details")
    assert await person.read_press(press)
    (picture,) = await person.read(lambda found: bool(found[-1]["photo"]))
    assert picture["message_id"] == answer["message_id"]
    assert "Angry — 82 %" in picture["text"]
    assert list_labels(picture) == ["👍 Right", "👎 Wrong", "🗑 Delete"]
    assert (await person.download(picture)).startswith(b"\x89PNG")


async def test_details_of_an_answer_that_is_gone_are_sent_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = town.meet()
    answer = await be_answered(person)
    fail(monkeypatch, "editmessagemedia", "message to edit not found")
    await person.tap(answer, "Details")
    _, picture = await person.read(lambda found: bool(found[-1]["photo"]))
    assert "Angry — 82 %" in picture["text"]
    assert picture["reply_to_message_id"] == answer["reply_to_message_id"]


async def test_details_that_are_there_already_are_left_alone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = town.meet()
    answer = await be_answered(person)
    refused = fail(monkeypatch, "editmessagemedia", "message is not modified: same content")
    await person.tap(answer, "Details")
    await refused.wait()
    await person.write("/help")
    assert len(await person.read(lambda found: "In a group" in found[-1]["text"])) == 2


async def test_details_come_also_where_the_press_is_too_old_to_be_answered(town: Town) -> None:
    person = town.meet()
    await person.tap(await be_answered(person), "Details", expired=True)
    assert await person.read(lambda found: bool(found[-1]["photo"]))


async def test_delete_takes_the_answer_and_what_was_heard_away(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person)
    press = await person.tap(answer, "Delete")
    assert (await person.read_press(press))["text"] == "Deleted."
    assert await person.see(answer["message_id"]) is None
    other = await be_answered(person)
    late = await person.press(other, list_data(answer)[-2])
    assert "no longer have" in (await person.read_press(late))["text"]


async def test_delete_works_under_the_picture_too(town: Town) -> None:
    person = town.meet()
    await person.tap(await be_answered(person), "Details")
    (picture,) = await person.read(lambda found: bool(found[-1]["photo"]))
    await person.read_press(await person.tap(picture, "Delete"))
    assert await person.see(picture["message_id"]) is None


async def test_an_answer_whose_note_is_deleted_can_still_be_deleted(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person)
    other = await be_answered(person)
    data = list_data(answer)[-1]
    await person.read_press(await person.tap(answer, "Delete"))
    press = await person.press(other, data)
    assert (await person.read_press(press))["text"] == "Deleted."


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        ("message to delete not found", "Deleted."),
        ("message can't be deleted for everyone", "please delete it yourself"),
    ],
)
async def test_an_answer_that_telegram_does_not_delete_is_told_as_such(
    town: Town, monkeypatch: pytest.MonkeyPatch, reason: str, text: str
) -> None:
    person = town.meet()
    answer = await be_answered(person)
    fail(monkeypatch, "deletemessage", reason)
    press = await person.tap(answer, "Delete")
    assert text in (await person.read_press(press))["text"]


async def test_a_note_of_somebody_else_is_not_shown_and_not_deleted(town: Town) -> None:
    person, thief = town.meet(), town.meet()
    answer, bait = await be_answered(person), await be_answered(thief)
    *_, details, delete = list_data(answer)
    press = await thief.press(bait, details)
    assert "no longer have" in (await thief.read_press(press))["text"]
    await thief.read_press(await thief.press(bait, delete))
    await person.tap(answer, "Details")
    assert await person.read(lambda found: bool(found[-1]["photo"]))


@pytest.mark.parametrize("name", ["details", "delete"])
async def test_buttons_of_notes_do_nothing_in_a_group(town: Town, name: str) -> None:
    person, _ = town.gather()
    await person.write("/help")
    message = await person.read_answer("In a group")
    press = await person.press(message, f"{name}:1")
    assert "Only who sent the note" in (await person.read_press(press))["text"]
    assert await person.see(message["message_id"])


@pytest.mark.parametrize("made_up", ["0", "-1", "9" * 30, "none", "1 or 1", "²"])
async def test_data_that_are_made_up_name_no_note(town: Town, made_up: str) -> None:
    person = town.meet()
    answer = await be_answered(person)
    press = await person.press(answer, f"details:{made_up}")
    assert "no longer have" in (await person.read_press(press))["text"]
