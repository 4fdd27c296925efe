from __future__ import annotations

import pytest

from bot.replies import consent


@pytest.mark.parametrize(
    "text",
    [
        consent.ask_for_consent(),
        consent.tell_consent(is_given=False),
        consent.tell_consent(is_given=True),
    ],
)
def test_whoever_is_asked_knows_what_is_kept_and_what_never_is(text: str) -> None:
    assert "numbers that describe how your voice sound" in text
    assert "what you said of" in text
    assert "never" in text
    assert "recording" in text


def test_the_question_says_how_to_take_it_back_and_who_sees_the_numbers() -> None:
    text = consent.ask_for_consent()
    assert "/consent" in text
    assert "no other bot" in text


def test_the_answers_are_yes_and_no_and_later_only_no() -> None:
    asked, later = consent.offer_consent(), consent.offer_withdrawal()
    assert [row[0].callback_data for row in asked.inline_keyboard] == ["consent:yes", "consent:no"]
    assert [row[0].callback_data for row in later.inline_keyboard] == ["consent:no"]


@pytest.mark.parametrize(
    ("n_notes", "text"), [(1, "from 1 note already"), (12, "from 12 notes already")]
)
def test_thanks_tell_how_well_the_voice_is_known_already(n_notes: int, text: str) -> None:
    assert text in consent.confirm_consent(n_notes)


def test_thanks_of_a_stranger_tell_no_number() -> None:
    assert "already" not in consent.confirm_consent(0)


def test_a_withdrawal_tells_what_was_deleted() -> None:
    text = consent.confirm_withdrawal(n_notes=1, n_lessons=3)
    assert "from 1 note." in text
    assert "3 lessons" in text
    assert "next training" in text


@pytest.mark.parametrize(("n_notes", "text"), [(1, "from 1 note."), (7, "from 7 notes.")])
def test_the_baseline_tells_from_how_many_notes_it_is(n_notes: int, text: str) -> None:
    assert text in consent.tell_baseline(n_notes)


def test_who_has_no_baseline_is_told_how_to_have_one() -> None:
    assert "/consent" in consent.tell_no_baseline()
