from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from structlog.testing import capture_logs
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, TelegramError, TimedOut

from bot.handlers.errors import log_error, log_polling_error

if TYPE_CHECKING:
    from bot.handlers.messages import Context


@pytest.mark.parametrize(
    ("error", "level", "event"),
    [
        (Forbidden("bot was blocked by the user"), "info", "answer not wanted"),
        (BadRequest("chat not found"), "warning", "answer not sent"),
        (ZeroDivisionError("a mistake"), "error", "update not handled"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_an_error_is_as_loud_as_somebody_must_act_on_it(
    error: Exception, level: str, event: str
) -> None:
    with capture_logs() as lines:
        await log_error(None, cast("Context", SimpleNamespace(error=error)))
    assert [(line["log_level"], line["event"]) for line in lines] == [(level, event)]


@pytest.mark.parametrize(
    ("error", "level", "words"),
    [
        (Conflict("terminated by other getUpdates request"), "error", "another process"),
        (TimedOut(), "warning", "no updates"),
        (InvalidToken(), "error", "no updates"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_missing_updates_are_told(error: TelegramError, level: str, words: str) -> None:
    lines: list[Any]
    with capture_logs() as lines:
        log_polling_error(error)
    assert [line["log_level"] for line in lines] == [level]
    assert words in lines[0]["event"]
