from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ser_core.classify import CLIP, Classifier, run_network, softmax, standardise
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.store import load_model, save_model

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.classify import Network

N_COLUMNS = 3
N_LOGITS = len(EMOTIONS) + len(GENDERS)
VECTORS = np.random.default_rng(0).normal(5, 2, (20, N_COLUMNS)).astype(np.float32)


def make_network(seed: int) -> Network:
    """Give a network with one hidden layer that nobody fitted."""
    random = np.random.default_rng(seed)
    return tuple(
        (
            random.normal(size=size).astype(np.float32),
            random.normal(size=size[1]).astype(np.float32),
        )
        for size in ((N_COLUMNS, 4), (4, N_LOGITS))
    )


def make_classifier(*seeds: int, **sharpness: float) -> Classifier:
    """Give a classifier of a network for each seed."""
    mean, deviation = np.full(N_COLUMNS, 5, np.float32), np.full(N_COLUMNS, 2, np.float32)
    networks = tuple(make_network(seed) for seed in seeds)
    return Classifier(mean, deviation, networks, **sharpness)


def constant_network(logits: np.ndarray) -> Network:
    """Give a network that always says the same."""
    return ((np.zeros((N_COLUMNS, N_LOGITS)), logits),)


@given(arrays(np.float32, (2, N_COLUMNS), elements=st.floats(width=32, allow_nan=False)))
def test_probabilities_are_finite_and_sum_to_1_for_any_vector(vectors: np.ndarray) -> None:
    found = make_classifier(1, 2).classify(vectors)
    assert (found.emotions.shape, found.genders.shape) == ((2, len(EMOTIONS)), (2, len(GENDERS)))
    for probabilities in found:
        assert (probabilities >= 0).all()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_the_first_logits_are_of_emotions_and_the_last_of_genders() -> None:
    logits = np.zeros(N_LOGITS)
    logits[EMOTIONS.index("sad")] = logits[len(EMOTIONS) + GENDERS.index("male")] = 50.0
    classifier = replace(make_classifier(1), networks=(constant_network(logits),))
    found = classifier.classify(VECTORS)
    np.testing.assert_allclose(found.emotions[:, EMOTIONS.index("sad")], 1)
    np.testing.assert_allclose(found.genders[:, GENDERS.index("male")], 1)


def test_columns_are_seen_from_their_mean_in_deviations() -> None:
    scores = standardise(np.array([[1.0, 20.0]]), np.array([3.0, 10.0]), np.array([2.0, 5.0]))
    assert scores.dtype == np.float32
    assert scores.tolist() == [[-1.0, 2.0]]


def test_a_wild_value_is_cut() -> None:
    wild = np.array([[1e9, -1e9, np.finfo(np.float32).max]], np.float32)
    scores = standardise(wild, np.zeros(3, np.float32), np.full(3, 1e-6, np.float32))
    assert scores.tolist() == [[CLIP, -CLIP, CLIP]]


def test_a_value_beyond_the_cut_changes_nothing() -> None:
    classifier = make_classifier(1)
    far, farther = (np.full((1, N_COLUMNS), value) for value in (5 + 2 * CLIP, 1000.0))
    assert np.array_equal(classifier.classify(far).emotions, classifier.classify(farther).emotions)


def test_a_network_has_rectifiers_between_its_layers_and_none_behind_the_last() -> None:
    network = (
        (np.array([[1.0, -1.0]]), np.array([0.0, 0.5])),
        (np.array([[2.0], [3.0]]), np.array([-10.0])),
    )
    assert run_network(network, np.array([[4.0], [-4.0]])).tolist() == [[-2.0], [3.5]]


def test_networks_are_averaged_before_the_softmax() -> None:
    apart = [make_classifier(seed).classify(VECTORS).emotions for seed in (1, 2)]
    together = make_classifier(1, 2).classify(VECTORS).emotions
    geometric = np.sqrt(apart[0] * apart[1])
    np.testing.assert_allclose(
        together, geometric / geometric.sum(axis=1, keepdims=True), rtol=1e-5
    )


@pytest.mark.parametrize("sharpness", [0.3, 2.5])
def test_sharpness_changes_the_confidence_and_never_the_answer(sharpness: float) -> None:
    plain = make_classifier(1).classify(VECTORS)
    sharp = make_classifier(1, emotion_sharpness=sharpness, gender_sharpness=sharpness).classify(
        VECTORS
    )
    for before, after in zip(plain, sharp, strict=True):
        assert np.array_equal(before.argmax(axis=1), after.argmax(axis=1))
        surer = after.max(axis=1) > before.max(axis=1)
        assert surer.all() if sharpness > 1 else not surer.any()


def test_each_task_has_a_sharpness_of_its_own() -> None:
    plain = make_classifier(1).classify(VECTORS)
    sharp = make_classifier(1, emotion_sharpness=3.0).classify(VECTORS)
    assert np.array_equal(sharp.genders, plain.genders)
    assert not np.allclose(sharp.emotions, plain.emotions)


def test_softmax_gives_the_ratio_of_exponentials() -> None:
    np.testing.assert_allclose(softmax(np.log([[1.0, 2.0, 5.0]])), [[1 / 8, 2 / 8, 5 / 8]])


def test_softmax_is_stable_for_huge_and_for_impossible_logits() -> None:
    found = softmax(np.array([[1e30, 0.0], [1000.0, 1000.0], [-1e9, 3.0]], np.float32))
    assert found.dtype == np.float64
    np.testing.assert_array_equal(found, [[1, 0], [0.5, 0.5], [0, 1]])


def test_a_classifier_comes_back_from_a_bundle_as_it_was(tmp_path: Path) -> None:
    saved = make_classifier(1, 2, emotion_sharpness=0.7, gender_sharpness=1.3)
    fields = {
        "id": "x",
        "feature_set": "classic180",
        "trained_on": [],
        "licence": "",
        "figures": {},
    }
    save_model(tmp_path / "bundle", saved, fields, "# A card")
    loaded = load_model(tmp_path / "bundle").classifier
    assert (loaded.emotion_sharpness, loaded.gender_sharpness) == (0.7, 1.3)
    assert loaded.mean.dtype == np.float32
    for before, after in zip(saved.classify(VECTORS), loaded.classify(VECTORS), strict=True):
        assert np.array_equal(before, after)
