"""Search for the settings of a system that hear unseen speakers best, and can be broken off.

Each fit is a task of a ledger. scikit-learn's ``GridSearchCV`` and ``HalvingGridSearchCV`` cannot
be resumed: whoever stops them loses all that they measured, hence these.

The best score of a search flatters: it was chosen for being the highest on these folds. What the
settings are worth on other voices, only speakers tell that took no part in the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import joblib
import numpy as np

from ser_core.emotions import EMOTIONS
from ser_core.evaluation.metrics import uar
from ser_core.lab.halving import count_kept, list_counts, plan_shares, take_share
from ser_core.lab.ledger import Task
from ser_core.systems.trial import try_fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ser_core.evaluation.protocols import Fold
    from ser_core.lab.bench import Course
    from ser_core.lab.candidates import Settings
    from ser_core.lab.ledger import Countdown, Ledger
    from ser_core.systems.system import System
    from ser_core.training.vectors import Vectors

Method = Literal["grid", "halving"]

_VERSION: Final = 1
"""To be raised whenever a score comes to mean something else, so that no ledger gives old ones."""


class Score(NamedTuple):
    """Hold how a candidate did on one fold: UAR and seconds a fit, or why it could not learn."""

    uar: float
    seconds: float
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Hold what a candidate reached, fold by fold, in the last round that it came into.

    ``n_clips`` is how many clips it learnt from, on average over the folds.
    """

    settings: Settings
    round: int
    n_clips: int
    scores: tuple[Score, ...]

    @property
    def uar(self) -> float:
        """Give the mean UAR of the folds; 0 where it could not learn."""
        return float(np.mean([score.uar for score in self.scores]))

    @property
    def spread(self) -> float:
        """Give the standard deviation of the UAR over the folds."""
        return float(np.std([score.uar for score in self.scores]))

    @property
    def seconds(self) -> float:
        """Give the mean time of a fit."""
        return float(np.mean([score.seconds for score in self.scores]))

    @property
    def failure(self) -> str:
        """Give why it could not learn, empty if it could."""
        return next((score.failure for score in self.scores if score.failure), "")

    def as_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return {
            "settings": dict(self.settings),
            "uar": self.uar,
            "uar_std": self.spread,
            "uar_by_fold": [score.uar for score in self.scores],
            "fit_seconds": self.seconds,
            "clips": self.n_clips,
            "round": self.round,
            "failure": self.failure,
        }


@dataclass(frozen=True, slots=True)
class Search:
    """Hold what is searched, on what, and how."""

    system: System
    course: Course
    candidates: tuple[Settings, ...]
    method: Method = "grid"
    seed: int = 0
    jobs: int = 1

    @property
    def folds(self) -> tuple[Fold, ...]:
        """Give the folds of unseen speakers."""
        return tuple(part.fold for part in self.course.parts)


def search(
    asked: Search, ledger: Ledger, progress: Countdown | None = None
) -> tuple[Standing, ...]:
    """Give every candidate, the best first; who came into a later round stands before all others.

    A grid is one round, in which all learn from all clips.
    """
    labels = np.array([str(clip.emotion) for clip in asked.course.clips])
    shares = [1.0]
    if asked.method == "halving":
        shares = plan_shares(
            len(asked.candidates),
            labels.size,
            n_labels=np.unique(labels).size,
            n_folds=len(asked.folds),
        )
    rounds = _count_all(progress, list_counts(len(asked.candidates), len(shares)), asked)
    remaining: Sequence[Settings] = asked.candidates
    ranked: list[Standing] = []
    for number, (share, told) in enumerate(zip(shares, rounds, strict=True), start=1):
        folds = [take_share(fold, labels, share, seed=asked.seed) for fold in asked.folds]
        kind = f"{asked.system.name}, round {number}"
        tasks = [_make_task(kind, asked, each, fold) for each in remaining for fold in folds]
        scores = iter(ledger.run(tasks, jobs=asked.jobs, progress=told))
        n_clips = round(float(np.mean([fold.train.size for fold in folds])))
        standings = [
            Standing(each, number, n_clips, tuple(next(scores) for _ in folds))
            for each in remaining
        ]
        ranked = sorted(standings, key=lambda each: -each.uar) + ranked[len(standings) :]
        remaining = [each.settings for each in ranked[: count_kept(len(remaining))]]
    return tuple(ranked)


def _count_all(
    progress: Countdown | None, counts: Sequence[int], asked: Search
) -> Iterator[Countdown | None]:
    """Give for each round what tells the progress of all."""
    total, before = sum(counts) * len(asked.folds), 0
    for count in counts:
        yield count_on(progress, before, total)
        before += count * len(asked.folds)


def count_on(progress: Countdown | None, before: int, total: int) -> Countdown | None:
    """Give what tells the progress of one stage of work that has several, if somebody wants it.

    The stage begins after so many tasks of the total; how long the others take is not known.
    """
    if progress is None:
        return None

    def tell(done: int, total_here: int, seconds_left: float | None) -> None:
        is_last = before + total_here == total
        progress(before + done, total, seconds_left if is_last else None)

    return tell


def _make_task(kind: str, asked: Search, settings: Settings, fold: Fold) -> Task:
    name = asked.system.name
    return Task(
        kind=kind,
        key={
            "task": "search",
            "version": [_VERSION, asked.system.version],
            "system": name,
            "settings": dict(settings),
            "seed": asked.seed,
            "clips": asked.course.fingerprints[name],
            "fold": joblib.hash([fold.train, fold.test]),
        },
        run=partial(
            score_fold,
            asked.system,
            asked.course.vectors[name],
            fold,
            settings=settings,
            seed=asked.seed,
        ),
    )


def score_fold(
    system: System, vectors: Vectors, fold: Fold, *, settings: Mapping[str, Any], seed: int
) -> Score:
    """Give how a candidate does on a fold; one that cannot learn there is no reason to stop."""
    try:
        trial = try_fold(system, vectors, fold, seed=seed, settings=settings)
    except ValueError as error:
        return Score(0.0, 0.0, str(error))
    truths = np.array([EMOTIONS.index(str(vectors.clips[n].emotion)) for n in fold.test], np.intp)
    return Score(uar(truths, trial.emotions.argmax(axis=1)), trial.fit_seconds)
