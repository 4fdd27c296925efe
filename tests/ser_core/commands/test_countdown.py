from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.commands.countdown import (
    show_countdown,
    show_measuring,
    word_countdown,
    word_seconds,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 second"),
        (1.4, "1 second"),
        (45, "45 seconds"),
        (91, "2 minutes"),
        (540, "9 minutes"),
        (5400, "90 minutes"),
        (6000, "1.7 hours"),
    ],
)
def test_a_time_is_told_as_people_say_it(seconds: float, words: str) -> None:
    assert word_seconds(seconds) == words


def test_the_time_left_is_told_once_it_is_known() -> None:
    assert word_countdown("folds", 12, 96, 540) == "12 of 96 folds, about 9 minutes left"
    assert word_countdown("folds", 0, 96, None) == "0 of 96 folds"
    assert word_countdown("folds", 96, 96, 0) == "96 of 96 folds"


def test_a_line_is_written_now_and_then_where_nobody_watches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    times: Iterator[float] = iter([0, 0, 1, 29, 30, 31, 32])
    with show_countdown("folds", clock=lambda: next(times)) as show:
        for done in range(6):
            show(done, 5, 10.0 * (5 - done))
    assert capsys.readouterr() == (
        "",
        "0 of 5 folds, about 50 seconds left\n3 of 5 folds, about 20 seconds left\n5 of 5 folds\n",
    )


def test_a_bar_is_shown_where_somebody_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with show_countdown("trials") as show:
        show(0, 4, None)
        show(1, 4, 540)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "trials" in shown.err
    assert "about 9 minutes left" in shown.err


def test_what_is_measured_in_no_time_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    with show_measuring(clock=lambda: 0) as show:
        for done in range(1, 4):
            show("classic180", done, 3)
    assert capsys.readouterr() == ("", "")


def test_what_is_measured_for_long_is_told_now_and_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = 0.0
    with show_measuring(clock=lambda: now) as show:
        for done in range(1, 11):
            now = 10.0 * done
            show("classic180", done, 10)
    assert capsys.readouterr().err == (
        "4 of 10 recordings measured: classic180, about 45 seconds left\n"
        "7 of 10 recordings measured: classic180, about 26 seconds left\n"
        "10 of 10 recordings measured: classic180\n"
    )


def test_each_feature_set_has_a_bar_where_somebody_watches(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    with show_measuring() as show:
        show("classic180", 1, 4)
        show("functionals", 1, 2)
    shown = capsys.readouterr().err
    assert "classic180" in shown
    assert "functionals" in shown
