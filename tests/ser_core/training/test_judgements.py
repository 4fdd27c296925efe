from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from learning import HAPPY, PLAN, SAD, make_giveaway, make_separable, make_vectors
from tiny_encoder import make_encoder_file

from ser_core.encoder import Encoder
from ser_core.evaluation.protocols import Fold, unseen_speakers
from ser_core.training import judgements
from ser_core.training.earlier_clips import draw_earlier_clips
from ser_core.training.fit import fit_networks
from ser_core.training.judgements import (
    average_views,
    calibrate_folds,
    fit_folds,
    judge,
    judge_acquainted,
    judge_folds,
)
from ser_core.training.labels import label_clips

if TYPE_CHECKING:
    from ser_core.training.fit import Fitted
    from ser_core.training.judgements import Judgements
    from ser_core.training.vectors import Vectors


def judge_all(vectors: Vectors) -> Judgements:
    """Give the judgements of joint folds."""
    folds = unseen_speakers(vectors.clips)
    return judge_folds(vectors, folds, fit_folds(vectors, folds, PLAN))


def relabel(found: Judgements, own: np.ndarray) -> Judgements:
    """Swap happy and sad, and the genders, in some of the clips."""
    labels = found.labels
    emotions = np.where(own, HAPPY + SAD - labels.emotions, labels.emotions)
    genders = np.where(own, 1 - labels.genders, labels.genders)
    return replace(found, labels=replace(labels, emotions=emotions, genders=genders))


def as_strangers(found: Judgements) -> Judgements:
    """Give judgements of corpus "b" by those who only know "a"."""
    found = found.take(found.labels.corpora == 1)
    outputs = found.outputs
    outputs = outputs._replace(views=outputs.views[:, [0, 2]], corpora=outputs.corpora[:, :1])
    labels = replace(
        found.labels,
        names=("b",),
        corpora=0 * found.labels.corpora,
        possible=found.labels.possible[1:],
    )
    return replace(found, views=("a",), outputs=outputs, labels=labels)


@pytest.fixture(scope="module")
def two_corpora() -> Vectors:
    return make_separable(5, "a", "b")


@pytest.fixture(scope="module")
def found(two_corpora: Vectors) -> Judgements:
    return judge_all(two_corpora)


def test_networks_of_a_fold_never_learn_from_a_speaker_whom_it_tests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = make_giveaway()
    folds = unseen_speakers(vectors.clips)
    learnt: list[set[str]] = []

    def listen(taken: Vectors, *_: object) -> Fitted:
        learnt.append({clip.speaker for clip in taken.clips})
        return fit_networks(taken, PLAN)

    monkeypatch.setattr(judgements, "fit_networks", listen)
    fit_folds(vectors, folds, PLAN)
    assert len(learnt) == len(folds) == 5
    for speakers, fold in zip(learnt, folds, strict=True):
        tested = {vectors.clips[number].speaker for number in fold.test}
        assert tested
        assert speakers == {clip.speaker for clip in vectors.clips} - tested


def test_who_never_heard_a_speaker_can_but_guess_where_only_speakers_differ() -> None:
    vectors = make_giveaway(n_speakers=20)
    labels = label_clips(vectors.clips)
    heard = fit_networks(vectors, PLAN).judge(vectors.values[0]).views[:, -1].argmax(axis=1)
    held_out = judge_all(vectors).outputs.views[:, -1].argmax(axis=1)
    assert np.mean(heard == labels.emotions) > 0.9
    assert np.mean(held_out == labels.emotions) < 0.7


def test_judgements_stand_in_the_order_of_the_clips(
    two_corpora: Vectors, found: Judgements
) -> None:
    labels = label_clips(two_corpora.clips)
    assert np.array_equal(found.labels.emotions, labels.emotions)
    assert np.array_equal(found.labels.speakers, labels.speakers)
    assert np.mean(found.outputs.views[:, -1].argmax(axis=1) == labels.emotions) > 0.9
    for number, fold in enumerate(unseen_speakers(two_corpora.clips)):
        assert np.array_equal(np.flatnonzero(found.folds == number), fold.test)


def test_clips_that_no_fold_tests_are_left_out(two_corpora: Vectors) -> None:
    fold = Fold(train=np.arange(2, 40), test=np.array([0, 1]))
    found = judge_folds(two_corpora, [fold], fit_folds(two_corpora, [fold], PLAN))
    assert found.labels.speakers.tolist() == ["a/0", "a/0"]
    assert found.outputs.views.shape == (2, 3, 8)
    assert found.heard is None


def test_each_fold_is_heard_by_its_own_encoder(two_corpora: Vectors) -> None:
    folds = unseen_speakers(two_corpora.clips)
    encoders = [Encoder(make_encoder_file(("b", "c"), seed)) for seed in range(len(folds))]
    found = judge_folds(two_corpora, folds, fit_folds(two_corpora, folds, PLAN), encoders=encoders)
    assert found.heard is not None
    for number, clip in enumerate(two_corpora.log_mels):
        heard = encoders[found.folds[number]].hear(clip[0])
        expected = (heard.general, heard.by_corpus[0], heard.general)  # it has no head for "a"
        np.testing.assert_allclose(found.heard.views[number], expected, atol=1e-5)
        np.testing.assert_allclose(found.heard.genders[number], heard.genders, atol=1e-5)


def test_the_acquainted_judge_each_clip_after_others_of_its_speaker(two_corpora: Vectors) -> None:
    folds = unseen_speakers(two_corpora.clips)
    fitted = fit_folds(two_corpora, folds, PLAN)
    strange = judge_folds(two_corpora, folds, fitted)
    found = judge_acquainted(strange, two_corpora, folds, fitted, seed=3)
    for fold, own in enumerate(folds):
        earlier = draw_earlier_clips(strange.labels.speakers[own.test], np.random.default_rng(3))
        expected = fitted[fold].judge_acquainted(two_corpora.values[0, own.test], earlier)
        np.testing.assert_allclose(found.outputs.views[own.test], expected)
    assert found.heard is None
    assert found.labels is strange.labels
    for name in ("genders", "corpora"):
        assert getattr(found.outputs, name) is getattr(strange.outputs, name)
    again, other = (
        judge_acquainted(strange, two_corpora, folds, fitted, seed=seed) for seed in (3, 4)
    )
    assert np.array_equal(again.outputs.views, found.outputs.views)
    assert not np.array_equal(other.outputs.views, found.outputs.views)


def test_the_encoder_is_heard_less_what_it_says_more_often_of_a_speaker(
    two_corpora: Vectors,
) -> None:
    folds = unseen_speakers(two_corpora.clips)
    fitted = fit_folds(two_corpora, folds, PLAN)
    alike = [Encoder(make_encoder_file(("a", "b"), seed)) for seed in range(len(folds))]
    strange = judge_folds(two_corpora, folds, fitted, encoders=alike)
    assert strange.heard is not None
    before = strange.heard.views.copy()
    found = judge_acquainted(strange, two_corpora, folds, fitted, seed=3)
    assert found.heard is not None
    np.testing.assert_array_equal(strange.heard.views, before)
    assert found.heard.genders is strange.heard.genders
    usual = average_views(strange)
    np.testing.assert_allclose(usual, before.mean(axis=0), rtol=1e-5)
    fold = folds[1].test
    earlier = draw_earlier_clips(strange.labels.speakers[fold], np.random.default_rng(3)).toarray()
    expected = before[fold] - np.einsum("nm,mve->nve", earlier, before[fold] - usual)
    np.testing.assert_allclose(found.heard.views[fold], expected, rtol=1e-4, atol=1e-6)


def test_without_an_encoder_nothing_is_usual(found: Judgements) -> None:
    assert average_views(found).shape == (0, 8)


def test_clips_are_judged_as_they_are_not_by_their_copies(two_corpora: Vectors) -> None:
    fitted = fit_networks(two_corpora, PLAN)
    spoilt = replace(two_corpora, values=np.concatenate([two_corpora.values, -two_corpora.values]))
    folds = np.arange(40) % 3
    plain, same = (judge(fitted, each, None, folds) for each in (two_corpora, spoilt))
    assert np.array_equal(plain.outputs.views, same.outputs.views)
    assert np.array_equal(plain.folds, folds)
    assert plain.views == ("a", "b")


def test_some_judgements_can_be_taken(found: Judgements) -> None:
    heard = replace(found, heard=found.outputs)
    without, taken = (each.take(each.labels.corpora == 1) for each in (found, heard))
    assert set(taken.labels.speakers) == {f"b/{number}" for number in range(5)}
    assert np.array_equal(taken.folds, found.folds[20:])
    assert np.array_equal(taken.outputs.genders, found.outputs.genders[20:])
    assert np.array_equal(taken.heard.views, found.outputs.views[20:])
    assert without.heard is None


def test_the_probabilities_of_a_fold_know_nothing_of_its_labels(found: Judgements) -> None:
    for strangers in ((), (as_strangers(found),)):
        plain = calibrate_folds(found, strangers)
        own = found.folds == 2
        changed = calibrate_folds(
            relabel(found, own), [relabel(each, each.folds == 2) for each in strangers]
        )
        for one, other in zip(plain, changed, strict=True):
            assert np.array_equal(one[own], other[own])
        assert not np.array_equal(plain.emotions[~own], changed.emotions[~own])


def test_calibrated_probabilities_sum_to_1_and_are_right(found: Judgements) -> None:
    probabilities = calibrate_folds(found)
    for each in (probabilities.emotions, probabilities.genders):
        np.testing.assert_allclose(each.sum(axis=1), 1)
    assert np.mean(probabilities.emotions.argmax(axis=1) == found.labels.emotions) > 0.9
    assert np.mean(probabilities.genders.argmax(axis=1) == found.labels.genders) > 0.8
    assert not probabilities.strangeness.any()


def test_a_strange_corpus_whose_speakers_are_all_tested_in_a_fold_does_not_calibrate_it(
    found: Judgements,
) -> None:
    stranger = as_strangers(found.take(found.labels.speakers != "a/0"))
    stranger = stranger.take(stranger.labels.speakers == "b/0")
    (fold,) = set(stranger.folds.tolist())
    probabilities = calibrate_folds(found, (stranger,))
    assert not probabilities.strangeness[found.folds == fold].any()
    np.testing.assert_array_equal(
        probabilities.emotions[found.folds == fold],
        calibrate_folds(found).emotions[found.folds == fold],
    )


def test_a_corpus_of_one_speaker_is_judged_by_the_general_view() -> None:
    vectors = make_separable(5)
    lonely = [replace(clip, corpus="b") for clip in vectors.clips if clip.speaker == "a/2"]
    clips = [clip for clip in vectors.clips if clip.speaker != "a/2"] + lonely
    vectors = make_vectors(clips, vectors.values[0])
    found = judge_all(vectors)
    own = found.labels.corpora == 1
    assert found.views == ("a", "b")
    assert np.array_equal(found.outputs.views[own, 1], found.outputs.views[own, 2])
    probabilities = calibrate_folds(found)
    np.testing.assert_allclose(probabilities.emotions.sum(axis=1), 1)


def test_progress_counts_the_networks_of_all_folds(two_corpora: Vectors) -> None:
    told: list[tuple[str, int, int]] = []
    folds = unseen_speakers(two_corpora.clips)
    fit_folds(two_corpora, folds, PLAN, lambda *report: told.append(report))
    assert told == [("fitting networks", done, 10) for done in range(1, 11)]
