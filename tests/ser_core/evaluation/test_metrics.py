from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from ser_core.evaluation import metrics

N_LABELS = 4


@st.composite
def truths_and_probabilities(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw a random generator's seed and a size; hypothesis need not choose every number."""
    random = np.random.default_rng(draw(st.integers(0, 10_000)))
    n_clips = draw(st.integers(1, 60))
    truths = random.integers(0, N_LABELS, n_clips)
    return truths, random.dirichlet(np.ones(N_LABELS), n_clips)


@given(truths_and_probabilities())
def test_the_metrics_are_what_scikit_learn_computes(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    truths, probabilities = drawn
    predictions = probabilities.argmax(axis=1)
    labels = np.unique(truths)
    assert metrics.accuracy(truths, predictions) == pytest.approx(
        sklearn.metrics.accuracy_score(truths, predictions)
    )
    assert metrics.uar(truths, predictions) == pytest.approx(
        sklearn.metrics.recall_score(truths, predictions, labels=labels, average="macro")
    )
    assert metrics.macro_f1(truths, predictions) == pytest.approx(
        sklearn.metrics.f1_score(truths, predictions, labels=labels, average="macro")
    )
    assert np.array_equal(
        metrics.confusion_matrix(truths, predictions, N_LABELS),
        sklearn.metrics.confusion_matrix(truths, predictions, labels=range(N_LABELS)),
    )


@given(truths_and_probabilities())
def test_the_reliability_bins_are_what_scikit_learn_computes(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    truths, probabilities = drawn
    right = probabilities.argmax(axis=1) == truths
    accuracies, confidences = calibration_curve(right, probabilities.max(axis=1), n_bins=15)
    bins = metrics.reliability_bins(truths, probabilities)
    assert [found.accuracy for found in bins] == pytest.approx(list(accuracies))
    assert [found.confidence for found in bins] == pytest.approx(list(confidences))
    assert sum(found.n_clips for found in bins) == truths.size


def test_uar_counts_a_rare_label_as_much_as_a_common_one() -> None:
    truths = np.array([0] * 9 + [1])
    assert metrics.uar(truths, np.zeros(10, dtype=np.intp)) == 0.5


def test_recalls_leave_out_labels_that_never_occur() -> None:
    assert metrics.recalls(np.array([0, 0, 2]), np.array([0, 1, 2])) == {0: 0.5, 2: 1.0}


def test_the_calibration_error_is_the_gap_weighted_by_clips() -> None:
    # Three clips at 0.9, of which two are right; one at 0.6, which is wrong.
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.9, 0.1], [0.6, 0.4]])
    truths = np.array([0, 0, 1, 1])
    expected = 3 / 4 * (0.9 - 2 / 3) + 1 / 4 * 0.6
    assert metrics.expected_calibration_error(truths, probabilities) == pytest.approx(expected)


def test_certain_and_right_is_perfectly_calibrated() -> None:
    assert metrics.expected_calibration_error(np.array([1, 0]), np.array([[0, 1], [1, 0]])) == 0


def test_uar_by_group_leaves_out_clips_in_no_group() -> None:
    truths, predictions = np.array([0, 1, 0, 1]), np.array([0, 0, 0, 1])
    groups = ["female", "female", None, "male"]
    assert metrics.uar_by_group(truths, predictions, groups) == {"female": 0.5, "male": 1.0}


def test_the_gap_is_between_the_best_and_the_worst_group() -> None:
    assert metrics.gap({"female": 0.5, "male": 0.75}) == 0.25


@pytest.mark.parametrize("by_group", [{}, {"female": 0.5}])
def test_there_is_no_gap_between_fewer_than_two_groups(by_group: dict[str, float]) -> None:
    assert metrics.gap(by_group) is None


def test_restricted_probabilities_are_among_the_labels_that_are_left() -> None:
    restricted = metrics.restrict(np.array([[0.5, 0.3, 0.1, 0.1]]), np.array([1, 2]))
    assert restricted == pytest.approx(np.array([[0, 0.75, 0.25, 0]]))


def test_where_nothing_is_left_the_labels_share_evenly() -> None:
    restricted = metrics.restrict(np.array([[1.0, 0, 0, 0]]), np.array([1, 2]))
    assert restricted == pytest.approx(np.array([[0, 0.5, 0.5, 0]]))
