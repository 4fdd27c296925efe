"""Fit networks on vectors: a scaler and a few networks that learn from all of the clips.

Some hear each clip as a stranger's. The acquainted ones hear it from what is usual for its
speaker, so they tell neither genders nor corpora: those are what a baseline takes away.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.classify import Classifier, run_networks, standardise
from ser_core.evaluation.protocols import N_FOLDS
from ser_core.training import mlp
from ser_core.training.labels import label_clips
from ser_core.training.mlp import Examples, Recipe, fit_network

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scipy.sparse import csr_array

    from ser_core.classify import Calibration, Network, Outputs
    from ser_core.evaluation.protocols import Fold
    from ser_core.features.spectrum import Matrix
    from ser_core.training.labels import Labels
    from ser_core.training.vectors import Progress, Vectors

N_NETWORKS: Final = 10
"""How many networks judge a stranger together: two for each fold that is left out."""

N_ACQUAINTED: Final = 5
"""How many judge somebody who was heard before; fewer, for a bundle must be small."""

_LEAST_DEVIATION: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold how networks are fitted: the seed decides all, ``jobs`` processes work at once.

    ``cache`` is a folder that keeps networks for the next time. With ``folds``, each network in
    turn leaves out the speakers whom one fold tests, so that everybody can be judged by some
    networks that never heard them; together they have heard all.
    """

    recipe: Recipe = field(default_factory=Recipe)
    n_networks: int = N_NETWORKS
    n_acquainted: int = N_ACQUAINTED
    seed: int = 0
    jobs: int = 1
    cache: Path | None = None
    folds: tuple[Fold, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Hold networks, those that are acquainted with the speaker, and the scaler of both."""

    corpora: tuple[str, ...]
    mean: Matrix
    deviation: Matrix
    networks: tuple[Network, ...]
    acquainted: tuple[Network, ...]

    def judge(self, vectors: Matrix) -> Outputs:
        """Give what the networks say of each row of vectors."""
        scores = standardise(vectors, self.mean, self.deviation)
        return run_networks(self.networks, scores, len(self.corpora))

    def complete(
        self, calibration: Calibration, acquainted: Calibration, usual_views: Matrix
    ) -> Classifier:
        """Give the classifier of these networks, with a calibration for strangers and one more.

        ``usual_views`` is what the encoder says on average.
        """
        return Classifier(
            self.corpora,
            self.mean,
            self.deviation,
            self.networks,
            calibration,
            self.acquainted,
            acquainted,
            usual_views,
        )

    def judge_acquainted(self, vectors: Matrix, earlier: csr_array) -> Matrix:
        """Give the views of the acquainted networks, after ``earlier`` clips of each speaker."""
        scores = standardise(vectors, self.mean, self.deviation)
        return run_networks(self.acquainted, scores - earlier @ scores, len(self.corpora)).views


def fit_networks(vectors: Vectors, plan: Plan, progress: Progress | None = None) -> Fitted:
    """Give networks that learnt from all of the clips."""
    labels = label_clips(vectors.clips)
    mean, deviation = measure_scale(vectors.values[0], labels)
    examples = Examples(standardise(vectors.values, mean, deviation), labels)
    networks: list[Network] = []
    for network in _fit_all(examples, plan):
        networks.append(network)
        if progress:
            progress("fitting networks", len(networks), plan.n_networks + plan.n_acquainted)
    first, others = networks[: plan.n_networks], networks[plan.n_networks :]
    return Fitted(labels.names, mean, deviation, tuple(first), tuple(others))


def _fit_all(examples: Examples, plan: Plan) -> Iterator[Network]:
    """Give the networks for strangers, then the acquainted ones."""
    fit = joblib.Memory(plan.cache, verbose=0).cache(_fit_network)
    acquainted = replace(plan.recipe, acquainted=True, gender_weight=0.0, corpus_weight=0.0)
    recipes = [plan.recipe] * plan.n_networks + [acquainted] * plan.n_acquainted
    parts = [examples.take(fold.train) for fold in plan.folds]
    parts += [examples] * (N_FOLDS - len(parts))
    places = [*range(plan.n_networks), *range(plan.n_acquainted)]
    fitting: Iterator[Network] = joblib.Parallel(plan.jobs, return_as="generator")(
        joblib.delayed(fit)(parts[place % N_FOLDS], recipe, plan.seed + number, mlp.VERSION)
        for number, (place, recipe) in enumerate(zip(places, recipes, strict=True))
    )
    return fitting


def measure_scale(vectors: Matrix, labels: Labels) -> tuple[Matrix, Matrix]:
    """Give the mean of each column, and its deviation inside a corpus, all corpora counting alike.

    Across corpora most columns differ by microphones and rooms more than by emotions; dividing by
    that spread would hide what the networks are to learn.
    """
    n_corpora = len(labels.names)
    variances = [vectors[labels.corpora == number].var(axis=0) for number in range(n_corpora)]
    deviation: Matrix = np.sqrt(np.mean(variances, axis=0))
    return vectors.mean(axis=0), np.maximum(deviation, _LEAST_DEVIATION)


def _fit_network(
    examples: Examples,
    recipe: Recipe,
    seed: int,
    code_version: int,  # noqa: ARG001 - part of the cache's key
) -> Network:
    """Give one network; its matrices are so small that threads only wait for each other."""
    with threadpool_limits(1):
        return fit_network(examples, recipe, seed)
