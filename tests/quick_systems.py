"""Systems that learn in a moment, for the tests of the laboratory.

As a program, it is `ser` with these systems, of which one takes its time: for tests that kill it.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ser_core import __main__ as command_line
from ser_core.systems import table
from ser_core.systems.system import Published, System

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

LOG = "SER_TEST_LOG"
"""The variable that names the file in which slow systems write how often they learn."""


class Counter(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # no types there
    """Say of everything that it is as often this as it was in what was learnt from."""

    def __init__(self, seconds: float = 0, log: str | None = None) -> None:
        self.seconds = seconds
        self.log = log

    def fit(self, vectors: NDArray[Any], labels: NDArray[np.str_]) -> Self:
        """Count the labels, slowly if asked to."""
        time.sleep(self.seconds)
        self.classes_, counts = np.unique(labels, return_counts=True)
        self.shares_ = counts / counts.sum()
        self.loss_curve_ = [2.0, 1.0, float("inf"), 0.5]
        self.heard_ = len(vectors)
        if self.log:
            with Path(self.log).open("a") as file:
                file.write("learnt\n")
        return self

    def predict_proba(self, vectors: NDArray[Any]) -> NDArray[np.float64]:
        """Give the same row for everything."""
        return np.tile(self.shares_, (len(vectors), 1))

    @property
    def size_bytes(self) -> int:
        """Give eight bytes a number."""
        return 8 * len(self.shares_)


class ClipCounter(Counter):
    """Do the same with clips themselves, and take note of all that it was offered."""

    def __init__(
        self,
        noises: tuple[Path, ...] = (),
        folds: Mapping[str, int] | None = None,
        encoders: Path | None = None,
        cache: Path | None = None,
        copies: int = 3,
    ) -> None:
        super().__init__()
        self.noises = noises
        self.folds = folds
        self.encoders = encoders
        self.cache = cache
        self.copies = copies


def build(seed: int) -> Any:  # noqa: ANN401 - scikit-learn publishes no types
    """Give a good classifier that learns in no time."""
    shrinkage = 0.5 + seed / 1e6
    return make_pipeline(
        StandardScaler(), LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)
    )


def build_counter(seed: int) -> Counter:  # noqa: ARG001 - nothing in it is random
    return Counter()


def build_slow(seed: int) -> Counter:  # noqa: ARG001 - as above
    return Counter(0.15, os.environ.get(LOG))


def build_clip_counter(seed: int) -> ClipCounter:  # noqa: ARG001 - as above
    return ClipCounter()


QUICK = System(
    name="quick",
    title="learns in no time",
    feature_set="classic180",
    build=build,
    published=(Published("emodb", 0.9, "guessed"), Published("ravdess", 0.8, "guessed")),
)
GENDERED = System(
    name="gendered",
    title="tells genders as well",
    feature_set="classic180",
    build=build,
    tells_gender=True,
    noisy_copies=1,
)
SLOW = System(name="slow", title="sleeps", feature_set="classic180", build=build_slow)
LOSING = System(name="losing", title="counts", feature_set="classic180", build=build_counter)
OF_CLIPS = System(name="of-clips", title="counts", feature_set=None, build=build_clip_counter)

QUICK_SYSTEMS = {each.name: each for each in (QUICK, GENDERED, SLOW, LOSING, OF_CLIPS)}


def main() -> None:
    """Run `ser` with these systems."""
    table.SYSTEMS = QUICK_SYSTEMS  # type: ignore[misc, assignment] # final, but for a test
    command_line.main()
