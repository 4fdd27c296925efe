"""PURE  How good predictions are.

Conventions: ``truths`` and ``predictions`` are label numbers, shape ``(n_clips,)``;
``probabilities`` have shape ``(n_clips, n_labels)`` and each row sums to 1. Every metric is in
[0, 1] and needs at least one clip. A label that never occurs in ``truths`` has no recall and
takes no part in an average over labels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from sklearn import metrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

N_BINS: Final = 15
"""Source: Guo et al. (2017), "On Calibration of Modern Neural Networks", ICML, section 4."""


class ReliabilityBin(NamedTuple):
    """Hold the clips whose confidence is alike: mean confidence, share right, how many."""

    confidence: float
    accuracy: float
    n_clips: int


def accuracy(truths: NDArray[np.intp], predictions: NDArray[np.intp]) -> float:
    """Give the share of clips that are right."""
    return float((truths == predictions).mean())


def recalls(truths: NDArray[np.intp], predictions: NDArray[np.intp]) -> dict[int, float]:
    """Give, for each label that occurs, the share of its clips that are right."""
    return {
        int(label): float((predictions[truths == label] == label).mean())
        for label in np.unique(truths)
    }


def uar(truths: NDArray[np.intp], predictions: NDArray[np.intp]) -> float:
    """Give the unweighted average recall: every label that occurs counts the same.

    Source: Schuller, Steidl & Batliner (2009), "The INTERSPEECH 2009 Emotion Challenge".
    """
    return float(np.mean(list(recalls(truths, predictions).values())))


def macro_f1(truths: NDArray[np.intp], predictions: NDArray[np.intp]) -> float:
    """Give the mean F1 score of the labels that occur."""
    labels = np.unique(truths)
    return float(metrics.f1_score(truths, predictions, labels=labels, average="macro"))


def confusion_matrix(
    truths: NDArray[np.intp], predictions: NDArray[np.intp], n_labels: int
) -> NDArray[np.intp]:
    """Count the clips by truth (rows) and prediction (columns), shape ``(n_labels, n_labels)``."""
    counts = np.zeros((n_labels, n_labels), dtype=np.intp)
    np.add.at(counts, (truths, predictions), 1)
    return counts


def reliability_bins(
    truths: NDArray[np.intp], probabilities: NDArray[np.float64], n_bins: int = N_BINS
) -> tuple[ReliabilityBin, ...]:
    """Group the clips by the probability of their prediction, into bins of equal width.

    Bin ``i`` holds the confidences in ``(i / n_bins, (i + 1) / n_bins]``; empty bins are left out.
    """
    confidences = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truths
    bins = np.clip(np.ceil(confidences * n_bins).astype(np.intp) - 1, 0, n_bins - 1)
    return tuple(
        ReliabilityBin(
            confidence=float(confidences[bins == index].mean()),
            accuracy=float(right[bins == index].mean()),
            n_clips=int((bins == index).sum()),
        )
        for index in np.unique(bins)
    )


def expected_calibration_error(
    truths: NDArray[np.intp], probabilities: NDArray[np.float64], n_bins: int = N_BINS
) -> float:
    """Give how far confidence is from the share that is right, on average over the clips.

    Source: Guo et al. (2017), "On Calibration of Modern Neural Networks", ICML, equation 3.
    """
    bins = reliability_bins(truths, probabilities, n_bins)
    return sum(abs(b.accuracy - b.confidence) * b.n_clips for b in bins) / truths.size


def uar_by_group(
    truths: NDArray[np.intp], predictions: NDArray[np.intp], groups: Sequence[str | None]
) -> dict[str, float]:
    """Give the UAR inside each group of clips; clips in no group (None) are left out."""
    named = np.array([group or "" for group in groups])
    return {
        str(group): uar(truths[named == group], predictions[named == group])
        for group in np.unique(named)
        if group
    }


def gap(by_group: dict[str, float]) -> float | None:
    """Give the difference between the best and the worst group, or None where fewer than two.

    Source: Derington et al. (2023), "Testing Speech Emotion Recognition Machine Learning Models".
    """
    values = by_group.values()
    return max(values) - min(values) if len(by_group) > 1 else None


def restrict(probabilities: NDArray[np.float64], labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Give the probabilities as if only some labels could be true; the others become 0.

    A row that gave those labels nothing at all becomes even among them.
    """
    possible = np.zeros(probabilities.shape, bool)
    possible[:, labels] = True
    return restrict_rows(probabilities, possible)


def restrict_rows(
    probabilities: NDArray[np.float64], possible: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Give the same where each row has labels of its own that could be true, of the same shape."""
    kept = np.where(possible, np.maximum(probabilities, np.finfo(np.float64).tiny), 0)
    shares: NDArray[np.float64] = kept / kept.sum(axis=1, keepdims=True)
    return shares
