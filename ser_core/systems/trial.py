"""Try a system on one fold: fit it on some clips, and hear what it says of others.

::

    vectors ─┬─ train ──> fit_system ──> estimator ─┐
             └─ test ───────────────────────────────┴─> predict ──> emotions (n, 8), genders (n, 2)
"""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.pipeline import Pipeline
from sklearn.utils._param_validation import InvalidParameterError
from threadpoolctl import threadpool_limits

from ser_core.errors import BadSetting
from ser_core.estimator import sum_labels

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from ser_core.corpora import Clip
    from ser_core.evaluation.protocols import Fold
    from ser_core.systems.system import System
    from ser_core.training.vectors import Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Hold what a system says of the clips that a fold tests, and what that cost.

    ``emotions`` are probabilities ``(n_clips, 8)``; ``genders`` ``(n_clips, 2)``, None where the
    system tells none. ``losses`` is the training loss after each epoch, empty where there is none.
    """

    emotions: NDArray[np.float64]
    genders: NDArray[np.float64] | None
    fit_seconds: float
    predict_seconds: float
    losses: tuple[float, ...]


def try_fold(
    system: System,
    vectors: Vectors,
    fold: Fold,
    *,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> Trial:
    """Give what a system says of a fold's test clips, after learning from its others; one thread.

    ``predict_seconds`` is the mean of a clip.
    """
    with threadpool_limits(1):
        start = time.process_time()
        estimator = fit_system(system, vectors.take(fold.train), seed=seed, settings=settings)
        fitted = time.process_time()
        emotions, genders = predict(system, estimator, vectors.take(fold.test))
        end = time.process_time()
    return Trial(
        emotions,
        genders,
        fitted - start,
        (end - fitted) / fold.test.size,
        find_losses(estimator),
    )


def fit_system(
    system: System,
    vectors: Vectors,
    *,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> Any:  # noqa: ANN401 - scikit-learn publishes no types
    """Give a system's estimator, fitted on all of the clips and their copies.

    ``settings`` are parameters of the estimator, by the names that scikit-learn gives them; those
    of the last step of a pipeline may go without its name.

    Raises:
        BadSetting: if the estimator has no such parameter, or cannot take the value.
    """
    estimator = apply_settings(system.build(seed), settings or {})
    labels = np.array([label_of(system, clip) for clip in vectors.clips])
    if system.feature_set is None:
        return estimator.fit(_as_array(vectors.clips), labels)
    n_versions, n_clips, n_columns = vectors.values.shape
    rows = vectors.values.reshape(n_versions * n_clips, n_columns)
    with warnings.catch_warnings():
        # A recipe ends where it says, whether it has converged or not.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "Got `batch_size`", UserWarning)
        try:
            return estimator.fit(rows, np.tile(labels, n_versions))
        except InvalidParameterError as error:
            names = [name for name in settings or {} if name.rpartition("__")[2] in str(error)]
            raise BadSetting(", ".join(names) or system.name, str(error)) from error


def predict(
    system: System,
    estimator: Any,  # noqa: ANN401 - as above
    vectors: Vectors,
) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
    """Give the probabilities of emotions ``(n_clips, 8)`` and, if told, genders ``(n_clips, 2)``.

    An estimator that takes clips is shown no label of them.
    """
    if system.feature_set is None:
        found = estimator.predict_proba(_as_array([blind(clip) for clip in vectors.clips]))
    else:
        found = estimator.predict_proba(vectors.values[0])
    return sum_labels(found, estimator.classes_)


def label_of(system: System, clip: Clip) -> str:
    """Give what a system learns to say of a clip."""
    if system.tells_gender and clip.gender:
        return f"{clip.gender} {clip.emotion}"
    return str(clip.emotion)


def blind(clip: Clip) -> Clip:
    """Give a clip of which nothing is told but where its sound is."""
    return replace(clip, emotion=None, gender=None, speaker="?", language="")


def apply_settings(estimator: Any, settings: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
    """Give the estimator with other parameters.

    Raises:
        BadSetting: if it has no such parameter.
    """
    known = estimator.get_params()
    last = f"{estimator.steps[-1][0]}__" if isinstance(estimator, Pipeline) else ""
    for name, value in settings.items():
        full = name if name in known else last + name
        if full not in known:
            own = sorted(each.removeprefix(last) for each in known if each.startswith(last))
            raise BadSetting(name, f"there are {', '.join(own)}")
        estimator.set_params(**{full: value})
    return estimator


def find_losses(estimator: Any) -> tuple[float, ...]:  # noqa: ANN401 - as above
    """Give the training loss after each epoch, where the estimator kept it."""
    last = estimator.steps[-1][1] if isinstance(estimator, Pipeline) else estimator
    history = getattr(last, "history", None)  # skorch
    found = history[:, "train_loss"] if history else getattr(last, "loss_curve_", ())
    return tuple(float(loss) for loss in found)


def _as_array(clips: tuple[Clip, ...] | list[Clip]) -> NDArray[Any]:
    """Give clips as scikit-learn takes them, shape ``(n_clips,)``."""
    array = np.empty(len(clips), object)
    array[:] = clips
    return array
