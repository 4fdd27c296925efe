from __future__ import annotations

from datetime import time

import pytest
from telegram.constants import ReactionEmoji

from bot.replies import groups
from ser_core.emotions import EMOTIONS


def test_every_emotion_has_a_reaction_of_its_own_that_telegram_allows() -> None:
    assert tuple(groups.REACTIONS) == EMOTIONS
    assert set(groups.REACTIONS.values()) <= {emoji.value for emoji in ReactionEmoji}
    assert len(set(groups.REACTIONS.values())) == len(EMOTIONS)


@pytest.mark.parametrize("manner", ["reaction", "reply", "silent"])
def test_a_group_is_told_what_listening_means_what_is_kept_and_how_to_opt_out(manner: str) -> None:
    text = groups.explain_listening(manner, retention_days=30)
    assert groups.tell_manner(manner) in text
    for needed in ("/optout", "/listen off", "/privacy", "after 30 days", "I keep what I heard"):
        assert needed in text
    assert "expression, not feelings" in text


def test_one_day_is_no_plural() -> None:
    assert "after 1 day;" in groups.explain_listening("silent", retention_days=1)


def test_what_somebody_wrote_is_no_markup() -> None:
    assert "&lt;b&gt;" in groups.refuse_zone("<b>")
    assert "&lt;b&gt;" in groups.refuse_non_admin("/listen <b>")


def test_a_zone_that_never_ends_is_cut() -> None:
    assert len(groups.refuse_zone("x" * 4000)) < 200


def test_the_digest_is_confirmed_with_its_time_and_its_zone() -> None:
    assert "at 08:05 (Europe/Madrid)" in groups.confirm_digest(time(8, 5), "Europe/Madrid")


@pytest.mark.parametrize(
    "line",
    [
        groups.show_mood_form(),
        groups.show_digest_form(),
        groups.show_listening_form(),
        groups.refuse_zone("Mars"),
        groups.refuse_non_admin("/listen on"),
    ],
)
def test_bad_input_gets_one_line_that_shows_the_right_form(line: str) -> None:
    assert "\n" not in line
    assert "<code>/" in line
