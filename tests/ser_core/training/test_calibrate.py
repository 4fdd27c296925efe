from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from learning import HAPPY, SAD, make_clip
from scipy.special import logsumexp

from ser_core.classify import Calibration, Outputs, softmax
from ser_core.emotions import EMOTIONS
from ser_core.training.calibrate import (
    NEVER_STRANGE,
    SHARE_RANGE,
    SHARPNESS_RANGE,
    fit_calibration,
    fit_scales,
    refit_calibration,
    without_view,
)
from ser_core.training.judgements import Judgements
from ser_core.training.labels import Labels, label_clips

N_CLIPS = 20_000
N_FEW = 480


def draw(logits: np.ndarray, seed: int = 0) -> np.ndarray:
    """Give truths drawn by the probabilities that logits say."""
    heights = softmax(logits).cumsum(axis=1)
    heights[:, -1] = 1
    return (np.random.default_rng(seed).random((len(logits), 1)) > heights).sum(axis=1)


def simulate() -> tuple[np.ndarray, np.ndarray]:
    """Give logits that mean what they say, and truths drawn by their probabilities."""
    logits = np.random.default_rng(0).normal(0, 2, (N_CLIPS, 4))
    return logits, draw(logits)


@pytest.mark.parametrize("sharpness", [0.25, 1.0, 4.0])
def test_the_sharpness_that_was_taken_off_is_found(sharpness: float) -> None:
    logits, truths = simulate()
    found = fit_scales(logits / sharpness, None, truths)
    assert found == (pytest.approx(sharpness, rel=0.05), 0.0)


@pytest.mark.parametrize(("sharpness", "share"), [(1.0, 0.5), (2.0, 1.5), (0.5, 0.0)])
def test_the_encoders_share_is_found_with_the_sharpness(sharpness: float, share: float) -> None:
    random = np.random.default_rng(1)
    logits, heard = random.normal(0, 2, (2, N_CLIPS, 4))
    truths = draw(sharpness * (logits + share * heard))
    assert fit_scales(logits, heard, truths) == (
        pytest.approx(sharpness, rel=0.06),
        pytest.approx(share, abs=0.05),
    )


def test_who_always_errs_has_no_share_and_who_is_always_right_the_largest() -> None:
    logits, truths = simulate()
    right = 3 * np.eye(4)[truths]
    assert fit_scales(logits, -right, truths)[1] == pytest.approx(SHARE_RANGE[0], abs=0.01)
    assert fit_scales(0.1 * logits, right, truths)[1] == pytest.approx(SHARE_RANGE[1], abs=0.01)


def test_logits_that_know_nothing_are_softened_as_far_as_may_be() -> None:
    logits, truths = simulate()
    shuffled = np.random.default_rng(1).permutation(truths)
    found, _ = fit_scales(logits, None, shuffled)
    assert found == pytest.approx(SHARPNESS_RANGE[0], rel=0.01)


def test_logits_that_are_always_right_are_sharpened_as_far_as_may_be() -> None:
    truths = np.arange(40) % 4
    found, _ = fit_scales(np.eye(4)[truths], None, truths)
    assert found == pytest.approx(SHARPNESS_RANGE[1], rel=0.01)


def test_impossible_classes_do_not_matter() -> None:
    logits, truths = simulate()
    wider = np.concatenate([logits, np.full((N_CLIPS, 2), -1e9)], axis=1)
    plain, same = (fit_scales(each, None, truths) for each in (logits, wider))
    assert same == pytest.approx(plain, rel=1e-6)


def test_without_any_truth_logits_stay_as_they_are() -> None:
    nothing = np.empty((0, 4))
    assert fit_scales(nothing, nothing, np.empty(0, np.intp)) == (1.0, 0.0)


def make_labels(*corpora: str) -> Labels:
    """Give clips of each corpus, all happy or sad, half of the genders not given."""
    clips = [
        make_clip(f"{corpus}/1", emotion, gender)
        for corpus in corpora
        for emotion in ("happy", "sad")
        for gender in ("male", "female", None, None)
    ]
    return label_clips(clips * (N_FEW // 4))


def make_judgements(
    labels: Labels, views: tuple[str, ...], sureness: float = 2.0, *, evidence: float = 5.0
) -> Judgements:
    """Give judgements whose logits, once multiplied by 1 / 3, say how often they are right."""
    random = np.random.default_rng(0)
    n_clips, n_views = labels.emotions.size, len(views) + 1
    truths = np.eye(len(EMOTIONS))[labels.emotions]
    logits = 3 * random.normal(sureness * (truths[:, None] - 0.5), 1, (n_clips, n_views, 8))
    genders = 3 * random.normal(2 * np.eye(2)[labels.genders], 1)
    known = evidence * np.eye(len(views))[np.minimum(labels.corpora, len(views) - 1)]
    outputs = Outputs(logits, genders, known)
    return Judgements(views, outputs, None, np.zeros(n_clips, np.intp), labels)


@pytest.fixture(scope="module")
def judged() -> Judgements:
    return make_judgements(make_labels("a", "b"), ("a", "b"))


@pytest.fixture(scope="module")
def stranger() -> Judgements:
    """Give judgements of corpus "b", hardly right, by those who only know "a"."""
    return make_judgements(make_labels("b"), ("a",), sureness=0.3, evidence=-5.0)


def test_every_view_is_softened_among_the_emotions_that_its_corpus_has(
    judged: Judgements,
) -> None:
    calibration = fit_calibration(judged)
    assert calibration.sharpness.shape == calibration.encoder_share.shape == (4,)
    # Of two normal distributions, 2 apart, the log odds are twice the difference.
    np.testing.assert_allclose(calibration.sharpness, 2 / 3, rtol=0.2)
    assert not calibration.encoder_share.any()
    assert [np.flatnonzero(row).tolist() for row in calibration.possible] == [[HAPPY, SAD]] * 2
    assert calibration.familiarity == NEVER_STRANGE


def test_a_view_is_calibrated_on_the_clips_of_its_own_corpus(judged: Judgements) -> None:
    views = judged.outputs.views.copy()
    views[judged.labels.corpora == 1, 0] *= -1
    other = replace(judged, outputs=judged.outputs._replace(views=views))
    assert fit_calibration(other).sharpness[0] == fit_calibration(judged).sharpness[0]


def test_the_encoder_gets_a_share_where_it_is_heard(judged: Judgements) -> None:
    outputs = judged.outputs
    heard = Outputs(outputs.views[::-1].copy(), outputs.genders, outputs.corpora[:, :0])
    heard.views[:] = np.random.default_rng(5).normal(0, 1, heard.views.shape)
    truths = np.eye(len(EMOTIONS))[judged.labels.emotions]
    heard.views[:] += 2 * truths[:, None]
    calibration = fit_calibration(replace(judged, heard=heard))
    assert (calibration.encoder_share[:3] > 1).all()


def test_the_general_view_is_calibrated_on_strange_corpora(
    judged: Judgements, stranger: Judgements
) -> None:
    alone, together = fit_calibration(judged), fit_calibration(judged, [stranger])
    assert together.sharpness[-2] < alone.sharpness[-2]
    assert np.array_equal(np.delete(together.sharpness, -2), np.delete(alone.sharpness, -2))


def test_recordings_that_sound_like_no_corpus_are_strange(
    judged: Judgements, stranger: Judgements
) -> None:
    views = stranger.outputs.views.copy()
    views[:, 0] *= -1  # those who know the other corpus are wrong about this one
    misled = replace(stranger, outputs=stranger.outputs._replace(views=views))
    calibration = fit_calibration(judged, [misled])
    known = calibration.measure_strangeness(judged.outputs.corpora)
    strange = without_view(calibration, 1).measure_strangeness(misled.outputs.corpora)
    assert known.max() < 0.5 < strange.min()


def test_networks_that_did_not_change_are_calibrated_as_before(
    judged: Judgements, stranger: Judgements
) -> None:
    known = fit_calibration(judged, [stranger])
    again = refit_calibration(known, judged.outputs.corpora, judged)
    np.testing.assert_allclose(again.sharpness, known.sharpness)
    np.testing.assert_allclose(again.familiarity, known.familiarity)
    assert np.array_equal(again.encoder_share, known.encoder_share)
    assert np.array_equal(again.possible, known.possible)


def test_networks_that_became_twice_as_loud_are_half_as_sharp(
    judged: Judgements, stranger: Judgements
) -> None:
    known = fit_calibration(judged, [stranger])
    outputs = judged.outputs
    louder = replace(judged, outputs=outputs._replace(views=2 * outputs.views))
    found = refit_calibration(known, outputs.corpora, louder)
    np.testing.assert_allclose(found.sharpness[:-1], known.sharpness[:-1] / 2, rtol=0.01)
    assert found.sharpness[-1] == known.sharpness[-1]


def test_what_was_strange_stays_so_where_the_evidence_moves_and_stretches(
    judged: Judgements, stranger: Judgements
) -> None:
    corpora = judged.outputs.corpora + np.random.default_rng(0).normal(0, 1, (4 * N_FEW, 1))
    known = fit_calibration(
        replace(judged, outputs=judged.outputs._replace(corpora=corpora)), [stranger]
    )
    before = known.measure_strangeness(corpora)
    assert np.ptp(before) > 1e-6
    # The evidence of logits that are all as high is theirs plus a constant.
    evidence = logsumexp(corpora, axis=1)
    moved = (3 * evidence + 7 - np.log(2))[:, None] * np.ones(2)
    tuned = replace(judged, outputs=judged.outputs._replace(corpora=moved))
    found = refit_calibration(known, corpora, tuned)
    np.testing.assert_allclose(found.measure_strangeness(moved), before, rtol=1e-6)


def test_a_calibration_without_a_view_keeps_all_others() -> None:
    possible = np.arange(24).reshape(3, 8) % 5 > 0
    whole = Calibration(possible, np.arange(5.0), 10 + np.arange(5.0), (1.0, 2.0))
    found = without_view(whole, 1)
    assert np.array_equal(found.possible, possible[[0, 2]])
    assert found.sharpness.tolist() == [0, 2, 3, 4]
    assert found.encoder_share.tolist() == [10, 12, 13, 14]
    assert found.familiarity == whole.familiarity


def test_without_any_gender_genders_are_not_calibrated(judged: Judgements) -> None:
    labels = replace(judged.labels, genders=np.full_like(judged.labels.genders, -1))
    calibration = fit_calibration(replace(judged, labels=labels))
    assert (calibration.sharpness[-1], calibration.encoder_share[-1]) == (1.0, 0.0)
    assert calibration.sharpness[0] != 1.0


def test_a_view_of_which_no_clip_is_left_is_not_calibrated(judged: Judgements) -> None:
    calibration = fit_calibration(judged.take(judged.labels.corpora == 0))
    assert calibration.sharpness[1] == 1.0
    assert calibration.sharpness[0] != 1.0
