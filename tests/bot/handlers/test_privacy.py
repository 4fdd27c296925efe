from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from person import Person
from talk import read_export
from town import run_town

if TYPE_CHECKING:
    from pathlib import Path

    from town import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")

USER_ID = 0x0B_5E_C2_E7_ED_1D
"""Telegram's numbers have up to 52 bits; no other number in a file is like this one by chance."""


async def test_privacy_tells_what_is_kept_and_for_how_long(town: Town) -> None:
    person = town.meet()
    await person.write("/privacy")
    text = (await person.read_answer("I keep no sound"))["text"]
    assert "deleted after 30 days" in text
    assert {"/export", "/forget"} <= set(text.split())


async def test_the_export_holds_what_was_heard_and_chosen(town: Town) -> None:
    person = town.meet()
    note = await person.send()
    await person.read_answer("Angry")
    await person.write("/language de")
    await person.read_last("Deutsch")
    held = await read_export(person)
    assert (held["user_id"], held["language"]) == (person.user_id, "de")
    (kept,) = held["notes"]
    assert (kept["message_id"], kept["emotion"], kept["gender"]) == (note, "angry", "female")


async def test_a_forwarded_note_is_kept_as_nobodys(town: Town) -> None:
    person, other = town.meet(), town.meet()
    await person.send(forward_of=other)
    await person.read_answer("Angry")
    (kept,) = (await read_export(person))["notes"]
    assert (kept["user_id"], kept["chat_id"]) == (None, person.user_id)
    assert (await read_export(other))["notes"] == []


async def test_the_export_of_a_stranger_holds_nothing(town: Town) -> None:
    held = await read_export(town.meet())
    assert held["notes"] == held["opted_out_in"] == []


@pytest.mark.parametrize("command", ["export", "forget"])
async def test_ones_data_are_no_matter_for_a_group(town: Town, command: str) -> None:
    person, _ = town.gather()
    await person.write(f"/{command}")
    answer = await person.read_answer("between you and me")
    assert f"/{command}" in answer["text"]
    assert answer["reply_markup"] is None


async def test_nothing_is_forgotten_by_whoever_thinks_better_of_it(town: Town) -> None:
    person = town.meet()
    await person.send()
    await person.read_answer("Angry")
    await person.write("/forget")
    await person.tap(await person.read_last("Shall I forget you"), "No")
    await person.read_last("deleted nothing")
    assert len((await read_export(person))["notes"]) == 1


async def test_whoever_is_forgotten_is_met_anew(town: Town) -> None:
    person = town.meet()
    await person.send()
    assert "not what a person feels" in (await person.read_answer("Angry"))["text"]
    await person.write("/forget")
    await person.tap(await person.read_last("Shall I forget you"), "Yes")
    await person.read_last("in 1 note.")
    held = await read_export(person)
    assert (held["notes"], held["private_chat"]) == ([], None)
    await person.send()
    assert "not what a person feels" in (await person.read_last("Angry"))["text"]


async def test_an_opt_out_outlives_forgetting(town: Town) -> None:
    admin, member = town.gather()
    await admin.write("/listen on")
    await admin.read(bool)
    await member.write("/optout")
    await member.read(lambda found: len(found) == 2)
    alone = member.alone()
    await alone.write("/forget")
    await alone.tap(await alone.read_answer("Shall I forget you"), "Yes")
    await alone.read_answer("Everything is deleted")
    assert (await read_export(alone))["opted_out_in"] == [member.chat_id]


@pytest.mark.asyncio(loop_scope="function")
async def test_the_databases_files_hold_nothing_of_whoever_is_forgotten(tmp_path: Path) -> None:
    async with run_town(database_url=f"sqlite:///{tmp_path}/ser.sqlite3") as town:
        group, other = town.gather()
        person = Person(town._client, USER_ID, USER_ID)
        in_group = person.in_group(group.chat_id)
        await group.write("/listen on silent")
        await group.read(bool)
        await other.send(b"somebody else's")
        await person.write("/language fr")
        await person.read(bool)
        await person.send(b"the first")
        await person.read_last("Colère")
        await in_group.send(b"the second")
        await other.alone().send(b"the second", forward_of=person)
        await other.alone().read_answer("Angry")
        notes = (await read_export(person))["notes"]
        traces = [USER_ID.to_bytes(6), *(note["file_unique_id"].encode() for note in notes)]
        assert [trace for trace in traces if trace not in read_all(tmp_path)] == []
        await person.write("/forget")
        await person.tap(await person.read_last("oublier"), "Oui")
        await person.read_last("✅")
        async with asyncio.timeout(10):  # the press itself is forgotten when it was answered
            while [trace for trace in traces if trace in read_all(tmp_path)]:  # noqa: ASYNC110  no event tells
                await asyncio.sleep(0.05)
        assert len((await read_export(other.alone()))["notes"]) == 1


def read_all(folder: Path) -> bytes:
    """Give everything that the files of the database hold: itself, its log and its index."""
    return b"".join(path.read_bytes() for path in folder.iterdir())
