"""A classifier that is somebody's estimator: scikit-learn's, a forest, or an ONNX network.

It stands where a `ser_core.classify.Classifier` does. What it says is calibrated on speakers that
it never heard; but it has no views of corpora, so nothing sounds strange to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

from ser_core.classify import Probabilities, softmax
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.inference import open_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.classify import Outputs
    from ser_core.features.spectrum import Matrix
    from ser_core.speaker import Speaker

LEAST: Final = 1e-6
"""A probability below this counts as this: who says 0 has only not seen everything."""

_IMPOSSIBLE: Final = -1e9


class Estimator(Protocol):
    """Give the probabilities of words."""

    def predict_proba(self, vectors: Matrix, /) -> NDArray[np.floating]:
        """Give a row for each vector, shapes ``(n, n_columns)`` and ``(n, n_words)``."""


@dataclass(frozen=True, eq=False)  # no slots: the model file restores attributes by name
class Teller:
    """Hold an estimator, and the word that each of its columns stands for.

    A word is an emotion, a gender, or both: ``female happy``. The estimator is None only on the
    way to files, in which a network has one of its own.
    """

    words: tuple[str, ...]
    estimator: Estimator | None

    @property
    def possible(self) -> NDArray[np.bool_]:
        """Mark the emotions that it can name, shape ``(8,)``."""
        named = {part for word in self.words for part in word.split()}
        return np.array([emotion in named for emotion in EMOTIONS])

    def tell(self, vectors: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """Give what `sum_labels` makes of what the estimator says of vectors.

        Raises:
            ValueError: if there is no estimator, or it says something else than probabilities.
        """
        if self.estimator is None:
            message = "its network is missing"
            raise ValueError(message)
        found = np.asarray(self.estimator.predict_proba(vectors))
        if found.shape != (len(vectors), len(self.words)):
            message = f"it gives {found.shape} for {len(vectors)} vectors and {self.words}"
            raise ValueError(message)
        return sum_labels(found, self.words)


@dataclass(frozen=True, eq=False)
class EstimatorClassifier:
    """Hold what tells emotions and, where that does not tell them, what tells genders.

    ``sharpness`` of emotions and of genders multiplies the logarithms of probabilities; below 1
    they were too sure. ``corpora`` names what was learnt from. Where nothing tells genders, both
    are as probable.

    It knows no speakers: neither what is usual for one nor what one said of earlier answers
    changes what it says. Nothing is strange to it.
    """

    corpora: tuple[str, ...]
    emotions: Teller
    genders: Teller | None
    sharpness: tuple[float, float]

    def classify(
        self,
        vectors: Matrix,
        heard: Outputs | None = None,  # noqa: ARG002 - as `Classifier` has it
        speaker: Speaker | None = None,  # noqa: ARG002 - as above
    ) -> Probabilities:
        """Give the probabilities for each row of ``vectors``, shape ``(n, n_columns)``."""
        emotions, genders = self.emotions.tell(vectors)
        if genders is None and self.genders is not None:
            _, genders = self.genders.tell(vectors)
        if genders is None:
            genders = np.full((len(vectors), len(GENDERS)), 1 / len(GENDERS))
        return Probabilities(
            softmax(find_logits(emotions, self.emotions.possible) * self.sharpness[0]),
            softmax(find_logits(genders) * self.sharpness[1]),
            np.zeros(len(vectors)),
        )


class OnnxNetwork:
    """Give the softmax of what an ONNX network says: vectors go in, logits come out; one thread.

    Raises:
        ValueError: if the bytes are no such network.
    """

    def __init__(self, data: bytes) -> None:
        """Load the network from the bytes of an ONNX file."""
        self.data = data
        self._session = open_network(data)
        ends = (self._session.get_inputs(), self._session.get_outputs())
        if [len(each) for each in ends] != [1, 1]:
            message = "it must have one input and one output"
            raise ValueError(message)
        self._input = ends[0][0].name

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to other processes as bytes."""
        return OnnxNetwork, (self.data,)

    def predict_proba(self, vectors: Matrix) -> NDArray[np.float64]:
        """Give the softmax of what the network says of each vector."""
        (logits,) = self._session.run(None, {self._input: np.asarray(vectors, np.float32)})
        return softmax(logits)


@dataclass(frozen=True, eq=False)
class Forest:
    """Hold decision trees as arrays: scikit-learn's own may not be trusted in a file.

    All nodes of all trees stand in one row, ``roots`` ``(n_trees,)`` says where trees begin. A
    node asks whether a column is at most a threshold, and goes to its left or its right; a leaf
    goes to itself. ``shares`` has shape ``(n_nodes, n_words)``. No leaf is deeper than ``depth``.
    """

    roots: NDArray[np.int32]
    columns: NDArray[np.int32]
    thresholds: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    shares: NDArray[np.float32]
    depth: int

    def predict_proba(self, vectors: Matrix) -> NDArray[np.float64]:
        """Give the mean of the trees' leaves."""
        rows = np.arange(len(vectors))[:, None]
        nodes = np.broadcast_to(self.roots, (len(vectors), self.roots.size))
        for _ in range(self.depth):
            is_left = vectors[rows, self.columns[nodes]] <= self.thresholds[nodes]
            nodes = np.where(is_left, self.left[nodes], self.right[nodes])
        mean: NDArray[np.float64] = self.shares[nodes].mean(axis=1, dtype=np.float64)
        return mean


def sum_labels(
    probabilities: NDArray[np.floating], labels: Sequence[str] | NDArray[np.str_]
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Give emotions and genders from probabilities of words such as ``happy`` or ``female happy``.

    Genders are None where no word names one.
    """
    words = [str(label).split() for label in labels]
    emotions, genders = (
        np.array([[name in parts for name in names] for parts in words], np.float64)
        for names in (EMOTIONS, GENDERS)
    )
    told = probabilities @ genders
    if not genders.any():
        return probabilities @ emotions, None
    return probabilities @ emotions, told / np.maximum(told.sum(axis=1, keepdims=True), 1e-12)


def find_logits(
    probabilities: NDArray[np.float64], possible: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Give logits of probabilities, very negative ones for what is not possible.

    ``possible`` marks columns; None stands for all.
    """
    logits: NDArray[np.float64] = np.log(np.maximum(probabilities, LEAST))
    return logits if possible is None else np.where(possible, logits, _IMPOSSIBLE)
