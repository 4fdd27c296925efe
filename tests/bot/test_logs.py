from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from typing import TYPE_CHECKING, Literal, get_args

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from talk import be_answered, read_export
from town import Town, run_town

from bot.database import Database
from bot.listener import Listener
from bot.logs import _CHATTY, _OURS, set_up_logs

if TYPE_CHECKING:
    from collections.abc import Iterator

Style = Literal["console", "json"]
STYLES = pytest.mark.parametrize("style", get_args(Style))

TOKEN = "123456789:" + "Aa-_" * 8


@pytest.fixture(autouse=True)
def restore_logs() -> Iterator[None]:
    """Leave the logs of other tests as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in (*_CHATTY, *_OURS):
        logging.getLogger(name).setLevel(logging.NOTSET)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def raise_with_token() -> None:
    message = f"The token {TOKEN} was rejected"
    raise ValueError(message)


@STYLES
def test_the_token_is_masked_wherever_it_turns_up(
    style: Style, capsys: pytest.CaptureFixture[str]
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


@STYLES
def test_secrets_are_masked_wherever_they_turn_up(
    style: Style, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = ['pass"word\\1234', "a-secret-word", "a-secret-word-that-is-longer"]
    set_up_logs(style=style, level="info", secrets=secrets)
    for secret in secrets:
        structlog.get_logger("bot").info("event", said=f"it is {secret}!")
        logging.getLogger("library").warning("it is %s!", secret)
    output = capsys.readouterr().err
    assert not any(part in output for part in ("pass", "1234", "a-secret-word", "longer"))
    assert output.count("it is <secret>!") == 6


def test_a_secret_that_is_a_part_of_other_words_does_not_spoil_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(style="json", level="info", secrets=["bot"])
    structlog.get_logger("bot").info("bot started")
    assert "bot started" in capsys.readouterr().err


@STYLES
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("postgresql://ser:passw0rd@db/ser", "postgresql://<password>@db/ser"),
        ("at http://a:b%40c@proxy:3128 and", "at http://<password>@proxy:3128 and"),
        ("New chat id: -1001234567890.", "New chat id: <chat>."),
        ("http://127.0.0.1:8080/a@b took -1.5 s", "http://127.0.0.1:8080/a@b took -1.5 s"),
    ],
)
def test_passwords_and_chats_in_what_libraries_say_are_masked(
    said: str, shown: str, style: Style, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(style=style, level="info")
    logging.getLogger("library").warning(said)
    assert shown in capsys.readouterr().err


@STYLES
async def test_an_error_of_the_database_does_not_tell_what_was_to_be_kept(
    database_url: str, style: Style, capsys: pytest.CaptureFixture[str]
) -> None:
    statements: list[tuple[str, object]] = [
        ("INSERT INTO texts VALUES (1, :said)", "what Ophelia\nwrote"),
        ("INSERT INTO texts VALUES (:said, 'short')", "what Ophelia\nwrote"),
    ]
    database = await Database.open(database_url)
    async with database.begin() as session:
        table = "CREATE TABLE texts (id INTEGER PRIMARY KEY, said TEXT CHECK (length(said) < 9))"
        await session.execute(text(table))
    set_up_logs(style=style, level="debug")
    for statement, said in statements:
        try:
            async with database.begin() as session:
                await session.execute(text(statement), {"said": said})
        except DBAPIError:
            structlog.get_logger("bot").exception("failed")
    await database.close()
    output = capsys.readouterr().err
    assert output.count("INSERT INTO texts") >= 2
    assert not any(word in output for word in ("Ophelia", "wrote"))


def test_each_error_behind_an_error_is_told_without_its_row(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class RowRefusedError(Exception):
        detail = "Failing row contains (what Ophelia wrote)."

        def __str__(self) -> str:
            return f"refused\nDETAIL: {self.detail}"

    set_up_logs(style="json", level="info")
    first = RowRefusedError()
    second = ExceptionGroup("both", [ValueError("one"), first])
    first.__context__ = second  # a circle
    structlog.get_logger("bot").error("failed", exc_info=second)
    output = capsys.readouterr().err
    assert "DETAIL: <row>" in output
    assert "Ophelia" not in output


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


def test_libraries_never_tell_the_messages_that_they_send(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(style="console", level="debug")
    for name in ("telegram.ext.ExtBot", "aiosqlite", "httpcore.http11", "sqlalchemy.engine"):
        logging.getLogger(name).debug("sent: what Ophelia wrote")
    logging.getLogger("httpx").info("a request")
    structlog.get_logger("bot.answer").debug("typing not shown")
    output = capsys.readouterr().err
    assert "Ophelia" not in output
    assert "a request" in output
    assert "typing not shown" in output


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs(style="console", level="error")
    structlog.get_logger("bot").warning("nothing to worry about")
    assert not capsys.readouterr().err


# A whole bot

OPHELIA_ID, ADMIN_ID, GROUP_ID = 7_318_204_955, 7_318_204_966, -1_009_318_204_977
NAMES = {"first_name": "Ophelia", "last_name": "Quartermaine", "username": "ophelia_q"}


async def hold_conversation(town: Town) -> None:
    """Do what makes a bot log: all goes well, and whatever can goes wrong."""
    ophelia = town.meet(OPHELIA_ID, **NAMES)
    await ophelia.write("/start")
    await ophelia.read_last("Hello")
    answer = await be_answered(ophelia, text="Zanzibar in a caption")
    await ophelia.read_press(await ophelia.press(answer, "details:Zanzibar"))
    await ophelia.read_press(await ophelia.tap(answer, "Details"))
    for note, answered in (("garbage", "cannot read"), ("mistake", "wrong"), ("die", "stumbled")):
        await be_answered(ophelia, f"{note} {OPHELIA_ID}".encode(), answered, name="Zanzibar.ogg")
    await ophelia.write("Zanzibar, and my number is 555-0142")
    await read_export(ophelia)
    await town.flood("sendMessage")
    await be_answered(ophelia)
    admin = town.meet(ADMIN_ID, first_name="Ophelia").in_group(GROUP_ID)
    await admin.write("/listen on reply")
    await admin.read_last("From now on I listen here")
    await be_answered(admin)
    await ophelia.write("/stats")
    await ophelia.read_last("the people who run me")
    await ophelia.block_bot()


def read_ours(output: str) -> str:
    """Give what the bot wrote; the people in the town have a client that writes, too."""
    return "\n".join(line for line in output.splitlines() if "/sandbox/api/" not in line)


@STYLES
async def test_a_whole_conversation_leaves_nothing_personal_in_the_log(
    style: Style, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logs(style=style, level="debug")

    async def fail(*_arguments: object) -> None:
        message = "a mistake in a handler"
        raise ZeroDivisionError(message)

    async with run_town() as town:
        await hold_conversation(town)
        monkeypatch.setattr(Listener, "answer", fail)
        await town.meet(ADMIN_ID).send()
        output = ""
        async with asyncio.timeout(20):
            while "a mistake in a handler" not in output:
                output += capfd.readouterr().err
                await asyncio.sleep(0.1)
        token, files = town.sandbox.token, list(town.sandbox.state.files._files.values())
    shown = read_ours(output + capfd.readouterr().err)
    assert shown.count("note answered") == 5
    for event in ("note not recognised", "flood limit", "worker replaced", "update not handled"):
        assert event in shown
    personal = [*NAMES.values(), "Zanzibar", "555-0142", token, token.partition(":")[2]]
    personal += [str(number).lstrip("-") for number in (OPHELIA_ID, ADMIN_ID, GROUP_ID)]
    personal += [name for file in files for name in (file.file_id, file.unique_id, file.path)]
    assert len(files) >= 8
    assert [word for word in personal if word in shown] == []


async def test_each_line_from_an_update_to_its_answer_names_the_update(
    capfd: pytest.CaptureFixture[str],
) -> None:
    set_up_logs(style="json", level="debug")
    async with run_town() as town:
        people = [town.meet() for _ in range(3)]
        for person in people:
            await person.send(b"mistake")
        for person in people:
            await person.read_answer("wrong")
    lines = [json.loads(line) for line in read_ours(capfd.readouterr().err).splitlines()]
    calls = ("getFile", "/file/", "sendMessage")
    told = Counter[int]()
    for line in lines:
        is_ours = line["event"] in {"note not recognised", "note answered"}
        if is_ours or any(call in line["event"] for call in calls):
            told[line["update_id"]] += 1
    assert len(told) == 3
    assert all(count >= 5 for count in told.values())
