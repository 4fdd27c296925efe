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

from bot import app, chores, listener, terms, usher
from bot.parts import _PREFETCH
from bot.replies import notes
from bot.sandbox.bot_api import METHODS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncSession
    from town import Town

    from bot.sandbox.params import Params
    from bot.sandbox.state import State

in_session = pytest.mark.asyncio(loop_scope="session")


def says(text: str) -> Callable[[list[dict[str, Any]]], bool]:
    return lambda found: any(text in answer["text"] for answer in found)


async def fill_hands(town: Town, go: Path) -> None:
    """Have somebody send as many notes as the bot takes in hand at a time, none of which ends."""
    people = [town.meet() for _ in range(_PREFETCH)]
    for person in people:
        await person.send(f"wait {go}".encode())
    for person in people:
        await person.read_answer("Listening")


async def test_a_note_that_was_taken_back_while_it_waited_is_dropped_with_a_word(
    tmp_path: Path,
) -> None:
    go = tmp_path / "go"
    async with run_town() as town:
        await fill_hands(town, go)
        person = town.meet()
        await person.delete(await person.send())
        go.touch()
        answer = await person.read_answer("took that note back")
        assert answer["reply_to_message_id"] is None


async def test_a_note_that_was_taken_back_after_its_position_was_told_is_dropped_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usher, "_PATIENT_SECONDS", 0.0)
    monkeypatch.setattr(chores, "_USHER_SECONDS", 0.05)
    go = tmp_path / "go"
    async with run_town() as town:
        await fill_hands(town, go)
        person = town.meet()
        note = await person.send()
        await person.read_answer("in line")
        await person.delete(note)
        go.touch()
        assert (await person.read_answer("took that note back"))["edited"]


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


async def test_a_note_that_was_in_hand_when_the_bot_stopped_is_answered_in_the_same_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "_GRACE_SECONDS", 0.1)
    go = tmp_path / "go"
    async with run_town() as town:
        person = town.meet()
        await person.send(f"wait {go}".encode())
        told = await person.read_answer("Listening")
        town.stop.set()
        await person.read_answer("being restarted")
        await town.running
        go.touch()
        town.start()
        answer = await person.read_answer("Angry")
        assert answer["message_id"] == told["message_id"]


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
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    fail(monkeypatch, "editmessagetext", reason)
    person, go = town.meet(), tmp_path / "go"
    note = await person.send(f"wait {go}".encode())
    await person.read_answer("Listening")
    go.touch()
    first, second = await person.read(lambda found: len(found) == 2)
    assert "Listening" in first["text"]
    assert "Angry" in second["text"]
    assert second["reply_to_message_id"] == note


@in_session
async def test_an_edit_that_changes_nothing_is_no_trouble(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "editmessagetext", "message is not modified: same content")
    person, go = town.meet(), tmp_path / "go"
    await person.send(f"wait {go}".encode())
    await person.read(says("Listening"))
    go.touch()
    await person.send()
    answers = await person.read(says("Angry"))
    assert len(answers) == 2


@in_session
async def test_who_is_answered_at_once_gets_one_message_that_is_not_changed(town: Town) -> None:
    person = town.meet()
    await person.send()
    assert not (await person.read_answer("Angry"))["edited"]


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
    assert await person.read_answer("Angry")
    await other.send(b"the same", forward_of=person)
    assert await other.read_answer("Angry")
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
async def test_a_database_that_is_away_delays_the_answer_and_changes_nothing_of_it(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, left = listener.read_opinion, [0, 0]

    async def lose_connection(session: AsyncSession, note_id: int) -> object:
        if left:
            statement = f"SELECT {left.pop()}"
            raise OperationalError(statement, None, ConnectionError())
        return await works(session, note_id)

    monkeypatch.setattr(listener, "read_opinion", lose_connection)
    person = town.meet()
    await person.send()
    assert await person.read_answer("Angry")


@in_session
async def test_a_note_that_waited_for_too_long_gets_an_apology(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "measure_wait", lambda _job: 3601.0)
    person = town.meet()
    await person.send()
    assert await person.read_answer("within 1 hour")


@in_session
async def test_a_note_with_which_the_bot_went_down_each_time_gets_an_apology(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "MAX_TRIES", 0)
    person = town.meet()
    await person.send()
    assert await person.read_answer("I broke down each time")


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
