from __future__ import annotations

from contextvars import copy_context
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hearings import make_recognition
from pydantic import SecretStr
from town import run_town

from bot import chores
from bot.database.chats import change_chat, list_digests, read_chat
from bot.database.notes import Note, keep_note
from bot.handlers import digest
from bot.languages import speak
from bot.replies import groups
from bot.replies.moods import title_mood

if TYPE_CHECKING:
    from person import Person
    from sqlalchemy.ext.asyncio import AsyncSession
    from town import Town

    from bot.database import Database
    from bot.database.chats import Chat

AHEAD = f"{(datetime.now(UTC) + timedelta(hours=3)):%H}:00"
"""An hour that is not now, whenever the tests run."""

in_session = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[AsyncSession]:
    """Have the bot look ten times a second which digests are due, and count that."""
    made: list[AsyncSession] = []

    async def count(session: AsyncSession) -> list[Chat]:
        made.append(session)
        return await list_digests(session)

    monkeypatch.setattr(chores, "DIGEST_SECONDS", 0.1)
    monkeypatch.setattr(digest, "list_digests", count)
    return made


async def wait_for_checks(checks: list[AsyncSession], person: Person) -> None:
    """Wait until all digests that are due by now are sent: for a check from beginning to end."""
    n_checks = len(checks)
    while len(checks) < n_checks + 3:
        await person.see_all()


async def speak_of_late(database: Database, chat_id: int, *user_ids: int) -> None:
    """Keep a note of each person, as if they had just spoken in a chat."""
    now = datetime.now(UTC)
    recognition = make_recognition("calm")
    async with database.begin() as session:
        for number, user_id in enumerate(user_ids):
            note = Note(chat_id, 1000 + number, None, user_id, "file", now, 2.0, recognition)
            await keep_note(session, note)


async def want_digest_now(database: Database, chat_id: int) -> None:
    """Have a chat's digest be due from this minute on."""
    at = datetime.now(UTC).time().replace(second=0, microsecond=0)
    async with database.begin() as session:
        await change_chat(session, chat_id, digest_at=at, digest_zone="UTC")


def enter_again(town: Town, group_id: int) -> Person:
    """Give somebody in a group that was there before the sandbox was."""
    group = town.sandbox.state.chats.begin(group_id, "group", bot_role="member")
    person = town.meet().in_group(group_id)
    group.users[person.user_id] = town.sandbox.state.accounts.find(person.user_id)
    return person


def title_day(code: str) -> str:
    """Give what stands over a digest in a language, which is spoken from here on."""
    speak(code)
    now = datetime.now(UTC)
    return title_mood(now, now, whose="day")


async def read_digests(person: Person) -> list[str]:
    return [one["text"] for one in await person.see_all() if one["photo"]]


@in_session
async def test_an_admin_sets_the_digest_with_a_time_zone_and_ends_it(town: Town) -> None:
    admin, member = town.gather()
    await admin.write("/digest 20:00 europe/madrid")
    answer = await admin.read_answer("Every day")
    confirmation = groups.confirm_digest(time(20, 0), "Europe/Madrid")
    assert answer["text"] == f"{confirmation}\n\n{groups.suggest_listening()}"
    await admin.write("/digest 8.30")  # the zone stays
    assert await admin.read_last("08:30 (Europe/Madrid)")
    await member.write("/digest")
    assert "/digest 20:00" in (await admin.read(lambda found: len(found) == 3))[-1]["text"]
    await admin.write("/digest off")
    assert await admin.read_last("no daily digest")


@in_session
async def test_without_a_time_zone_it_is_utc_and_says_so(town: Town) -> None:
    person = town.meet()
    await person.write("/digest 20:00")
    answer = await person.read_answer("Every day")
    assert answer["text"] == groups.confirm_digest(time(20, 0), "UTC")


@in_session
async def test_a_zone_of_several_words_is_found(town: Town) -> None:
    person = town.meet()
    await person.write("/digest 20:00 america/new york")
    assert await person.read_answer("20:00 (America/New_York)")


@in_session
@pytest.mark.parametrize("words", ["25:61", "noon", "20", "off 20:00", "20h"])
async def test_other_words_get_one_line_that_shows_the_right_form(town: Town, words: str) -> None:
    person = town.meet()
    await person.write(f"/digest {words}")
    assert (await person.read_answer("/digest 20:00"))["html"] == groups.show_digest_form()


@in_session
async def test_an_unknown_time_zone_is_named_with_one_that_is_known(town: Town) -> None:
    person = town.meet()
    await person.write("/digest 20:00 Mars/Olympus")
    answer = await person.read_answer("no time zone")
    assert answer["html"] == groups.refuse_zone("Mars/Olympus")


@in_session
async def test_a_group_s_digest_is_for_its_admins_to_set(town: Town) -> None:
    _, member = town.gather()
    await member.write("/digest 20:00")
    answer = await member.read_answer("Only an admin")
    assert answer["html"] == groups.refuse_non_admin("/digest 20:00")
    await member.write("/digest")
    assert await member.read_last("no daily digest")


async def test_it_comes_once_at_its_time_also_if_the_bot_was_restarted(
    database: Database, database_url: str, checks: list[AsyncSession]
) -> None:
    options = {"database_url": SecretStr(database_url)}
    async with run_town(**options) as town:
        admin, member = town.gather()
        await admin.write(f"/digest {AHEAD}")
        await admin.read_answer("Every day")
    await speak_of_late(database, admin.chat_id, *[admin.user_id, member.user_id] * 2)
    await want_digest_now(database, admin.chat_id)
    async with run_town(**options) as town:
        reader = enter_again(town, admin.chat_id)
        answer = await reader.read_answer("How this day sounded")
        assert answer["photo"]
        assert "4 voice notes · 2 speakers" in answer["text"]
        await wait_for_checks(checks, reader)
        assert len(await read_digests(reader)) == 1
        await reader.tap(answer, "Dark")
        await reader.read(lambda found: "Light" in str(found[-1]["reply_markup"]))
    async with run_town(**options) as town:
        reader = enter_again(town, admin.chat_id)
        await wait_for_checks(checks, reader)
        assert not await read_digests(reader)


async def test_who_said_enough_gets_one_in_their_language_and_a_failure_stops_no_other(
    database: Database, database_url: str, checks: list[AsyncSession]
) -> None:
    async with run_town(database_url=SecretStr(database_url)) as town:
        quiet, _ = town.gather()
        alone, _ = town.gather()
        gone, _ = town.gather()
        await town.change_bot_role(gone, "kicked")
        last = town.meet(language_code="de")
        await last.write(f"/digest {AHEAD}")
        await last.read(bool)
        await speak_of_late(database, alone.chat_id, *[alone.user_id] * 3)
        await speak_of_late(database, gone.chat_id, 1, 2, 3)
        await speak_of_late(database, last.chat_id, *[last.user_id] * 3)
        for person in (gone, quiet, alone, last):
            await want_digest_now(database, person.chat_id)
        assert await last.read_last(copy_context().run(title_day, "de"))
        await wait_for_checks(checks, last)
        for person in (quiet, alone, gone):
            assert not await read_digests(person)


async def test_it_follows_a_group_whose_move_the_bot_has_missed(
    database: Database, database_url: str, checks: list[AsyncSession]
) -> None:
    async with run_town(database_url=SecretStr(database_url)) as town:
        old, other = town.gather()
        (new,) = town.gather(1, kind="supergroup")
        chat = town.sandbox.state.chats.find(old.chat_id)
        assert chat is not None
        chat.migrated_to = new.chat_id
        await speak_of_late(database, old.chat_id, old.user_id, other.user_id, old.user_id)
        await want_digest_now(database, old.chat_id)
        assert await new.read_answer("How this day sounded")
        await wait_for_checks(checks, new)
        assert len(await read_digests(new)) == 1
    async with database.begin() as session:
        assert (await read_chat(session, new.chat_id)).digest_at
        assert not (await read_chat(session, old.chat_id)).digest_at
