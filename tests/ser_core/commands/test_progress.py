from __future__ import annotations

from typing import TYPE_CHECKING

from ser_core.commands.progress import show_progress

if TYPE_CHECKING:
    import pytest


def test_progress_is_shown_where_somebody_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with show_progress() as show:
        show("extracting", 1, 2)
        show("extracting", 2, 2)
        show("fitting", 1, 4)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "extracting" in shown.err
    assert "100%" in shown.err
    assert "25%" in shown.err


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with show_progress() as show:
        show("extracting", 1, 2)
    assert capsys.readouterr() == ("", "")
