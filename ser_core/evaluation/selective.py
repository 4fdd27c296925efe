"""PURE  What it is worth not to answer everything, and to notice what is strange.

Conventions as in `ser_core.evaluation.metrics`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

if TYPE_CHECKING:
    from numpy.typing import NDArray

N_POINTS: Final = 50
"""So many points show a curve."""


class CoveragePoint(NamedTuple):
    """Hold the share of clips that is answered, and the share of those answers that is wrong."""

    coverage: float
    risk: float


class Reserve(NamedTuple):
    """Hold the share of clips that is answered, and the share of those answers that is right.

    ``accuracy`` is None where nothing is answered.
    """

    answered: float
    accuracy: float | None


def risk_coverage(
    truths: NDArray[np.intp], probabilities: NDArray[np.float64], n_points: int = N_POINTS
) -> tuple[CoveragePoint, ...]:
    """Give the risk of answering only the surest clips, from the surest few to all.

    Source: Geifman & El-Yaniv (2017), "Selective classification for deep neural networks",
    NeurIPS, section 2.
    """
    risks = _risks(truths, probabilities)
    ends = np.unique(np.linspace(1, truths.size, n_points + 1)[1:].round().astype(np.intp))
    return tuple(CoveragePoint(float(end / truths.size), float(risks[end - 1])) for end in ends)


def risk_area(truths: NDArray[np.intp], probabilities: NDArray[np.float64]) -> float:
    """Give the area under the risk-coverage curve: the mean risk over all coverages.

    Source: Geifman, Uziel & El-Yaniv (2019), "Bias-reduced uncertainty estimation for deep neural
    classifiers", ICLR, section 3.
    """
    return float(_risks(truths, probabilities).mean())


def answer_from(
    truths: NDArray[np.intp], probabilities: NDArray[np.float64], least: float
) -> Reserve:
    """Give what comes of answering only where the first label has at least that probability."""
    is_sure = probabilities.max(axis=1) >= least
    if not is_sure.any():
        return Reserve(0.0, None)
    right = probabilities.argmax(axis=1)[is_sure] == truths[is_sure]
    return Reserve(float(is_sure.mean()), float(right.mean()))


def separation(known: NDArray[np.float64], strange: NDArray[np.float64]) -> float:
    """Give how often a strange recording looks stranger than a known one: the area under the ROC.

    One half is chance. Source: Fawcett (2006), "An introduction to ROC analysis", section 7.
    """
    is_strange = np.repeat((False, True), (known.size, strange.size))
    return float(roc_auc_score(is_strange, np.concatenate((known, strange))))


def _risks(truths: NDArray[np.intp], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the share of wrong answers among the surest clip, the two surest, and so on."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != truths)[order]
    risks: NDArray[np.float64] = np.cumsum(wrong) / np.arange(1, truths.size + 1)
    return risks
