"""Fit the sharpness that makes probabilities mean what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHARPNESS_RANGE: Final = (0.1, 10.0)


def fit_sharpness(logits: NDArray[np.floating], truths: NDArray[np.intp]) -> float:
    """Give the factor on the logits under which the truths are most likely.

    ``logits`` has shape ``(n, n_classes)``; impossible classes hold a very negative number.

    Source: Guo et al. (2017), "On calibration of modern neural networks", ICML, section 4.2
    (their temperature is the inverse).
    """

    def surprise(log_sharpness: float) -> float:
        scores = log_softmax(logits * np.exp(log_sharpness), axis=1)
        return -float(scores[np.arange(truths.size), truths].mean())

    low, high = np.log(SHARPNESS_RANGE)
    return float(np.exp(minimize_scalar(surprise, bounds=(low, high), method="bounded").x))
