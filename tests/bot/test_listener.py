from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from town import run_town

from bot import listener, replies
from bot.app import _PREFETCH
from bot.sandbox.bot_api import METHODS
from bot.sandbox.refusals import refuse_bot

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from town import Town

    from bot.sandbox.params import Params
    from bot.sandbox.state import State

in_session = pytest.mark.asyncio(loop_scope="session")


def fail(monkeypatch: pytest.MonkeyPatch, method: str, reason: str, *, times: int = 1) -> None:
    """Let a method of the Bot API fail so many times."""
    works = METHODS[method]
    left = [reason] * times

    def call(state: State, params: Params) -> object:
        if left:
            refuse_bot(left.pop())
        return works(state, params)

    monkeypatch.setitem(METHODS, method, call)


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
    assert answer["text"].startswith(replies.TELEGRAM_TROUBLE)


@in_session
async def test_a_mistake_in_the_bot_itself_ends_in_an_apology(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_recognition: object) -> str:
        message = "a mistake in the wording"
        raise ZeroDivisionError(message)

    monkeypatch.setattr(replies, "tell", stumble)
    person = town.meet()
    await person.send()
    assert await person.read_answer("something went wrong on my side")
