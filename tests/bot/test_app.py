from __future__ import annotations

import asyncio
import os
import signal
from http import HTTPStatus
from typing import TYPE_CHECKING

import hearings
import pytest
import retrainings
from pydantic import SecretStr
from town import run_town

from bot import chores
from bot.app import run_bot
from bot.database import Database
from bot.database.models import promote
from bot.errors import PollingTaken, TelegramUnreachable, TokenMissing, TokenRefused
from bot.sandbox.bot_api import METHODS
from bot.sandbox.refusals import refuse_bot
from bot.sandbox.server import Sandbox
from bot.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "123456789:" + "A" * 35


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where the database may be made."""
    monkeypatch.chdir(tmp_path)


async def test_without_a_token_the_operator_is_told() -> None:
    with pytest.raises(TokenMissing, match="@BotFather"):
        await run_bot(Settings())


async def test_a_token_that_telegram_does_not_know_is_told_and_not_shown() -> None:
    async with Sandbox(port=0) as sandbox:
        settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url=sandbox.url)
        with pytest.raises(TokenRefused) as error:
            await run_bot(settings, stop=asyncio.Event(), start=hearings.start)
    assert TOKEN not in str(error.value)
    assert error.value.__suppress_context__


async def test_a_bot_api_that_does_not_answer_is_told_with_its_address() -> None:
    settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url="http://127.0.0.1:9")
    with pytest.raises(TelegramUnreachable, match=r"127\.0\.0\.1:9"):
        await run_bot(settings, stop=asyncio.Event(), start=hearings.start)


async def test_a_bot_that_cannot_poll_ends_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METHODS, "deletewebhook", lambda *_: refuse_bot("not today"))
    async with Sandbox(port=0) as sandbox:
        settings = Settings(bot_api_url=sandbox.url).model_copy(
            update={"bot_token": SecretStr(sandbox.token)}
        )
        with pytest.raises(TelegramUnreachable, match="ot today"):
            await run_bot(settings, stop=asyncio.Event(), start=hearings.start)


async def test_notes_in_the_works_are_answered_when_the_bot_stops(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town() as town:
        person = town.meet()
        await person.send(f"wait {go}".encode())
        await person.read_answer("Listening")
        town.stop.set()
        await asyncio.sleep(0.1)
        go.touch()
        assert await person.read_answer("Angry")


async def test_who_still_waits_is_answered_by_the_next_bot(tmp_path: Path) -> None:
    go = tmp_path / "go"
    async with run_town() as town:
        people = [town.meet() for _ in range(6)]
        for person in people[:4]:
            await person.send(f"wait {go}".encode())
            await person.read_answer("Listening")
        for person in people[4:]:
            await person.send()
            await person.read_answer("in line")
        town.stop.set()
        await asyncio.sleep(0.1)
        go.touch()
        await town.running
        for person in people[4:]:
            assert await person.read_answer("in line")
        town.start()
        for person in people:
            assert await person.read_answer("Angry")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_stop_the_bot(number: signal.Signals) -> None:
    async with run_town(obey_signals=True) as town:
        person = town.meet()
        await person.write("/start")
        await person.read_answer("Hello")
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            await town.running


# The champion


async def promote_as_another_replica(database_url: str, model_id: str) -> None:
    """Make a model the champion, as a bot on another computer does."""
    database = await Database.open(database_url)
    async with database.begin() as session:
        await promote(session, model_id, promoted_by=1)
    await database.close()


async def test_a_champion_answers_from_the_start_and_another_follows_without_a_restart(
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(chores, "CHECK_SECONDS", 0.5)  # shorter than a change of models
    database = await Database.open(database_url)
    for model_id in ("first", "second"):
        await retrainings.keep(database, tmp_path, model_id)
    await database.close()
    await promote_as_another_replica(database_url, "first")
    async with run_town(database_url=database_url) as town:
        person = town.meet()
        await person.write("/about")
        await person.read_answer("first")
        await promote_as_another_replica(database_url, "second")
        async with asyncio.timeout(30):
            while not any("second" in one["text"] for one in await person.see_all()):
                await person.write("/about")
                await asyncio.sleep(0.5)
        await person.send()
        assert await person.read_last("Angry")
    assert "maximum number of running instances" not in caplog.text


async def test_a_second_copy_that_polls_is_refused(database_url: str) -> None:
    async with run_town(database_url=database_url) as town:
        person = town.meet()
        await person.write("/start")
        await person.read_answer("Hello")
        settings = Settings(database_url=SecretStr(database_url), bot_token=SecretStr(TOKEN))
        with pytest.raises(PollingTaken):
            await run_bot(settings, stop=asyncio.Event(), start=hearings.start)


async def test_whoever_takes_the_updates_without_this_database_ends_a_bot_that_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Sandbox(port=0) as sandbox:
        settings = Settings(bot_api_url=sandbox.url).model_copy(
            update={"bot_token": SecretStr(sandbox.token)}
        )
        conflict = HTTPStatus.CONFLICT
        monkeypatch.setattr(
            type(sandbox.state.updates), "take", lambda *_: refuse_bot("x", conflict)
        )
        with pytest.raises(PollingTaken):
            await run_bot(settings, stop=asyncio.Event(), start=hearings.start)


async def test_a_retraining_is_broken_off_when_the_bot_stops(tmp_path: Path) -> None:
    command = retrainings.make_command(tmp_path, hold=tmp_path / "never")
    async with run_town(admin_ids=frozenset({41}), command=command) as town:
        admin = town.meet(41)
        await admin.write("/retrain")
        await admin.read(lambda found: any("Learning" in one["text"] for one in found))
        town.stop.set()
        assert await admin.read_last("Interrupted")
