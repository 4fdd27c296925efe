from __future__ import annotations

import pickle
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from made_up_systems import N_COLUMNS, make_network_file

from ser_core.classify import softmax
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.estimator import (
    LEAST,
    EstimatorClassifier,
    Forest,
    OnnxNetwork,
    Teller,
    find_logits,
    sum_labels,
)
from ser_core.speaker import Speaker

if TYPE_CHECKING:
    from ser_core.estimator import Estimator

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")
VECTORS = np.zeros((2, 4), np.float32)


def say(*rows: list[float]) -> Estimator:
    """Give an estimator that says the same of whatever it is shown."""
    return cast("Estimator", SimpleNamespace(predict_proba=lambda _: np.array(rows)))


def judge(
    *rows: list[float], words: tuple[str, ...] = ("happy", "sad"), **changes: object
) -> EstimatorClassifier:
    made = EstimatorClassifier(("voices",), Teller(words, say(*rows)), None, (1.0, 1.0))
    return replace(made, **cast("Any", changes))


def test_what_is_said_becomes_emotions_in_their_order() -> None:
    emotions, genders, strangeness = judge([0.9, 0.1], [0.3, 0.7]).classify(VECTORS)
    expected = np.zeros((2, len(EMOTIONS)))
    expected[:, HAPPY], expected[:, SAD] = (0.9, 0.3), (0.1, 0.7)
    np.testing.assert_allclose(emotions, expected, atol=1e-12)
    assert genders.tolist() == [[0.5, 0.5]] * 2
    assert strangeness.tolist() == [0.0, 0.0]


def test_words_that_name_a_gender_tell_it() -> None:
    words = ("female happy", "male happy", "female sad")
    emotions, genders, _ = judge([0.5, 0.2, 0.3], words=words).classify(VECTORS[:1])
    np.testing.assert_allclose(emotions[0, [HAPPY, SAD]], [0.7, 0.3])
    np.testing.assert_allclose(genders, [[0.8, 0.2]])


def test_where_no_word_names_a_gender_another_estimator_tells_it() -> None:
    other = Teller(("female", "male"), say([0.2, 0.8]))
    _, genders, _ = judge([0.5, 0.5], genders=other).classify(VECTORS[:1])
    np.testing.assert_allclose(genders, [[0.2, 0.8]])


def test_whose_own_words_tell_genders_asks_nobody_else() -> None:
    other = Teller(("female", "male"), say([0.2, 0.8]))
    words = ("female happy", "male sad")
    _, genders, _ = judge([0.9, 0.1], words=words, genders=other).classify(VECTORS[:1])
    np.testing.assert_allclose(genders, [[0.9, 0.1]])


def test_a_sharpness_below_1_makes_unsure() -> None:
    other = Teller(("female", "male"), say([0.2, 0.8]))
    found = judge([0.8, 0.2], genders=other, sharpness=(0.5, 0.0)).classify(VECTORS[:1])
    np.testing.assert_allclose(found.emotions[0, [HAPPY, SAD]], [2 / 3, 1 / 3])
    np.testing.assert_allclose(found.genders, [[0.5, 0.5]])


def test_nobody_is_as_sure_as_0_and_1() -> None:
    (emotions,), _, _ = judge([1.0, 0.0]).classify(VECTORS[:1])
    assert emotions[SAD] == pytest.approx(LEAST, rel=1e-3)
    assert emotions.sum() == pytest.approx(1)
    assert np.flatnonzero(emotions).tolist() == [HAPPY, SAD]


def test_what_is_known_of_the_speaker_changes_nothing() -> None:
    found = judge([0.8, 0.2]).classify(VECTORS[:1], None, Speaker())
    assert np.array_equal(found.emotions, judge([0.8, 0.2]).classify(VECTORS[:1]).emotions)


def test_a_teller_without_its_network_tells_nothing() -> None:
    with pytest.raises(ValueError, match="its network is missing"):
        Teller(("happy", "sad"), None).tell(VECTORS)


@pytest.mark.parametrize("rows", [([0.2, 0.8],), ([0.2, 0.3, 0.5], [0.2, 0.3, 0.5])])
def test_a_column_for_each_word_and_a_row_for_each_vector_are_needed(
    rows: tuple[list[float], ...],
) -> None:
    with pytest.raises(ValueError, match="for 2 vectors"):
        Teller(("happy", "sad"), say(*rows)).tell(VECTORS)


def test_a_gender_is_told_where_words_with_and_without_one_are_mixed() -> None:
    emotions, genders = sum_labels(np.array([[0.6, 0.1, 0.3]]), ["happy", "female sad", "male sad"])
    np.testing.assert_allclose(emotions[0, [HAPPY, SAD]], [0.6, 0.4])
    assert genders is not None
    np.testing.assert_allclose(genders, [[0.25, 0.75]])
    assert len(GENDERS) == genders.shape[1]


def test_logits_of_what_is_not_possible_are_very_negative() -> None:
    logits = find_logits(np.array([[0.5, 0.0]]), np.array([True, False]))
    assert logits.tolist() == [[np.log(0.5), -1e9]]
    assert find_logits(np.array([[0.5, 0.0]])).tolist() == [[np.log(0.5), np.log(LEAST)]]


def test_a_network_gives_the_softmax_of_its_logits() -> None:
    data = make_network_file(3)
    network = OnnxNetwork(data)
    vectors = np.random.default_rng(1).normal(size=(4, N_COLUMNS))
    found = network.predict_proba(vectors.astype(np.float64))
    (logits,) = network._session.run(None, {"vectors0": vectors.astype(np.float32)})
    np.testing.assert_allclose(found, softmax(logits))
    assert found.sum(axis=1) == pytest.approx(np.ones(4))


def test_a_network_travels_to_other_processes() -> None:
    network = OnnxNetwork(make_network_file(3))
    again = pickle.loads(pickle.dumps(network))  # noqa: S301 - our own bytes
    vectors = np.ones((1, N_COLUMNS), np.float32)
    assert np.array_equal(again.predict_proba(vectors), network.predict_proba(vectors))


@pytest.mark.parametrize("data", [b"no network", make_network_file(n_inputs=2)])
def test_another_file_is_no_network(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        OnnxNetwork(data)


def test_a_forest_is_the_mean_of_the_leaves_that_a_vector_reaches() -> None:
    forest = Forest(
        roots=np.array([0, 3], np.int32),
        columns=np.array([1, 0, 0, 0], np.int32),
        thresholds=np.array([0.5, 0, 0, 0]),
        left=np.array([1, 1, 2, 3], np.int32),
        right=np.array([2, 1, 2, 3], np.int32),
        shares=np.array([[0, 0], [1, 0], [0, 1], [0.5, 0.5]], np.float32),
        depth=1,
    )
    vectors = np.array([[9, 0.5], [9, 0.6]], np.float32)
    assert forest.predict_proba(vectors).tolist() == [[0.75, 0.25], [0.25, 0.75]]
