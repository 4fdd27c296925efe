from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest
from databases import make_note

from bot.database.chats import (
    Chat,
    change_chat,
    leave_chat,
    list_digests,
    move_chat,
    read_chat,
)
from bot.database.notes import find_note, keep_note
from bot.database.people import has_opted_out, opt_out

if TYPE_CHECKING:
    from bot.database import Database

OLD, NEW, OTHER = -5, -100_000_000_005, -6


async def test_an_unknown_chat_has_the_usual_settings_and_stays_unknown(
    database: Database,
) -> None:
    async with database.begin() as session:
        assert await read_chat(session, OLD) == Chat(
            chat_id=OLD,
            language=None,
            is_listening=False,
            manner="reaction",
            has_notice=False,
            theme="light",
            digest_at=None,
            digest_zone=None,
            digest_language=None,
            digest_sent_on=None,
        )


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"language": "de"},
        {"is_listening": True, "manner": "silent", "has_notice": True, "theme": "dark"},
        {
            "digest_at": time(20, 15),
            "digest_zone": "Europe/Madrid",
            "digest_language": "es",
            "digest_sent_on": date(2026, 3, 1),
        },
    ],
)
async def test_what_is_changed_is_kept_and_the_rest_is_as_usual(
    database: Database, changes: dict[str, Any]
) -> None:
    changed = Chat(OLD, **changes)
    async with database.begin() as session:
        await change_chat(session, OTHER, language="it")
        assert await change_chat(session, OLD, **changes) == changed
    async with database.begin() as session:
        assert await read_chat(session, OLD) == changed
        assert await read_chat(session, OTHER) == Chat(OTHER, language="it")


async def test_a_later_change_leaves_earlier_ones(database: Database) -> None:
    async with database.begin() as session:
        await change_chat(session, OLD, language="de", digest_at=time(20))
        changed = await change_chat(session, OLD, digest_at=None, theme="dark")
    assert changed == Chat(OLD, language="de", theme="dark")


async def test_chats_that_want_a_digest_are_listed(database: Database) -> None:
    async with database.begin() as session:
        await change_chat(session, OLD, digest_at=time(0), digest_zone="UTC")
        await change_chat(session, NEW, digest_at=time(20), digest_zone="UTC")
        await change_chat(session, OTHER, digest_zone="UTC")
        found = {chat.chat_id: chat.digest_at for chat in await list_digests(session)}
    assert found == {OLD: time(0), NEW: time(20)}


# Becoming a supergroup


async def test_a_group_that_moved_keeps_settings_notes_and_opt_outs(database: Database) -> None:
    async with database.begin() as session:
        await change_chat(session, OLD, is_listening=True)
        await opt_out(session, OLD, user_id=1)
        note_id = await keep_note(session, make_note(chat_id=OLD, message_id=3))
        other_id = await keep_note(session, make_note(chat_id=OTHER))
    async with database.begin() as session:
        await move_chat(session, OLD, NEW)
        assert await read_chat(session, OLD) == Chat(OLD)
        assert await read_chat(session, NEW) == Chat(NEW, is_listening=True)
        assert not await has_opted_out(session, OLD, 1)
        assert await has_opted_out(session, NEW, 1)
        moved = make_note(chat_id=NEW, message_id=-3)
        assert await find_note(session, note_id) == moved
        assert await find_note(session, other_id) == make_note(chat_id=OTHER)


async def test_messages_of_the_supergroup_are_not_taken_for_those_of_the_group(
    database: Database,
) -> None:
    before = make_note(chat_id=NEW, message_id=3, weight=4.0)
    after = make_note(chat_id=NEW, message_id=4, weight=5.0)
    async with database.begin() as session:
        new_ids = [await keep_note(session, before)]
        old_ids = [
            await keep_note(session, make_note(chat_id=OLD, message_id=number)) for number in (3, 4)
        ]
        await move_chat(session, OLD, NEW)
        new_ids.append(await keep_note(session, after))
        assert [await find_note(session, note_id) for note_id in new_ids] == [before, after]
        assert [await find_note(session, note_id) for note_id in old_ids] == [
            make_note(chat_id=NEW, message_id=number) for number in (-3, -4)
        ]


async def test_a_group_s_settings_replace_what_its_supergroup_had_by_then(
    database: Database,
) -> None:
    async with database.begin() as session:
        await change_chat(session, OLD, language="de")
        await change_chat(session, NEW, theme="dark")
        for user_id in (1, 2):
            await opt_out(session, OLD, user_id)
        for user_id in (2, 3):
            await opt_out(session, NEW, user_id)
        await move_chat(session, OLD, NEW)
        assert await read_chat(session, NEW) == Chat(NEW, language="de")
        assert [await has_opted_out(session, NEW, user_id) for user_id in (1, 2, 3)] == [True] * 3


async def test_telegram_may_tell_twice_that_a_group_moved(database: Database) -> None:
    async with database.begin() as session:
        await change_chat(session, OLD, language="de")
        note_id = await keep_note(session, make_note(chat_id=OLD, message_id=3))
        for _ in range(2):
            await move_chat(session, OLD, NEW)
        assert await read_chat(session, NEW) == Chat(NEW, language="de")
        assert await find_note(session, note_id) == make_note(chat_id=NEW, message_id=-3)


# Leaving


async def test_of_a_chat_that_was_left_nothing_is_kept_but_who_said_no(database: Database) -> None:
    places = {OLD: (None, False), OTHER: ("de", True)}
    async with database.begin() as session:
        ids = {}
        for chat_id in places:
            await change_chat(session, chat_id, language="de")
            await opt_out(session, chat_id, user_id=1)
            ids[chat_id] = await keep_note(session, make_note(chat_id=chat_id))
        await leave_chat(session, OLD)
        for chat_id, (language, is_kept) in places.items():
            assert await read_chat(session, chat_id) == Chat(chat_id, language=language)
            assert await has_opted_out(session, chat_id, 1)
            assert (await find_note(session, ids[chat_id]) is not None) is is_kept
