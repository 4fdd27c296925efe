from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from learning import PLAN, make_clip, make_separable, make_vectors
from tiny_encoder import make_encoder_file

from ser_core.classify import Classifier
from ser_core.encoder import Encoder
from ser_core.errors import TooFewSpeakers
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.training import classifier
from ser_core.training.classifier import fit_classifier, judge_strangers
from ser_core.training.encoders import LEFT_OUT, Encoders
from ser_core.training.fit import fit_networks
from ser_core.training.labels import label_clips

if TYPE_CHECKING:
    from ser_core.training.classifier import Fit
    from ser_core.training.fit import Fitted, Plan
    from ser_core.training.vectors import Vectors

CORPORA = ("emodb", "ravdess", "mine")


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    return make_separable(4, *CORPORA)


@pytest.fixture(scope="module")
def trained() -> Encoders:
    made = [Encoder(make_encoder_file(CORPORA, seed)) for seed in range(9)]
    return Encoders(made[0], tuple(made[1:6]), dict(zip(LEFT_OUT, made[6:], strict=True)))


@pytest.fixture(scope="module")
def found(vectors: Vectors, trained: Encoders) -> Fit:
    return fit_classifier(vectors, replace(PLAN, n_networks=2), encoders=trained)


def test_a_classifier_hears_what_its_clips_have_in_common(vectors: Vectors, found: Fit) -> None:
    assert isinstance(found.classifier, Classifier)
    assert found.classifier.corpora == tuple(sorted(CORPORA))
    labels = label_clips(vectors.clips)
    heard = found.classifier.classify(vectors.values[0])
    assert np.mean(heard.emotions.argmax(axis=1) == labels.emotions) > 0.9
    assert np.mean(heard.genders.argmax(axis=1) == labels.genders) > 0.9


def test_held_out_probabilities_stand_in_the_order_of_the_clips(
    vectors: Vectors, found: Fit
) -> None:
    labels = label_clips(vectors.clips)
    assert np.array_equal(found.judgements.labels.speakers, labels.speakers)
    assert np.mean(found.held_out.emotions.argmax(axis=1) == labels.emotions) > 0.7
    for probabilities in (found.held_out.emotions, found.held_out.genders):
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_corpora_that_are_left_out_are_judged_by_those_who_never_heard_them(
    found: Fit, trained: Encoders, vectors: Vectors
) -> None:
    assert [stranger.labels.names for stranger in found.strangers] == [("emodb",), ("ravdess",)]
    assert found.strangers[0].views == ("mine", "ravdess")
    first = trained.without["emodb"].hear(vectors.log_mels[0][0])
    assert found.strangers[0].heard is not None
    expected = (first.by_corpus[2], first.by_corpus[1], first.general)
    np.testing.assert_allclose(found.strangers[0].heard.views[0], expected, atol=1e-5)


def test_a_classifier_knows_what_its_encoders_say_on_average(found: Fit) -> None:
    assert found.judgements.heard is not None
    expected = found.judgements.heard.views.mean(axis=0)
    np.testing.assert_allclose(found.classifier.usual_views, expected, rtol=1e-4, atol=1e-6)


def test_no_network_has_heard_everybody_and_together_they_have(
    vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[Plan] = []

    def listen(taken: Vectors, plan: Plan, *_: object) -> Fitted:
        plans.append(plan)
        return fit_networks(taken, plan)

    monkeypatch.setattr(classifier, "fit_networks", listen)
    fit_classifier(vectors, PLAN)
    *strangers, final = plans
    assert [plan.folds for plan in strangers] == [(), ()]
    assert [fold.test.tolist() for fold in final.folds] == [
        fold.test.tolist() for fold in unseen_speakers(vectors.clips)
    ]


def test_strangers_are_never_learnt_from(vectors: Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    learnt: list[set[str]] = []

    def listen(taken: Vectors, *_: object) -> Fitted:
        learnt.append({clip.corpus for clip in taken.clips})
        return fit_networks(taken, PLAN)

    monkeypatch.setattr(classifier, "fit_networks", listen)
    strangers = judge_strangers(vectors, PLAN)
    assert learnt == [{"ravdess", "mine"}, {"emodb", "mine"}]
    assert all(stranger.heard is None for stranger in strangers)


def test_strangers_know_the_fold_that_tests_their_speakers(found: Fit) -> None:
    folds = dict(zip(found.judgements.labels.speakers, found.judgements.folds, strict=True))
    for stranger in found.strangers:
        expected = [folds[speaker] for speaker in stranger.labels.speakers]
        assert stranger.folds.tolist() == expected


def test_a_corpus_without_company_is_no_stranger() -> None:
    alone = make_separable(2, "emodb")
    assert judge_strangers(alone, PLAN) == ()
    fit = fit_classifier(alone, PLAN)
    assert fit.strangers == ()
    assert fit.judgements.heard is None
    assert not fit.held_out.strangeness.any()


def test_a_corpus_lacks_an_emotion_in_its_own_view_alone() -> None:
    emotions = {"a": ("happy", "sad"), "b": ("happy", "calm", "angry")}
    clips = [
        make_clip(f"{corpus}/{speaker}", emotion)
        for corpus, names in emotions.items()
        for speaker in range(3)
        for emotion in names
    ]
    columns = np.array([[clip.corpus == "a", clip.corpus == "b"] for clip in clips], float)
    vectors = make_vectors(clips, columns)
    fitted = fit_classifier(vectors, PLAN).classifier
    outputs = fitted.classify(vectors.values[0])
    assert (outputs.emotions > 0).any(axis=0).sum() == 4
    general = replace(fitted.calibration, familiarity=(1e9, 1.0))
    assert (replace(fitted, calibration=general).classify(vectors.values[0]).emotions > 0).all()


def test_one_speaker_is_too_few() -> None:
    with pytest.raises(TooFewSpeakers) as caught:
        fit_classifier(make_separable(1), PLAN)
    assert (caught.value.speakers, caught.value.needed) == (1, 2)


def test_the_seed_decides_all() -> None:
    first, again, other = (
        fit_classifier(make_separable(2), replace(PLAN, seed=seed)).held_out.emotions
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_progress_is_told_fold_by_fold() -> None:
    told: list[tuple[str, int, int]] = []
    fit_classifier(make_separable(2), PLAN, progress=lambda *report: told.append(report))
    folds, final = [(done, 4) for done in range(1, 5)], [(1, 2), (2, 2)]
    assert told == [("fitting networks", *steps) for steps in (*folds, *final)]
