from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from bot import app, logs, sandbox
from bot.__main__ import main
from bot.settings import name_keys
from ser_core.errors import ModelMissing

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = "123456789:" + "A" * 35


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder without ``.env``, with no settings around, and leave the logs alone."""
    monkeypatch.chdir(tmp_path)
    for key in name_keys().values():
        monkeypatch.delenv(key, raising=False)
    monkeypatch.setattr(logs, "set_up_logs", lambda **_: None)


def let_run(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, outcome: object
) -> list[Any]:
    """Let a function note what it was called with, and then end as told."""
    calls: list[object] = []

    async def run(settings: object, **options: object) -> None:
        await asyncio.sleep(0)
        calls.append((settings, options))
        if isinstance(outcome, Exception):
            raise outcome

    monkeypatch.setattr(module, name, run)
    return calls


def test_it_runs_on_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    calls = let_run(monkeypatch, app, "run_bot", None)
    assert main([]) == 0
    ((settings, _),) = calls
    assert settings.bot_token.get_secret_value() == TOKEN


@pytest.mark.parametrize(
    ("arguments", "port"),
    [(["--sandbox"], 8790), (["--sandbox", "--port", "0"], 0), (["--sandbox", "--port=99"], 99)],
)
def test_it_runs_in_the_sandbox(
    arguments: list[str], port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = let_run(monkeypatch, sandbox, "run_sandbox", None)
    assert main(arguments) == 0
    ((_, options),) = calls
    assert options == {"port": port}


def test_without_a_token_it_says_how_to_get_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    error = capsys.readouterr().err
    assert error.startswith("ser-bot: BOT_TOKEN is not set")
    assert "ser-bot --sandbox" in error


def test_a_misspelt_key_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SER_WORKER", "3")
    assert main([]) == 2
    assert "did you mean SER_WORKERS?" in capsys.readouterr().err


def test_what_the_operator_must_mend_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    let_run(monkeypatch, app, "run_bot", ModelMissing("/nowhere"))
    assert main([]) == 2
    assert capsys.readouterr().err == "ser-bot: there is no model bundle at /nowhere\n"


def test_what_nobody_expected_is_logged_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    let_run(monkeypatch, app, "run_bot", ZeroDivisionError("a mistake"))
    assert main([]) == 1
    assert "ZeroDivisionError: a mistake" in caplog.text


def test_a_port_without_the_sandbox_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--port", "1"])
    assert end.value.code == 2
    assert "--port goes with --sandbox" in capsys.readouterr().err


def run(code: str) -> str:
    """Give what code prints in a fresh process."""
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603  our own code


def test_workers_do_not_load_what_only_the_bot_needs() -> None:
    code = (
        "import sys; import bot.__main__, bot.worker;"
        "print([name for name in ('telegram', 'pydantic', 'starlette') if name in sys.modules])"
    )
    assert run(code) == "[]\n"


def test_the_bot_does_not_load_what_only_workers_need() -> None:
    code = (
        "import sys; import bot.app;"
        "print([name for name in ('sklearn', 'scipy', 'soundfile') if name in sys.modules])"
    )
    assert run(code) == "[]\n"
