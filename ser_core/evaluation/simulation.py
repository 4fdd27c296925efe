"""What it is worth to be known: actors whom nobody had heard play people who use the bot.

Each sends notes, one after the other, and says of each what it was. Then their next notes are
judged: as a stranger's, by their baseline, by that and what they said, and after a retraining on
what all of them said. The networks, the encoder and the calibration are those of the fold that
tests them, so nothing has heard them before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.classify import Outputs, standardise
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation import metrics
from ser_core.speaker import Baseline, Impression, Lesson, Speaker
from ser_core.training.course import join, read_lessons, recall
from ser_core.training.memory import NO_FOLD, Memory, round_scores
from ser_core.training.tune import Tuning, tune

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.classify import Classifier
    from ser_core.evaluation.study import Study

USERS: Final = ("ravdess", "crema-d")
N_NOTES: Final = (0, 1, 2, 4, 8, 16)
RETRAINED_AFTER: Final = (4, 8, 16)
WAYS: Final = ("stranger", "baseline", "feedback", "retrained")


@dataclass(frozen=True, slots=True, eq=False)
class _User:
    """Hold who plays: the numbers of the clips that are sent, and of those that come next."""

    person: int
    sent: NDArray[np.intp]
    coming: NDArray[np.intp]


def simulate_learning(study: Study) -> dict[str, Any]:
    """Give how often the next note is right, after so many, for each corpus and way."""
    rights: dict[str, dict[int, dict[str, list[NDArray[np.bool_]]]]] = {
        name: {n: {way: [] for way in WAYS} for n in N_NOTES} for name in USERS
    }
    n_people = dict.fromkeys(USERS, 0)
    for fold in range(len(study.folds)):
        users = _choose_users(study, fold)
        speakers = [_send(study, fold, user) for user in users]
        for n in N_NOTES:
            challenger = None
            if users and n in RETRAINED_AFTER:
                challenger = _retrain(study, fold, users, speakers, n)
            for user, known in zip(users, speakers, strict=True):
                corpus = str(study.corpora[user.sent[0]])
                n_people[corpus] += n == 0
                for way, right in _judge_next(study, fold, user, known[n], challenger).items():
                    rights[corpus][n][way].append(right)
    return {
        "people": n_people,
        "ways": list(WAYS),
        "corpora": {
            name: [{"earlier_notes": n, **_average(by_way)} for n, by_way in curve.items()]
            for name, curve in rights.items()
        },
    }


def _average(by_way: dict[str, list[NDArray[np.bool_]]]) -> dict[str, float]:
    """Give the accuracy of each way over all notes."""
    return {way: float(np.concatenate(parts).mean()) for way, parts in by_way.items() if parts}


def _choose_users(study: Study, fold: int) -> list[_User]:
    """Give the speakers whom a fold tests, who have enough clips, and the order of their notes."""
    random = np.random.default_rng((study.how.seed, fold))
    speakers, users = study.judgements.labels.speakers, []
    tested = study.folds[fold].test
    tested = tested[np.isin(study.corpora[tested], USERS)]
    for name in np.unique(speakers[tested]):
        clips = random.permutation(tested[speakers[tested] == name])
        if clips.size > max(N_NOTES):
            number = int(np.flatnonzero(np.unique(speakers) == name)[0])
            users.append(_User(number, clips[: max(N_NOTES)], clips[max(N_NOTES) :]))
    return users


def _send(study: Study, fold: int, user: _User) -> list[Speaker]:
    """Give what is known of a user after each note, from none to all."""
    classifier, known = study.classifiers[fold], [Speaker()]
    for clip in user.sent:
        before = known[-1]
        emotions, genders = _judge(study, classifier, clip[None], before)
        impression = _remember(study, int(clip))
        lesson = Lesson(
            impression,
            EMOTIONS[study.judgements.labels.emotions[clip]],
            GENDERS[study.judgements.labels.genders[clip]],
            tuple(emotions[0].tolist()),
            tuple(genders[0].tolist()),
        )
        baseline = before.baseline
        baseline = baseline.add(impression) if baseline else Baseline.begin(impression)
        known.append(Speaker(baseline, (*before.lessons, lesson)))
    return known


def _retrain(
    study: Study, fold: int, users: Sequence[_User], speakers: Sequence[list[Speaker]], n: int
) -> Classifier:
    """Give the fold's classifier after it has learnt from the first notes of all users."""
    classifier = study.classifiers[fold]
    train = study.folds[fold].train
    memory = Memory(
        round_scores(
            standardise(study.vectors.values[0, train], classifier.mean, classifier.deviation)
        ),
        study.judgements.labels.take(train),
        np.full(train.size, NO_FOLD),
        None,
    )
    lessons = [
        (user.person, lesson)
        for user, known in zip(users, speakers, strict=True)
        for lesson in known[n].lessons
    ]
    course = join([recall(memory), read_lessons(lessons, classifier)])
    return tune(classifier, course, Tuning(seed=study.how.seed, jobs=study.how.jobs))


def _judge_next(
    study: Study, fold: int, user: _User, known: Speaker, challenger: Classifier | None
) -> dict[str, NDArray[np.bool_]]:
    """Give which of the coming notes are right, in each way."""
    classifier = study.classifiers[fold]
    ways = {
        "stranger": (classifier, None),
        "baseline": (classifier, Speaker(known.baseline)),
        "feedback": (classifier, known),
    }
    if challenger is not None:
        ways["retrained"] = (challenger, known)
    labels = study.judgements.labels
    truths = labels.emotions[user.coming]
    possible = np.flatnonzero(labels.possible[labels.corpora[user.coming[0]]])
    return {
        way: metrics.restrict(emotions, possible).argmax(axis=1) == truths
        for way, (judge, speaker) in ways.items()
        for emotions, _ in [_judge(study, judge, user.coming, speaker)]
    }


def _judge(
    study: Study, classifier: Classifier, clips: NDArray[np.intp], speaker: Speaker | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the probabilities of emotions and genders."""
    heard = study.judgements.heard
    heard = heard and Outputs(*(part[clips] for part in heard))
    found = classifier.classify(study.vectors.values[0, clips], heard, speaker)
    return found.emotions, found.genders


def _remember(study: Study, clip: int) -> Impression:
    """Give what a clip leaves behind."""
    heard = study.judgements.heard
    views = np.empty((0, len(EMOTIONS))) if heard is None else heard.views[clip]
    genders = np.empty(0) if heard is None else heard.genders[clip]
    return Impression("", study.vectors.values[0, clip], views, genders)
