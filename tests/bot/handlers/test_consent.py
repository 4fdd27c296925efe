from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from group_talk import gather_listened
from hearings import make_impression
from talk import be_answered, list_labels, read_export
from town import run_town

if TYPE_CHECKING:
    from pathlib import Path

    from person import Message, Person
    from town import Town

in_session = pytest.mark.asyncio(loop_scope="session")

_numbers = itertools.count()


def make_note() -> bytes:
    """Give a recording unlike any other, in which the workers hear what they know of somebody."""
    return f"who {next(_numbers)}".encode()


async def judge(person: Person, label: str, *, told: str = "Angry") -> bytes:
    """Send a note, and say that it was another emotion than the bot told; give the note."""
    note = make_note()
    answer = await be_answered(person, note, told)
    await person.tap(answer, "Wrong")
    await person.read(lambda found: "↩️ Back" in list_labels(find(found, answer)))
    await person.tap(find(await person.read(bool), answer), label)
    said = f"✏️ You said: {label}"
    await person.read(lambda found: said in list_labels(find(found, answer)))
    return note


def find(messages: list[Message], message: Message) -> Message:
    return next(one for one in messages if one["message_id"] == message["message_id"])


async def consent(person: Person) -> None:
    """Let the bot learn, unasked."""
    await person.write("/consent")
    await person.tap(await person.read_last("I do not learn from your notes"), "Yes")
    await person.read_last("I learn from your notes from now on")


async def tell_baseline(person: Person) -> Message:
    """Ask how well a voice is known; give the answer."""
    asked = await person.write("/baseline")

    def is_told(message: Message) -> bool:
        return message["message_id"] > asked and message["text"].startswith("👂")

    return next(filter(is_told, await person.read(lambda found: any(map(is_told, found)))))


@in_session
async def test_the_first_opinion_asks_for_consent_and_moves_the_next_answer(town: Town) -> None:
    person = town.meet()
    await judge(person, "Sad")
    question = await person.read_last("May I learn from that?")
    await person.tap(question, "Yes")
    thanks = await person.read_last("I know your voice from 1 note already")
    assert thanks["message_id"] == question["message_id"]
    assert thanks["reply_markup"] is None
    answer = await be_answered(person, make_note(), "Sad")
    assert list_labels(answer)[:2] == ["👍 Right", "👎 Wrong"]
    await judge(person, "Happy", told="Sad")
    assert await be_answered(person, make_note(), "Happy")


@in_session
async def test_whoever_says_no_is_not_learnt_from_and_not_asked_again(town: Town) -> None:
    person = town.meet()
    await judge(person, "Sad")
    await person.tap(await person.read_last("May I learn"), "No")
    await person.read_last("I keep nothing to learn from")
    await judge(person, "Sad")
    assert await be_answered(person, make_note(), "Angry")
    held = await read_export(person)
    assert (held["consent"]["is_given"], held["lessons"], held["baseline"]) == (False, [], None)
    assert [note["impression"] for note in held["notes"]] == [None] * 3
    assert not [one for one in await person.see_all() if "May I learn" in one["text"]]


@in_session
async def test_whoever_leaves_the_question_open_is_not_learnt_from(town: Town) -> None:
    person = town.meet()
    await judge(person, "Sad")
    await person.read_last("May I learn")
    await judge(person, "Sad")
    questions = [one for one in await person.see_all() if "May I learn" in one["text"]]
    assert len(questions) == 1
    assert (await read_export(person))["lessons"] == []


@in_session
async def test_consent_makes_lessons_of_what_was_said_before(town: Town) -> None:
    person = town.meet()
    for emotion in ("Sad", "Happy"):
        await judge(person, emotion)
    await person.tap(await person.read_last("May I learn"), "Yes")
    await person.read_last("from 2 notes already")
    lessons = (await read_export(person))["lessons"]
    assert [lesson["emotion"] for lesson in lessons] == ["sad", "happy"]


@in_session
async def test_who_consents_at_once_is_thanked_without_a_number(town: Town) -> None:
    person = town.meet()
    await consent(person)
    assert "already" not in (await person.read_last("I learn from your notes"))["text"]
    assert "from 0 notes" in (await tell_baseline(person))["text"]


@in_session
async def test_what_is_said_later_teaches_at_once(town: Town) -> None:
    person = town.meet()
    await consent(person)
    assert await be_answered(person, make_note(), "Angry")
    assert await be_answered(person, make_note(), "Calm")
    await judge(person, "Sad", told="Calm")
    assert await be_answered(person, make_note(), "Sad")
    assert "from 4 notes" in (await tell_baseline(person))["text"]


@in_session
async def test_a_consent_is_shown_and_taken_back_with_all_that_was_learnt(town: Town) -> None:
    person = town.meet()
    await consent(person)
    await judge(person, "Sad")
    await judge(person, "Happy", told="Sad")
    await person.write("/consent")
    state = await person.read_last("as you allowed me to")
    assert list_labels(state) == ["Stop, and delete what you learnt"]
    await person.tap(state, "Stop")
    text = (await person.read_last("I no longer learn"))["text"]
    assert "from 2 notes." in text
    assert "2 lessons" in text
    held = await read_export(person)
    assert (held["consent"]["is_given"], held["lessons"], held["baseline"]) == (False, [], None)
    assert await be_answered(person, make_note(), "Angry")


@in_session
async def test_the_baseline_is_told_and_begun_anew_and_lessons_stay(town: Town) -> None:
    person = town.meet()
    assert "as a stranger's" in (await tell_baseline(person))["text"]
    await consent(person)
    assert (await tell_baseline(person))["reply_markup"] is None
    await judge(person, "Sad")
    told = await tell_baseline(person)
    assert "from 1 note." in told["text"]
    await person.tap(told, "Forget")
    await person.read_last("begin anew")
    assert "from 0 notes" in (await tell_baseline(person))["text"]
    assert len((await read_export(person))["lessons"]) == 1
    assert await be_answered(person, make_note(), "Angry")  # a stranger, for once
    assert await be_answered(person, make_note(), "Sad")


@in_session
@pytest.mark.parametrize("command", ["consent", "baseline"])
async def test_what_is_learnt_of_somebody_is_no_matter_for_a_group(
    town: Town, command: str
) -> None:
    person, _ = town.gather()
    await person.write(f"/{command}")
    answer = await person.read_answer("between you and me")
    assert f"/{command}" in answer["text"]
    assert answer["reply_markup"] is None


@in_session
async def test_a_voice_is_the_same_in_groups(town: Town) -> None:
    admin, member = await gather_listened(town, 2, "reply")
    await consent(member.alone())
    await member.send(make_note())
    await admin.read_last("Angry")
    assert "from 1 note." in (await tell_baseline(member.alone()))["text"]
    await member.send(make_note())
    await admin.read_last("Calm")
    await admin.send(make_note())  # who has not consented
    await admin.read(lambda found: sum("Angry" in one["text"] for one in found) == 2)


@in_session
async def test_a_recording_that_is_known_is_not_learnt_from_twice(town: Town) -> None:
    person = town.meet()
    await consent(person)
    note = await judge(person, "Sad")
    await be_answered(person, note)
    await be_answered(person, note)
    assert "from 1 note." in (await tell_baseline(person))["text"]


@in_session
async def test_a_forwarded_note_is_heard_as_a_strangers_and_teaches_nothing(town: Town) -> None:
    person, other = town.meet(), town.meet()
    await consent(person)
    await judge(person, "Sad")
    assert await be_answered(person, make_note(), "Angry", forward_of=other)
    assert "from 1 note." in (await tell_baseline(person))["text"]
    assert await be_answered(person, make_note(), "Sad")


@in_session
async def test_what_waited_in_memory_is_gone_with_whoever_is_forgotten(town: Town) -> None:
    person = town.meet()
    await judge(person, "Sad")
    await person.write("/forget")
    await person.tap(await person.read_last("Shall I forget you"), "Yes, delete")
    await person.read_last("Everything is deleted")
    await consent(person)
    assert "from 0 notes" in (await tell_baseline(person))["text"]


@in_session
async def test_a_note_that_was_deleted_is_not_learnt_from(town: Town) -> None:
    person = town.meet()
    await judge(person, "Sad")
    first = await be_answered(person, make_note())
    await person.read_press(await person.tap(first, "Delete"))
    await person.tap(await person.read_last("May I learn"), "Yes")
    await person.read_last("from 1 note already")


async def test_the_databases_files_hold_nothing_of_whoever_takes_it_back(tmp_path: Path) -> None:
    async with run_town(database_url=f"sqlite:///{tmp_path}/ser.sqlite3") as town:
        person = town.meet()
        await consent(person)
        note = await judge(person, "Sad")
        trace = make_impression(note).vector.tobytes()
        assert trace in read_all(tmp_path)
        await person.write("/consent")
        await person.tap(await person.read_last("as you allowed me to"), "Stop")
        await person.read_last("I no longer learn")
        assert trace not in read_all(tmp_path)


def read_all(folder: Path) -> bytes:
    """Give everything that the files of the database hold: itself, its log and its index."""
    return b"".join(path.read_bytes() for path in folder.iterdir())
