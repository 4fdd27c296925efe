from __future__ import annotations

from contextvars import copy_context
from typing import TYPE_CHECKING

import pytest
from hearings import make_recognition, spread

from bot.database.tables import Base
from bot.languages import LANGUAGES, speak
from bot.replies import consent, data, feedback, notes
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.recognition import Segment

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import InlineKeyboardMarkup

ANSWER_TO_A_PRESS = 200
"""Characters. Source: https://core.telegram.org/bots/api#answercallbackquery"""
BUTTON_DATA = 64
"""Bytes. Source: https://core.telegram.org/bots/api#inlinekeyboardbutton"""
MESSAGE = 4096
CAPTION = 1024
"""Characters. Source: https://core.telegram.org/bots/api#sendmessage and #sendphoto"""

TOLD = {
    **dict.fromkeys(EMOTIONS, "how likely each emotion"),
    **dict.fromkeys(GENDERS, "female or male voice"),
    "segments": "part by part",
    "speech": "where somebody speaks",
    "speech_seconds": "where somebody speaks",
    "loudness": "how loud",
    "seconds": "how long it is",
    "model_id": "which model",
    "strangeness": "how strange",
    "user_id": "sender",
    "chat_id": "chat",
    "thread_id": "topic",
    "message_id": "message",
    "file_unique_id": "file",
    "sent_at": "the time",
    "took_seconds": "how long that took",
    "emotion": "what it was",
    "gender": "what it was",
    "is_right": "whether I was right",
    "said_at": "when you said so",
    "is_given": "whether you gave your /consent",
    "changed_at": "and when",
    "data": "numbers that describe how your voice sounds",
    "n_clips": "how many notes those are",
    **dict.fromkeys(("told_emotions", "told_genders"), "what I had said"),
    **dict.fromkeys(("started_by", "made_by", "promoted_by"), "their number"),
    "started_name": "their name",
    **dict.fromkeys(("started_at", "made_at", "promoted_at"), "the message and the time"),
    **dict.fromkeys(("answer_id", "sent_after", "told_position"), "the place of my answer"),
    **dict.fromkeys(("update_id", "received_at", "seen_at"), "under which number it came"),
    "language": "the language",
    "has_notice": "introduced myself",
    **dict.fromkeys(("is_listening", "manner", "theme"), "its settings"),
    **dict.fromkeys(
        ("digest_at", "digest_zone", "digest_language", "digest_sent_on"), "its settings"
    ),
}
"""What the page says of each column."""
OF_OURS = {
    *("id", "note_id", "weight", "confidence"),
    *("report", "n_lessons", "slot", "is_dry", "is_cancelled", "beat_at", "outcome"),
    *("kind", "waits_for", "is_asked", "turn", "not_before", "refusal", "tries"),
    *("replica_id", "mode", "place", "beats"),
}
"""Columns that number rows, are reckoned from others, or tell of trainings, of turns and of the
copies of the bot: nothing of anybody."""


def in_every_language(write: Callable[[], str]) -> dict[str, str]:
    def write_in(code: str) -> str:
        speak(code)
        return write()

    return {code: copy_context().run(write_in, code) for code in LANGUAGES}


def list_data(buttons: InlineKeyboardMarkup) -> list[str]:
    return [str(button.callback_data) for row in buttons.inline_keyboard for button in row]


def test_the_privacy_page_tells_every_column_of_the_database() -> None:
    page = data.tell_privacy(retention_days=30)
    columns = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    assert columns == TOLD.keys() | OF_OURS
    assert [words for words in TOLD.values() if words not in page] == []


def test_the_privacy_page_tells_what_waits_for_an_answer() -> None:
    page = data.tell_privacy(retention_days=30)
    assert "as Telegram hands it over, with its text, your name" in page


@pytest.mark.parametrize(("days", "text"), [(1, "after 1 day."), (90, "after 90 days.")])
def test_the_privacy_page_tells_how_long_notes_are_kept(days: int, text: str) -> None:
    assert text in data.tell_privacy(retention_days=days)


def test_the_privacy_page_fits_into_a_message_in_every_language() -> None:
    pages = in_every_language(lambda: data.tell_privacy(retention_days=3650))
    assert {code for code, page in pages.items() if len(page) > MESSAGE} == set()


def test_the_longest_answer_fits_below_its_picture_in_every_language() -> None:
    segments = tuple(
        Segment(400.0 * at, 400.0 * at + 400, spread(emotion, 0.9))
        for at, emotion in enumerate(EMOTIONS)
    )
    recognition = make_recognition(share=0.2, female=0.5, seconds=3200.0, segments=segments)
    answers = in_every_language(lambda: notes.tell(recognition))
    assert {answer.count("\n") for answer in answers.values()} == {14}
    assert {code for code, answer in answers.items() if len(answer) > CAPTION} == set()


@pytest.mark.parametrize(
    "write",
    [
        data.confirm_deletion,
        data.explain_old_answer,
        data.explain_missing_note,
        data.refuse_stranger,
        feedback.thank,
    ],
)
def test_what_is_said_to_a_press_fits_in_every_language(write: Callable[[], str]) -> None:
    texts = in_every_language(write)
    assert {code for code, text in texts.items() if len(text) > ANSWER_TO_A_PRESS} == set()


@pytest.mark.parametrize(
    "buttons",
    [
        data.offer_details(2**63 - 1),
        data.offer_deletion(2**63 - 1),
        data.offer_to_forget(),
        data.offer_languages(),
        feedback.offer_choice(2**63 - 1, None),
        consent.offer_consent(),
        consent.offer_withdrawal(),
        consent.offer_reset(),
    ],
    ids=[
        *("details", "deletion", "forget", "languages"),
        *("choice", "consent", "withdrawal", "reset"),
    ],
)
def test_the_data_of_buttons_are_short_enough(buttons: InlineKeyboardMarkup) -> None:
    assert [each for each in list_data(buttons) if len(each.encode()) > BUTTON_DATA] == []


def test_buttons_of_ones_own_stand_above_the_usual_ones() -> None:
    row = feedback.offer(7, make_recognition(), None)
    assert list_data(data.offer_details(7, row))[-2:] == ["details:7", "delete:7"]
    assert list_data(data.offer_deletion(7, row)) == [
        *("feedback:7:right", "feedback:7:choose"),
        "delete:7",
    ]
    assert len(data.offer_details(7).inline_keyboard) == 1


def test_there_is_a_button_for_each_language() -> None:
    assert list_data(data.offer_languages()) == [f"language:{code}" for code in LANGUAGES]


def test_who_names_no_language_of_ours_is_shown_all_and_the_right_form() -> None:
    text = data.refuse_language()
    assert "<code>/language de</code>" in text
    assert [name for name in LANGUAGES.values() if name not in text] == []


def test_a_language_is_called_as_it_calls_itself() -> None:
    assert "Español" in data.confirm_language("es")


@pytest.mark.parametrize(("n_notes", "text"), [(1, "in 1 note."), (0, "0 notes."), (5, "5 notes.")])
def test_the_end_of_everything_tells_of_how_many_notes(n_notes: int, text: str) -> None:
    assert text in data.confirm_forgetting(n_notes)


def test_a_group_is_told_that_data_are_private() -> None:
    assert "send me /export in our private chat" in data.refuse_in_public("export")
