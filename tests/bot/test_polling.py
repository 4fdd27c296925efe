from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError
from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot import polling as module
from bot.errors import PollingTaken
from bot.polling import Polling, stop_polling

if TYPE_CHECKING:
    from collections.abc import Sequence

KINDS = ("message",)


class FakeBot:
    """Answer as told, one thing after the other; then nothing comes any more."""

    def __init__(self, *answers: Exception | list[int]) -> None:
        self.answers = list(answers)
        self.offsets: list[int | None] = []
        self.has_said_all = asyncio.Event()

    async def get_updates(self, *, offset: int | None, **options: object) -> list[Update]:
        """Give the next answer."""
        assert options == {"timeout": 25, "allowed_updates": KINDS}
        self.offsets.append(offset)
        if not self.answers:
            self.has_said_all.set()
            await asyncio.Event().wait()
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [Update(update_id) for update_id in answer]


class Kept:
    """Keep what comes, except when told to fail."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.ids: list[int] = []

    async def receive(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keep updates."""
        if self.failures:
            raise self.failures.pop(0)
        self.ids += [update["update_id"] for update in updates]


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the pauses that are made, which take no time."""
    made: list[float] = []
    sleep = asyncio.sleep

    async def pause(seconds: float) -> None:
        made.append(seconds)
        await sleep(0)

    monkeypatch.setattr(module.asyncio, "sleep", pause)
    return made


async def poll(bot: FakeBot, kept: Kept) -> Polling:
    """Poll until nothing comes any more."""
    polling = Polling(bot, kept.receive, KINDS)
    running = asyncio.create_task(polling.run())
    saying = asyncio.create_task(bot.has_said_all.wait())
    await asyncio.wait({running, saying}, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    saying.cancel()
    if running.done():
        running.result()
    await stop_polling(running)
    return polling


async def test_telegram_is_told_that_updates_have_come_only_when_they_are_kept() -> None:
    bot, kept = FakeBot([5, 7, 6], [8]), Kept()
    await poll(bot, kept)
    assert kept.ids == [5, 7, 6, 8]
    assert bot.offsets == [None, 8, 9]


@pytest.mark.parametrize(
    "error", [OperationalError("INSERT", {}, ValueError()), OSError("no space left")]
)
async def test_what_could_not_be_kept_is_asked_for_again(
    error: Exception, pauses: list[float]
) -> None:
    bot, kept = FakeBot([5], [5]), Kept(error)
    await poll(bot, kept)
    assert kept.ids == [5]
    assert bot.offsets == [None, None, 6]
    assert pauses == [1.0]


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize("error", [NetworkError("x"), TimedOut(), BadRequest("x")])
async def test_telegram_is_asked_again_whatever_it_says(error: Exception) -> None:
    bot, kept = FakeBot(error, [1]), Kept()
    await poll(bot, kept)
    assert kept.ids == [1]


async def test_the_pauses_grow_and_begin_anew_when_all_is_well(pauses: list[float]) -> None:
    error = NetworkError("x")
    await poll(FakeBot(*[error] * 8, [1], error, [2]), Kept())
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 1.0]


async def test_a_flood_limit_is_waited_for(
    pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    await poll(FakeBot(RetryAfter(timedelta(seconds=7)), [1]), Kept())
    assert pauses == [7.0]


@pytest.mark.usefixtures("pauses")
async def test_a_copy_that_begins_gives_up_when_another_one_takes_the_updates() -> None:
    with pytest.raises(PollingTaken, match="SER_WEBHOOK_URL"):
        await poll(FakeBot(*[Conflict("x")] * 3, [1]), Kept())


@pytest.mark.usefixtures("pauses")
async def test_a_copy_that_has_begun_does_not() -> None:
    bot, kept = FakeBot([], *[Conflict("x")] * 5, [1]), Kept()
    await poll(bot, kept)
    assert kept.ids == [1]


@pytest.mark.usefixtures("pauses")
async def test_a_token_that_is_not_known_any_more_ends_the_polling() -> None:
    with pytest.raises(InvalidToken):
        await poll(FakeBot(InvalidToken(), [1]), Kept())


async def test_it_is_known_how_long_telegram_has_been_silent() -> None:
    polling = await poll(FakeBot([1]), Kept())
    assert 0 <= polling.silent_seconds < 5


async def test_what_has_come_is_kept_even_if_the_bot_stops_at_that_moment() -> None:
    bot, kept, go, has_begun = FakeBot([5]), Kept(), asyncio.Event(), asyncio.Event()

    async def receive(updates: Sequence[dict[str, Any]]) -> None:
        has_begun.set()
        await go.wait()
        await kept.receive(updates)

    running = asyncio.create_task(Polling(bot, receive, KINDS).run())
    await has_begun.wait()
    stopping = asyncio.create_task(stop_polling(running))
    await asyncio.sleep(0.01)
    go.set()
    await stopping
    assert kept.ids == [5]
