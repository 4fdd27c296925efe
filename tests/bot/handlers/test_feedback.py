from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from talk import be_answered, list_data, list_labels, read_export
from trouble import fail

from bot.handlers import feedback as handler
from bot.sandbox.bot_api import METHODS
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from person import Message, Person
    from town import Town

    from bot.sandbox.params import Params
    from bot.sandbox.state import State

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASKED = ["👍 Right", "👎 Wrong", "🔎 Details", "🗑 Delete"]

_numbers = itertools.count()


async def see(person: Person, message: Message, label: str) -> Message:
    """Wait until a message has a button with this label; give it as it is then."""

    def has_label(found: list[Message]) -> bool:
        return any(
            one["message_id"] == message["message_id"] and label in list_labels(one)
            for one in found
        )

    answers = await person.read(has_label)
    return next(one for one in answers if one["message_id"] == message["message_id"])


async def say(person: Person, answer: Message, *labels: str, said: str) -> Message:
    """Tap one button after the other under an answer; give it when it reads what was said."""
    for label in labels[:-1]:
        await person.tap(answer, label)
        answer = await see(person, answer, "↩️ Back")
    await person.tap(answer, labels[-1])
    return await see(person, answer, f"✏️ You said: {said}")


async def read_opinions(person: Person) -> list[tuple[str, str] | None]:
    """Give what is kept of what somebody said of each of their notes."""
    opinions = [note["opinion"] for note in (await read_export(person))["notes"]]
    return [one and (one["emotion"], one["gender"], one["is_right"]) for one in opinions]


async def test_an_answer_to_ones_own_note_asks_whether_it_was_right(town: Town) -> None:
    assert list_labels(await be_answered(town.meet())) == ASKED


async def test_an_unsure_answer_asks_what_it_was(town: Town) -> None:
    answer = await be_answered(town.meet(), b"unsure", "Not sure")
    assert list_labels(answer) == ["✏️ What was it?", "🔎 Details", "🗑 Delete"]


async def test_nobody_is_asked_about_somebody_elses_voice(town: Town) -> None:
    person, other = town.meet(), town.meet()
    answer = await be_answered(person, forward_of=other)
    assert list_labels(answer) == ["🔎 Details", "🗑 Delete"]
    await person.tap(answer, "Details")
    (picture,) = await person.read(lambda found: bool(found[-1]["photo"]))
    assert list_labels(picture) == ["🗑 Delete"]


async def test_right_agrees_with_emotion_and_gender(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person)
    press = await person.tap(answer, "Right")
    assert (await person.read_press(press))["text"] == "🙏 Thank you!"
    said = await see(person, answer, "✏️ You said: Angry · Female voice")
    assert list_labels(said)[1:] == ["🔎 Details", "🗑 Delete"]
    assert said["text"] == answer["text"]
    assert await read_opinions(person) == [("angry", "female", True)]


async def test_right_says_nothing_of_a_gender_that_was_not_named(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person, f"hoarse {next(_numbers)}".encode(), "hard to tell")
    await say(person, answer, "Right", said="Angry")
    assert await read_opinions(person) == [("angry", None, True)]


async def test_wrong_offers_all_emotions_and_one_tap_says_which_it_was(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person)
    await person.tap(answer, "Wrong")
    choice = await see(person, answer, "↩️ Back")
    words = [each.rpartition(":")[2] for each in list_data(choice)]
    assert words == [*EMOTIONS, "female", "male", "back"]
    assert choice["text"] == answer["text"]
    await say(person, choice, "Sad", said="Sad")
    assert await read_opinions(person) == [("sad", None, False)]


async def test_what_was_said_is_ticked_and_can_be_changed(town: Town) -> None:
    person = town.meet()
    answer = await say(person, await be_answered(person), "Wrong", "Sad", said="Sad")
    await person.tap(answer, "You said")
    choice = await see(person, answer, "↩️ Back")
    assert [label for label in list_labels(choice) if "✓" in label] == ["✓ 😢 Sad"]
    answer = await say(person, choice, "Male", said="Sad · Male voice")
    answer = await say(person, answer, "You said", "Happy", said="Happy · Male voice")
    assert await read_opinions(person) == [("happy", "male", False)]


async def test_who_goes_back_has_said_nothing(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person)
    await person.tap(answer, "Wrong")
    choice = await see(person, answer, "↩️ Back")
    await person.tap(choice, "Back")
    assert list_labels(await see(person, answer, "👎 Wrong")) == ASKED
    assert await read_opinions(person) == [None]


async def test_the_buttons_work_under_the_picture_too(town: Town) -> None:
    person = town.meet()
    await person.tap(await be_answered(person), "Details")
    (picture,) = await person.read(lambda found: bool(found[-1]["photo"]))
    assert list_labels(picture) == ["👍 Right", "👎 Wrong", "🗑 Delete"]
    picture = await say(person, picture, "Wrong", "Calm", said="Calm")
    assert list_labels(picture) == ["✏️ You said: Calm", "🗑 Delete"]
    assert picture["photo"]


async def test_the_picture_knows_what_was_said_before(town: Town) -> None:
    person = town.meet()
    answer = await say(person, await be_answered(person), "Wrong", "Calm", said="Calm")
    await person.tap(answer, "Details")
    answers = await person.read(lambda found: any(one["photo"] for one in found))
    (picture,) = (one for one in answers if one["photo"])
    assert list_labels(picture) == ["✏️ You said: Calm", "🗑 Delete"]


async def test_a_note_that_is_listened_to_again_knows_what_was_said_before(town: Town) -> None:
    person = town.meet()
    answer = await say(person, await be_answered(person), "Wrong", "Calm", said="Calm")
    await person.write("/mood", reply_to=answer["reply_to_message_id"])
    answers = await person.read(
        lambda found: sum("Angry" in one["text"] for one in found) == 2  # both answers
    )
    assert list_labels(answers[-1])[0] == "✏️ You said: Calm"


async def test_what_was_said_is_kept_also_where_the_press_is_too_old_to_be_answered(
    town: Town,
) -> None:
    person = town.meet()
    answer = await be_answered(person)
    await person.tap(answer, "Right", expired=True)
    assert await see(person, answer, "✏️ You said: Angry · Female voice")


async def test_what_was_said_is_kept_also_where_the_answer_is_gone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = town.meet()
    answer = await be_answered(person)
    gone = fail(monkeypatch, "editmessagereplymarkup", "message to edit not found")
    await person.tap(answer, "Right")
    await gone.wait()
    await person.read_last("May I learn")
    assert await read_opinions(person) == [("angry", "female", True)]


async def test_nobody_says_what_somebody_elses_note_was(town: Town) -> None:
    person, thief = town.meet(), town.meet()
    right, *_ = list_data(await be_answered(person))
    press = await thief.press(await be_answered(thief), right)
    assert "no longer have" in (await thief.read_press(press))["text"]
    assert await read_opinions(person) == [None]


async def test_nobody_says_what_a_forwarded_note_was(town: Town) -> None:
    person = town.meet()
    answer = await be_answered(person, forward_of=town.meet())
    note_id = list_data(answer)[0].rpartition(":")[2]
    press = await person.press(answer, f"feedback:{note_id}:right")
    assert "no longer have" in (await person.read_press(press))["text"]
    assert await read_opinions(person) == [None]


async def test_nothing_is_said_in_a_group(town: Town) -> None:
    person, _ = town.gather()
    await person.write("/help")
    press = await person.press(await person.read_answer("In a group"), "feedback:1:right")
    assert "Only who sent the note" in (await person.read_press(press))["text"]


@pytest.mark.parametrize("word", ["", "bored", "Sad", "right:right", "9" * 40])
async def test_words_that_are_made_up_say_nothing(town: Town, word: str) -> None:
    person = town.meet()
    answer = await be_answered(person)
    note_id = list_data(answer)[-1].rpartition(":")[2]
    await person.read_press(await person.press(answer, f"feedback:{note_id}:{word}"))
    assert await read_opinions(person) == [None]


async def test_nothing_is_said_of_a_note_that_is_deleted(town: Town) -> None:
    person = town.meet()
    first, second = await be_answered(person), await be_answered(person)
    await person.read_press(await person.tap(first, "Delete"))
    press = await person.press(second, list_data(first)[0])
    assert "no longer have" in (await person.read_press(press))["text"]


async def test_nothing_is_said_of_a_note_that_is_deleted_meanwhile(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def miss(*_arguments: object, **_labels: str) -> None:
        return None

    monkeypatch.setattr(handler, "give_opinion", miss)
    person = town.meet()
    press = await person.tap(await be_answered(person), "Right")
    assert "no longer have" in (await person.read_press(press))["text"]
    await person.write("/help")
    await person.read_last("In a group")
    assert len(await person.read(bool)) == 2  # nobody was asked for consent


async def test_consent_is_asked_for_once_also_when_two_buttons_are_tapped_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, asked = METHODS["sendmessage"], []

    def call(state: State, params: Params) -> object:
        asked.append("May I learn" in params.text("text"))
        return works(state, params)

    person = town.meet()
    answer = await be_answered(person)
    right, wrong, *_ = list_data(answer)
    monkeypatch.setitem(METHODS, "sendmessage", call)
    presses = [await person.press(answer, data) for data in (right, wrong, right, right)]
    for press in presses:
        await person.read_press(press)
    await person.read_last("May I learn")
    answer = await say(person, await be_answered(person), "Wrong", "Sad", said="Sad")
    assert sum(asked) == 1
