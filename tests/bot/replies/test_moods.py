from __future__ import annotations

import re
from contextvars import copy_context
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING, Literal

import pytest
from made_up_moods import UNTIL, Heard, make_detailed, make_mood

from bot.charts import Tick
from bot.languages import LANGUAGES, speak
from bot.moods import Drift, TooFew
from bot.replies.moods import explain_too_few, label_mood, label_note, tell_mood, title_mood
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

CAPTION = 1024
"""Characters. Source: https://core.telegram.org/bots/api#sendphoto"""
DAY = make_mood([Heard(hour, "happy") for hour in range(20)])
MIXED = make_mood([Heard(1, "sad"), Heard(2, "angry"), Heard(3, "calm")])


def title(hours: float, whose: Literal["group", "own", "day"] = "group") -> str:
    return title_mood(UNTIL - timedelta(hours=hours), UNTIL, whose=whose)


def say(language: str, write: Callable[[], str]) -> str:
    """Give what is written in a language."""

    def speak_and_write() -> str:
        speak(language)
        return write()

    return copy_context().run(speak_and_write)


@pytest.mark.parametrize(
    ("hours", "span"), [(1, "60 minutes"), (24, "24 hours"), (168, "7 days"), (720, "30 days")]
)
def test_the_title_tells_whose_mood_of_which_time_it_is(hours: float, span: str) -> None:
    assert title(hours) == f"How this chat sounded · {span}"
    assert title(hours, "own") == f"How you sounded · {span}"
    assert title(hours, "day") == "How this day sounded"


def test_a_mood_is_told_with_what_prevails_and_how_sure_that_is() -> None:
    assert tell_mood(replace(DAY, drift=Drift("up", "steady")), title="Title") == (
        "<b>Title</b>\n"
        "\n"
        "😊 <b>Happy</b> prevails — 72 %\n"
        "Then 😐 Neutral 4 % · 😌 Calm 4 %\n"
        "📈 Towards the end it was more pleasant.\n"
        "\n"
        "🎙 20 voice notes · 3 speakers\n"
        "🎯 How sure: 72 % a note, on average"
    )


def test_where_nothing_prevails_the_mix_is_told() -> None:
    text = tell_mood(MIXED, title="Title")
    assert "🤔 <b>A mix</b> — no emotion clearly prevails:\n" in text
    assert "\n😌 Calm 27 % · 😢 Sad 27 % · 😠 Angry 27 %\n" in text
    assert " prevails — " not in text


def test_a_mood_of_one_moment_says_nothing_of_how_it_moved() -> None:
    text = tell_mood(replace(DAY, drift=None), title="Title")
    assert "Towards the end" not in text
    assert "It hardly changed" not in text


def test_each_way_to_move_has_a_sentence_of_its_own() -> None:
    courses = ("up", "steady", "down")
    texts = {
        tell_mood(replace(DAY, drift=Drift(valence, arousal)), title="Title")
        for valence, arousal in product(courses, courses)
    }
    assert len(texts) == 9
    assert sum("It hardly changed" in text for text in texts) == 1
    assert sum("less pleasant" in text for text in texts) == 3
    assert sum("quieter" in text for text in texts) == 3


def test_one_note_of_one_speaker_is_told_in_the_singular() -> None:
    text = tell_mood(replace(DAY, n_notes=1, n_speakers=1), title="Title")
    assert "🎙 1 voice note · 1 speaker\n" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mood_fits_under_a_picture_in_every_language(language: str) -> None:
    text = say(language, lambda: tell_mood(MIXED, title=title(720, "own")))
    assert len(re.sub(r"</?b>", "", text)) <= CAPTION // 2  # emoji count twice at most


def test_too_few_notes_are_told_with_what_it_takes() -> None:
    assert explain_too_few(TooFew(2, 1, 3, 2), title="Title") == (
        "<b>Title</b>\n"
        "\n"
        "🤏 Too little was said to speak of a mood.\n"
        "Voice notes: 2, and it takes 3\n"
        "Speakers: 1, and it takes 2"
    )


def test_ones_own_mood_does_not_ask_for_other_speakers() -> None:
    assert "Speakers" not in explain_too_few(TooFew(2, 1, 3, 1), title="Title")


@pytest.mark.parametrize(
    ("hours", "ticks"),
    [
        (1, [(0.0, "60 minutes ago"), (0.5, "30 minutes ago"), (1.0, "now")]),
        (24, [(0.0, "24 hours ago"), (0.5, "12 hours ago"), (1.0, "now")]),
        (168, [(0.0, "7 days ago"), (pytest.approx(4 / 7), "3 days ago"), (1.0, "now")]),
        (720, [(0.0, "30 days ago"), (0.5, "15 days ago"), (1.0, "now")]),
    ],
)
def test_a_picture_tells_the_time_without_a_clock(hours: int, ticks: list[Tick]) -> None:
    mood = make_mood([Heard(0, "happy")] * 3, hours=hours)
    assert list(label_mood(mood, title="Title").ticks) == ticks


def test_a_picture_of_a_mood_names_emotions_and_shares_in_their_order() -> None:
    labels = label_mood(DAY, title="Title")
    assert (labels.title, labels.subtitle) == ("Title", "20 voice notes · 3 speakers")
    assert labels.emotions[EMOTIONS.index("disgust")] == "Disgusted"
    assert labels.shares == ("4 %", "4 %", "72 %", *["4 %"] * 5)
    ends = (labels.pleasant, labels.unpleasant, labels.lively, labels.quiet)
    assert ends == ("pleasant", "unpleasant", "lively", "quiet")


def test_a_picture_of_a_note_tells_its_length_speech_and_shares() -> None:
    labels = label_note(make_detailed())
    assert labels.subtitle == "Speech: 0:08 of 0:10"
    assert labels.ticks == (Tick(0.0, "0:00"), Tick(1.0, "0:10"))
    assert labels.shares[EMOTIONS.index("happy")] == "60 %"
    assert labels.genders == ("sounds female: 90 %", "sounds male: 10 %")
    assert labels.unsure == "faint: not sure"
