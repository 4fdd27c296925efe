from __future__ import annotations

import re
from dataclasses import replace

import pytest
from made_up_statistics import make_statistics

from bot.charts import Tick
from bot.languages import LANGUAGES, say_in
from bot.replies.stats import Now, label_stats, tell_stats

CAPTION = 1024
"""Characters. Source: https://core.telegram.org/bots/api#sendphoto"""
USUAL = make_statistics({0: 60, 29: 40}, {3: (3, 4), 20: (1, 4)})
NOW = Now(n_waiting=3, n_working=2, n_workers=2, model_id="model-of-the-tests")


def test_the_figures_are_told_one_a_line() -> None:
    assert tell_stats(USUAL, NOW) == (
        "📊 <b>The last 30 days</b>\n"
        "\n"
        "🎙 100 voice notes · 56 people\n"
        "👂 I listen in 7 groups\n"
        "🎓 19 people let me learn · 184 lessons\n"
        "🎯 People agree: 50 % of 8 opinions\n"
        "⏱ Answers: half within 0.62 seconds, 95 % within 1.9 seconds\n"
        "\n"
        "🚶 Now: 3 in line, 2 in the works; workers: 2\n"
        "🧠 Model: <code>model-of-the-tests</code>"
    )


def test_a_bot_that_nobody_has_used_says_so() -> None:
    text = tell_stats(make_statistics({}, {}, latency=None), NOW)
    assert "🎯 People agree: no opinions yet\n" in text
    assert "⏱ No note was answered yet\n" in text


def test_one_of_each_is_told_in_the_singular() -> None:
    one = replace(
        make_statistics({0: 1}, {0: (0, 1)}), n_people=1, n_groups=1, n_consents=1, n_lessons=1
    )
    text = tell_stats(one, NOW)
    assert "1 voice note · 1 person\n" in text
    assert "I listen in 1 group\n" in text
    assert "1 person lets me learn · 1 lesson\n" in text
    assert "0 % of 1 opinion\n" in text


def test_where_all_agree_that_is_said() -> None:
    assert "🎯 People agree: 100 % of 3 opinions\n" in tell_stats(
        make_statistics({}, {0: (1, 1), 5: (2, 2)}), NOW
    )


def test_the_name_of_a_model_is_no_markup() -> None:
    assert "&lt;b&gt;" in tell_stats(USUAL, NOW._replace(model_id="<b>"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_figures_fit_under_a_picture_in_every_language(language: str) -> None:
    text = say_in(language, lambda: tell_stats(USUAL, NOW))
    assert len(re.sub(r"</?\w+>", "", text)) <= CAPTION // 2  # emoji count twice at most


def test_a_picture_names_its_charts_and_their_scales() -> None:
    labels = label_stats(USUAL)
    assert (labels.title, labels.subtitle) == ("The last 30 days", "100 voice notes · 56 people")
    assert (labels.most, labels.opinions) == ("60", "50 % of 8 opinions")
    assert labels.shares == ("100 %", "50 %", "0 %")
    assert labels.ticks == (Tick(0.0, "30 days ago"), Tick(0.5, "15 days ago"), Tick(1.0, "now"))
    assert labels.names == ("half", "90 %", "95 %", "99 %")
    assert labels.seconds == ("0.62 seconds", "1.4 seconds", "1.9 seconds", "4.4 seconds")


def test_a_picture_without_answers_names_no_percentiles() -> None:
    labels = label_stats(make_statistics({}, {}, latency=None))
    assert labels.names == labels.seconds == ()
