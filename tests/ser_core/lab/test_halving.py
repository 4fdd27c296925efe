from __future__ import annotations

import numpy as np
import pytest
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - it opens the next import
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import HalvingGridSearchCV

from ser_core.evaluation.protocols import Fold
from ser_core.lab.halving import count_kept, list_counts, plan_shares, take_share

LABELS = np.repeat(["angry", "happy", "sad"], (30, 60, 90))
FOLD = Fold(train=np.arange(0, 180, 2), test=np.arange(1, 180, 2))


@pytest.mark.parametrize("n_candidates", [1, 2, 3, 8, 9, 26, 27, 30, 100])
def test_there_are_as_many_rounds_as_clips_and_candidates_allow(n_candidates: int) -> None:
    shares = plan_shares(n_candidates, 180, n_labels=3, n_folds=2)
    assert shares[-1] == 1
    assert len(shares) == min(3, 1 + int(np.emath.logn(3, n_candidates) + 1e-9))
    assert shares == sorted(shares)


def test_few_clips_are_not_parted_further() -> None:
    assert plan_shares(100, 35, n_labels=3, n_folds=2) == [1.0]


def test_rounds_and_candidates_are_those_of_scikit_learn() -> None:
    grid = {"C": [10.0**-power for power in range(10)]}
    oracle = HalvingGridSearchCV(
        LogisticRegression(max_iter=1000), grid, cv=2, min_resources="smallest"
    ).fit(np.random.default_rng(0).normal(size=(120, 2)), np.tile(["angry", "happy", "sad"], 40))
    shares = plan_shares(10, 120, n_labels=3, n_folds=2)
    assert len(shares) == oracle.n_iterations_
    assert list_counts(10, len(shares)) == oracle.n_candidates_


def test_a_third_is_kept_and_never_none() -> None:
    assert [count_kept(count) for count in (1, 2, 3, 4, 9, 10)] == [1, 1, 1, 2, 3, 4]


def test_a_share_has_the_same_of_each_label_and_tests_on_all() -> None:
    taken = take_share(FOLD, LABELS, 1 / 3, seed=0)
    assert [int((LABELS[taken.train] == label).sum()) for label in ("angry", "happy", "sad")] == [
        5,
        10,
        15,
    ]
    assert taken.test is FOLD.test
    assert set(taken.train) <= set(FOLD.train)


def test_a_larger_share_holds_the_smaller() -> None:
    small, large, whole = (
        take_share(FOLD, LABELS, share, seed=3).train for share in (1 / 9, 1 / 3, 1)
    )
    assert set(small) < set(large) < set(whole)
    assert np.array_equal(whole, FOLD.train)


def test_another_seed_takes_others() -> None:
    one, other = (take_share(FOLD, LABELS, 1 / 3, seed=seed).train for seed in (0, 1))
    assert not np.array_equal(one, other)
