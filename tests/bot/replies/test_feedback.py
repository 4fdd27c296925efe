from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hearings import make_recognition

from bot.database.learning import Opinion
from bot.languages import LANGUAGES, say_in
from bot.replies import feedback
from bot.replies.formats import EMOJIS
from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import InlineKeyboardButton

LABEL = 64
"""Characters that a phone shows on a button of its own row, roughly."""


def list_labels(row: Sequence[InlineKeyboardButton]) -> list[str]:
    return [button.text for button in row]


def list_choice(opinion: Opinion | None = None) -> dict[str, str]:
    """Give the label of each button of the choice by its last word."""
    rows = feedback.offer_choice(7, opinion).inline_keyboard
    return {str(one.callback_data).rpartition(":")[2]: one.text for row in rows for one in row}


def test_who_was_told_an_emotion_is_asked_whether_it_is_right() -> None:
    row = feedback.offer(7, make_recognition(), None)
    assert list_labels(row) == ["👍 Right", "👎 Wrong"]
    assert [one.callback_data for one in row] == ["feedback:7:right", "feedback:7:choose"]


def test_who_was_told_that_the_bot_is_not_sure_is_asked_what_it_was() -> None:
    row = feedback.offer(7, make_recognition("sad", 0.3), None)
    assert list_labels(row) == ["✏️ What was it?"]


@pytest.mark.parametrize("share", [0.3, 0.8])
@pytest.mark.parametrize(
    ("opinion", "label"),
    [
        (Opinion("sad", None), "✏️ You said: Sad"),
        (Opinion(None, "male"), "✏️ You said: Male voice"),
        (Opinion("happy", "female"), "✏️ You said: Happy · Female voice"),
    ],
)
def test_who_has_said_something_sees_it_and_may_say_something_else(
    opinion: Opinion, label: str, share: float
) -> None:
    row = feedback.offer(7, make_recognition("angry", share), opinion)
    assert list_labels(row) == [label]
    assert row[0].callback_data == "feedback:7:choose"


def test_an_opinion_about_nothing_is_none() -> None:
    assert len(feedback.offer(7, make_recognition(), Opinion(None, None))) == 2


def test_there_is_a_choice_of_all_emotions_and_genders_two_in_a_row() -> None:
    rows = feedback.offer_choice(7, None).inline_keyboard
    assert [len(row) for row in rows] == [2, 2, 2, 2, 2, 1]
    assert list(list_choice()) == [*EMOTIONS, *GENDERS, "back"]
    assert [list_choice()[emotion].split()[0] for emotion in EMOTIONS] == list(EMOJIS.values())


def test_what_was_said_is_ticked() -> None:
    choice = list_choice(Opinion("disgust", "male"))
    ticked = {word: label for word, label in choice.items() if label.startswith("✓")}
    assert ticked == {"disgust": "✓ 🤢 Disgusted", "male": "✓ Male voice"}
    assert not any(label.startswith("✓") for label in list_choice(Opinion(None, None)).values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_labels_are_short_in_every_language(code: str) -> None:
    def write() -> list[str]:
        opinions = [Opinion(emotion, gender) for emotion in EMOTIONS for gender in GENDERS]
        rows = [feedback.offer(7, make_recognition(), opinion) for opinion in opinions]
        return [label for row in rows for label in list_labels(row)]

    assert [label for label in say_in(code, write) if len(label) > LABEL] == []
