from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from learning import PLAN as SINGLE
from learning import RECIPE, make_clip, make_separable, make_vectors
from scipy.sparse import csr_array

from ser_core.classify import Calibration, run_networks, standardise
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.training import fit
from ser_core.training.fit import fit_networks, measure_scale
from ser_core.training.labels import label_clips
from ser_core.training.mlp import Examples, fit_network

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from ser_core.classify import Network
    from ser_core.training.fit import Fitted
    from ser_core.training.mlp import Recipe

PLAN = replace(SINGLE, n_networks=2, n_acquainted=0)


def make_calibration(sharpness: float) -> Calibration:
    """Give a calibration of one corpus that is so sure."""
    return Calibration(np.ones((1, 8), bool), np.full(3, sharpness), np.zeros(3), (-1e9, 1.0))


def share_right(fitted: Fitted) -> float:
    """Give how many of other clips of the same kind are heard as they are."""
    fresh = make_separable(30)
    heard = fitted.judge(fresh.values[0]).views[:, -1].argmax(axis=1)
    return float(np.mean(heard == label_clips(fresh.clips).emotions))


def test_what_all_speakers_share_is_learnt() -> None:
    fitted = fit_networks(make_separable(), PLAN)
    assert (fitted.corpora, len(fitted.networks)) == (("a",), 2)
    assert share_right(fitted) > 0.9


def test_the_scale_of_the_columns_does_not_matter() -> None:
    vectors = make_separable()
    scaled = replace(vectors, values=vectors.values * 100 + 7)
    plain, same = fit_networks(vectors, PLAN), fit_networks(scaled, PLAN)
    found, expected = (
        each.judge(of.values[0]).views for each, of in ((same, scaled), (plain, vectors))
    )
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_a_column_that_never_changes_does_no_harm() -> None:
    vectors = make_separable()
    constant = np.full_like(vectors.values[..., :1], 3.0)
    values = np.concatenate([vectors.values, constant], axis=2)
    fitted = fit_networks(replace(vectors, values=values), PLAN)
    assert np.isfinite(fitted.judge(values[0]).views).all()


def test_a_column_is_scaled_by_its_spread_inside_corpora_that_count_alike() -> None:
    clips = [make_clip("a/1", "happy")] * 300 + [make_clip("b/1", "happy")] * 100
    random = np.random.default_rng(0)
    near, far = random.normal(0, 1, 300), random.normal(50, 3, 100)
    column = np.concatenate([near, far])[:, None]
    mean, deviation = measure_scale(column, label_clips(clips))
    np.testing.assert_allclose(mean, column.mean(axis=0))
    expected = np.sqrt((near.var() + far.var()) / 2)
    np.testing.assert_allclose(deviation, [expected])


def test_disturbed_copies_are_learnt_from_and_scaled_like_the_clips() -> None:
    vectors = make_separable()
    nothing = 0 * vectors.values
    helped = fit_networks(
        replace(vectors, values=np.concatenate([vectors.values, vectors.values])), PLAN
    )
    confused = fit_networks(
        replace(vectors, values=np.concatenate([vectors.values, -vectors.values])),
        replace(PLAN, recipe=replace(RECIPE, clean_share=0.0)),
    )
    assert share_right(helped) > 0.9
    assert share_right(confused) < 0.1
    values = np.concatenate([vectors.values, nothing])
    assert np.array_equal(fit_networks(replace(vectors, values=values), PLAN).mean, helped.mean)


def test_each_network_has_a_seed_of_its_own_and_the_plan_decides_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seeds: list[int] = []

    def listen(examples: Examples, recipe: Recipe, seed: int) -> Network:
        seeds.append(seed)
        return fit_network(examples, recipe, seed)

    monkeypatch.setattr(fit, "fit_network", listen)
    vectors = make_separable(4)
    first, again, other = (
        fit_networks(vectors, replace(PLAN, seed=seed)).networks for seed in (5, 5, 7)
    )
    assert seeds == [5, 6, 5, 6, 7, 8]
    assert np.array_equal(first[0][0][0], again[0][0][0])
    assert not np.array_equal(first[0][0][0], first[1][0][0])
    assert not np.array_equal(first[0][0][0], other[0][0][0])


def test_networks_that_were_fitted_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[int] = []

    def count(examples: Examples, recipe: Recipe, seed: int) -> Network:
        fitted.append(seed)
        return fit_network(examples, recipe, seed)

    monkeypatch.setattr(fit, "fit_network", count)
    vectors, plan = make_separable(4), replace(PLAN, cache=tmp_path)
    first, again = (fit_networks(vectors, plan).networks for _ in range(2))
    assert fitted == [0, 1]
    assert np.array_equal(first[1][1][0], again[1][1][0])
    fit_networks(replace(vectors, values=vectors.values + 1e-3), plan)
    fit_networks(vectors, replace(plan, recipe=replace(RECIPE, mixup=0.1)))
    assert fitted == [0, 1, 0, 1, 0, 1]


def test_progress_is_told_network_by_network() -> None:
    told: list[tuple[str, int, int]] = []
    fit_networks(make_separable(2), PLAN, lambda *report: told.append(report))
    assert told == [("fitting networks", done, 2) for done in (1, 2)]


def test_the_acquainted_follow_with_seeds_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, Recipe]] = []

    def listen(examples: Examples, recipe: Recipe, seed: int) -> Network:
        asked.append((seed, recipe))
        return fit_network(examples, recipe, seed)

    monkeypatch.setattr(fit, "fit_network", listen)
    told: list[tuple[str, int, int]] = []
    plan = replace(PLAN, n_networks=1, n_acquainted=2, seed=4)
    fitted = fit_networks(make_separable(4), plan, lambda *report: told.append(report))
    assert (len(fitted.networks), len(fitted.acquainted)) == (1, 2)
    known = replace(plan.recipe, acquainted=True, gender_weight=0.0, corpus_weight=0.0)
    assert asked == [(4, plan.recipe), (5, known), (6, known)]
    assert told[-1] == ("fitting networks", 3, 3)


def test_the_acquainted_judge_from_what_is_usual_for_a_speaker() -> None:
    fitted = fit_networks(make_separable(), replace(PLAN, n_acquainted=1))
    vectors = make_separable(10).values[0]
    scores = standardise(vectors, fitted.mean, fitted.deviation)
    alone, after = (
        fitted.judge_acquainted(vectors, csr_array(earlier))
        for earlier in (np.zeros((40, 40)), 0.5 * np.eye(40)[::-1])
    )
    for found, usual in ((alone, 0 * scores), (after, 0.5 * scores[::-1])):
        expected = run_networks(fitted.acquainted, scores - usual, 1).views
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    assert not np.allclose(after, alone)


def test_each_network_in_turn_leaves_out_a_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are three folds of five; the networks of the missing ones leave out nobody."""
    learnt: list[tuple[set[str], bool]] = []

    def listen(examples: Examples, recipe: Recipe, seed: int) -> Network:
        learnt.append((set(examples.labels.speakers.tolist()), recipe.acquainted))
        return fit_network(examples, replace(recipe, least_steps=1), seed)

    monkeypatch.setattr(fit, "fit_network", listen)
    vectors = make_separable(3)
    folds = unseen_speakers(vectors.clips)
    plan = replace(PLAN, n_networks=6, n_acquainted=2, folds=folds)
    fitted = fit_networks(vectors, plan)
    everybody = {clip.speaker for clip in vectors.clips}
    tested = [{vectors.clips[number].speaker for number in fold.test} for fold in folds]
    assert len(folds) == 3
    assert learnt == [
        *((everybody - tested[fold], False) for fold in (0, 1, 2)),
        *((everybody, False) for _ in range(2)),
        (everybody - tested[0], False),
        *((everybody - tested[fold], True) for fold in (0, 1)),
    ]
    np.testing.assert_array_equal(fitted.mean, fit_networks(vectors, PLAN).mean)


def test_a_classifier_has_all_that_was_fitted_and_calibrated() -> None:
    fitted = fit_networks(make_separable(4), replace(PLAN, n_acquainted=1))
    first, second = (make_calibration(sharpness) for sharpness in (1.0, 2.0))
    usual = np.ones((2, 8))
    found = fitted.complete(first, second, usual)
    assert (found.corpora, found.networks, found.acquainted) == (
        fitted.corpora,
        fitted.networks,
        fitted.acquainted,
    )
    assert (found.mean is fitted.mean, found.deviation is fitted.deviation) == (True, True)
    assert (found.calibration, found.acquainted_calibration) == (first, second)
    assert found.usual_views is usual


def test_networks_judge_without_company() -> None:
    fitted = fit_networks(make_separable(), PLAN)
    vectors = make_vectors([make_clip("a/1", "happy")], np.ones((1, 2)))
    alone = fitted.judge(vectors.values[0])
    assert alone.views.shape == (1, 2, 8)
