from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ser_core.classify import run_network, softmax
from ser_core.emotions import EMOTIONS
from ser_core.training import mlp
from ser_core.training.mlp import Examples, Recipe, fit_network

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ser_core.classify import Network

N_EMOTIONS = len(EMOTIONS)
PLAIN = Recipe(input_dropout=0.0, hidden_dropout=0.0, mixup=0.0)
QUICK = Recipe(hidden=(16,), epochs=1, least_steps=150, batch_size=16)


def make_examples(n_clips: int = 40, n_versions: int = 1, **changes: Any) -> Examples:  # noqa: ANN401 - any array
    """Give clips of two columns: the sign of one says happy or sad, of the other the gender."""
    random = np.random.default_rng(0)
    emotions, genders = (np.arange(n_clips) // parts % 2 for parts in (1, 2))
    centres = 2.0 * np.stack((2 * emotions - 1, 2 * genders - 1), axis=1)
    values = {
        "scores": (centres + random.normal(0, 0.5, (n_versions, n_clips, 2))).astype(np.float32),
        "emotions": np.where(emotions, EMOTIONS.index("happy"), EMOTIONS.index("sad")),
        "genders": genders,
        "possible": np.ones((n_clips, N_EMOTIONS), bool),
        "weights": np.ones(n_clips, np.float32),
    }
    return Examples(**(values | changes))


def make_batch(examples: Examples, recipe: Recipe = PLAIN) -> mlp._Batch:
    """Give all clips in one batch."""
    chosen = np.arange(examples.emotions.size)
    return mlp._batch(examples, recipe, chosen, np.zeros_like(chosen))


def make_network(*sizes: int) -> Network:
    """Give a network with more decimals than training needs, for numerical differences."""
    random = np.random.default_rng(2)
    return tuple(
        (random.normal(0, 0.5, (before, after)), random.normal(0, 0.5, after))
        for before, after in pairwise(sizes)
    )


def loss(network: Network, batch: mlp._Batch, keeps: list[np.ndarray]) -> float:
    """Give the mean weighted cross-entropy of both tasks, with units kept as they are told."""
    outputs = batch.scores.astype(np.float64)
    for number, ((weights, biases), keep) in enumerate(zip(network, keeps, strict=True)):
        activations = np.maximum(outputs, 0) if number else outputs
        outputs = (activations * keep) @ weights + biases
    emotions, genders = np.split(outputs, [N_EMOTIONS], axis=1)
    surprise = (
        -batch.emotion_weights * batch.emotions * np.log(softmax(emotions + batch.mask) + 1e-300),
        -batch.gender_weights * batch.genders * np.log(softmax(genders)),
    )
    return float(sum(each.sum() for each in surprise) / len(outputs))


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("sizes", [(2, 10), (2, 5, 10), (2, 5, 4, 10)])
def test_gradients_are_the_slopes_of_the_loss(
    monkeypatch: pytest.MonkeyPatch, sizes: tuple[int, ...], dropout: float
) -> None:
    possible = np.ones((12, N_EMOTIONS), bool)
    possible[::3, EMOTIONS.index("calm")] = False
    weights = np.linspace(0.5, 2, 12, dtype=np.float32)
    genders = np.arange(12) % 3 - 1
    batch = make_batch(make_examples(12, possible=possible, weights=weights, genders=genders))
    network = make_network(*sizes)
    random = np.random.default_rng(3)
    keeps = [(random.random((12, size)) >= dropout) / (1 - dropout) for size in sizes[:-1]]
    fixed: Iterator[np.ndarray] = iter(keeps)
    monkeypatch.setattr(mlp, "_dropout", lambda *_: next(fixed))

    gradients = mlp._gradients(network, batch, PLAIN, random)

    for layer, gradient in zip(network, gradients, strict=True):
        for part, slopes in zip(layer, gradient, strict=True):
            for place in np.ndindex(part.shape):
                kept, step = part[place], 1e-4
                ends = []
                for part[place] in (kept - step, kept + step):
                    ends.append(loss(network, batch, keeps))
                part[place] = kept
                assert slopes[place] == pytest.approx((ends[1] - ends[0]) / (2 * step), abs=2e-5)


def output_gradient(examples: Examples) -> np.ndarray:
    """Give the gradient of the last layer's weights, shape ``(n_inputs, 10)``."""
    network = make_network(2, 5, 10)
    return mlp._gradients(network, make_batch(examples), PLAIN, np.random.default_rng())[-1][0]


def test_an_emotion_that_a_corpus_lacks_is_hardly_unlearnt() -> None:
    absent = np.ones((40, N_EMOTIONS), bool)
    absent[:, EMOTIONS.index("surprised")] = False
    denied, lacking = (
        np.abs(output_gradient(make_examples(possible=possible)))[:, EMOTIONS.index("surprised")]
        for possible in (np.ones_like(absent), absent)
    )
    assert (lacking < 0.3 * denied).all()


def test_an_unknown_gender_teaches_nothing_about_genders() -> None:
    gradient = output_gradient(make_examples(genders=np.full(40, -1)))
    assert not gradient[:, N_EMOTIONS:].any()
    assert gradient[:, :N_EMOTIONS].any()


def test_targets_are_smoothed_over_what_is_possible() -> None:
    possible = np.zeros((40, N_EMOTIONS), bool)
    possible[:, [EMOTIONS.index("happy"), EMOTIONS.index("sad")]] = True
    batch = make_batch(make_examples(possible=possible), replace(PLAIN, label_smoothing=0.2))
    np.testing.assert_allclose(batch.emotions.sum(axis=1), 1, rtol=1e-6)
    assert not batch.emotions[~possible].any()
    np.testing.assert_allclose(np.sort(batch.emotions[possible])[[0, -1]], (0.1, 0.9), rtol=1e-6)
    np.testing.assert_allclose(np.unique(batch.genders), (0.1, 0.9), rtol=1e-6)


def test_clips_are_mixed_only_with_those_that_know_the_same_labels() -> None:
    group = np.arange(40) // 10
    possible = np.ones((40, N_EMOTIONS), bool)
    possible[group < 2, 0] = False
    scores = np.stack((group, np.random.default_rng(0).normal(size=40)), axis=1)
    genders = np.where(group % 2, -1, 1)
    examples = make_examples(
        scores=scores[None].astype(np.float32), possible=possible, genders=genders
    )
    batch = make_batch(examples)
    mixed = mlp._mix(batch, replace(PLAIN, mixup=5.0), np.random.default_rng(0))
    np.testing.assert_allclose(mixed.scores[:, 0], group, atol=1e-6)
    changed = mixed.scores[:, 1] != batch.scores[:, 1]
    assert set(group[changed]) == {0, 1, 2, 3}
    np.testing.assert_allclose(mixed.emotions.sum(axis=1), 1, rtol=1e-6)
    assert not mixed.emotions[~possible].any()
    assert np.array_equal(mixed.mask, batch.mask)


def test_without_mixup_a_batch_stays_as_it_is() -> None:
    batch = make_batch(make_examples())
    assert mlp._mix(batch, PLAIN, np.random.default_rng()) is batch


def test_a_mixed_clip_lies_between_two_clips_and_so_do_its_targets() -> None:
    examples = make_examples(2, scores=np.array([[[0.0, 0.0], [1.0, 1.0]]], np.float32))
    recipe = replace(PLAIN, mixup=5.0, label_smoothing=0.0)
    random = np.random.default_rng(0)
    for _ in range(10):
        mixed = mlp._mix(make_batch(examples, recipe), recipe, random)
        share_of_happy = mixed.emotions[:, EMOTIONS.index("happy")]
        np.testing.assert_allclose(mixed.scores[:, 0], share_of_happy, atol=1e-6)


def test_a_round_has_each_clip_at_most_once_and_rounds_have_them_all() -> None:
    scores = np.arange(10, dtype=np.float32).reshape(1, 10, 1)
    examples = make_examples(10, scores=scores)
    batches = mlp._draw_batches(examples, replace(PLAIN, batch_size=4), np.random.default_rng(0))
    drawn = [batch.scores[:, 0].tolist() for batch in islice(batches, 40)]
    rounds = [list(chain(*drawn[number : number + 2])) for number in range(0, 40, 2)]
    assert all(len(set(each)) == 8 for each in rounds)
    assert {clip for each in rounds for clip in each} == set(range(10))


def test_every_version_of_a_clip_is_drawn() -> None:
    versions = np.arange(3, dtype=np.float32).reshape(3, 1, 1)
    examples = make_examples(8, scores=np.broadcast_to(versions, (3, 8, 1)))
    batches = mlp._draw_batches(examples, PLAIN, np.random.default_rng(0))
    assert {value for batch in islice(batches, 10) for value in batch.scores[:, 0]} == {0, 1, 2}


def test_what_can_be_parted_is_learnt() -> None:
    network = fit_network(make_examples(), QUICK, 0)
    fresh = make_examples(n_clips=400)
    emotions, genders = np.split(run_network(network, fresh.scores[0]), [N_EMOTIONS], axis=1)
    assert np.mean(emotions.argmax(axis=1) == fresh.emotions) > 0.97
    assert np.mean(genders.argmax(axis=1) == fresh.genders) > 0.97


def test_the_seed_decides_all() -> None:
    first, again, other = (fit_network(make_examples(), QUICK, seed) for seed in (5, 5, 6))
    for one, same, different in zip(first, again, other, strict=True):
        assert np.array_equal(one[0], same[0])
        assert np.array_equal(one[1], same[1])
        assert not np.array_equal(one[0], different[0])


def test_a_network_has_the_layers_of_the_recipe_in_float32() -> None:
    network = fit_network(make_examples(), replace(QUICK, hidden=(7, 5), least_steps=1), 0)
    assert [weights.shape for weights, _ in network] == [(2, 7), (7, 5), (5, 10)]
    assert {part.dtype for layer in network for part in layer} == {np.dtype(np.float32)}


def test_clips_that_weigh_more_decide_where_clips_contradict() -> None:
    scores = np.ones((1, 40, 2), np.float32)
    for heavy in ("happy", "sad"):
        examples = make_examples(scores=scores)
        weights = np.where(examples.emotions == EMOTIONS.index(heavy), 3, 1).astype(np.float32)
        network = fit_network(replace(examples, weights=weights), QUICK, 0)
        assert run_network(network, scores[0])[0, :N_EMOTIONS].argmax() == EMOTIONS.index(heavy)


def test_fewer_clips_than_a_batch_are_enough() -> None:
    examples = make_examples(4)
    network = fit_network(examples, replace(QUICK, batch_size=64), 0)
    logits = run_network(network, examples.scores[0])
    assert np.array_equal(logits[:, :N_EMOTIONS].argmax(axis=1), examples.emotions)


def test_a_small_corpus_gets_the_least_steps_and_a_large_one_its_epochs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[float] = []
    monkeypatch.setattr(mlp._AdamW, "step", lambda _, __, rate: steps.append(rate))
    recipe = Recipe(hidden=(), epochs=3, least_steps=5, batch_size=4)
    for n_clips, n_steps in ((4, 5), (40, 30)):
        steps.clear()
        fit_network(make_examples(n_clips), recipe, 0)
        assert len(steps) == n_steps


def test_the_learning_rate_rises_then_declines_to_nothing() -> None:
    recipe = Recipe(learning_rate=0.01)
    rates = [mlp._learning_rate(recipe, share) for share in (0.0, 0.05, 0.1, 0.55, 1.0)]
    np.testing.assert_allclose(rates, (0, 0.005, 0.01, 0.005, 0), atol=1e-12)


def test_dropout_keeps_the_mean() -> None:
    keep = mlp._dropout((1000, 100), 0.3, np.random.default_rng(0))
    assert keep.dtype == np.float32
    np.testing.assert_allclose(np.unique(keep), (0, 1 / 0.7), rtol=1e-6)
    assert keep.mean() == pytest.approx(1, abs=0.01)


def test_steps_are_those_of_adam_with_decoupled_decay() -> None:
    """Follow Kingma & Ba (2015), algorithm 1, with the decay of Loshchilov & Hutter (2019)."""
    weights, biases = np.array([[1.0, -2.0]]), np.array([0.5, -0.5])
    optimiser = mlp._AdamW(replace(PLAIN, weight_decay=0.1), ((weights, biases),))
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
