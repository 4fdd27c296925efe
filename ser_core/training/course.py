"""PURE  What a challenger learns from: the clips of old, more corpora, and what people said.

Whatever a person says counts, but not without measure:

- a person counts no more than `MOST_LESSONS` lessons do, however many they give;
- all lessons together make up at most `MOST_SHARE` of what is learnt from;
- a lesson that contradicts the audio strongly, or comes from somebody whose lessons are far more
  surprising than the answers' own probabilities expect, counts less.

Lessons and clips of new corpora have no view of their own: they teach each view as far as it has a
say on how they sound, and the general one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.classify import MANY_EMOTIONS, Outputs, run_networks, softmax, standardise
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.protocols import N_FOLDS, number_folds, unseen_speakers
from ser_core.speaker import MOST_LESSONS
from ser_core.training.labels import label_clips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.classify import Classifier
    from ser_core.features.spectrum import Matrix
    from ser_core.speaker import Lesson
    from ser_core.training.memory import Memory
    from ser_core.training.vectors import Vectors

MOST_SHARE: Final = 0.33
"""Of each batch, however many lessons there are."""

HALF_LESSONS: Final = 100
"""So many lessons make up half of that share."""

DOUBTFUL: Final = 0.02
"""A label that was less probable than this, by an answer that means what it says, is right once in
fifty times at most; it counts the less, the less probable it was."""

LEAST_TRUST: Final = 0.1
"""By which the most surprising lesson still counts: it may be right."""

PATIENCE: Final = 4.0
"""So many lessons that are as surprising as they should be a person is credited with."""

TOLERANCE: Final = 1.4
"""So many times more surprising than expected a person's lessons may be, and count in full. Of 115
actors who said what they had acted, one in a hundred surprised more; who taps at random surprises
2 to 5 times more (the users of `ser_core.evaluation.simulation`)."""

STEEPNESS: Final = 4
"""How fast trust falls beyond: at twice the tolerance a lesson counts a sixteenth."""

_LEAST_PROBABILITY: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Hold what is learnt from; a label that is not known is -1, and so is no corpus or no fold.

    ``scores`` are z-scores ``(n, n_columns)``. ``teach`` says how much each row teaches each view,
    ``(n, n_corpora + 1)``. ``weights`` are how much a row counts among its like: clips, or
    lessons, of which none counts more than 1. ``folds`` numbers the networks that must not learn
    from a row. ``heard`` is what an encoder said that had not learnt from it.
    """

    scores: Matrix
    emotions: NDArray[np.intp]
    genders: NDArray[np.intp]
    speakers: NDArray[np.str_]
    corpora: NDArray[np.intp]
    folds: NDArray[np.intp]
    teach: Matrix
    weights: Matrix
    is_lesson: NDArray[np.bool_]
    heard: Outputs | None

    def share_lessons(self, lessons: NDArray[np.intp]) -> float:
        """Give how much of each batch is lessons, if it is these."""
        total = float(self.weights[lessons].sum())
        return MOST_SHARE * total / (total + HALF_LESSONS)


_ROWS: Final = tuple(field.name for field in fields(Course) if field.name != "heard")


def join(parts: Sequence[Course]) -> Course:
    """Give all that is learnt from together; heard where all parts were."""
    rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ROWS}
    heard = [part.heard for part in parts if part.heard is not None]
    if len(heard) < len(parts):
        return Course(**rows, heard=None)
    return Course(**rows, heard=Outputs(*map(np.concatenate, zip(*heard, strict=True))))


def recall(memory: Memory) -> Course:
    """Give the course of the clips that a classifier learnt from; each teaches its own view.

    Those of small corpora count more, as in training, lest their views be forgotten; those of
    large ones count in full: with less, tuned networks were half a point worse on CREMA-D.
    """
    labels, n_clips = memory.labels, len(memory.scores)
    own = np.eye(len(labels.names), dtype=np.float32)[labels.corpora]
    return Course(
        scores=memory.scores,
        emotions=labels.emotions,
        genders=labels.genders,
        speakers=labels.speakers,
        corpora=labels.corpora,
        folds=memory.folds,
        teach=np.concatenate((own, np.ones((n_clips, 1), np.float32)), axis=1),
        weights=np.maximum(1, labels.weights),
        is_lesson=np.zeros(n_clips, bool),
        heard=memory.heard,
    )


def read_clips(vectors: Vectors, heard: Outputs | None, judge: Classifier) -> Course:
    """Give the course of clips from corpora that the classifier ``judge`` has no view of."""
    labels = label_clips(vectors.clips)
    folds = number_folds(unseen_speakers(vectors.clips))
    scores = standardise(vectors.values[0], judge.mean, judge.deviation)
    return Course(
        scores=scores,
        emotions=labels.emotions,
        genders=labels.genders,
        speakers=labels.speakers,
        corpora=np.full(folds.size, -1),
        folds=folds,
        teach=share_out(scores, labels.emotions, judge),
        weights=np.maximum(1, labels.weights),
        is_lesson=np.zeros(folds.size, bool),
        heard=heard,
    )


def read_lessons(lessons: Sequence[tuple[int, Lesson]], judge: Classifier) -> Course:
    """Give the course of what people said, each with the number of the person; not of none."""
    told = [lesson for _, lesson in lessons]
    impressions = [each.impression for each in told]
    scores = np.stack([each.vector for each in impressions])
    scores = standardise(scores, judge.mean, judge.deviation)
    emotions = np.array([EMOTIONS.index(each.emotion) if each.emotion else -1 for each in told])
    heard = None
    if impressions[0].views.size:
        heard = Outputs(
            np.stack([each.views for each in impressions]),
            np.stack([each.genders for each in impressions]),
            np.empty((len(told), 0), np.float32),
        )
    return Course(
        scores=scores,
        emotions=emotions,
        genders=np.array([GENDERS.index(each.gender) if each.gender else -1 for each in told]),
        speakers=np.array([f"people/{person}" for person, _ in lessons]),
        corpora=np.full(len(told), -1),
        folds=np.array([find_fold(person) for person, _ in lessons]),
        teach=share_out(scores, emotions, judge),
        weights=weigh_lessons(lessons),
        is_lesson=np.ones(len(told), bool),
        heard=heard,
    )


def find_fold(person: int) -> int:
    """Give the fold of a person: the same in every training, as if drawn at random."""
    return int.from_bytes(hashlib.sha256(str(person).encode()).digest()[:4]) % N_FOLDS


def share_out(scores: Matrix, emotions: NDArray[np.intp], judge: Classifier) -> Matrix:
    """Give how much recordings teach each view: as much as it has a say on them.

    A view that does not know the emotion learns nothing; the general one always learns. Where no
    emotion is known, none does.
    """
    evidence = run_networks(judge.networks, scores, len(judge.corpora)).corpora
    possible = judge.calibration.possible
    strangeness = judge.calibration.measure_strangeness(evidence)[:, None]
    many = (possible.sum(axis=1) >= MANY_EMOTIONS).astype(np.float64)
    together = many / max(1.0, many.sum())
    own = softmax(evidence)
    shares = (own + strangeness * (together - own)) * possible[:, emotions].T
    everyone = np.ones((len(scores), 1))
    is_known = (emotions >= 0)[:, None]
    rows: Matrix = (np.concatenate((shares, everyone), axis=1) * is_known).astype(np.float32)
    return rows


def weigh_lessons(lessons: Sequence[tuple[int, Lesson]]) -> Matrix:
    """Give how much each lesson counts, from 0 to 1: by trust, and by how many a person gave."""
    _, own, counts = np.unique(
        [person for person, _ in lessons], return_inverse=True, return_counts=True
    )
    weights: Matrix = trust_lessons(lessons) * np.minimum(1, MOST_LESSONS / counts)[own]
    return weights.astype(np.float32)


def trust_lessons(lessons: Sequence[tuple[int, Lesson]]) -> NDArray[np.float64]:
    """Give how far each lesson is believed, from 0 to 1."""
    people = np.array([person for person, _ in lessons])
    surprises, expected = np.array([_measure_surprise(lesson) for _, lesson in lessons]).T
    trust: NDArray[np.float64] = np.clip(np.exp(-surprises) / DOUBTFUL, LEAST_TRUST, 1)
    for person in np.unique(people):
        own = people == person
        patience = PATIENCE * expected[own].mean()
        ratio = (surprises[own].sum() + patience) / max(1e-9, expected[own].sum() + patience)
        trust[own] *= min(1.0, (TOLERANCE / ratio) ** STEEPNESS)
    return trust


def _measure_surprise(lesson: Lesson) -> tuple[float, float]:
    """Give how surprising a label is after the answer, and how surprising one was to be, in nats.

    Source: Shannon (1948): minus the logarithm of a probability, and its mean, the entropy.
    """
    told = np.array(lesson.told_emotions if lesson.emotion else lesson.told_genders)
    told = np.maximum(told, _LEAST_PROBABILITY)
    label = EMOTIONS.index(lesson.emotion) if lesson.emotion else GENDERS.index(str(lesson.gender))
    return float(-np.log(told[label])), float(-(told * np.log(told)).sum())
