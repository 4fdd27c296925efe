from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from learning import HAPPY, SAD, make_impression, make_lesson

from ser_core.classify import softmax
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.leaning import MOST, STEP, lean_emotions, lean_genders
from ser_core.speaker import Lesson

NOWHERE = make_impression(np.zeros(0))
UNSURE = np.full((1, 8), 1 / 8)
ALONG, ACROSS = np.array([[3.0, 0.0]]), np.array([[0.0, 5.0]])

emotions = st.none() | st.sampled_from(EMOTIONS)
genders = st.none() | st.sampled_from(GENDERS)
logits = arrays(np.float64, 8, elements=st.floats(-20, 20))
lessons = st.builds(
    lambda emotion, gender, told: Lesson(
        NOWHERE, emotion, gender, tuple(softmax(told)), tuple(softmax(told[:2]))
    ),
    emotions,
    genders,
    logits,
)
numbers = st.floats(-5, 5)


def span(before: np.ndarray, after: np.ndarray) -> float:
    """Give how much further one logit was moved than another."""
    moves = np.log(after) - np.log(before)
    return float(np.ptp(moves, axis=1).max())


@given(
    st.lists(st.tuples(lessons, arrays(np.float64, 3, elements=numbers)), max_size=40),
    arrays(np.float64, (4, 3), elements=numbers),
    arrays(np.float64, (4, 8), elements=st.floats(-20, 20)),
)
def test_whatever_was_said_no_logit_moves_by_more_than_the_most(
    said: list[tuple[Lesson, np.ndarray]], scores: np.ndarray, rows: np.ndarray
) -> None:
    told = [lesson for lesson, _ in said]
    places = np.array([place for _, place in said]).reshape(-1, 3)
    before, by_gender = softmax(rows), softmax(rows[:, :2])
    after = lean_emotions(before, scores, places, told)
    for one, other in ((before, after), (by_gender, lean_genders(by_gender, told))):
        np.testing.assert_allclose(other.sum(axis=1), 1)
        assert span(one, other) <= 2 * MOST + 1e-6


def test_many_lessons_reach_the_most() -> None:
    told = [make_lesson(NOWHERE, "happy", sureness=0.9)] * 50
    found = lean_emotions(UNSURE, ALONG, np.repeat(ALONG, 50, axis=0), told)
    assert np.log(found[0, HAPPY] / found[0, SAD]) == pytest.approx(2 * MOST)


def test_what_is_alike_leans_from_what_was_told_to_what_was_said() -> None:
    lesson = make_lesson(NOWHERE, "happy", told="sad", sureness=0.6)
    found = lean_emotions(UNSURE, ALONG, 0.1 * ALONG, [lesson])
    said = np.eye(8)[HAPPY] - lesson.told_emotions
    np.testing.assert_allclose(found, softmax(STEP * said[None]))
    assert found.argmax() == HAPPY
    assert found.argmin() == SAD


def test_a_right_answer_leans_less_the_surer_it_was() -> None:
    found = [
        lean_emotions(UNSURE, ALONG, ALONG, [make_lesson(NOWHERE, "sad", sureness=sureness)])
        for sureness in (0.2, 0.6, 0.999)
    ]
    shares = [float(each[0, SAD]) for each in found]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == pytest.approx(1 / 8, abs=1e-3)


@pytest.mark.parametrize("place", [ACROSS, -ALONG, 0 * ALONG], ids=["across", "against", "none"])
def test_a_lesson_about_something_unlike_changes_nothing(place: np.ndarray) -> None:
    before = softmax(np.arange(8.0)[None])
    after = lean_emotions(before, ALONG, place, [make_lesson(NOWHERE)])
    np.testing.assert_allclose(after, before, rtol=1e-12)


def test_the_more_alike_the_further() -> None:
    places = [np.array([[np.cos(angle), np.sin(angle)]]) for angle in (0.1, 0.7, 1.3)]
    shares = [
        float(lean_emotions(UNSURE, ALONG, place, [make_lesson(NOWHERE)])[0, HAPPY])
        for place in places
    ]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] > 1 / 8


def test_a_lesson_counts_where_it_was_learnt() -> None:
    """Of three lessons the first says nothing of emotions, so the others must keep their places."""
    said = ((None, "male"), ("sad", None), ("happy", None))
    told = [make_lesson(NOWHERE, *each) for each in said]
    found = lean_emotions(UNSURE, ALONG, np.concatenate([ALONG, ACROSS, ALONG]), told)
    assert found.argmax() == HAPPY
    expected = lean_emotions(UNSURE, ALONG, ALONG, [told[2]])
    np.testing.assert_allclose(found, expected)


def test_what_was_said_of_one_label_leaves_the_other() -> None:
    before = softmax(np.array([[1.0, 0.0]]))
    of_gender = [make_lesson(NOWHERE, None, "male")]
    assert lean_emotions(UNSURE, ALONG, ALONG, of_gender) is UNSURE
    assert lean_genders(before, [make_lesson(NOWHERE, "happy")]) is before
    male = GENDERS.index("male")
    assert lean_genders(before, of_gender)[0, male] > before[0, male]
