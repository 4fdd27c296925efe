"""PURE  A challenger beside the champion, on speakers that neither has learnt from.

Each clip is judged by those networks of both that leave out its speaker's fold, twice: as a
stranger's, and after other clips of the same speaker. The challenger fails where it is worse,
which means significantly, or by more than a margin, in accuracy or in its probabilities. A clip
of one speaker is no independent witness, so the tests count speakers.

Sources: Cameron & Miller (2015), "A practitioner's guide to cluster-robust inference", Journal of
Human Resources 50(2), for the test; Dunn (1961), "Multiple comparisons among means", JASA
56(293), for its level; Brier (1950), "Verification of forecasts expressed in terms of
probability", Monthly Weather Review 78(1), for the score.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy import stats

from ser_core.classify import Layout, Outputs, run_networks
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation import metrics
from ser_core.evaluation.protocols import N_FOLDS
from ser_core.training.earlier_clips import add_up_views, draw_earlier_clips

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ser_core.classify import Classifier
    from ser_core.training.course import Course

LEVEL: Final = 0.05
"""Of all tests together: so seldom a challenger that is as good is refused by chance."""

MARGINS: Final = {"all": 0.01, "female": 0.01, "male": 0.01, "feedback": 0.05}
"""By more a challenger may not be worse, however few the clips that show it."""

LEAST_CLIPS: Final = 20
"""Fewer clips decide nothing."""

_MEASURES: Final = ("accuracy", "calibration")


class Answers(NamedTuple):
    """Hold what networks and encoder say of rows that they have not learnt from.

    They are asked twice: as if the speaker were a stranger, and after other clips of theirs.
    """

    strange: tuple[Outputs, Outputs | None]
    acquainted: tuple[Outputs, Outputs | None]


def ask_unheard(classifier: Classifier, course: Course, seed: int) -> Answers:
    """Give what is said of each row by the networks that have not learnt from its fold.

    The seed decides which clips of a speaker came earlier.
    """
    n_corpora, layout = len(classifier.corpora), Layout(len(classifier.corpora))
    rows = np.zeros((2, course.folds.size, layout.n_outputs), np.float32)
    outputs, acquainted = (layout.part(each) for each in rows)
    earlier = draw_earlier_clips(course.speakers, np.random.default_rng(seed))
    closer = course.scores - earlier @ course.scores
    for fold in range(N_FOLDS):
        own = course.folds == fold
        found = run_networks(classifier.networks[fold::N_FOLDS], course.scores[own], n_corpora)
        for room, part in zip(outputs, found, strict=True):
            room[own] = part
        known = run_networks(classifier.acquainted[fold::N_FOLDS], closer[own], n_corpora)
        acquainted.views[own] = known.views
    heard = course.heard
    if heard is not None:
        usual = add_up_views(earlier, heard.views - classifier.usual_views)
        heard = heard._replace(views=heard.views - usual)
    return Answers((outputs, course.heard), (outputs._replace(views=acquainted.views), heard))


def judge_unheard(classifier: Classifier, course: Course, seed: int) -> NDArray[np.float64]:
    """Give the probabilities of emotions that the same come to, among those that can be.

    The shape is ``(2 * n, 8)``: first come all rows as strangers', then all as acquaintances'.
    """
    answers = ask_unheard(classifier, course, seed)
    emotions = np.concatenate(
        [
            classifier.calibration.judge(*answers.strange).emotions,
            classifier.acquainted_calibration.judge(*answers.acquainted).emotions,
        ]
    )
    possible = np.concatenate((classifier.calibration.possible, np.ones((1, len(EMOTIONS)), bool)))
    return metrics.restrict_rows(emotions, np.tile(possible[course.corpora], (2, 1)))


def compare(
    champion: NDArray[np.float64], challenger: NDArray[np.float64], course: Course
) -> dict[str, Any]:
    """Give the figures of both, group by group, and where the challenger fails; ready for JSON."""
    truths, speakers = np.tile(course.emotions, 2), np.tile(course.speakers, 2)
    groups, failures = [], []
    found = [(name, own) for name, own in _list_groups(course) if own.sum() >= LEAST_CLIPS]
    level = LEVEL / max(1, len(found) * len(_MEASURES))
    for name, own in found:
        both = np.flatnonzero(np.tile(own, 2))
        pair = [measure_emotions(each[both], truths[both]) for each in (champion, challenger)]
        groups.append(
            {
                "name": name,
                "n_clips": int(own.sum()),
                "n_speakers": int(np.unique(course.speakers[own]).size),
                **{figure: [each[figure] for each in pair] for figure in pair[0]},
            }
        )
        scored = [_score(each[both], truths[both]) for each in (champion, challenger)]
        for number, measure in enumerate(_MEASURES):
            gains = scored[1][number] - scored[0][number]
            difference, p = test_paired(gains, speakers[both])
            if p < level or difference < -MARGINS[name]:
                failures.append(
                    {"group": name, "measure": measure, "difference": difference, "p": p}
                )
    known = np.flatnonzero(truths >= 0)
    judged = {"champion": champion[known], "challenger": challenger[known]}
    return {
        "groups": groups,
        "confusion": {
            name: metrics.confusion_matrix(
                truths[known], each.argmax(axis=1), len(EMOTIONS)
            ).tolist()
            for name, each in judged.items()
        },
        "reliability": {
            name: [
                {
                    "confidence": bin_.confidence,
                    "accuracy": bin_.accuracy,
                    "share": bin_.n_clips / known.size,
                }
                for bin_ in metrics.reliability_bins(truths[known], each, 10)
            ]
            for name, each in judged.items()
        },
        "failures": failures,
    }


def test_paired(gains: NDArray[np.float64], speakers: NDArray[np.str_]) -> tuple[float, float]:
    """Give the mean gain, and how probable so low a one is by chance if there is none.

    Clips of one speaker count as one cluster; with a single speaker, each clip by itself.
    """
    _, own = np.unique(speakers, return_inverse=True)
    mean = float(gains.mean())
    if own.max() == 0:
        own = np.arange(gains.size)
    sums = np.bincount(own, weights=gains - mean)
    n = sums.size
    error = float(np.sqrt((sums**2).sum() * n / (n - 1))) / gains.size
    if error == 0:
        return mean, 1.0 if mean >= 0 else 0.0
    return mean, float(stats.t.cdf(mean / error, n - 1))


def _list_groups(course: Course) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Give the clips of each group; lessons are judged by themselves."""
    known = course.emotions >= 0
    clips = known & ~course.is_lesson
    yield "all", clips
    for number, gender in enumerate(GENDERS):
        yield gender, clips & (course.genders == number)
    yield "feedback", known & course.is_lesson


def _score(
    emotions: NDArray[np.float64], truths: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give, for each clip, whether it is right, and its Brier score with the sign turned."""
    right = (emotions.argmax(axis=1) == truths).astype(np.float64)
    brier = ((emotions - np.eye(len(EMOTIONS))[truths]) ** 2).sum(axis=1)
    return right, -brier


def measure_emotions(emotions: NDArray[np.float64], truths: NDArray[np.intp]) -> dict[str, float]:
    """Give the figures of one classifier on one group."""
    predictions = emotions.argmax(axis=1)
    return {
        "accuracy": metrics.accuracy(truths, predictions),
        "uar": metrics.uar(truths, predictions),
        "ece": metrics.expected_calibration_error(truths, emotions),
    }
