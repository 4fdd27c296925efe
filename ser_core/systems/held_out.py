"""What a system says of speakers that it never heard, how sure it may be, and what it learnt.

::

    vectors ─┬─ without each fold ──> said of unseen speakers ─┬─> calibrated by the other folds
             │                                                 └─> sharpness ─┐
             └─ all ──────────────> tellers ──────────────────────────────────┴─> classifier

Who says nothing of gender gets a logistic regression at its side that does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import joblib
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from ser_core.classify import Probabilities, softmax
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import CorpusError
from ser_core.estimator import EstimatorClassifier, Teller, find_logits
from ser_core.evaluation.protocols import Fold, number_folds, unseen_speakers
from ser_core.systems.pack import pack_estimator
from ser_core.systems.system import System
from ser_core.systems.trial import Trial, fit_system, try_fold
from ser_core.training.calibrate import fit_scales

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from sklearn.pipeline import Pipeline

    from ser_core.corpora import Clip
    from ser_core.training.vectors import Extraction, Progress, Vectors

_MIN_WORDS: Final = 2
"""With fewer there is nothing to tell apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Hold what a system learns from, and the folds that part it.

    ``rows`` numbers the clips among all that were measured.
    """

    system: System
    settings: Mapping[str, Any]
    vectors: Vectors
    rows: NDArray[np.intp]
    folds: tuple[Fold, ...]


class Learnt(NamedTuple):
    """Hold what was said of the test clips of each fold, and what learnt from all clips."""

    trials: tuple[Trial, ...]
    teller: Teller


class HeldOut(NamedTuple):
    """Hold probabilities of each clip by what never heard its speaker, and the final classifier."""

    probabilities: Probabilities
    classifier: EstimatorClassifier


def learn(
    system: System,
    settings: Mapping[str, Any],
    vectors: Vectors,
    how: Extraction,
    progress: Progress | None = None,
) -> HeldOut:
    """Fit a system on all folds but one, in turn, and on all of them.

    Raises:
        CorpusError: if there are not two speakers, or not two emotions without those of a fold.
        BadSetting: if the system cannot take a setting.
    """
    folds = unseen_speakers(vectors.clips)
    _refuse_monotony(vectors.clips, folds)
    lessons = [Lesson(system, settings, vectors, np.arange(len(vectors.clips)), folds)]
    if not system.tells_gender:
        lessons += _plan_genders(vectors, folds)
    learnt = _fit_all(lessons, how, progress)
    said = _gather(lessons, learnt)
    sharpness, probabilities = _calibrate(said, vectors.clips, number_folds(folds))
    corpora = tuple(sorted({clip.corpus for clip in vectors.clips}))
    tellers = [each.teller for each in learnt]
    genders = tellers[1] if len(tellers) > 1 else None
    return HeldOut(probabilities, EstimatorClassifier(corpora, tellers[0], genders, sharpness))


def build_gender_teller(seed: int) -> Pipeline:
    """Give what tells genders where a system does not; linear, for that is easy to hear."""
    return make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, max_iter=1000, random_state=seed)
    )


def _refuse_monotony(clips: Sequence[Clip], folds: Sequence[Fold]) -> None:
    """Make sure that there are emotions to tell apart, whatever fold is left out.

    Raises:
        CorpusError: if there are not.
    """
    for fold in folds:
        emotions = {str(clips[number].emotion) for number in fold.train}
        if len(emotions) < _MIN_WORDS:
            message = (
                f"without the speakers of one fold all clips are {', '.join(emotions)}:"
                " a system learns to tell two emotions apart, or more"
            )
            raise CorpusError(message)


def _plan_genders(vectors: Vectors, folds: Sequence[Fold]) -> list[Lesson]:
    """Give what genders are learnt from; nothing, where there are not two.

    A fold is left out that tests nobody whose gender is known, or leaves one gender to learn.
    """
    rows = np.array([row for row, clip in enumerate(vectors.clips) if clip.gender], np.intp)
    clips = tuple(replace(vectors.clips[row], emotion=vectors.clips[row].gender) for row in rows)
    genders = np.array([clip.gender for clip in clips])
    if np.unique(genders).size < _MIN_WORDS:
        return []
    numbers = number_folds(folds)[rows]
    parts = [
        Fold(np.flatnonzero(numbers != number), np.flatnonzero(numbers == number))
        for number in range(len(folds))
    ]
    useful = tuple(
        part
        for part in parts
        if part.test.size and np.unique(genders[part.train]).size == _MIN_WORDS
    )
    system = System("gender", "linear", "", build_gender_teller)  # of vectors, whichever they are
    known = replace(vectors.take(rows), clips=clips, values=vectors.values[:1, rows])
    return [Lesson(system, {}, known, rows, useful)]


def _fit_all(lessons: Sequence[Lesson], how: Extraction, progress: Progress | None) -> list[Learnt]:
    """Give what was learnt in each lesson; all folds of all lessons side by side."""
    tasks = [
        joblib.delayed(try_fold)(
            each.system, each.vectors, fold, seed=how.seed, settings=each.settings
        )
        for each in lessons
        for fold in each.folds
    ]
    tasks += [joblib.delayed(_fit_teller)(each, how.seed) for each in lessons]
    done: list[Any] = []
    for result in joblib.Parallel(how.jobs, return_as="generator")(tasks):
        done.append(result)
        if progress:
            progress("fitting", len(done), len(tasks))
    trials = iter(done)
    tellers = done[-len(lessons) :]
    return [
        Learnt(tuple(next(trials) for _ in each.folds), teller)
        for each, teller in zip(lessons, tellers, strict=True)
    ]


def _fit_teller(lesson: Lesson, seed: int) -> Teller:
    """Give what learnt from all clips, as a bundle keeps it."""
    with threadpool_limits(1):
        fitted = fit_system(lesson.system, lesson.vectors, seed=seed, settings=lesson.settings)
    return Teller(tuple(map(str, fitted.classes_)), pack_estimator(fitted))


def _gather(lessons: Sequence[Lesson], learnt: Sequence[Learnt]) -> Probabilities:
    """Give what was said of each clip; both genders are as probable where none was told.

    The first lesson tells emotions.
    """
    n_clips = len(lessons[0].rows)
    emotions, genders = np.zeros((n_clips, len(EMOTIONS))), np.full((n_clips, len(GENDERS)), 0.5)
    for lesson, found in zip(lessons, learnt, strict=True):
        for fold, trial in zip(lesson.folds, found.trials, strict=True):
            tested = lesson.rows[fold.test]
            if lesson is lessons[0]:
                emotions[tested] = trial.emotions
            if trial.genders is not None:
                genders[tested] = trial.genders
    return Probabilities(emotions, genders, np.zeros(n_clips))


def _calibrate(
    said: Probabilities, clips: Sequence[Clip], folds: NDArray[np.intp]
) -> tuple[tuple[float, float], Probabilities]:
    """Give the sharpness of emotions and genders, and probabilities that it makes.

    Those of a fold have the sharpness that suits the other folds.
    """
    emotions = np.array([EMOTIONS.index(str(clip.emotion)) for clip in clips])
    genders = np.array([GENDERS.index(clip.gender) if clip.gender else -1 for clip in clips])
    possible = np.isin(np.arange(len(EMOTIONS)), emotions)
    calibrated = [
        _sharpen(find_logits(said.emotions, possible), emotions, folds),
        _sharpen(find_logits(said.genders), genders, folds),
    ]
    sharpness = calibrated[0][0], calibrated[1][0]
    return sharpness, said._replace(emotions=calibrated[0][1], genders=calibrated[1][1])


def _sharpen(
    logits: NDArray[np.float64], truths: NDArray[np.intp], folds: NDArray[np.intp]
) -> tuple[float, NDArray[np.float64]]:
    """Give the sharpness that suits all clips, and probabilities by what suits the other folds."""

    def fit(own: NDArray[np.bool_]) -> float:
        known = own & (truths >= 0)
        return fit_scales(logits[known], None, truths[known])[0]

    probabilities = np.empty_like(logits)
    for fold in np.unique(folds):
        probabilities[folds == fold] = softmax(logits[folds == fold] * fit(folds != fold))
    return fit(np.ones(folds.size, bool)), probabilities
