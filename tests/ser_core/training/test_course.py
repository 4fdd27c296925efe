from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from learning import (
    CALM,
    HAPPY,
    SAD,
    make_impression,
    make_lesson,
    make_lessons,
    make_separable,
)

from ser_core.classify import run_networks, softmax, standardise
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.protocols import N_FOLDS, unseen_speakers
from ser_core.speaker import MOST_LESSONS, Lesson
from ser_core.store import load_model
from ser_core.training.course import (
    DOUBTFUL,
    HALF_LESSONS,
    LEAST_TRUST,
    MOST_SHARE,
    find_fold,
    join,
    read_clips,
    read_lessons,
    recall,
    share_out,
    trust_lessons,
    weigh_lessons,
)
from ser_core.training.memory import read_memory

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.classify import Classifier
    from ser_core.store import Model
    from ser_core.training.course import Course
    from ser_core.training.memory import Memory

NOWHERE = make_impression(np.zeros(2))


@pytest.fixture(scope="module")
def memory(origin_bundle: Path) -> Memory:
    return read_memory(origin_bundle)


@pytest.fixture(scope="module")
def hearing(hearing_origin_bundle: Path) -> Model:
    return load_model(hearing_origin_bundle)


def lessons_of(*surenesses: float, person: int = 1) -> list[tuple[int, Lesson]]:
    """Give what one person said after answers so sure of something else."""
    return [(person, make_lesson(NOWHERE, "happy", sureness=sureness)) for sureness in surenesses]


def judged(origin: Model, **changes: object) -> Classifier:
    """Give a classifier with another calibration."""
    calibration = replace(origin.classifier.calibration, **changes)
    return replace(origin.classifier, calibration=calibration)


def test_clips_of_old_teach_the_view_of_their_corpus_and_the_general_one(memory: Memory) -> None:
    course = recall(memory)
    assert course.teach.shape == (80, 3)
    for view in (0, 1):
        assert np.array_equal(course.teach[:, view] == 1, memory.labels.corpora == view)
    assert (course.teach[:, 2] == 1).all()
    assert course.emotions is memory.labels.emotions
    assert course.folds is memory.folds
    assert not course.is_lesson.any()
    assert share_lessons(course) == 0


def test_clips_of_new_corpora_have_no_view_of_their_own(origin: Model) -> None:
    vectors = make_separable(4, "c", "d")
    course = read_clips(vectors, None, origin.classifier)
    judge = origin.classifier
    expected = standardise(vectors.values[0], judge.mean, judge.deviation)
    assert np.array_equal(course.scores, expected)
    assert (course.corpora == -1).all()
    assert not course.is_lesson.any()
    assert course.teach.shape == (32, 3)
    assert course.heard is None
    for number, fold in enumerate(unseen_speakers(vectors.clips)):
        assert np.array_equal(np.flatnonzero(course.folds == number), fold.test)


def test_lessons_are_seen_as_the_classifier_sees_recordings(origin: Model) -> None:
    lessons = make_lessons(origin, 3, 8)
    course = read_lessons(lessons, origin.classifier)
    judge = origin.classifier
    vectors = np.stack([lesson.impression.vector for _, lesson in lessons])
    assert np.array_equal(course.scores, standardise(vectors, judge.mean, judge.deviation))
    assert course.emotions.tolist() == [HAPPY, SAD] * 4
    assert course.speakers.tolist() == ["people/3"] * 4 + ["people/8"] * 4
    assert course.folds.tolist() == [find_fold(3)] * 4 + [find_fold(8)] * 4
    assert (course.corpora == -1).all()
    assert course.is_lesson.all()
    assert course.heard is None
    np.testing.assert_allclose(course.weights, weigh_lessons(lessons))


def test_what_was_not_said_is_not_known(origin: Model) -> None:
    lessons = [
        (1, make_lesson(NOWHERE, None, "male")),
        (2, make_lesson(NOWHERE, "sad", None)),
    ]
    course = read_lessons(lessons, origin.classifier)
    assert course.emotions.tolist() == [-1, SAD]
    assert course.genders.tolist() == [GENDERS.index("male"), -1]
    assert course.teach[0].tolist() == [0, 0, 0]
    assert course.teach[1, 2] == 1


def test_what_the_encoder_said_of_lessons_is_heard(hearing: Model) -> None:
    lessons = make_lessons(hearing, 3)
    heard = read_lessons(lessons, hearing.classifier).heard
    assert heard is not None
    assert (heard.views.shape, heard.corpora.shape) == ((4, 3, 8), (4, 0))
    np.testing.assert_array_equal(heard.views[2], lessons[2][1].impression.views)


def test_the_fold_of_a_person_is_always_the_same_and_people_are_spread() -> None:
    folds = [find_fold(person) for person in range(1000)]
    assert folds == [find_fold(person) for person in range(1000)]
    counts = Counter(folds)
    assert set(counts) == set(range(N_FOLDS))
    assert min(counts.values()) > 150
    assert find_fold(2**52) in range(N_FOLDS)


def test_what_is_joined_is_heard_where_all_of_it_was(memory: Memory, hearing: Model) -> None:
    course = recall(memory)
    lessons = [read_lessons(make_lessons(hearing, one), hearing.classifier) for one in (3, 4)]
    both, mixed = join(lessons), join([course, lessons[0]])
    assert both.heard is not None
    assert lessons[1].heard is not None
    np.testing.assert_array_equal(both.heard.views[4:], lessons[1].heard.views)
    np.testing.assert_array_equal(both.scores[4:], lessons[1].scores)
    assert mixed.heard is None
    assert (mixed.speakers[0], mixed.speakers[-1]) == ("a/0", "people/3")


def share_lessons(course: Course) -> float:
    return course.share_lessons(np.flatnonzero(course.is_lesson))


def make_lesson_course(origin: Model, n_lessons: int) -> Course:
    """Give so many lessons, each from somebody else, all of which count in full."""
    lessons = [
        (number, make_lesson(NOWHERE, "happy", told="happy", sureness=0.9))
        for number in range(n_lessons)
    ]
    return read_lessons(lessons, origin.classifier)


def test_all_lessons_together_have_a_share_that_is_capped(origin: Model) -> None:
    shares = [share_lessons(make_lesson_course(origin, n)) for n in (1, HALF_LESSONS, 5000)]
    assert shares == sorted(shares)
    assert shares[0] < 0.01
    assert shares[1] == pytest.approx(MOST_SHARE / 2)
    assert 0.95 * MOST_SHARE < shares[2] < MOST_SHARE


def test_a_person_counts_no_more_than_the_most_lessons_do() -> None:
    for n_lessons, total in ((5, 5), (MOST_LESSONS, MOST_LESSONS), (500, MOST_LESSONS)):
        told = [(1, make_lesson(NOWHERE, "sad", sureness=0.9))] * n_lessons
        others = [(2, make_lesson(NOWHERE, "sad", sureness=0.9))] * 2
        weights = weigh_lessons([*told, *others])
        assert weights[:n_lessons].sum() == pytest.approx(total, rel=1e-5)
        assert weights[n_lessons:].tolist() == [1, 1]


def test_who_is_told_what_was_to_be_expected_is_believed() -> None:
    right = [(1, make_lesson(NOWHERE, "sad", sureness=0.6))] * 8
    assert (trust_lessons(right) == 1).all()
    sometimes = [*right[:6], *lessons_of(0.6), *lessons_of(0.6)]
    assert (trust_lessons(sometimes) == 1).all()


def test_a_lesson_that_contradicts_the_audio_strongly_counts_less() -> None:
    """Seven other emotions share what the answer was not sure of."""
    patient = [(1, make_lesson(NOWHERE, "sad", sureness=0.6))] * 30
    for probability, expected in (
        (1.1 * DOUBTFUL, 1.0),
        (0.5 * DOUBTFUL, 0.5),
        (0.001 * DOUBTFUL, LEAST_TRUST),
        (0.0, LEAST_TRUST),
    ):
        trust = trust_lessons([*patient, *lessons_of(1 - 7 * probability)])
        assert trust[-1] == pytest.approx(expected, rel=0.01)
        assert (trust[:-1] == 1).all()


def test_who_surprises_far_too_often_is_hardly_believed_and_others_are() -> None:
    trusted = [(1, make_lesson(NOWHERE, "sad", sureness=0.9))] * 10
    random = lessons_of(*[0.9] * 10, person=2)
    trust = trust_lessons([*trusted, *random])
    assert (trust[:10] == 1).all()
    assert (trust[10:] < 0.2).all()
    few = trust_lessons(random[:1])
    assert few[0] > trust[10]


def test_a_contradicted_gender_counts_less_too() -> None:
    told = tuple(np.full(8, 1 / 8).tolist())
    for share, expected in ((0.5, 1.0), (0.01, 0.5)):
        lesson = Lesson(NOWHERE, None, "male", told, (1 - share, share))
        patient = [(1, make_lesson(NOWHERE, None, "female"))] * 30
        assert trust_lessons([*patient, (1, lesson)])[-1] == pytest.approx(expected)


def test_an_answer_without_any_doubt_that_is_confirmed_is_believed() -> None:
    lesson = make_lesson(NOWHERE, "sad", sureness=1.0)
    assert trust_lessons([(1, lesson)]).tolist() == pytest.approx([1.0])


def test_recordings_teach_each_view_as_far_as_it_has_a_say(origin: Model) -> None:
    scores = np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
    possible = np.ones((2, 8), bool)
    judge = judged(origin, possible=possible, familiarity=(-1e9, 1.0))
    shares = share_out(scores, np.full(6, HAPPY), judge)
    evidence = run_networks(judge.networks, scores, 2).corpora
    np.testing.assert_allclose(shares[:, :2], softmax(evidence), rtol=1e-5)
    assert (shares[:, 2] == 1).all()


def test_what_is_strange_teaches_all_views_that_know_many_emotions_alike(origin: Model) -> None:
    scores = np.zeros((1, 2), np.float32)
    emotions = np.array([SAD])
    everything, few = np.ones(8, bool), np.arange(8) < 5
    for possible, expected in (
        ((everything, everything), [0.5, 0.5, 1]),
        ((everything, few), [1, 0, 1]),
        ((few, few), [0, 0, 1]),
    ):
        judge = judged(origin, possible=np.array(possible), familiarity=(1e9, 1.0))
        np.testing.assert_allclose(share_out(scores, emotions, judge)[0], expected, atol=1e-6)


def test_a_view_learns_nothing_of_emotions_that_it_does_not_know(origin: Model) -> None:
    assert (
        origin.classifier.calibration.possible[:, [HAPPY, SAD, CALM]].tolist()
        == [[True, True, False]] * 2
    )
    scores = np.zeros((3, 2), np.float32)
    shares = share_out(scores, np.array([HAPPY, CALM, -1]), origin.classifier)
    assert (shares[0] > 0).all()
    assert shares[1].tolist() == [0, 0, 1]
    assert shares[2].tolist() == [0, 0, 0]
    assert len(EMOTIONS) == 8
