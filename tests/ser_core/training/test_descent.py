from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from learning import CALM, HAPPY, PLAIN, make_batch, make_examples

from ser_core.classify import Layout, softmax
from ser_core.emotions import EMOTIONS
from ser_core.training import descent
from ser_core.training.descent import (
    AdamW,
    Batch,
    compute_gradients,
    find_learning_rate,
    mix,
    round_weights,
)
from ser_core.training.mlp import Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ser_core.classify import Network

N_EMOTIONS = len(EMOTIONS)
N_OUTPUTS = Layout(2).n_outputs


def make_network(*sizes: int) -> Network:
    """Give a network with more decimals than training needs, for numerical differences."""
    random = np.random.default_rng(2)
    return tuple(
        (random.normal(0, 0.5, (before, after)), random.normal(0, 0.5, after))
        for before, after in pairwise(sizes)
    )


def loss(network: Network, batch: Batch, keeps: list[np.ndarray]) -> float:
    """Give the mean weighted cross-entropy of all tasks, with units kept as they are told."""
    outputs = batch.scores.astype(np.float64)
    for number, ((weights, biases), keep) in enumerate(zip(network, keeps, strict=True)):
        activations = np.maximum(outputs, 0) if number else outputs
        outputs = (activations * keep) @ weights + biases
    views, genders, corpora = Layout(2).part(outputs)
    surprise = (
        -batch.views[0] * np.log(softmax(views + batch.mask) + 1e-300),
        -batch.genders[0] * np.log(softmax(genders)),
        -batch.corpora[0] * np.log(softmax(corpora)),
    )
    return float(sum(each.sum() for each in surprise) / len(outputs))


@pytest.mark.parametrize(
    ("sizes", "dropout"), [((3, N_OUTPUTS), 0.0), ((3, 5, N_OUTPUTS), 0.4), ((3, 4, 3, 28), 0.4)]
)
def test_gradients_are_the_slopes_of_the_loss(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], dropout: float
) -> None:
    possible = np.ones((2, N_EMOTIONS), bool)
    possible[0, CALM] = False
    weights = np.linspace(0.5, 2, 12, dtype=np.float32)
    genders = np.arange(12) % 3 - 1
    batch = make_batch(make_examples(12, possible=possible, weights=weights, genders=genders))
    network = make_network(*sizes)
    random = np.random.default_rng(3)
    keeps = [(random.random((12, size)) >= dropout) / (1 - dropout) for size in sizes[:-1]]
    fixed: Iterator[np.ndarray] = iter(keeps)
    monkeypatch.setattr(descent, "_dropout", lambda *_: next(fixed))

    gradients = compute_gradients(network, batch, PLAIN, random)

    for layer, gradient in zip(network, gradients, strict=True):
        for part, slopes in zip(layer, gradient, strict=True):
            for place in np.ndindex(part.shape):
                kept, step = part[place], 1e-4
                ends = []
                for part[place] in (kept - step, kept + step):
                    ends.append(loss(network, batch, keeps))
                part[place] = kept
                assert slopes[place] == pytest.approx((ends[1] - ends[0]) / (2 * step), abs=2e-5)


def test_without_mixup_a_batch_stays_as_it_is() -> None:
    batch = make_batch(make_examples())
    assert mix(batch, PLAIN, np.random.default_rng()) is batch


def test_a_mixed_clip_lies_between_two_clips_and_so_do_all_its_targets() -> None:
    """Of two clips, one is 0, happy and of the second corpus; the other 1, sad, of the first."""
    examples = make_examples(
        2,
        scores=np.array([[[0.0], [1.0]]], np.float32),
        corpora=np.array([1, 0]),
        genders=np.array([0, 1]),
    )
    recipe = replace(PLAIN, mixup=5.0, label_smoothing=0.0)
    random = np.random.default_rng(0)
    shares = set()
    for _ in range(10):
        batch = make_batch(examples, recipe)
        mixed = mix(batch, recipe, random)
        share = mixed.scores[:, 0]
        np.testing.assert_allclose(mixed.views[0][:, 2, HAPPY], share, atol=1e-6)
        np.testing.assert_allclose(mixed.views[0][:, 0, HAPPY], share, atol=1e-6)
        np.testing.assert_allclose(mixed.views[1][:, 1, 0], 1 - share, atol=1e-6)
        np.testing.assert_allclose(mixed.genders[0][:, 1], 0.5 * share, atol=1e-6)
        np.testing.assert_allclose(mixed.corpora[0][:, 0], 0.3 * share, atol=1e-6)
        assert np.array_equal(mixed.mask, batch.mask)
        assert share[0] <= 0.5 <= share[1]
        shares.add(float(share[1]))
    assert len(shares) > 3


def test_the_learning_rate_rises_then_declines_to_nothing() -> None:
    recipe = Recipe(learning_rate=0.01)
    rates = [find_learning_rate(recipe, share) for share in (0.0, 0.05, 0.1, 0.55, 1.0)]
    np.testing.assert_allclose(rates, (0, 0.005, 0.01, 0.005, 0), atol=1e-12)


def test_dropout_keeps_the_mean() -> None:
    keep = descent._dropout((1000, 100), 0.3, np.random.default_rng(0))
    assert keep.dtype == np.float32
    np.testing.assert_allclose(np.unique(keep), (0, 1 / 0.7), rtol=1e-6)
    assert keep.mean() == pytest.approx(1, abs=0.01)


def test_steps_are_those_of_adam_with_decoupled_decay() -> None:
    """Follow Kingma & Ba (2015), algorithm 1, with the decay of Loshchilov & Hutter (2019)."""
    weights, biases = np.array([[1.0, -2.0]]), np.array([0.5, -0.5])
    optimiser = AdamW(replace(PLAIN, weight_decay=0.1), ((weights, biases),))
    expected = [weights.copy(), biases.copy()]
    first, second = [0.0, 0.0], [0.0, 0.0]
    for step in range(1, 6):
        gradients = (np.array([[0.3 * step, -1.0]]), np.array([1.0, 0.2]))
        optimiser.step([gradients], 0.01)
        for part, gradient in enumerate(gradients):
            first[part] = 0.9 * first[part] + 0.1 * gradient
            second[part] = 0.999 * second[part] + 0.001 * gradient**2
            mean, spread = first[part] / (1 - 0.9**step), second[part] / (1 - 0.999**step)
            expected[part] = expected[part] - 0.01 * mean / np.sqrt(spread)
        expected[0] = expected[0] * (1 - 0.01 * 0.1)  # biases do not decay
    np.testing.assert_allclose(weights, expected[0], rtol=1e-5)
    np.testing.assert_allclose(biases, expected[1], rtol=1e-5)


def test_rounded_weights_are_those_of_half_precision() -> None:
    network = make_network(3, 4, 2)
    for (weights, biases), layer in zip(network, round_weights(network), strict=True):
        for before, after in zip((weights, biases), layer, strict=True):
            assert after.dtype == np.float32
            np.testing.assert_array_equal(after, before.astype(np.float16))
