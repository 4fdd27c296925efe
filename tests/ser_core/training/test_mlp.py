from __future__ import annotations

from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
from learning import CALM, HAPPY, PLAIN, SAD, make_batch, make_examples, make_labels

from ser_core.classify import Layout, Outputs, run_networks
from ser_core.emotions import EMOTIONS
from ser_core.speaker import MOST_CLIPS, PRIOR_CLIPS
from ser_core.training import descent, mlp
from ser_core.training.mlp import Examples, Recipe, fit_network

if TYPE_CHECKING:
    import pytest

    from ser_core.classify import Network

N_EMOTIONS = len(EMOTIONS)
N_OUTPUTS = Layout(2).n_outputs
QUICK = Recipe(hidden=(16,), epochs=1, least_steps=150, batch_size=16)


def say(network: Network, scores: np.ndarray) -> Outputs:
    return run_networks((network,), scores, 2)


def error_of(examples: Examples) -> Outputs:
    """Give the gradient of the loss with respect to outputs that are all 0."""
    zeros = np.zeros((examples.labels.emotions.size, N_OUTPUTS), np.float32)
    return Layout(2).part(descent._output_error(zeros, make_batch(examples)))


def test_a_clip_teaches_the_view_of_its_corpus_and_the_general_one() -> None:
    examples = make_examples()
    views, corpora = error_of(examples).views, examples.labels.corpora
    for view in (0, 1):
        assert views[corpora == view, view].any(axis=1).all()
        assert not views[corpora != view, view].any()
    assert views[:, 2].any(axis=1).all()


def test_an_emotion_that_a_corpus_lacks_is_nothing_to_its_view_and_little_to_the_general() -> None:
    possible = np.ones((2, N_EMOTIONS), bool)
    possible[0, CALM] = False
    views = error_of(make_examples(possible=possible)).views
    lacking = make_examples().labels.corpora == 0
    assert not views[lacking, 0, CALM].any()
    assert views[~lacking, 1, CALM].all()
    held_back, denied = (np.abs(views[own, 2, CALM]) for own in (lacking, ~lacking))
    assert 0 < held_back.max() < 0.3 * denied.min()


def test_an_unknown_gender_teaches_nothing_about_genders() -> None:
    error = error_of(make_examples(genders=np.arange(40) % 3 - 1))
    known = np.arange(40) % 3 > 0
    assert error.genders[known].all()
    assert not error.genders[~known].any()
    assert error.views[~known, 2].any()


def test_targets_are_smoothed_over_what_is_possible() -> None:
    possible = np.zeros((2, N_EMOTIONS), bool)
    possible[:, [HAPPY, SAD]] = True
    batch = make_batch(make_examples(possible=possible), replace(PLAIN, label_smoothing=0.2))
    general = batch.views[0][:, 2]
    np.testing.assert_allclose(general.sum(axis=1), 1, rtol=1e-6)
    assert not np.delete(general, [HAPPY, SAD], axis=1).any()
    np.testing.assert_allclose(np.unique(general[:, [HAPPY, SAD]]), (0.1, 0.9), rtol=1e-5)
    known = batch.genders[0] / PLAIN.gender_weight
    np.testing.assert_allclose(np.unique(known), (0.1, 0.9), rtol=1e-5)


def test_a_round_has_each_clip_at_most_once_and_rounds_have_them_all() -> None:
    examples = make_examples(10, scores=np.arange(10, dtype=np.float32).reshape(1, 10, 1))
    batches = mlp._draw_batches(examples, replace(PLAIN, batch_size=4), np.random.default_rng(0))
    drawn = [batch.scores[:, 0].tolist() for batch in islice(batches, 40)]
    rounds = [list(chain(*drawn[number : number + 2])) for number in range(0, 40, 2)]
    assert all(len(set(each)) == 8 for each in rounds)
    assert {clip for each in rounds for clip in each} == set(range(10))


def draw_scores(examples: Examples, **changes: float) -> np.ndarray:
    """Give the first column of many clips that were drawn."""
    recipe = replace(PLAIN, batch_size=40, **changes)
    batches = mlp._draw_batches(examples, recipe, np.random.default_rng(0))
    return np.concatenate([batch.scores[:, 0] for batch in islice(batches, 50)])


def test_clips_are_drawn_as_they_are_or_in_one_of_their_versions() -> None:
    versions = np.arange(3, dtype=np.float32).reshape(3, 1, 1)
    examples = make_examples(scores=np.broadcast_to(versions, (3, 40, 1)))
    for clean_share in (0.0, 0.6, 1.0):
        drawn = draw_scores(examples, clean_share=clean_share)
        shares = np.bincount(drawn.astype(int), minlength=3) / drawn.size
        rest = (1 - clean_share) / 2
        np.testing.assert_allclose(shares, (clean_share, rest, rest), atol=0.03)


def test_the_acquainted_see_clips_from_what_is_usual_for_their_speaker() -> None:
    speakers = np.repeat(["ada", "bo"], 20)
    scores = np.where(speakers == "ada", 3.0, -6.0).astype(np.float32)
    usual = scores.reshape(1, 40, 1)
    examples = make_examples(scores=np.concatenate([usual, 0 * usual]), speakers=speakers)
    left = draw_scores(examples, clean_share=1.0, acquainted=True)
    weights = 1 - left / np.where(left > 0, 3, -6)
    possible = [n_clips / (n_clips + PRIOR_CLIPS) for n_clips in range(1, MOST_CLIPS + 1)]
    assert np.abs(weights[:, None] - possible).min(axis=1).max() < 1e-5
    copies = draw_scores(examples, clean_share=0.0, acquainted=True)
    assert copies.any(), "what is usual is measured in clips as they are"


def test_strangers_are_seen_as_they_are() -> None:
    scores = np.linspace(-1, 1, 40, dtype=np.float32).reshape(1, 40, 1)
    examples = make_examples(scores=scores, speakers=np.repeat(["ada", "bo"], 20))
    drawn = draw_scores(examples, clean_share=1.0)
    assert set(drawn.tolist()) == set(scores.ravel().tolist())


def test_weights_are_rounded_to_half_precision() -> None:
    for weights, biases in fit_network(make_examples(), QUICK, 0):
        for part in (weights, biases):
            assert part.any()
            assert np.array_equal(part, part.astype(np.float16))


def test_what_can_be_parted_is_learnt() -> None:
    network = fit_network(make_examples(), QUICK, 0)
    fresh = make_examples(n_clips=400)
    said, labels = say(network, fresh.scores[0]), fresh.labels
    own = said.views[np.arange(400), labels.corpora]
    for logits in (own, said.views[:, 2]):
        assert np.mean(logits.argmax(axis=1) == labels.emotions) > 0.95
    assert np.mean(said.genders.argmax(axis=1) == labels.genders) > 0.95
    assert np.mean(said.corpora.argmax(axis=1) == labels.corpora) > 0.95


def test_the_seed_decides_all() -> None:
    first, again, other = (fit_network(make_examples(), QUICK, seed) for seed in (5, 5, 6))
    for one, same, different in zip(first, again, other, strict=True):
        assert np.array_equal(one[0], same[0])
        assert np.array_equal(one[1], same[1])
        assert not np.array_equal(one[0], different[0])


def test_a_network_has_the_layers_of_the_recipe_in_float32() -> None:
    network = fit_network(make_examples(), replace(QUICK, hidden=(7, 5), least_steps=1), 0)
    assert [weights.shape for weights, _ in network] == [(3, 7), (7, 5), (5, N_OUTPUTS)]
    assert {part.dtype for layer in network for part in layer} == {np.dtype(np.float32)}


def test_an_untaught_network_favours_nothing() -> None:
    network = mlp._initial_network((3, 7, N_OUTPUTS), np.random.default_rng(0))
    assert not say(network, make_examples().scores[0]).views.any()
    assert network[0][0].any()


def test_clips_that_weigh_more_decide_where_clips_contradict() -> None:
    scores = np.ones((1, 40, 3), np.float32)
    emotions = make_labels().emotions
    for heavy in (HAPPY, SAD):
        weights = np.where(emotions == heavy, 3, 1).astype(np.float32)
        network = fit_network(make_examples(scores=scores, weights=weights), QUICK, 0)
        assert say(network, scores[0]).views[0].argmax(axis=1).tolist() == [heavy] * 3


def test_fewer_clips_than_a_batch_are_enough() -> None:
    examples = make_examples(8)
    network = fit_network(examples, replace(QUICK, batch_size=64, least_steps=300), 0)
    general = say(network, examples.scores[0]).views[:, 2]
    assert np.array_equal(general.argmax(axis=1), examples.labels.emotions)


def test_a_small_corpus_gets_the_least_steps_and_a_large_one_its_epochs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[float] = []
    monkeypatch.setattr(descent.AdamW, "step", lambda _, __, rate: steps.append(rate))
    recipe = Recipe(hidden=(), epochs=3, least_steps=5, batch_size=4)
    for n_clips, n_steps in ((4, 5), (40, 30)):
        steps.clear()
        fit_network(make_examples(n_clips), recipe, 0)
        assert len(steps) == n_steps


def test_some_of_the_clips_can_be_taken() -> None:
    examples = make_examples(n_versions=2)
    taken = examples.take(np.array([7, 2]))
    np.testing.assert_array_equal(taken.scores, examples.scores[:, [7, 2]])
    assert taken.labels.speakers.tolist() == ["7", "2"]
