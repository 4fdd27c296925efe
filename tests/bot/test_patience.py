from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest
from telegram import Chat
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.metrics import Metrics
from bot.numbering import Numbering
from bot.patience import Patience

CHAT = Chat(7, Chat.PRIVATE)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the pauses that were made, none of which takes time but on the clock."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    made: list[float] = []

    async def note(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    monkeypatch.setattr(time, "monotonic", lambda: sum(made))
    return made


class Telegram:
    """Pretend to be Telegram, with these outcomes of its calls, one after the other."""

    def __init__(self, *outcomes: object, metrics: Metrics | None = None) -> None:
        self.numbering = Numbering()
        self._outcomes = list(outcomes)
        self._patience = Patience(metrics or Metrics(), self.numbering)

    async def call(self, endpoint: str) -> object:
        """Call a method."""
        await self._patience.initialize()
        try:
            return await self._patience.process_request(self._do, (), {}, endpoint, {}, None)
        finally:
            await self._patience.shutdown()

    async def _do(self) -> Any:  # noqa: ANN401  Telegram answers with anything
        outcome = self._outcomes.pop(0) if len(self._outcomes) > 1 else self._outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


async def call(*outcomes: object, endpoint: str = "editMessageText") -> object:
    return await Telegram(*outcomes).call(endpoint)


def blame(cause: Exception, error: TelegramError | None = None) -> TelegramError:
    error = error or NetworkError("httpx")
    error.__cause__ = cause
    return error


async def test_what_is_accepted_is_sent_once(pauses: list[float]) -> None:
    assert await call("sent", endpoint="sendMessage") == "sent"
    assert not pauses


# Flood limits


@pytest.mark.parametrize("endpoint", ["sendMessage", "editMessageText"])
async def test_the_bot_waits_as_long_as_telegram_asks(pauses: list[float], endpoint: str) -> None:
    assert await call(RetryAfter(3), RetryAfter(7), "sent", endpoint=endpoint) == "sent"
    assert pauses == [3.0, 7.0]


async def test_patience_with_limits_ends_some_time(pauses: list[float]) -> None:
    with pytest.raises(RetryAfter):
        await call(RetryAfter(1))
    assert len(pauses) == 4


# Answers that do not come


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(),
        NetworkError("Internal Server Error (500)"),
        blame(httpx.ReadError("")),
        blame(ValueError(), TelegramError("Invalid server response")),
    ],
)
async def test_what_may_be_done_twice_is_asked_for_again(
    pauses: list[float], error: TelegramError
) -> None:
    assert await call(error, error, "done") == "done"
    assert len(pauses) == 2


async def test_pauses_grow_and_end_after_half_a_minute(pauses: list[float]) -> None:
    with pytest.raises(TimedOut):
        await call(TimedOut())
    assert 30 <= sum(pauses) < 45
    assert pauses[0] < 0.7 < pauses[1] < 1.4 < pauses[2]
    assert max(pauses) <= 10


async def test_pauses_are_not_all_alike(pauses: list[float]) -> None:
    for _ in range(5):
        await call(TimedOut(), "done")
    assert len(set(pauses)) > 1


@pytest.mark.parametrize("endpoint", ["sendMessage", "sendPhoto", "sendDocument"])
@pytest.mark.parametrize("error", [TimedOut(), NetworkError("502"), blame(httpx.ReadTimeout(""))])
async def test_what_may_have_been_sent_is_not_sent_again(
    pauses: list[float], endpoint: str, error: TelegramError
) -> None:
    with pytest.raises(NetworkError):
        await call(error, "sent", endpoint=endpoint)
    assert not pauses


@pytest.mark.parametrize("kind", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_was_surely_not_sent_is_sent_again(
    pauses: list[float], kind: type[Exception]
) -> None:
    assert await call(blame(kind("")), "sent", endpoint="sendMessage") == "sent"
    assert len(pauses) == 1


async def test_an_answer_that_is_no_json_is_trouble_with_the_network(pauses: list[float]) -> None:
    error = blame(ValueError(), TelegramError("Invalid server response"))
    with pytest.raises(NetworkError):
        await call(error, endpoint="sendMessage")
    assert not pauses


@pytest.mark.parametrize("endpoint", ["sendChatAction", "getMe"])
async def test_what_would_come_late_is_asked_for_once(pauses: list[float], endpoint: str) -> None:
    for error in (TimedOut(), blame(httpx.ConnectError("")), RetryAfter(3)):
        with pytest.raises(type(error)):
            await call(error, "done", endpoint=endpoint)
    assert not pauses


@pytest.mark.parametrize("error", [BadRequest("chat not found"), Forbidden("blocked")])
async def test_what_telegram_refuses_is_not_asked_for_again(
    pauses: list[float], error: TelegramError
) -> None:
    with pytest.raises(type(error)):
        await call(error, "done")
    assert not pauses


@pytest.mark.parametrize(
    ("endpoint", "refusal"),
    [
        ("editMessageText", "Message is not modified: same content"),
        ("deleteMessage", "Message to delete not found"),
    ],
)
async def test_what_was_done_although_no_answer_came_is_done(
    pauses: list[float], endpoint: str, refusal: str
) -> None:
    assert await call(TimedOut(), BadRequest(refusal), endpoint=endpoint) is True
    assert len(pauses) == 1
    with pytest.raises(BadRequest):
        await call(BadRequest(refusal), endpoint=endpoint)


async def test_what_is_refused_the_second_time_is_refused(pauses: list[float]) -> None:
    with pytest.raises(BadRequest):
        await call(TimedOut(), BadRequest("Message to edit not found"))
    assert len(pauses) == 1


# What is learnt from answers


@pytest.mark.usefixtures("pauses")
async def test_failures_are_counted_by_method_and_kind() -> None:
    metrics = Metrics()
    await Telegram(TimedOut(), TimedOut(), "done", metrics=metrics).call("editMessageText")
    line = 'ser_telegram_errors_total{kind="TimedOut",method="editMessageText"} 2.0'
    assert line in metrics.render().decode()


async def test_the_numbers_of_messages_are_learnt() -> None:
    telegram = Telegram({"message_id": 5, "chat": {"id": 7, "type": "private"}})
    await telegram.call("sendMessage")
    assert telegram.numbering.find_highest(CHAT) == 5
