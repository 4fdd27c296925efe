from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from group_talk import count_notes, gather_listened, say
from pydantic import SecretStr
from town import run_town

from bot.database.chats import Chat, read_chat
from bot.database.people import has_opted_out
from bot.replies import groups

if TYPE_CHECKING:
    from collections.abc import Callable

    from town import Town

    from bot.database import Database

in_session = pytest.mark.asyncio(loop_scope="session")


async def wait_until(database: Database, chat_id: int, is_there: Callable[[Chat], bool]) -> Chat:
    """Wait until the settings of a chat are as expected; give them."""
    async with asyncio.timeout(30):
        while True:
            async with database.begin() as session:
                chat = await read_chat(session, chat_id)
            if is_there(chat):
                return chat
            await asyncio.sleep(0.01)


@in_session
async def test_a_group_that_adds_the_bot_is_greeted_once(town: Town) -> None:
    admin, _ = town.gather()
    await town.change_bot_role(admin, "left")
    await town.change_bot_role(admin, "member")
    greeting = await admin.read_answer("Hello")
    assert greeting["html"] == groups.greet_group()
    await town.change_bot_role(admin, "administrator")
    await town.change_role(town.meet().in_group(admin.chat_id), "member")  # somebody joins
    await admin.write("/listen")
    assert len(await admin.read(lambda found: "I do not" in found[-1]["text"])) == 2


async def test_a_group_that_removes_the_bot_leaves_nothing_behind_but_who_said_no(
    database: Database, database_url: str
) -> None:
    async with run_town(database_url=SecretStr(database_url)) as town:
        admin, speaker, other = await gather_listened(town)
        for person in (admin, speaker, other):
            await say(person)
        await other.write("/optout")
        await other.read_last("whoever asks")
        assert await count_notes(database, admin.chat_id) == 2
        await town.change_bot_role(admin, "kicked")
        await wait_until(database, admin.chat_id, lambda chat: chat == Chat(admin.chat_id))
    assert await count_notes(database, admin.chat_id) == 0
    async with database.begin() as session:
        assert await has_opted_out(session, admin.chat_id, other.user_id)


async def test_who_blocks_the_bot_gets_no_digest_but_keeps_the_rest(
    database: Database, database_url: str
) -> None:
    async with run_town(database_url=SecretStr(database_url)) as town:
        person = town.meet()
        await person.send()
        await person.read_answer("%")
        await person.write("/digest 20:00")
        await person.read_last("Every day")
        await person.block_bot()
        chat = await wait_until(database, person.chat_id, lambda chat: chat.digest_at is None)
        assert chat.has_notice
        await person.block_bot(is_blocked=False)
        await person.write("/digest")
        assert await person.read_last("no daily digest")
        assert len([one for one in await person.see_all() if one["from_bot"]]) == 3


async def test_a_group_that_becomes_a_supergroup_takes_everything_along(
    database: Database, database_url: str
) -> None:
    async with run_town(database_url=SecretStr(database_url)) as town:
        admin, speaker, other = await gather_listened(town)
        for person in (admin, speaker):
            await say(person)
        await other.write("/optout")
        await other.read_last("whoever asks")
        above = await town.upgrade(admin)
        await wait_until(database, above.chat_id, lambda chat: chat.is_listening)
        assert not [one for one in await above.see_all() if one["from_bot"]]  # no second greeting
        await say(speaker.in_group(above.chat_id))
        await above.write("/mood")
        assert "3 voice notes · 2 speakers" in (await above.read_last("prevails"))["text"]
        left_alone = other.in_group(above.chat_id)
        await left_alone.write("/mood me")
        assert (await left_alone.read_last("know nothing"))["text"] == groups.tell_opt_out()
