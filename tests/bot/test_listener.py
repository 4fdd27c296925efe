from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import hearings
import pytest
from person import PATIENCE_SECONDS, Person
from sqlalchemy.exc import OperationalError
from talk import be_answered, read_export
from telegram.error import TelegramError
from town import run_town
from trouble import fail

from bot import listener
from bot.app import _PREFETCH
from bot.line import Line
from bot.replies import notes
from bot.sandbox.bot_api import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from town import Town

    from bot.line import Place
    from bot.sandbox.params import Params
    from bot.sandbox.state import State

in_session = pytest.mark.asyncio(loop_scope="session")


def says(text: str) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda found: any(text in answer["text"] for answer in found)


async def test_who_waits_is_told_the_position_until_the_answer_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "POSITION_SECONDS", 0.05)
    go, last = tmp_path / "go", tmp_path / "last"
    async with run_town(queue_per_user=_PREFETCH) as town:
        slow, next_one, last_one = town.meet(), town.meet(), town.meet()
        for _ in range(_PREFETCH):
            await slow.send(f"wait {go}".encode())
        await slow.read(lambda found: len(found) == _PREFETCH)
        await next_one.send(f"wait {last}".encode())
        await next_one.read_answer("you are first in line")
        await last_one.send()
        await last_one.read_answer("you are second in line")
        go.touch()
        await next_one.read_answer("Listening")
        await last_one.read_answer("Listening")
        last.touch()
        assert await next_one.read_answer("Angry")
        assert await last_one.read_answer("Angry")


async def test_a_note_in_a_group_that_is_listened_to_waits_in_line_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "POSITION_SECONDS", 0.05)
    go, joins, joined = tmp_path / "go", Line.join, asyncio.Event()

    def join(line: Line, user_id: int) -> AbstractContextManager[Place]:
        if user_id == member.user_id:
            joined.set()
        return joins(line, user_id)

    monkeypatch.setattr(Line, "join", join)
    async with run_town(queue_per_user=_PREFETCH) as town:
        slow, (admin, member) = town.meet(), town.gather()
        await admin.write("/listen on")
        (notice,) = await admin.read(bool)
        for _ in range(_PREFETCH):
            await slow.send(f"wait {go}".encode())
        await slow.read(lambda found: len(found) == _PREFETCH)
        note = await member.send()
        await joined.wait()
        go.touch()
        assert await member.read_reaction(note)
        answers = await member.read(bool)
        assert [answer["message_id"] for answer in answers] == [notice["message_id"]]


async def test_a_sender_with_too_many_notes_is_told_so(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town(queue_per_user=1) as town:
        person, other = town.meet(), town.meet()
        await person.send(f"wait {go}".encode())
        await person.read(says("Listening"))
        await person.send()
        await person.read(says("1 unanswered note"))
        await other.send()
        await other.read(says("Listening"))
        go.touch()
        assert await other.read_answer("Angry")


async def test_everybody_is_told_when_the_bot_is_overrun(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town(queue_total=1) as town:
        person, other = town.meet(), town.meet()
        await person.send(f"wait {go}".encode())
        await person.read_answer("Listening")
        await other.send()
        assert await other.read_answer("Too many people")
        await other.write("/help")
        assert await other.read(says("In a group"))
        go.touch()


@in_session
async def test_typing_is_shown_for_as_long_as_the_bot_listens(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, go, actions = METHODS["sendchataction"], tmp_path / "go", []

    def call(state: State, params: Params) -> object:
        actions.append(params.text("action"))
        if len(actions) == 3:
            go.touch()
        return works(state, params)

    monkeypatch.setattr("bot.answer._TYPING_SECONDS", 0.05)
    monkeypatch.setitem(METHODS, "sendchataction", call)
    person = town.meet()
    await person.send(f"wait {go}".encode())
    await person.read_answer("Angry")
    assert set(actions) == {"typing"}


@in_session
async def test_an_answer_comes_also_where_typing_cannot_be_shown(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "sendchataction", "CHAT_WRITE_FORBIDDEN")
    person = town.meet()
    await person.send()
    assert await person.read_answer("Angry")


@in_session
@pytest.mark.parametrize("reason", ["message to edit not found", "message can't be edited"])
async def test_an_answer_whose_message_is_gone_is_sent_anew(
    town: Town, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    fail(monkeypatch, "editmessagetext", reason)
    person = town.meet()
    note = await person.send()
    first, second = await person.read(lambda found: len(found) == 2)
    assert "Listening" in first["text"]
    assert "Angry" in second["text"]
    assert second["reply_to_message_id"] == note


@in_session
async def test_an_edit_that_changes_nothing_is_no_trouble(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "editmessagetext", "message is not modified: same content")
    person = town.meet()
    await person.send()
    await person.read(says("Listening"))
    await person.send()
    answers = await person.read(says("Angry"))
    assert len(answers) == 2


@in_session
async def test_a_file_that_telegram_finds_too_big_is_told_as_such(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "getfile", "file is too big")
    person = town.meet()
    await person.send()
    assert await person.read_answer("too large")


@in_session
async def test_a_file_that_telegram_does_not_hand_over_is_told_as_such(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "getfile", "wrong file_id or the file is temporarily unavailable")
    person = town.meet()
    await person.send()
    answer = await person.read_answer("Telegram did not hand")
    assert answer["text"].startswith(notes.explain(TelegramError("")))


@in_session
async def test_a_mistake_in_the_bot_itself_ends_in_an_apology(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_recognition: object) -> str:
        message = "a mistake in the wording"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(notes, "tell", stumble)
    person = town.meet()
    await person.send()
    assert await person.read_answer("something went wrong on my side")


def spy_on_downloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give a list of what the bot fetches from now on."""
    works, fetched = METHODS["getfile"], []

    def call(state: State, params: Params) -> object:
        fetched.append(params.text("file_id"))
        return works(state, params)

    monkeypatch.setitem(METHODS, "getfile", call)
    return fetched


@in_session
async def test_the_same_recording_is_listened_to_once_and_then_answered_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = spy_on_downloads(monkeypatch)
    person, other = town.meet(), town.meet()
    await person.send(b"the same")
    assert (await person.read_answer("Angry"))["edited"]
    await other.send(b"the same", forward_of=person)
    assert not (await other.read_answer("Angry"))["edited"]
    assert len(fetched) == 1


@in_session
async def test_the_same_recording_is_listened_to_once_also_when_it_comes_twice_at_a_time(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = spy_on_downloads(monkeypatch)
    person, other, go = town.meet(), town.meet(), tmp_path / "go"
    for each in (person, other):
        await each.send(f"wait {go}".encode())
        await each.read_answer("Listening")
    go.touch()
    assert await person.read_answer("Angry")
    assert await other.read_answer("Angry")
    assert len(fetched) == 1


@in_session
async def test_a_recording_that_was_not_recognised_is_listened_to_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = spy_on_downloads(monkeypatch)
    person = town.meet()
    await person.send(b"short")
    await person.read(says("too short"))
    await person.send(b"short")
    await person.read(lambda found: sum("too short" in each["text"] for each in found) == 2)
    assert len(fetched) == 2


async def test_what_was_heard_is_known_after_a_restart_but_not_to_another_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched = spy_on_downloads(monkeypatch)
    for start, n_fetched in ((hearings.start, 1), (hearings.start, 1), (hearings.start_another, 2)):
        async with run_town(start=start, database_url=f"sqlite:///{tmp_path}/notes") as town:
            person = town.meet()
            await person.send(b"the same")
            await person.read_answer("Angry")
            assert len(fetched) == n_fetched


async def test_a_chat_sees_the_notice_once_also_over_a_restart(tmp_path: Path) -> None:
    user_id = 0
    for has_notice in (True, False):
        async with run_town(database_url=f"sqlite:///{tmp_path}/notes") as town:
            person = Person(town._client, user_id, user_id) if user_id else town.meet()
            user_id = person.user_id
            await person.send()
            answer = await person.read_answer("Angry")
            assert ("not what a person feels" in answer["text"]) is has_notice


@in_session
async def test_how_long_a_sender_waited_is_kept_unless_the_answer_was_there_already(
    town: Town, tmp_path: Path
) -> None:
    person, go = town.meet(), tmp_path / "go"
    note = f"wait {go}".encode()
    await person.send(note)
    await person.read_answer("Listening")
    await asyncio.sleep(0.2)
    go.touch()
    await person.read_answer("Angry")
    await be_answered(person, note)
    first, second = (await read_export(person))["notes"]
    assert 0.2 <= first["took_seconds"] < PATIENCE_SECONDS
    assert second["took_seconds"] is None


@in_session
async def test_a_database_that_fails_ends_in_an_apology(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose_connection(*_arguments: object) -> None:
        statement = "SELECT"
        raise OperationalError(statement, None, ConnectionError())

    monkeypatch.setattr(listener, "read_chat", lose_connection)
    person = town.meet()
    await person.send()
    assert await person.read_answer("something went wrong on my side")


@in_session
async def test_a_chat_that_does_not_want_the_bot_is_not_told_why(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = "bot was blocked by the user"
    refused = fail(monkeypatch, "sendmessage", reason, HTTPStatus.FORBIDDEN)
    person = town.meet()
    await person.send()
    await refused.wait()
    await person.write("/help")
    (answer,) = await person.read(bool)
    assert "In a group" in answer["text"]
