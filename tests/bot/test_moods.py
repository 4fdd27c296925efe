from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hearings import make_recognition
from hypothesis import given
from hypothesis import strategies as st
from made_up_moods import UNTIL, Heard, make_mood, make_sums

from bot.moods import Drift, TooFew, read_mood, weigh
from ser_core.emotions import AFFECT, EMOTIONS


def repeat(emotion: str, n_notes: int, *, hour: int = 0, share: float = 0.72) -> list[Heard]:
    """Give several notes of one hour that sound alike."""
    return [Heard(hour, emotion, share)] * n_notes


# How much a note counts


def test_a_note_counts_by_its_speech_and_its_confidence() -> None:
    assert weigh(make_recognition(share=0.8, seconds=10.0)) == pytest.approx(8.0)


def test_more_than_a_minute_of_speech_counts_as_a_minute() -> None:
    assert weigh(make_recognition(share=0.5, seconds=600.0)) == pytest.approx(30.0)


# Whether there is a mood at all


def test_two_notes_are_no_mood() -> None:
    too_few = read_mood(make_sums(repeat("happy", 2), n_speakers=2))
    assert too_few == TooFew(n_notes=2, n_speakers=2, min_notes=3, min_speakers=2)


def test_one_speaker_is_no_group() -> None:
    too_few = read_mood(make_sums(repeat("happy", 3), n_speakers=1))
    assert too_few == TooFew(n_notes=3, n_speakers=1, min_notes=3, min_speakers=2)


def test_ones_own_mood_takes_three_notes_and_nobody_else() -> None:
    assert make_mood(repeat("happy", 3), n_speakers=1).n_speakers == 1


# What prevails


def test_the_shares_are_the_mean_of_the_notes_by_weight() -> None:
    heard = [Heard(1, "happy", 0.72, 3.0), Heard(5, "sad", 0.72, 1.0), Heard(5, "sad", 0.72, 1.0)]
    shares = dict(zip(EMOTIONS, make_mood(heard).shares, strict=True))
    assert shares["happy"] == pytest.approx(0.6 * 0.72 + 0.4 * 0.04)
    assert shares["sad"] == pytest.approx(0.4 * 0.72 + 0.6 * 0.04)
    assert shares["calm"] == pytest.approx(0.04)


@given(
    st.lists(
        st.builds(
            Heard,
            st.integers(0, 23),
            st.sampled_from(EMOTIONS),
            st.floats(0.125, 1),
            st.floats(0.01, 60),
        ),
        min_size=3,
    )
)
def test_shares_sum_to_one_and_affect_stays_within_its_bounds(notes: list[Heard]) -> None:
    mood = make_mood(notes)
    for place in (mood, *mood.moments):
        assert sum(place.shares) == pytest.approx(1)
        assert -1 <= place.valence <= 1
        assert -1 <= place.arousal <= 1


def test_the_emotion_is_that_with_the_largest_share() -> None:
    mood = make_mood([*repeat("sad", 2), *repeat("fearful", 3)])
    assert mood.emotion == "fearful"


def test_the_confidence_is_that_of_the_notes_by_weight() -> None:
    heard = [Heard(0, "happy", 0.9, 3.0), Heard(0, "sad", 0.5, 1.0), Heard(1, "sad", 0.5, 1.0)]
    assert make_mood(heard).confidence == pytest.approx((3 * 0.9 + 2 * 0.5) / 5)


def test_valence_and_arousal_are_those_of_the_emotions_by_share() -> None:
    mood = make_mood([*repeat("happy", 2, share=1.0), *repeat("sad", 2, share=1.0)])
    happy, sad = AFFECT["happy"], AFFECT["sad"]
    assert mood.valence == pytest.approx((happy.valence + sad.valence) / 2)
    assert mood.arousal == pytest.approx((happy.arousal + sad.arousal) / 2)


# How sure that is


def test_a_mood_is_sure_when_clear_notes_agree() -> None:
    assert make_mood(repeat("happy", 3)).is_sure


def test_two_notes_against_one_may_be_chance() -> None:
    assert not make_mood([*repeat("happy", 2), *repeat("sad", 1)]).is_sure


def test_twenty_notes_against_ten_are_no_chance() -> None:
    assert make_mood([*repeat("happy", 20), *repeat("sad", 10)]).is_sure


def test_a_lead_of_almost_nothing_does_not_prevail_however_many_notes_there_are() -> None:
    assert not make_mood([*repeat("happy", 2580), *repeat("sad", 2420)]).is_sure


def test_notes_of_which_none_was_clear_make_no_sure_mood() -> None:
    assert not make_mood(repeat("happy", 300, share=0.4)).is_sure


# How it moved


def test_a_mood_that_turns_is_told_apart_in_valence_and_arousal() -> None:
    turning = [*repeat("calm", 20, hour=2, share=0.9), *repeat("angry", 20, hour=20, share=0.9)]
    assert make_mood(turning).drift == Drift(valence="down", arousal="up")
    back = [*repeat("angry", 20, hour=2, share=0.9), *repeat("calm", 20, hour=20, share=0.9)]
    assert make_mood(back).drift == Drift(valence="up", arousal="down")


def test_a_mood_that_stays_is_steady() -> None:
    notes = [*repeat("happy", 20, hour=2), *repeat("happy", 20, hour=20)]
    assert make_mood(notes).drift == Drift("steady", "steady")


def test_what_four_notes_do_may_be_chance() -> None:
    notes = [*repeat("sad", 2, hour=2, share=0.4), *repeat("happy", 2, hour=20, share=0.4)]
    drift = make_mood(notes).drift
    assert drift == Drift("steady", "steady")
    assert make_mood(notes * 10).drift == Drift("up", "up")


def test_notes_of_one_moment_have_not_moved_anywhere() -> None:
    assert make_mood(repeat("happy", 5)).drift is None


def test_the_speech_is_halved_not_the_time() -> None:
    early = [*repeat("calm", 20, hour=0, share=0.9), *repeat("angry", 20, hour=1, share=0.9)]
    assert make_mood(early).drift == Drift(valence="down", arousal="up")


# Over time


def test_a_moment_stands_in_the_middle_of_each_hour_that_has_notes() -> None:
    mood = make_mood([*repeat("happy", 1, hour=3), *repeat("sad", 2, hour=23)])
    first, last = mood.moments
    assert first.middle == UNTIL - timedelta(hours=20.5)
    assert last.middle == UNTIL - timedelta(hours=0.5)
    assert [first.n_notes, last.n_notes] == [1, 2]
    assert [first.weight, last.weight] == [5.0, 10.0]
    assert EMOTIONS[last.shares.index(max(last.shares))] == "sad"
    assert last.valence < 0 < first.valence


def test_a_mood_can_be_looked_up_by_its_content() -> None:
    mood = make_mood(repeat("happy", 3))
    assert len({mood, make_mood(repeat("happy", 3)), replace(mood, n_notes=4)}) == 2
