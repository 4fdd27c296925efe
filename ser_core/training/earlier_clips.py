"""PURE  Which clips of a speaker came earlier, drawn at random for training and calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from ser_core.speaker import MOST_CLIPS, PRIOR_CLIPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix


def draw_earlier_clips(speakers: NDArray[np.str_], random: np.random.Generator) -> csr_array:
    """Give, for each clip, what other clips of its speaker make its baseline, at random.

    A row holds the weights of the 1 to `MOST_CLIPS` clips that were heard before, shape
    ``(n_clips, n_clips)``: times the clips' scores it is their mean, shrunk as `Baseline.weight`
    says. Where a speaker has no other clips, it is 0.
    """
    order = np.argsort(speakers, kind="stable")
    _, starts, counts = np.unique(speakers[order], return_index=True, return_counts=True)
    place, own = np.empty_like(order), np.empty_like(order)
    place[order] = np.arange(order.size)
    own[order] = np.repeat(np.arange(starts.size), counts)
    lengths = np.exp(random.uniform(0, np.log(MOST_CLIPS + 1), speakers.size)).astype(np.intp)
    lengths[counts[own] == 1] = 0
    clips = np.repeat(np.arange(speakers.size), lengths)
    others = random.integers(counts[own[clips]] - 1)
    others += others >= place[clips] - starts[own[clips]]  # never the clip itself
    columns = order[starts[own[clips]] + others]
    weights = (1 / (lengths[clips] + PRIOR_CLIPS)).astype(np.float32)
    return csr_array((weights, (clips, columns)), shape=(speakers.size, speakers.size))


def add_up_views(earlier: csr_array, views: Matrix) -> Matrix:
    """Give the weighted sums of the views of earlier clips, shape ``(n_clips, n_views, 8)``."""
    rows: Matrix = (earlier @ views.reshape(len(views), -1)).reshape(views.shape)
    return rows
