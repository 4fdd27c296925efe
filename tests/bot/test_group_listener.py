from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from group_talk import count_notes, gather_listened, make_note, say
from pydantic import SecretStr
from sqlalchemy.exc import OperationalError
from town import run_town

from bot import keeping
from bot.replies.groups import REACTIONS
from bot.sandbox.bot_api import METHODS
from bot.sandbox.faults import FaultOrder
from bot.sandbox.refusals import refuse_bot

if TYPE_CHECKING:
    from pathlib import Path

    from town import Person, Town

    from bot.database import Database
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

in_session = pytest.mark.asyncio(loop_scope="session")


async def see_reactions(person: Person, note: int) -> list[str]:
    seen = await person.see(note)
    assert seen is not None
    return [one["emoji"] for one in seen["reactions"]]


async def see_answers(person: Person) -> list[str]:
    return [one["text"] for one in await person.see_all() if one["from_bot"]]


@in_session
@pytest.mark.parametrize("emotion", REACTIONS)
async def test_the_bot_reacts_with_the_emoji_of_the_emotion(town: Town, emotion: str) -> None:
    _, speaker = await gather_listened(town, 2)
    note = await speaker.send(make_note(emotion))
    assert await speaker.read_reaction(note) == REACTIONS[emotion]
    assert len(await see_answers(speaker)) == 1  # what it said when it was switched on


@in_session
async def test_it_replies_where_the_group_wants_that(town: Town) -> None:
    _, speaker = await gather_listened(town, 2, "reply")
    note = await speaker.send(make_note("unsure"))
    answer = await speaker.read_last("Not sure")
    assert answer["reply_to_message_id"] == note
    assert not await see_reactions(speaker, note)


@in_session
async def test_a_reply_stays_in_the_topic_of_the_note(town: Town) -> None:
    (admin,) = town.gather(1, kind="supergroup", is_forum=True)
    topic = await town.open_topic(admin, "Plans")
    await admin.write("/listen on reply")
    await admin.read_last("From now on I listen here")
    await admin.send(make_note("happy"), thread_id=topic)
    assert (await admin.read_last("Happy"))["message_thread_id"] == topic


@in_session
async def test_a_reaction_that_telegram_refuses_is_no_trouble(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[object] = []

    def refuse(_state: State, params: Params) -> object:
        refused.append(params)
        return refuse_bot("REACTION_INVALID")

    admin, *_ = speakers = await gather_listened(town)
    with monkeypatch.context() as patch:
        patch.setitem(METHODS, "setmessagereaction", refuse)
        for speaker in speakers:
            await speaker.send(make_note("happy"))
        while len(refused) < len(speakers):
            await admin.see_all()
    await admin.write("/mood")
    assert "3 voice notes" in (await admin.read_last("prevails"))["text"]


@in_session
async def test_a_flood_limit_delays_the_reaction_and_loses_nothing(town: Town) -> None:
    _, speaker = await gather_listened(town, 2)
    await town.flood("setMessageReaction")
    assert await say(speaker)


@in_session
async def test_the_same_note_twice_is_fetched_once_and_counted_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, fetched = METHODS["getfile"], []

    def fetch(state: State, params: Params) -> object:
        fetched.append(params)
        return works(state, params)

    monkeypatch.setitem(METHODS, "getfile", fetch)
    _, speaker = await gather_listened(town, 2)
    data = make_note("calm")
    for _ in range(2):
        assert await speaker.read_reaction(await speaker.send(data)) == "🕊"
    assert len(fetched) == 1
    await speaker.write("/mood")
    assert "Voice notes: 2" in (await speaker.read_last("Too little"))["text"]


async def test_what_is_not_to_be_heard_or_shown_is_passed_over(
    database: Database, database_url: str
) -> None:
    async with run_town(database_url=SecretStr(database_url), queue_per_user=20) as town:
        admin, speaker, absent = town.gather(3, kind="supergroup")
        channel = await town.open_channel(admin, is_linked=True)
        before = await speaker.send(make_note("happy"))
        await admin.write("/listen on")
        await admin.read_last("From now on I listen here")
        passed_over = [
            before,
            await speaker.send(make_note("happy"), forward_of=absent),
            await speaker.send(make_note("happy"), forward_of="Somebody"),
            await speaker.send(make_note("happy"), forward_of=channel.chat_id),
            await admin.send(make_note("happy"), as_chat=admin.chat_id),
            await admin.send(make_note("happy"), as_chat=channel.chat_id),
        ]
        await channel.send(make_note("happy"))  # it is forwarded into the group by itself
        for trouble in ("garbage", "silent", "die", "mistake"):
            passed_over.append(await speaker.send(f"{trouble} {len(passed_over)}".encode()))
        unsure = await speaker.send(make_note("unsure"))
        heard = await say(speaker, "sad")
        await speaker.edit(heard, "Listen to this again!")
        await admin.write("/listen off")
        await admin.read_last("no longer listen")
        passed_over.append(await speaker.send(make_note("happy")))
        await admin.write("/listen")
        await admin.read_last("I do not listen here")  # so the bot has what came before
        town.stop.set()
        await town.running  # and has done with it
        for note in (*passed_over, unsure):
            assert not await see_reactions(speaker, note)
        assert await see_reactions(speaker, heard) == ["😢"]
        assert len(await see_answers(speaker)) == 3
    assert await count_notes(database, speaker.chat_id) == 2


async def test_who_opts_out_while_the_bot_listens_is_not_kept(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    async with run_town(database_url=SecretStr(database_url)) as town:
        _, speaker = await gather_listened(town, 2, "reply")
        note = await speaker.send(f"wait {go}".encode())
        while not go.with_suffix(".begun").exists():
            await speaker.see(note)
        await speaker.write("/optout")
        await speaker.read_last("whoever asks")
        go.touch()
        town.stop.set()
        await town.running
        assert not any("Angry" in text for text in await see_answers(speaker))
    assert await count_notes(database, speaker.chat_id) == 0


async def test_a_member_with_too_many_notes_waiting_is_not_scolded(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town(queue_per_user=1) as town:
        _, speaker = await gather_listened(town, 2)
        first = await speaker.send(f"wait {go}".encode())
        while not go.with_suffix(".begun").exists():
            await speaker.see(first)
        second = await speaker.send(make_note("happy"))
        await speaker.write("/listen")
        go.touch()
        await speaker.read(lambda found: len(found) == 2)
        town.stop.set()
        await town.running
        assert await see_reactions(speaker, first) == ["😡"]
        assert not await see_reactions(speaker, second)
        assert len(await see_answers(speaker)) == 2


# What goes wrong and passes


@in_session
async def test_a_database_that_is_away_delays_the_reaction_and_loses_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, left = keeping.keep_note, [0]

    async def lose_connection(*about: Any) -> int:  # noqa: ANN401  whatever it takes
        if left:
            statement = f"SELECT {left.pop()}"
            raise OperationalError(statement, None, ConnectionError())
        return await works(*about)

    _, speaker = await gather_listened(town, 2)
    monkeypatch.setattr(keeping, "keep_note", lose_connection)
    assert await say(speaker)
    assert not left


@in_session
async def test_a_reply_that_got_lost_on_its_way_is_not_sent_again(town: Town) -> None:
    _, speaker = await gather_listened(town, 2, "reply")
    order = FaultOrder(1.0, frozenset({"dropped_after"}), frozenset({"sendmessage"}), n_faults=1)
    town.sandbox.state.faults.order(order)
    await speaker.send(make_note("happy"))
    await speaker.read_last("Happy")
    await speaker.send(make_note("sad"))
    await speaker.read_last("Sad")  # so the bot has done with what came before
    assert sum("Happy" in text for text in await see_answers(speaker)) == 1
