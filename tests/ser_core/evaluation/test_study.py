from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ser_core.emotions import EMOTIONS
from ser_core.evaluation import study as study_module
from ser_core.evaluation.study import Study, drop_corpus, evaluate_corpora
from ser_core.training.fit import Plan

if TYPE_CHECKING:
    from ser_core.store import Model


def test_each_clip_with_an_emotion_is_judged_once(study: Study) -> None:
    assert len(study.vectors.clips) == 60
    assert study.held_out.emotions.shape == (60, 8)
    np.testing.assert_allclose(study.held_out.emotions.sum(axis=1), 1)
    np.testing.assert_allclose(study.held_out.genders.sum(axis=1), 1)
    assert study.held_out.strangeness.max() <= 1


def test_what_a_fold_tests_is_classified_alike_on_the_second_way(study: Study) -> None:
    again = study.classify_held_out(study.vectors, study.judgements.folds)
    np.testing.assert_allclose(again.emotions, study.held_out.emotions, atol=1e-6)
    np.testing.assert_allclose(again.strangeness, study.held_out.strangeness, atol=1e-6)


def test_clips_of_some_folds_alone_can_be_classified(study: Study) -> None:
    own = np.flatnonzero(study.judgements.folds == 2)
    found = study.classify_held_out(study.vectors.take(own), np.full(own.size, 2))
    np.testing.assert_allclose(found.emotions, study.held_out.emotions[own], atol=1e-6)


def test_the_plan_is_that_of_the_extraction(study: Study) -> None:
    how = replace(study.how, seed=3, jobs=2)
    plan = Study(study.folder, study.clips, how, study.encoders).plan
    assert plan == Plan(seed=3, jobs=2)


def test_the_model_is_read_from_its_place(
    study: Study, study_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study_module, "load_model", {"there": study_model}.get)
    other = Study(study.folder, study.clips, study.how, study.encoders, place="there")
    assert other.model is study_model


@pytest.fixture
def study_model(study: Study) -> Model:
    return study.model


def test_a_corpus_that_is_not_there_has_no_clips(study: Study) -> None:
    assert len(study.read("everyday")) == 3
    assert study.read("fsdd") == ()


def test_without_a_corpus_neither_its_clips_nor_its_view_count(study: Study) -> None:
    known = drop_corpus(study.judgements, "emodb")
    assert known.views == known.labels.names == ("crema-d", "nemo", "ravdess")
    assert known.outputs.views.shape == (45, 4, 8)
    assert known.outputs.corpora.shape == (45, 3)
    assert known.heard is not None
    assert known.heard.views.shape == (45, 4, 8)
    assert known.labels.possible.shape == (3, 8)
    kept = study.corpora[study.corpora != "emodb"]
    np.testing.assert_array_equal(np.array(known.views)[known.labels.corpora], kept)
    rest = study.judgements.outputs.views[study.corpora != "emodb"][:, [0, 2, 3, 4]]
    np.testing.assert_array_equal(known.outputs.views, rest)


def test_a_stranger_loses_only_its_view_of_a_corpus_that_it_is_not(study: Study) -> None:
    (stranger,) = (each for each in study.strangers if each.labels.names == ("ravdess",))
    found = drop_corpus(stranger, "emodb")
    assert found.views == ("crema-d", "nemo")
    assert found.outputs.views.shape == (15, 3, 8)
    assert found.labels is stranger.labels


def test_judgements_without_an_encoder_stay_so(study: Study) -> None:
    assert drop_corpus(replace(study.judgements, heard=None), "nemo").heard is None


def test_each_corpus_is_evaluated_by_itself(study: Study) -> None:
    found = evaluate_corpora(study.vectors.clips, study.held_out, predictor="somebody")
    assert list(found) == ["crema-d", "emodb", "nemo", "ravdess"]
    own = study.corpora == "nemo"
    np.testing.assert_array_equal(found["nemo"].emotions, study.held_out.emotions[own])
    assert [EMOTIONS[truth] for truth in found["nemo"].truths[:3]] == ["happy", "sad", "angry"]
    assert found["nemo"].predictor == "somebody"
