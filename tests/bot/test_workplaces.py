from __future__ import annotations

import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot import workplaces
from bot.workplaces import make_workplace, sweep

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(workplaces, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def find_ended_process() -> int:
    """Give the number of a process that was there and is gone."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_a_workplace_is_for_nobody_else(temporary: Path) -> None:
    place = make_workplace()
    assert place.parent == temporary
    assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_what_a_killed_bot_left_is_swept_away(temporary: Path) -> None:
    left = temporary / f"ser-bot-{find_ended_process()}-abc"
    (left / "champion").mkdir(parents=True)
    (left / "lessons.jsonl").touch()
    sweep()
    assert not left.exists()


def test_what_running_bots_and_other_programs_have_stays(temporary: Path) -> None:
    own = make_workplace()
    others = [temporary / name for name in ("ser-bot-1-abc", "ser-bot-x-abc", "another")]
    for other in others:
        other.mkdir()
    sweep()
    assert all(path.exists() for path in (own, *others))


def test_a_process_of_somebody_else_is_one_that_runs(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_process_id: int, _signal: int) -> None:
        raise PermissionError

    place = temporary / f"ser-bot-{find_ended_process()}-abc"
    place.mkdir()
    monkeypatch.setattr(os, "kill", refuse)
    sweep()
    assert place.exists()
