"""PURE  Successive halving: many candidates learn from few clips, and the best third from more.

Source: Jamieson & Talwalkar (2016), "Non-stochastic best arm identification and hyperparameter
optimization", AISTATS; with the factor, the number of rounds and the fewest clips of
scikit-learn's ``HalvingGridSearchCV``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.evaluation.protocols import Fold

if TYPE_CHECKING:
    from numpy.typing import NDArray

FACTOR: Final = 3
_CLIPS_OF_A_LABEL: Final = 2


def plan_shares(n_candidates: int, n_clips: int, *, n_labels: int, n_folds: int) -> list[float]:
    """Give the share of its clips that a fold learns from in each round; the last one is all.

    There are as many rounds as it takes to have fewer than `FACTOR` candidates, if the first
    still has clips enough to learn from.
    """
    fewest = n_folds * _CLIPS_OF_A_LABEL * n_labels
    shares = [1.0]
    while FACTOR ** len(shares) <= n_candidates and n_clips // FACTOR ** len(shares) >= fewest:
        shares.insert(0, 1 / FACTOR ** len(shares))
    return shares


def count_kept(n_candidates: int) -> int:
    """Give how many candidates come into the next round."""
    return -(-n_candidates // FACTOR)


def list_counts(n_candidates: int, n_rounds: int) -> list[int]:
    """Give how many candidates each round has."""
    counts = [n_candidates]
    while len(counts) < n_rounds:
        counts.append(count_kept(counts[-1]))
    return counts


def take_share(fold: Fold, labels: NDArray[np.str_], share: float, *, seed: int) -> Fold:
    """Give the fold with a share of its training clips, the same of each label, rounded up.

    A larger share holds all clips of a smaller one.
    """
    random = np.random.default_rng(seed)
    kept: list[NDArray[np.intp]] = []
    for label in np.unique(labels[fold.train]):
        shuffled = random.permutation(fold.train[labels[fold.train] == label])
        kept.append(shuffled[: int(np.ceil(share * shuffled.size))])
    return Fold(train=np.sort(np.concatenate(kept)), test=fold.test)
