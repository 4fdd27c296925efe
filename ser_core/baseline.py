"""PURE  One speaker's running baseline: their vectors' mean, from clips that nobody labelled.

Voices differ more from each other than one voice from its own moods. Seen from its speaker's usual
voice, an emotion stands out; the fewer clips are known, the less the baseline counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix

PRIOR_CLIPS: Final = 4.0
"""How many clips of its own a baseline must have to count half: shrinkage towards the population,
as with a conjugate prior on a mean. Source: Gelman et al. (2013), "Bayesian data analysis", 3rd
edition, section 2.5; the number was chosen on one fold of RAVDESS."""

MOST_CLIPS: Final = 30
"""Training simulates up to so many earlier clips."""


@dataclass(frozen=True, slots=True, eq=False)
class Baseline:
    """Hold how many clips of a speaker are known, and the mean of their vectors ``(n_columns,)``.

    Vectors are those of a feature set, before any scaling, so a baseline outlives a model.
    """

    n_clips: int
    mean: Matrix

    @classmethod
    def of(cls, vectors: Matrix) -> Baseline:
        """Give the baseline of a speaker's clips, shape ``(n_clips, n_columns)``."""
        return cls(len(vectors), vectors.sum(axis=0, dtype=np.float64) / max(1, len(vectors)))

    def add(self, vector: Matrix) -> Baseline:
        """Give the baseline after one more clip."""
        n_clips = self.n_clips + 1
        return Baseline(n_clips, self.mean + (vector - self.mean) / n_clips)

    @property
    def weight(self) -> float:
        """Give how much of the mean counts, from 0 to 1."""
        return self.n_clips / (self.n_clips + PRIOR_CLIPS)


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
