from __future__ import annotations

import pytest

from bot.progress import Progress, Step


@pytest.mark.parametrize(
    ("step", "done", "alone", "with_recordings"),
    [
        ("loading", 0, 0.0, 0.0),
        ("loading", 4, 5 / 80, 5 / 100),
        ("measuring", 2, 5 / 80, 15 / 100),
        ("fitting", 2, 32.5 / 80, 52.5 / 100),
        ("judging", 1, 65 / 80, 85 / 100),
        ("saving", 0, 1.0, 1.0),
    ],
)
def test_the_share_weighs_each_step_by_how_long_it_takes(
    step: Step, done: int, alone: float, with_recordings: float
) -> None:
    assert Progress(step, done, 4).share == pytest.approx(alone)
    assert Progress(step, done, 4, is_measuring=True).share == pytest.approx(with_recordings)


def test_nonsense_about_a_step_stays_within_it() -> None:
    assert Progress("fitting", 9, 4).share == Progress("fitting", 4, 4).share
    assert Progress("fitting", -1, 4).share == Progress("fitting", 0, 4).share
    assert Progress("fitting", 0, 0).share == Progress("fitting", 0, 4).share


def test_the_time_left_follows_from_the_time_taken() -> None:
    half = Progress("fitting", 35, 55)
    assert half.share == pytest.approx(0.5)
    assert half.estimate_left(60.0) == pytest.approx(60.0)


def test_nobody_can_say_at_the_beginning_how_long_it_takes() -> None:
    assert Progress("loading", 4, 4).estimate_left(10.0) is None


def test_a_line_of_the_process_is_read() -> None:
    progress = Progress(is_measuring=True)
    following = progress.read_next(b'{"step": "fitting", "done": 3, "total": 7}\n')
    assert following == Progress("fitting", 3, 7, is_measuring=True)


@pytest.mark.parametrize(
    "line",
    [b"a warning\n", b"[]", b'{"step": "fitting"}', b'{"step": "x", "done": 1, "total": 2}', b"7"],
)
def test_a_line_that_tells_of_no_progress_changes_nothing(line: bytes) -> None:
    progress = Progress("fitting", 3, 7)
    assert progress.read_next(line) is progress
