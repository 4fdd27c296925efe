from __future__ import annotations

import pickle

import pytest

from bot import errors
from bot.errors import NoteError
from ser_core.errors import SerError, SetupError

EXAMPLES: list[SerError] = [
    errors.UserBusy(5),
    errors.AllBusy(100),
    errors.Stopping(),
    errors.WorkerDied(-9),
    errors.WorkerTimeout(180.0),
    errors.RecognitionFailed("Traceback"),
    errors.SettingUnknown("SER_WORKER", ".env", "SER_WORKERS"),
    errors.SettingInvalid("SER_WORKERS", "too many"),
    errors.TokenMissing(),
    errors.TokenRefused("https://api.telegram.org"),
    errors.TelegramUnreachable("https://api.telegram.org", "timed out"),
    errors.DatabaseUnreachable("sqlite:///x", "there is no such folder"),
    errors.DatabaseUnfit("sqlite:///x", "it was made by a newer version"),
    errors.ModelGone("2026-03-02-7f3a"),
    errors.RetrainingFailed(1, "Traceback\nValueError: no"),
]


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_survives_the_way_between_processes(error: SerError) -> None:
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  our own bytes
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_tells_who_must_act(error: SerError) -> None:
    assert isinstance(error, NoteError) != isinstance(error, SetupError)


def test_the_tree_in_the_docstring_is_complete() -> None:
    for error in EXAMPLES:
        assert f" {type(error).__name__} " in (errors.__doc__ or "")


def test_a_misspelt_key_comes_with_a_hint_where_there_is_one() -> None:
    assert "did you mean SER_WORKERS?" in str(EXAMPLES[6])
    assert "did you mean" not in str(errors.SettingUnknown("SER_X", ".env", None))


def test_a_retraining_that_failed_is_told_by_the_last_line_that_it_wrote() -> None:
    assert str(errors.RetrainingFailed(1, "Traceback\nValueError: no\n")) == "ValueError: no"
    assert str(errors.RetrainingFailed(-9, "\n")) == "it ended with exit code -9"
