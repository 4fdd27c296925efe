"""Fit networks on vectors: a scaler and a few networks that learn from all of the clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.classify import run_networks, standardise
from ser_core.training.labels import label_clips
from ser_core.training.mlp import Examples, Recipe, fit_network

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.classify import Network, Outputs
    from ser_core.features.spectrum import Matrix
    from ser_core.training.labels import Labels
    from ser_core.training.vectors import Progress, Vectors

N_NETWORKS: Final = 10
"""How many networks judge together."""

_LEAST_DEVIATION: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold how networks are fitted: the seed decides all, ``jobs`` processes work at once.

    ``cache`` is a folder that keeps networks for the next time.
    """

    recipe: Recipe = field(default_factory=Recipe)
    n_networks: int = N_NETWORKS
    seed: int = 0
    jobs: int = 1
    cache: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Hold networks and the scaler of what they take."""

    corpora: tuple[str, ...]
    mean: Matrix
    deviation: Matrix
    networks: tuple[Network, ...]

    def judge(self, vectors: Matrix) -> Outputs:
        """Give what the networks say of each row of vectors."""
        scores = standardise(vectors, self.mean, self.deviation)
        return run_networks(self.networks, scores, len(self.corpora))


def fit_networks(vectors: Vectors, plan: Plan, progress: Progress | None = None) -> Fitted:
    """Give networks that learnt from all of the clips."""
    labels = label_clips(vectors.clips)
    mean, deviation = measure_scale(vectors.values[0], labels)
    examples = Examples(standardise(vectors.values, mean, deviation), labels)
    fit = joblib.Memory(plan.cache, verbose=0).cache(_fit_network)
    fitting = joblib.Parallel(plan.jobs, return_as="generator")(
        joblib.delayed(fit)(examples, plan.recipe, plan.seed + number)
        for number in range(plan.n_networks)
    )
    networks: list[Network] = []
    for network in fitting:
        networks.append(network)
        if progress:
            progress("fitting networks", len(networks), plan.n_networks)
    return Fitted(labels.names, mean, deviation, tuple(networks))


def measure_scale(vectors: Matrix, labels: Labels) -> tuple[Matrix, Matrix]:
    """Give the mean of each column, and its deviation inside a corpus, all corpora counting alike.

    Across corpora most columns differ by microphones and rooms more than by emotions; dividing by
    that spread would hide what the networks are to learn.
    """
    n_corpora = len(labels.names)
    variances = [vectors[labels.corpora == number].var(axis=0) for number in range(n_corpora)]
    deviation: Matrix = np.sqrt(np.mean(variances, axis=0))
    return vectors.mean(axis=0), np.maximum(deviation, _LEAST_DEVIATION)


def _fit_network(examples: Examples, recipe: Recipe, seed: int) -> Network:
    """Give one network; its matrices are so small that threads only wait for each other."""
    with threadpool_limits(1):
        return fit_network(examples, recipe, seed)
