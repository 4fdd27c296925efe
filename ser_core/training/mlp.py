"""Fit one network on labelled vectors: several views of emotion, and labels that are missing.

Corpora differ in what they call happy, and some have no surprise at all. So a network has a view
of emotion for each corpus, which learns from its clips alone and among its emotions alone, and a
general view that learns from all; there the emotions that a clip's corpus lacks are held back a
little before the softmax, and so cost little. It also learns gender, and which corpus it hears.

scikit-learn's MLPClassifier knows none of that, nor dropout and mixup; ``benchmarks/networks.py``
measures what it is worth.

Source: Szegedy et al. (2016), "Rethinking the Inception architecture", CVPR, for label smoothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.classify import Layout
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.training.descent import (
    AdamW,
    Batch,
    compute_gradients,
    find_learning_rate,
    mix,
    round_weights,
    weigh,
)
from ser_core.training.earlier_clips import draw_earlier_clips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ser_core.classify import Network
    from ser_core.features.spectrum import Matrix
    from ser_core.training.labels import Labels

ABSENT: Final = -2.0
"""Added in the general view to the logits of emotions that a clip's corpus lacks. Minus infinity
would never punish them, and they would flourish on recordings unlike the training data; 0 would
deny them."""

IMPOSSIBLE: Final = -1e9
"""Added in a corpus's own view to the logits of emotions that it lacks."""

VERSION: Final = 1
"""To be raised whenever the same examples give another network, so that no cache mixes them."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Hold how a network is built and trained; the defaults were chosen on RAVDESS and CREMA-D.

    One that is ``acquainted`` sees each clip from what is usual for its speaker.
    """

    hidden: tuple[int, ...] = (300,)
    epochs: int = 14
    least_steps: int = 700
    batch_size: int = 64
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    input_dropout: float = 0.1
    hidden_dropout: float = 0.3
    mixup: float = 0.2
    label_smoothing: float = 0.1
    gender_weight: float = 0.5
    corpus_weight: float = 0.3
    clean_share: float = 0.5
    acquainted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Hold what a network learns from.

    ``scores`` are z-scores, shape ``(n_versions, n_clips, n_columns)``: version 0 is the clip as
    it is, the others are disturbed copies. ``labels`` are those of the clips.
    """

    scores: Matrix
    labels: Labels

    def take(self, chosen: NDArray[np.intp]) -> Examples:
        """Give some of the clips."""
        return Examples(self.scores[:, chosen], self.labels.take(chosen))


def fit_network(examples: Examples, recipe: Recipe, seed: int) -> Network:
    """Give a network fitted by AdamW with a warm-up and a cosine decline; the seed decides all.

    Its weights are rounded to half precision, in which they are kept.
    """
    random = np.random.default_rng(seed)
    layout = Layout(examples.labels.possible.shape[0])
    sizes = (examples.scores.shape[2], *recipe.hidden, layout.n_outputs)
    network = _initial_network(sizes, random)
    optimiser = AdamW(recipe, network)
    n_steps = recipe.epochs * examples.labels.emotions.size // recipe.batch_size
    n_steps = max(recipe.least_steps, n_steps)
    for step, batch in enumerate(islice(_draw_batches(examples, recipe, random), n_steps)):
        gradients = compute_gradients(network, batch, recipe, random)
        optimiser.step(gradients, find_learning_rate(recipe, step / n_steps))
    return round_weights(network)


def _initial_network(sizes: tuple[int, ...], random: np.random.Generator) -> Network:
    """Give random hidden layers, and an output layer of zeros that favours nothing.

    Source: He et al. (2015), "Delving deep into rectifiers", ICCV, for the hidden layers.
    """
    *hidden, output = [
        (
            (random.standard_normal((before, after)) * np.sqrt(2 / before)).astype(np.float32),
            np.zeros(after, np.float32),
        )
        for before, after in pairwise(sizes)
    ]
    return (*hidden, (np.zeros_like(output[0]), output[1]))


def _draw_batches(
    examples: Examples, recipe: Recipe, random: np.random.Generator
) -> Iterator[Batch]:
    """Give batches without end: in each round a clip comes at most once, in one of its versions.

    What does not fill a batch is left out of the round; the order is new in each.
    """
    n_versions, n_clips, _ = examples.scores.shape
    size = min(recipe.batch_size, n_clips)
    while True:
        order: NDArray[np.intp] = random.permutation(n_clips)
        earlier = None
        if recipe.acquainted:
            earlier = draw_earlier_clips(examples.labels.speakers, random)
        versions = random.integers(1, max(2, n_versions), size=(n_clips,), dtype=np.intp)
        versions[(random.random(n_clips) < recipe.clean_share) | (n_versions == 1)] = 0
        for start in range(0, n_clips - size + 1, size):
            chosen = order[start : start + size]
            batch = _batch(examples, recipe, chosen, versions[chosen])
            if earlier is not None:
                usual = earlier[chosen] @ examples.scores[0]
                batch = replace(batch, scores=batch.scores - usual)
            yield mix(batch, recipe, random)


def _batch(
    examples: Examples, recipe: Recipe, chosen: NDArray[np.intp], versions: NDArray[np.intp]
) -> Batch:
    """Give the chosen clips with smoothed targets."""
    labels, smoothing = examples.labels, recipe.label_smoothing
    corpora, weights = labels.corpora[chosen], labels.weights[chosen, None]
    possible = labels.possible[corpora].astype(np.float32)
    emotions = (1 - smoothing) * np.eye(len(EMOTIONS), dtype=np.float32)[labels.emotions[chosen]]
    emotions += smoothing * possible / possible.sum(axis=1, keepdims=True)
    own = np.eye(len(labels.possible), dtype=np.float32)[corpora]
    view_weights = weights * np.concatenate((own, np.ones_like(weights)), axis=1)
    known = (labels.genders[chosen] >= 0).astype(np.float32)[:, None]
    genders = np.eye(len(GENDERS), dtype=np.float32)[labels.genders[chosen]]
    genders = (1 - smoothing) * genders + np.float32(smoothing / len(GENDERS))
    hard = np.where(labels.possible, 0, IMPOSSIBLE).astype(np.float32)
    soft = ABSENT * (1 - possible)
    mask = np.broadcast_to(hard, (chosen.size, *hard.shape))
    return Batch(
        scores=examples.scores[versions, chosen],
        mask=np.concatenate((mask, soft[:, None]), axis=1),
        views=weigh(emotions[:, None], view_weights[:, :, None]),
        genders=weigh(genders, recipe.gender_weight * known),
        corpora=weigh(own, recipe.corpus_weight * weights),
    )
