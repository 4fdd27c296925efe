from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram.error import RetryAfter, TimedOut

from bot.flood import FloodPatience


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the pauses that were made, none of which takes time."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    made: list[float] = []

    async def note(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    return made


async def call(*outcomes: Exception | str, endpoint: str = "sendMessage") -> object:
    remaining = list(outcomes)

    async def request() -> Any:  # noqa: ANN401  Telegram answers with anything
        outcome = remaining.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    patience = FloodPatience()
    await patience.initialize()
    try:
        return await patience.process_request(request, (), {}, endpoint, {}, None)
    finally:
        await patience.shutdown()


async def test_what_is_accepted_is_sent_once(pauses: list[float]) -> None:
    assert await call("sent") == "sent"
    assert not pauses


async def test_the_bot_waits_as_long_as_telegram_asks(pauses: list[float]) -> None:
    assert await call(RetryAfter(3), RetryAfter(7), "sent") == "sent"
    assert pauses == [3.0, 7.0]


async def test_patience_ends_some_time(pauses: list[float]) -> None:
    with pytest.raises(RetryAfter):
        await call(*(RetryAfter(1) for _ in range(5)), "sent")
    assert len(pauses) == 4


async def test_typing_is_not_shown_late(pauses: list[float]) -> None:
    with pytest.raises(RetryAfter):
        await call(RetryAfter(3), "sent", endpoint="sendChatAction")
    assert not pauses


async def test_other_errors_are_left_alone(pauses: list[float]) -> None:
    with pytest.raises(TimedOut):
        await call(TimedOut(), "sent")
    assert not pauses
