from __future__ import annotations

import numpy as np
import pytest

from ser_core.evaluation.selective import answer_from, risk_area, risk_coverage, separation

# The surest is right, the second wrong, the third right, the least sure wrong.
PROBABILITIES = np.array([[0.7, 0.3], [0.05, 0.95], [0.2, 0.8], [0.4, 0.6]])
TRUTHS = np.array([0, 1, 0, 0])


def test_risk_is_counted_from_the_surest_on() -> None:
    assert risk_coverage(TRUTHS, PROBABILITIES) == (
        (0.25, 0.0),
        (0.5, 0.5),
        (0.75, pytest.approx(1 / 3)),
        (1.0, 0.5),
    )


def test_a_curve_has_no_more_points_than_asked_for() -> None:
    assert risk_coverage(TRUTHS, PROBABILITIES, n_points=2) == ((0.5, 0.5), (1.0, 0.5))


def test_the_area_is_the_mean_risk() -> None:
    assert risk_area(TRUTHS, PROBABILITIES) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_a_reserve_answers_only_what_is_sure_enough() -> None:
    assert answer_from(TRUTHS, PROBABILITIES, 0.7) == (0.75, pytest.approx(2 / 3))
    assert answer_from(TRUTHS, PROBABILITIES, 0.5) == (1.0, 0.5)


def test_whoever_answers_nothing_is_neither_right_nor_wrong() -> None:
    assert answer_from(TRUTHS, PROBABILITIES, 0.99) == (0.0, None)


def test_separation_counts_the_pairs_in_which_the_strange_one_looks_stranger() -> None:
    known = np.array([0.1, 0.5])
    assert separation(known, np.array([0.6, 0.9])) == 1
    assert separation(known, np.array([0.3, 0.3])) == 0.5
    assert separation(known, np.array([0.0])) == 0
