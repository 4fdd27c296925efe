"""Let a system learn from the clips of a fold, and note all that the table tells of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from threadpoolctl import threadpool_limits

from ser_core.systems.pack import measure_size, pack_estimator
from ser_core.systems.trial import find_losses, fit_system, predict

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from ser_core.evaluation.protocols import Fold
    from ser_core.systems.system import System
    from ser_core.training.vectors import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """Hold what a system says of the clips that a fold tests, and what it is then.

    ``emotions`` are probabilities ``(n_clips, 8)``; ``genders`` ``(n_clips, 2)``, None where the
    system tells none. ``losses`` are those of training after each epoch, if there are any.
    ``kept`` is the fitted estimator, where it is wanted. ``fit_seconds`` are the processor's, so
    that two folds side by side cost each what it costs alone.
    """

    emotions: NDArray[np.float64]
    genders: NDArray[np.float64] | None
    fit_seconds: float
    losses: tuple[float, ...]
    kept: Kept | None


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Hold what is left of a fitted estimator in a bundle, and how large that is."""

    estimator: Any
    size_bytes: int


def try_system(
    system: System,
    vectors: Vectors,
    fold: Fold,
    *,
    seed: int,
    settings: Mapping[str, Any],
    keeps: bool,
) -> Attempt:
    """Fit a system on one side of a fold and hear what it says of the other, in one thread."""
    with threadpool_limits(1):
        start = time.process_time()
        estimator = fit_system(system, vectors.take(fold.train), seed=seed, settings=settings)
        fit_seconds = time.process_time() - start
        emotions, genders = predict(system, estimator, vectors.take(fold.test))
    kept = _keep(system, estimator) if keeps else None
    return Attempt(emotions, genders, fit_seconds, find_losses(estimator), kept)


def _keep(system: System, estimator: Any) -> Kept:  # noqa: ANN401 - scikit-learn publishes no types
    """Keep an estimator as a bundle would, if bundles can hold its kind."""
    packed = estimator if system.feature_set is None else pack_estimator(estimator)
    return Kept(packed, measure_size(estimator))
