from __future__ import annotations

import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError, TimedOut

from bot.fate import is_lost, may_have_worked, misses_note


def blame(cause: Exception) -> NetworkError:
    error = NetworkError("httpx")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "lost", "worked"),
    [
        (TimedOut(), True, True),
        (NetworkError("Bad Gateway (502)"), True, True),
        (blame(httpx.ReadTimeout("")), True, True),
        (NetworkError("Too Many Requests: retry after 0"), True, False),
        (blame(httpx.ConnectError("")), True, False),
        (blame(httpx.ConnectTimeout("")), True, False),
        (blame(httpx.PoolTimeout("")), True, False),
        (BadRequest("chat not found"), False, False),
        (Forbidden("blocked"), False, False),
        (ZeroDivisionError(), False, False),
    ],
    ids=repr,
)
def test_a_failed_request_may_have_worked_or_not(
    error: Exception,
    lost: bool,  # noqa: FBT001  pytest passes them by name
    worked: bool,  # noqa: FBT001
) -> None:
    assert (is_lost(error), may_have_worked(error)) == (lost, worked)


@pytest.mark.parametrize(
    "words",
    ["Message to be replied not found", "message to react not found", "Reply message not found"],
)
def test_a_note_that_is_gone_is_told_by_many_words(words: str) -> None:
    assert misses_note(BadRequest(words))


@pytest.mark.parametrize(
    "words", ["Chat not found", "message thread not found", "message to edit not found"]
)
def test_other_things_that_are_gone_are_no_notes(words: str) -> None:
    assert not misses_note(BadRequest(words))


def test_errors_of_ours_are_no_answers_of_telegram() -> None:
    assert not may_have_worked(TelegramError("Invalid server response"))
