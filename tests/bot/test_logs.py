from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Literal

import pytest
import structlog

from bot.logs import set_up_logs

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "123456789:" + "Aa-_" * 8


@pytest.fixture(autouse=True)
def restore_logs() -> Iterator[None]:
    """Leave the logs of other tests as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("httpx", "telegram", "uvicorn"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def raise_with_token() -> None:
    message = f"The token {TOKEN} was rejected"
    raise ValueError(message)


@pytest.mark.parametrize("style", ["console", "json"])
def test_the_token_is_masked_wherever_it_turns_up(
    style: Literal["console", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(style=style, level="debug")
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    logging.getLogger("telegram").warning("quoted: %s", TOKEN.replace(":", "%3A"))
    structlog.get_logger("bot").info("event", token=TOKEN, nested={"token": [TOKEN]})
    try:
        raise_with_token()
    except ValueError:
        structlog.get_logger("bot").exception("failed")
        logging.getLogger("asyncio").exception("failed")
    output = capsys.readouterr().err
    assert TOKEN.partition(":")[2] not in output
    assert output.count("<token>") >= 6
    assert "raise_with_token" in output


def test_machines_get_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(style="json", level="info")
    structlog.contextvars.bind_contextvars(update_id=7)
    structlog.get_logger("bot").info("note answered", outcome="recognised")
    logging.getLogger("library").warning("careful")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert ours["event"] == "note answered"
    assert (ours["outcome"], ours["update_id"], ours["level"]) == ("recognised", 7, "info")
    assert (theirs["event"], theirs["level"]) == ("careful", "warning")


def test_local_variables_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(style="console", level="info")
    voice = "somebody's voice"
    try:
        raise_with_token()
    except ValueError:
        structlog.get_logger("bot").exception("failed")
    assert voice not in capsys.readouterr().err


def test_the_requests_of_the_libraries_are_shown_only_on_demand(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(style="console", level="info")
    logging.getLogger("httpx").info("a request")
    assert not capsys.readouterr().err


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(style="console", level="error")
    structlog.get_logger("bot").warning("nothing to worry about")
    assert not capsys.readouterr().err
