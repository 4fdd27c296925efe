from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation import simulation
from ser_core.evaluation.simulation import simulate_learning
from ser_core.speaker import Baseline, Speaker
from ser_core.training.memory import NO_FOLD
from ser_core.training.tune import Tuning

if TYPE_CHECKING:
    from ser_core.classify import Classifier
    from ser_core.evaluation.study import Study
    from ser_core.training.course import Course


@pytest.fixture(autouse=True)
def _short_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speakers have three clips: they send two, and one comes next."""
    monkeypatch.setattr(simulation, "N_NOTES", (0, 1, 2))
    monkeypatch.setattr(simulation, "RETRAINED_AFTER", (2,))
    monkeypatch.setattr(simulation, "Tuning", partial(Tuning, n_steps=2))


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> list[Course]:
    """Give what networks are tuned on, without any tuning."""
    courses: list[Course] = []

    def listen(classifier: Classifier, course: Course, _: Tuning) -> Classifier:
        courses.append(course)
        return classifier

    monkeypatch.setattr(simulation, "tune", listen)
    return courses


def test_each_way_has_a_curve_for_both_corpora(study: Study) -> None:
    found = simulate_learning(study)
    assert found["people"] == {"ravdess": 5, "crema-d": 5}
    assert found["ways"] == ["stranger", "baseline", "feedback", "retrained"]
    assert list(found["corpora"]) == ["ravdess", "crema-d"]
    for curve in found["corpora"].values():
        assert [point["earlier_notes"] for point in curve] == [0, 1, 2]
        assert ["retrained" in point for point in curve] == [False, False, True]
        assert curve[0]["stranger"] == curve[0]["baseline"] == curve[0]["feedback"]
        assert len({point["stranger"] for point in curve}) == 1
        for point in curve:
            assert all(0 <= point[way] <= 1 for way in found["ways"][:3])


def test_users_are_speakers_whom_the_fold_tests_and_what_they_send_never_comes_again(
    study: Study,
) -> None:
    speakers = study.judgements.labels.speakers
    for fold in range(len(study.folds)):
        users = simulation._choose_users(study, fold)
        assert len(users) == 2
        for user in users:
            clips = np.concatenate([user.sent, user.coming])
            assert (user.sent.size, user.coming.size, np.unique(clips).size) == (2, 1, 3)
            assert np.isin(clips, study.folds[fold].test).all()
            assert len(set(speakers[clips])) == 1
            assert speakers[clips[0]].startswith(("ravdess", "crema-d"))
        assert len({user.person for user in users}) == 2


def test_after_each_note_more_is_known_of_who_sent_it(study: Study) -> None:
    user = simulation._choose_users(study, 1)[0]
    known = simulation._send(study, 1, user)
    labels = study.judgements.labels
    assert [len(each.lessons) for each in known] == [0, 1, 2]
    assert known[0].baseline is None
    assert [each.baseline and each.baseline.n_clips for each in known] == [None, 1, 2]
    first, second = known[2].lessons
    for clip, lesson in zip(user.sent, (first, second), strict=True):
        assert lesson.emotion == EMOTIONS[labels.emotions[clip]]
        assert lesson.gender == GENDERS[labels.genders[clip]]
        np.testing.assert_array_equal(lesson.impression.vector, study.vectors.values[0, clip])
    heard = study.judgements.take(np.arange(60) == user.sent[1]).heard
    told = study.classifiers[1].classify(
        study.vectors.values[0, user.sent[1:]],
        heard,
        Speaker(Baseline.begin(first.impression), (first,)),
    )
    np.testing.assert_allclose(second.told_emotions, told.emotions[0])
    np.testing.assert_allclose(second.told_genders, told.genders[0])


def test_a_fold_is_retrained_on_its_own_clips_and_what_its_users_said(
    study: Study, taught: list[Course]
) -> None:
    simulate_learning(study)
    assert len(taught) == len(study.folds)
    for fold, course in zip(study.folds, taught, strict=True):
        assert course.is_lesson.sum() == 4
        clips = course.speakers[~course.is_lesson]
        assert clips.tolist() == study.judgements.labels.speakers[fold.train].tolist()
        assert (course.folds[~course.is_lesson] == NO_FOLD).all()
        assert course.emotions[course.is_lesson].min() >= 0


def test_a_fold_without_users_is_not_retrained(
    study: Study, taught: list[Course], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "N_NOTES", (0, 2, 3))
    found = simulate_learning(study)
    assert taught == []
    assert found["people"] == {"ravdess": 0, "crema-d": 0}
    assert found["corpora"]["ravdess"][0] == {"earlier_notes": 0}


def test_without_an_encoder_impressions_hold_vectors_alone(study: Study) -> None:
    fields = ("folder", "clips", "how", "encoders", "n_spoiled_clips")
    mute = type(study)(**{name: getattr(study, name) for name in fields})
    vars(mute).update(
        vectors=study.vectors,
        folds=study.folds,
        classifiers=study.classifiers,
        judgements=replace(study.judgements, heard=None),
    )
    user = simulation._choose_users(mute, 0)[0]
    impression = simulation._send(mute, 0, user)[1].lessons[0].impression
    assert (impression.views.shape, impression.genders.shape) == ((0, 8), (0,))
