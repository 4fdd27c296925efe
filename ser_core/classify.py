"""PURE  From feature vectors to calibrated probabilities: a scaler and a few small networks.

::

    vector ──> z-scores ──> each network's logits ──> their mean ──> sharpness ──> softmax

One network tells emotion and gender from the same hidden layers. Averaging networks that learnt
from different speakers steadies the answer; one number for emotions and one for genders, fitted
on speakers that the networks never heard, makes the probabilities mean what they say.

Source of the calibration: Guo et al. (2017), "On calibration of modern neural networks", ICML:
temperature scaling. The sharpness here is the inverse of their temperature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix

    Layer = tuple[Matrix, Matrix]
    """Weights ``(n_inputs, n_outputs)`` and biases ``(n_outputs,)``."""

    Network = tuple[Layer, ...]
    """Layers with rectifiers between them; the last one gives emotion, then gender logits."""

CLIP: Final = 5.0
"""Standard deviations beyond which a value is cut: one wild column must not decide alone."""


class Probabilities(NamedTuple):
    """Hold emotions ``(n, 8)`` and genders ``(n, 2)``; each row sums to 1."""

    emotions: NDArray[np.float64]
    genders: NDArray[np.float64]


@dataclass(frozen=True, eq=False)  # no slots: the model file restores attributes by name
class Classifier:
    """Hold what was learnt; ``mean`` and ``deviation`` of each column have shape ``(n_columns,)``.

    The sharpnesses multiply the logits: below 1 the networks were too sure of themselves.
    """

    mean: Matrix
    deviation: Matrix
    networks: tuple[Network, ...]
    emotion_sharpness: float = 1.0
    gender_sharpness: float = 1.0

    def classify(self, vectors: Matrix) -> Probabilities:
        """Give the probabilities for each row of ``vectors``, shape ``(n, n_columns)``."""
        scores = standardise(vectors, self.mean, self.deviation)
        logits = np.mean([run_network(network, scores) for network in self.networks], axis=0)
        emotions, genders = np.split(logits, [len(EMOTIONS)], axis=1)
        return Probabilities(
            softmax(emotions * self.emotion_sharpness), softmax(genders * self.gender_sharpness)
        )


def standardise(vectors: Matrix, mean: Matrix, deviation: Matrix) -> Matrix:
    """Give z-scores, cut at `CLIP`, float32."""
    with np.errstate(over="ignore"):  # what is too large for float32 is cut like the rest
        scores: Matrix = np.clip((vectors - mean) / deviation, -CLIP, CLIP).astype(np.float32)
    return scores


def run_network(network: Network, scores: Matrix) -> Matrix:
    """Give the logits of every row, emotions first, shape ``(n, 10)``."""
    *hidden, (weights, biases) = network
    activations = scores
    for layer_weights, layer_biases in hidden:
        activations = np.maximum(activations @ layer_weights + layer_biases, 0)
    logits: Matrix = activations @ weights + biases
    return logits


def softmax(logits: NDArray[np.floating]) -> NDArray[np.float64]:
    """Give the probabilities of logits along the last axis, float64."""
    shifted = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    probabilities: NDArray[np.float64] = shifted / shifted.sum(axis=-1, keepdims=True)
    return probabilities
