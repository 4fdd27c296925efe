from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from made_up_comparisons import make_comparison

from bot.comparison import Failure, Group, Pair
from bot.progress import Progress
from bot.replies import models, retraining
from bot.replies.models import Listed


def test_progress_is_told_as_a_bar_a_step_and_the_time_left() -> None:
    text = retraining.show_progress(Progress("fitting", 35, 55), 95.0, is_dry=False)
    assert "Retraining" in text
    assert "▰▰▰▰▰▱▱▱▱▱ 50 %" in text
    assert "Learning · about 1.5 minutes left" in text


def test_progress_without_a_time_tells_the_step_alone() -> None:
    text = retraining.show_progress(Progress(), None, is_dry=True)
    assert "Dry run" in text
    assert "left" not in text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "5 seconds"), (33.0, "35 seconds"), (150.0, "2.5 minutes")]
)
def test_the_time_left_is_told_no_finer_than_it_is_known(seconds: float, text: str) -> None:
    shown = retraining.show_progress(Progress("judging"), seconds, is_dry=False)
    assert f"about {text} left" in shown


def test_who_began_a_retraining_is_told_safely() -> None:
    text = retraining.tell_running("<Ada>", 0.2)
    assert "&lt;Ada&gt;" in text
    assert "1 second ago" in text


def test_a_failure_is_told_with_its_reason_or_without() -> None:
    assert "<code>&lt;no speech&gt;</code>" in retraining.tell_failed("<no speech>")
    assert "<code>" not in retraining.tell_failed()


def test_a_result_tells_each_group_and_what_was_learnt() -> None:
    text = retraining.tell_result(make_comparison(), "promoted")
    assert "all voices: 63.3 % → 67.2 % (1219 recordings)" in text
    assert "what people told me: 63.3 % → 67.2 % (37 recordings)" in text
    assert "confidence is off by: 4.1 % → 2.6 %" in text
    assert "184 lessons of 12 people" in text
    assert "9 lessons contradict what I hear" in text
    assert "worse" not in text


def test_a_result_tells_where_the_challenger_is_worse() -> None:
    failures = (
        Failure("male", "accuracy", -0.021, 0.034),
        Failure("elsewhere", "calibration", -0.004, 0.0001),
    )
    text = retraining.tell_result(make_comparison(failures=failures), "refused")
    assert "male voices: right less often, by 2.1 points (p = 0.034)" in text
    assert "elsewhere: confidence less honest, by 0.4 points (p = 0.0001)" in text


def test_a_result_without_doubts_or_with_recordings_says_so() -> None:
    comparison = replace(make_comparison(), n_doubtful=0, n_corpus_clips=1)
    text = retraining.tell_result(comparison, "overtaken")
    assert "contradict" not in text
    assert "from 1 recording of yours" in text
    assert "You decide" in text


def test_a_result_fits_into_a_message_whatever_fails() -> None:
    groups = ("all", "female", "male", "feedback")
    failures = tuple(
        Failure(group, measure, -0.123, 0.0123)
        for group in groups
        for measure in ("accuracy", "calibration")
    )
    assert len(retraining.tell_result(make_comparison(failures=failures), "bad")) < 2_000


def test_the_data_of_the_button_fit_whatever_the_name() -> None:
    keyboard = retraining.offer_promotion("ü" * 60, is_good=False).inline_keyboard
    data = keyboard[0][0].callback_data
    assert isinstance(data, str)
    assert 56 <= len(data.encode()) <= 64
    assert data.startswith("promote:ü")


def test_a_page_of_models_is_safe_in_html() -> None:
    listed = [
        Listed("<id>", datetime(2026, 3, 1, tzinfo=UTC), "<Ada>", 0.672, 1, reason="<why>"),
        Listed(None, is_live=True),
    ]
    page = models.list_models(listed, n_more=1)
    assert "&lt;id&gt;" in page
    assert "by &lt;Ada&gt;" in page
    assert "&lt;why&gt;" in page
    assert page.index("and 1 older one") < page.index("I came with")


def test_nothing_is_said_of_what_is_not_known_of_a_model() -> None:
    page = models.list_models([Listed("m"), Listed(None)], n_more=0)
    assert "right" not in page
    assert "by " not in page.split("I came with")[0]
    assert "older" not in page


def test_a_group_that_nobody_named_keeps_its_own_name() -> None:
    group = Group("<x>", 1, 1, Pair(0.5, 0.5), Pair(0.5, 0.5), Pair(0.1, 0.1))
    assert "&lt;x&gt;" in retraining._compare_group(group)
