"""PURE  Many moments become curves, and where between two curves a word has room."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

Array = npt.NDArray[np.float64]


def smooth(at: Array, places: Array, weights: Array, values: Array, *, width: float) -> Array:
    """Give at each point the mean of the values around it, by weight and nearness.

    ``values`` has a row for each place, the means one for each point of ``at``; ``width`` is the
    standard deviation of the nearness. Where rows sum to 1, so do the means.

    Source: the estimator of Nadaraya and of Watson (both 1964) with a Gaussian kernel.
    """
    nearness = np.log(weights) - ((at[:, None] - places) / width) ** 2 / 2
    nearness = np.exp(nearness - nearness.max(axis=1, keepdims=True))  # far off, all would be 0
    means: Array = nearness @ values / nearness.sum(axis=1, keepdims=True)
    return means


def fade(at: Array, places: Array, *, begin: float, end: float) -> Array:
    """Give how much of a curve is hidden at each point: 1 where no place is near.

    It fades from the distance ``begin`` to ``end``. A gap between two places that would not be
    hidden for a while is no gap.
    """
    edges = np.array([-np.inf, *places, np.inf])
    gap = np.diff(edges)[np.searchsorted(places, at)]
    distance = np.abs(at[:, None] - places).min(axis=1)
    hidden: Array = np.clip((distance - begin) / (end - begin), 0.0, 1.0)
    return np.where(gap > 3 * end, hidden, 0.0)


def find_room(upper: Array, lower: Array, n_points: int) -> tuple[slice, float]:
    """Give where between two curves the highest box of a width stands, and how high it is.

    y goes downwards; the height is 0 or less where there is no such box.
    """
    tops = sliding_window_view(upper, n_points).max(axis=1)
    bottoms = sliding_window_view(lower, n_points).min(axis=1)
    first = int((bottoms - tops).argmax())
    return slice(first, first + n_points), float((bottoms - tops)[first])
