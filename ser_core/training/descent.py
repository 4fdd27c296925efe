"""PURE  Steps downhill: batches whose targets have weights, gradients, and the optimiser.

Sources: Srivastava et al. (2014), "Dropout", JMLR 15, 1929-1958; Zhang et al. (2018), "mixup:
Beyond empirical risk minimization", ICLR; Loshchilov & Hutter (2019), "Decoupled weight decay
regularization", ICLR, for AdamW.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.classify import Layout, softmax

if TYPE_CHECKING:
    from ser_core.classify import Layer, Network
    from ser_core.features.spectrum import Matrix
    from ser_core.training.mlp import Recipe

_WARM_UP_SHARE: Final = 0.1
_BETA1: Final = 0.9
_BETA2: Final = 0.999
_EPSILON: Final = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
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


def weigh(targets: Matrix, weights: Matrix) -> tuple[Matrix, Matrix]:
    """Give targets times weights, and the weights."""
    return targets * weights, weights


def mix(batch: Batch, recipe: Recipe, random: np.random.Generator) -> Batch:
    """Blend each clip with another one, and their targets; its own share is the larger one."""
    if not recipe.mixup:
        return batch
    partner = random.permutation(len(batch.scores))
    share = random.beta(recipe.mixup, recipe.mixup)
    own = np.float32(max(share, 1 - share))

    def blend(values: Matrix) -> Matrix:
        return own * values + (1 - own) * values[partner]

    return Batch(
        scores=blend(batch.scores),
        mask=batch.mask,
        views=(blend(batch.views[0]), blend(batch.views[1])),
        genders=(blend(batch.genders[0]), blend(batch.genders[1])),
        corpora=(blend(batch.corpora[0]), blend(batch.corpora[1])),
    )


def compute_gradients(
    network: Network, batch: Batch, recipe: Recipe, random: np.random.Generator
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


def _output_error(outputs: Matrix, batch: Batch) -> Matrix:
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


def round_weights(network: Network) -> Network:
    """Give a network in half precision, in which it is kept, as float32."""

    def halve(values: Matrix) -> Matrix:
        return values.astype(np.float16).astype(np.float32)

    return tuple((halve(weights), halve(biases)) for weights, biases in network)


def find_learning_rate(recipe: Recipe, progress: float) -> float:
    """Give the rate at a share of the steps: a straight rise, then half a cosine down to 0."""
    if progress < _WARM_UP_SHARE:
        return recipe.learning_rate * progress / _WARM_UP_SHARE
    decline = (progress - _WARM_UP_SHARE) / (1 - _WARM_UP_SHARE)
    return float(recipe.learning_rate * 0.5 * (1 + np.cos(np.pi * decline)))


@dataclass(slots=True)
class AdamW:
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
