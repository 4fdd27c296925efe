from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from jobs import PaperJob
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from telegram.error import BadRequest, Forbidden, TimedOut
from telegram.ext import ApplicationHandlerStop

from bot.errors import JobTaken
from bot.handlers.errors import log_error
from bot.job import bind_job

if TYPE_CHECKING:
    from bot.handlers.messages import Context


@pytest.mark.parametrize(
    ("error", "level", "event"),
    [
        (Forbidden("bot was blocked by the user"), "info", "answer not wanted"),
        (BadRequest("chat not found"), "warning", "answer not sent"),
        (TimedOut(), "warning", "update to be tried again"),
        (OperationalError("x", {}, ValueError()), "warning", "update to be tried again"),
        (JobTaken(5), "warning", "update left to another copy"),
        (ZeroDivisionError("a mistake"), "error", "update not handled"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_an_error_is_as_loud_as_somebody_must_act_on_it_and_left_with_the_job(
    error: Exception, level: str, event: str
) -> None:
    job = PaperJob()
    bind_job(job)
    with capture_logs() as lines, pytest.raises(ApplicationHandlerStop):
        await log_error(None, cast("Context", SimpleNamespace(error=error)))
    assert [(line["log_level"], line["event"]) for line in lines] == [(level, event)]
    assert job.error is error
