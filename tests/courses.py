"""Clips that nobody recorded, parted and measured, for the tests of searches."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from learning import make_clip
from sklearn.dummy import DummyClassifier
from sklearn.tree import DecisionTreeClassifier

from ser_core.features import FEATURE_SETS
from ser_core.lab.bench import Course
from ser_core.lab.folds import part_clips
from ser_core.lab.ledger import Ledger
from ser_core.lab.search import Search, search
from ser_core.systems.system import System
from ser_core.training.vectors import Vectors

if TYPE_CHECKING:
    from ser_core.lab.candidates import Settings

MFCC, CHROMA, MEL = 3, 45, 100
"""Numbers of columns of ``classic180``, one in each of its groups."""

EMOTIONS = ("happy", "sad", "angry")


def build(seed: int) -> DecisionTreeClassifier:
    """Give something that learns in a moment."""
    return DecisionTreeClassifier(random_state=seed)


QUICK = System("quick", "a tree", "classic180", build)


def make_course(system: System = QUICK, n_speakers: int = 6, n_each: int = 6) -> Course:
    """Give speakers whose emotion shows in one column of MFCC, and a little in one of chroma."""
    clips = tuple(
        make_clip(f"a/{speaker}", emotion)
        for speaker in range(n_speakers)
        for emotion in EMOTIONS
        for _ in range(n_each)
    )
    truths = np.array([EMOTIONS.index(str(clip.emotion)) for clip in clips])
    columns = len(FEATURE_SETS["classic180"].columns)
    values = np.random.default_rng(0).normal(0, 1, (1, len(clips), columns)).astype(np.float32)
    values[0, :, MFCC] = 4 * truths + values[0, :, MFCC]
    values[0, :, CHROMA] += truths == 1
    vectors = Vectors(values, clips, (), ((),) * len(clips))
    parts = part_clips(clips, ["unseen-speakers"])
    names = {system.name: vectors}
    return Course(clips, (), parts, names, {system.name: "made up"}, {})


FITS = Path("fits")
"""Where slow ones note that they learn; a test sets it."""


class Slow(DummyClassifier):
    """Learn slowly, and tell a file of it."""

    def fit(self, vectors: Any, labels: Any) -> Slow:  # noqa: ANN401 - as scikit-learn has it
        """Note that it learns, and do."""
        with FITS.open("a") as file:
            file.write(f"{self.constant}\n")
        time.sleep(0.02)
        return super().fit(vectors, labels)


def build_slow(seed: int) -> Slow:
    """Give something that takes long enough to be killed in the middle."""
    return Slow(random_state=seed, strategy="constant")


SLOW = System("slow", "a slow one", "classic180", build_slow)
GRID = tuple({"constant": emotion, "random_state": n} for emotion in EMOTIONS for n in range(3))


def search_slowly(folder: Path) -> list[Settings]:
    """Search on, and give the candidates in the order of their rank."""
    asked = Search(SLOW, make_course(SLOW), GRID)
    return [each.settings for each in search(asked, Ledger(folder / "ledger"))]
