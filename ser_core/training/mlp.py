"""Fit one network on labelled vectors: several views of emotion, and labels that are missing.

Corpora differ in what they call happy, and some have no surprise at all. So a network has a view
of emotion for each corpus, which learns from its clips alone and among its emotions alone, and a
general view that learns from all; there the emotions that a clip's corpus lacks are held back a
little before the softmax, and so cost little. It also learns gender, and which corpus it hears.

scikit-learn's MLPClassifier knows none of that, nor dropout and mixup; ``benchmarks/networks.py``
measures what it is worth.

Sources: Srivastava et al. (2014), "Dropout", JMLR 15, 1929-1958; Zhang et al. (2018), "mixup:
Beyond empirical risk minimization", ICLR; Szegedy et al. (2016), CVPR, for label smoothing;
Loshchilov & Hutter (2019), "Decoupled weight decay regularization", ICLR, for AdamW.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.baseline import draw_earlier_clips
from ser_core.classify import Layout, softmax
from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ser_core.classify import Layer, Network
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

_WARM_UP_SHARE: Final = 0.1
_BETA1: Final = 0.9
_BETA2: Final = 0.999
_EPSILON: Final = 1e-8


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


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Hold what one step learns from: every target is multiplied by its weight.

    The views have the shapes ``(n, n_views, 8)`` and ``(n, n_views, 1)``, genders ``(n, 2)`` and
    ``(n, 1)``, corpora ``(n, n_corpora)`` and ``(n, 1)``; ``mask`` ``(n, n_views, 8)`` is added
    to the logits.
    """

    scores: Matrix
    mask: Matrix
    views: tuple[Matrix, Matrix]
    genders: tuple[Matrix, Matrix]
    corpora: tuple[Matrix, Matrix]


def fit_network(examples: Examples, recipe: Recipe, seed: int) -> Network:
    """Give a network fitted by AdamW with a warm-up and a cosine decline; the seed decides all.

    Its weights are rounded to half precision, in which they are kept.
    """
    random = np.random.default_rng(seed)
    layout = Layout(examples.labels.possible.shape[0])
    sizes = (examples.scores.shape[2], *recipe.hidden, layout.n_outputs)
    network = _initial_network(sizes, random)
    optimiser = _AdamW(recipe, network)
    n_steps = recipe.epochs * examples.labels.emotions.size // recipe.batch_size
    n_steps = max(recipe.least_steps, n_steps)
    for step, batch in enumerate(islice(_draw_batches(examples, recipe, random), n_steps)):
        gradients = _gradients(network, batch, recipe, random)
        optimiser.step(gradients, _learning_rate(recipe, step / n_steps))
    return tuple((_round(weights), _round(biases)) for weights, biases in network)


def _round(values: Matrix) -> Matrix:
    """Give values as half precision knows them, float32."""
    return values.astype(np.float16).astype(np.float32)


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
) -> Iterator[_Batch]:
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
            yield _mix(batch, recipe, random)


def _batch(
    examples: Examples, recipe: Recipe, chosen: NDArray[np.intp], versions: NDArray[np.intp]
) -> _Batch:
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
    return _Batch(
        scores=examples.scores[versions, chosen],
        mask=np.concatenate((mask, soft[:, None]), axis=1),
        views=_weigh(emotions[:, None], view_weights[:, :, None]),
        genders=_weigh(genders, recipe.gender_weight * known),
        corpora=_weigh(own, recipe.corpus_weight * weights),
    )


def _weigh(targets: Matrix, weights: Matrix) -> tuple[Matrix, Matrix]:
    """Give targets times weights, and the weights."""
    return targets * weights, weights


def _mix(batch: _Batch, recipe: Recipe, random: np.random.Generator) -> _Batch:
    """Blend each clip with another one, and their targets; its own share is the larger one."""
    if not recipe.mixup:
        return batch
    partner = random.permutation(len(batch.scores))
    share = random.beta(recipe.mixup, recipe.mixup)
    own = np.float32(max(share, 1 - share))

    def blend(values: Matrix) -> Matrix:
        return own * values + (1 - own) * values[partner]

    return _Batch(
        scores=blend(batch.scores),
        mask=batch.mask,
        views=(blend(batch.views[0]), blend(batch.views[1])),
        genders=(blend(batch.genders[0]), blend(batch.genders[1])),
        corpora=(blend(batch.corpora[0]), blend(batch.corpora[1])),
    )


def _gradients(
    network: Network, batch: _Batch, recipe: Recipe, random: np.random.Generator
) -> list[Layer]:
    """Give the gradient of the weighted cross-entropies with respect to every layer."""
    inputs: list[Matrix] = []
    keeps: list[Matrix] = []
    outputs = batch.scores
    for number, (weights, biases) in enumerate(network):
        activations = np.maximum(outputs, 0) if number else outputs
        rate = recipe.hidden_dropout if number else recipe.input_dropout
        keeps.append(_dropout(activations.shape, rate, random))
        inputs.append(activations * keeps[-1])
        outputs = inputs[-1] @ weights + biases
    error = _output_error(outputs, batch)
    gradients: list[Layer] = []
    for number in reversed(range(len(network))):
        gradients.append((inputs[number].T @ error, error.sum(axis=0)))
        if number:
            error = (error @ network[number][0].T) * keeps[number] * (inputs[number] > 0)
    return gradients[::-1]


def _dropout(shape: tuple[int, ...], rate: float, random: np.random.Generator) -> Matrix:
    """Give what to multiply activations by: 0 at the given rate, else what keeps their mean."""
    return (random.random(shape, dtype=np.float32) >= rate) / np.float32(1 - rate)


def _output_error(outputs: Matrix, batch: _Batch) -> Matrix:
    """Give the gradient of the loss with respect to the outputs, of the same shape."""
    views, genders, corpora = Layout(batch.corpora[0].shape[1]).part(outputs)
    errors = [
        (softmax(logits) * weights - targets).reshape(len(outputs), -1)
        for logits, (targets, weights) in (
            (views + batch.mask, batch.views),
            (genders, batch.genders),
            (corpora, batch.corpora),
        )
    ]
    return (np.concatenate(errors, axis=1) / len(outputs)).astype(np.float32)


def _learning_rate(recipe: Recipe, progress: float) -> float:
    """Give the rate at a share of the steps: a straight rise, then half a cosine down to 0."""
    if progress < _WARM_UP_SHARE:
        return recipe.learning_rate * progress / _WARM_UP_SHARE
    decline = (progress - _WARM_UP_SHARE) / (1 - _WARM_UP_SHARE)
    return float(recipe.learning_rate * 0.5 * (1 + np.cos(np.pi * decline)))


@dataclass(slots=True)
class _AdamW:
    """Change a network's layers in place, step by step."""

    recipe: Recipe
    network: Network
    steps: int = 0
    first: list[list[Matrix]] = field(init=False)
    second: list[list[Matrix]] = field(init=False)

    def __post_init__(self) -> None:
        self.first = [[np.zeros_like(part) for part in layer] for layer in self.network]
        self.second = [[np.zeros_like(part) for part in layer] for layer in self.network]

    def step(self, gradients: list[Layer], rate: float) -> None:
        """Move every weight against its gradient; matrices decay, biases do not."""
        self.steps += 1
        correction1, correction2 = 1 - _BETA1**self.steps, 1 - _BETA2**self.steps
        for number, layer in enumerate(self.network):
            for part, gradient in enumerate(gradients[number]):
                first, second = self.first[number][part], self.second[number][part]
                first += (1 - _BETA1) * (gradient - first)
                second += (1 - _BETA2) * (gradient * gradient - second)
                change = first / (np.sqrt(second) + _EPSILON)
                change *= rate * np.sqrt(correction2) / correction1
                np.subtract(layer[part], change, out=layer[part])
            np.multiply(layer[0], 1 - rate * self.recipe.weight_decay, out=layer[0])
