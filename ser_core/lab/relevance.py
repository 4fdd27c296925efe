"""What a system listens to: how much it loses when columns no longer belong to their clips.

On each fold of unseen speakers the system learns once. Then the columns of a group change places
together among the clips tested, and what the UAR falls by is what the group was worth.

Source: Breiman (2001), "Random Forests", Machine Learning 45, 5-32, section 10.

Columns that tell the same hide each other: shuffle one, and the system still reads the other. So
groups come first, and a single column that matters little may belong to a group that matters most.

There may be a thousand columns. So all are glanced at first: each is shuffled once among a few
clips of each fold, and the Brier score, which feels what the UAR does not, tells which to measure.
Those few have shuffles of their own then: they owe their place to the glance, but no figure.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.emotions import EMOTIONS
from ser_core.evaluation.metrics import uar
from ser_core.features import FEATURE_SETS
from ser_core.features.functionals import GROUPS
from ser_core.lab.ledger import Task
from ser_core.lab.search import count_on
from ser_core.systems.trial import fit_system, predict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from ser_core.evaluation.protocols import Fold
    from ser_core.lab.bench import Course
    from ser_core.lab.ledger import Countdown, Ledger
    from ser_core.systems.system import System
    from ser_core.training.vectors import Vectors

_VERSION: Final = 1
"""To be raised whenever a loss comes to mean something else, so that no ledger gives old ones."""


N_GLANCED: Final = 64
"""How many clips of each fold a glance takes; kernel machines take long for more."""


class Losses(NamedTuple):
    """Hold the UAR on a fold, and what each shuffle takes from it, in as many repetitions."""

    uar: float
    losses: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """Hold what some columns are worth: the UAR lost without them, over folds and repetitions."""

    name: str
    n_columns: int
    mean: float
    std: float


@dataclass(frozen=True, slots=True)
class Relevance:
    """Hold the UAR of a system, and what its groups and its foremost columns are worth."""

    uar: float
    groups: tuple[Effect, ...]
    columns: tuple[Effect, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Question:
    """Hold which system is asked, about what, and how thoroughly.

    ``n_columns`` is how many columns are measured as often as groups; 0 leaves them out.
    """

    system: System
    course: Course
    n_repetitions: int = 5
    n_columns: int = 20
    seed: int = 0
    jobs: int = 1


def measure_relevance(
    question: Question, ledger: Ledger, progress: Countdown | None = None
) -> Relevance:
    """Give what the groups of columns are worth, and the columns that are worth most."""
    feature_set = str(question.system.feature_set)
    names = FEATURE_SETS[feature_set].columns
    groups = group_columns(feature_set)
    foremost: list[int] = []
    if question.n_columns:
        tasks = _make_tasks(question, glance, tuple((place,) for place in range(len(names))), 1)
        told = count_on(progress, 0, 2 * len(tasks))
        glances = np.mean(ledger.run(tasks, jobs=question.jobs, progress=told), axis=0)
        foremost = [int(place) for place in np.argsort(-glances)[: question.n_columns]]
    asked = (*groups.values(), *((place,) for place in foremost))
    tasks = _make_tasks(question, measure_losses, asked, question.n_repetitions)
    if question.n_columns:
        progress = count_on(progress, len(tasks), 2 * len(tasks))
    found: list[Losses] = ledger.run(tasks, jobs=question.jobs, progress=progress)
    labels = (*groups, *(names[place] for place in foremost))
    effects = [
        _describe(label, columns, [each.losses[place] for each in found])
        for place, (label, columns) in enumerate(zip(labels, asked, strict=True))
    ]
    return Relevance(
        float(np.mean([each.uar for each in found])),
        _rank(effects[: len(groups)]),
        _rank(effects[len(groups) :]),
    )


def group_columns(feature_set: str) -> Mapping[str, tuple[int, ...]]:
    """Give the numbers of the columns of each group of a feature set.

    Where there are no groups, columns belong together that begin alike: ``mfcc3_mean`` to "mfcc".
    """
    names = FEATURE_SETS[feature_set].columns
    own = [name for name, group in GROUPS.items() for _ in group.columns]
    if feature_set != "functionals":
        own = [name.split("_")[0].rstrip("0123456789") for name in names]
    groups: dict[str, list[int]] = {}
    for place, group in enumerate(own):
        groups.setdefault(group, []).append(place)
    return {name: tuple(places) for name, places in groups.items()}


def _make_tasks(
    question: Question,
    measure: Callable[..., object],
    asked: tuple[tuple[int, ...], ...],
    n_repetitions: int,
) -> list[Task]:
    """Give a task for each fold, in which all that is asked is shuffled."""
    name = question.system.name
    return [
        Task(
            kind=f"{name}, {measure.__name__}",
            key={
                "task": f"relevance, {measure.__name__}",
                "version": [_VERSION, question.system.version],
                "system": name,
                "seed": question.seed,
                "clips": question.course.fingerprints[name],
                "fold": joblib.hash([part.fold.train, part.fold.test]),
                "shuffled": joblib.hash([asked, n_repetitions]),
            },
            run=partial(
                measure,
                question.system,
                question.course.vectors[name],
                part.fold,
                asked,
                n_repetitions=n_repetitions,
                seed=question.seed,
            ),
        )
        for part in question.course.parts
    ]


def measure_losses(
    system: System,
    vectors: Vectors,
    fold: Fold,
    asked: Sequence[tuple[int, ...]],
    *,
    n_repetitions: int,
    seed: int,
) -> Losses:
    """Learn from a fold, and give what each shuffle of its test clips takes from the UAR."""
    tested = vectors.take(fold.test)
    values, truths = tested.values[0], _truths(tested)
    with threadpool_limits(1):
        estimator = fit_system(system, vectors.take(fold.train), seed=seed)

        def score(values: NDArray[np.float32]) -> float:
            return uar(truths, _hear(system, estimator, tested, values).argmax(axis=1))

        whole = score(values)
        losses = [
            tuple(
                whole - score(shuffle_columns(values, columns, (seed, 1, repetition)))
                for repetition in range(n_repetitions)
            )
            for columns in asked
        ]
    return Losses(whole, tuple(losses))


def glance(
    system: System,
    vectors: Vectors,
    fold: Fold,
    asked: Sequence[tuple[int, ...]],
    *,
    n_repetitions: int,
    seed: int,
) -> NDArray[np.float64]:
    """Learn from a fold, and give the Brier score of a few clips after each shuffle of theirs.

    Source: Brier (1950), "Verification of forecasts expressed in terms of probability".
    """
    few = np.random.default_rng(seed).permutation(fold.test)[:N_GLANCED]
    tested = vectors.take(few)
    truths = np.eye(len(EMOTIONS))[_truths(tested)]
    with threadpool_limits(1):
        estimator = fit_system(system, vectors.take(fold.train), seed=seed)
        scores = [
            [
                np.square(_hear(system, estimator, tested, shuffled) - truths).sum(axis=1).mean()
                for repetition in range(n_repetitions)
                for shuffled in [shuffle_columns(tested.values[0], columns, (seed, 0, repetition))]
            ]
            for columns in asked
        ]
    means: NDArray[np.float64] = np.mean(scores, axis=1)
    return means


def _truths(vectors: Vectors) -> NDArray[np.intp]:
    return np.array([EMOTIONS.index(str(clip.emotion)) for clip in vectors.clips], np.intp)


def _hear(
    system: System,
    estimator: Any,  # noqa: ANN401 - scikit-learn publishes no types
    tested: Vectors,
    values: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Give the probabilities of emotions for clips that have these vectors instead."""
    emotions, _ = predict(system, estimator, replace(tested, values=values[None]))
    return emotions


def shuffle_columns(
    values: NDArray[np.float32], columns: Sequence[int], seed: Sequence[int]
) -> NDArray[np.float32]:
    """Give vectors ``(n_clips, n_columns)`` in which these columns come from another clip each.

    They change places together: what belongs to one clip stays side by side.
    """
    order = np.random.default_rng((*seed, len(columns), columns[0])).permutation(len(values))
    shuffled = values.copy()
    shuffled[:, columns] = values[order][:, columns]
    return shuffled


def _describe(label: str, columns: Sequence[int], found: Sequence[Sequence[float]]) -> Effect:
    """Give mean and standard deviation of what a shuffle took, on all folds, in all repetitions."""
    losses = np.concatenate(found)
    return Effect(label, len(columns), float(losses.mean()), float(losses.std()))


def _rank(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(effects, key=lambda each: -each.mean))
