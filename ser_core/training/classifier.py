"""From vectors to a classifier whose probabilities were calibrated on unseen speakers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ser_core.evaluation.protocols import number_folds, unseen_speakers
from ser_core.training.calibrate import fit_calibration
from ser_core.training.encoders import LEFT_OUT
from ser_core.training.fit import fit_networks
from ser_core.training.judgements import (
    Judgements,
    average_views,
    calibrate_folds,
    fit_folds,
    hear,
    judge,
    judge_acquainted,
    judge_folds,
)

if TYPE_CHECKING:
    from ser_core.classify import Classifier, Probabilities
    from ser_core.training.encoders import Encoders
    from ser_core.training.fit import Plan
    from ser_core.training.vectors import Progress, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Hold a classifier, and what those who never heard a clip's speaker say of it.

    ``held_out`` are calibrated on the other folds. ``judgements`` and ``strangers`` are what the
    classifier was calibrated on.
    """

    classifier: Classifier
    held_out: Probabilities
    judgements: Judgements
    strangers: tuple[Judgements, ...]


def fit_classifier(
    vectors: Vectors,
    plan: Plan,
    *,
    encoders: Encoders | None = None,
    progress: Progress | None = None,
) -> Fit:
    """Give a classifier fitted on the vectors of labelled clips; the plan's seed decides all.

    Raises:
        TooFewSpeakers: if there are not two speakers.
    """
    folds = unseen_speakers(vectors.clips)
    fitted = fit_folds(vectors, folds, plan, progress)
    judgements = judge_folds(
        vectors, folds, fitted, encoders=encoders.folds if encoders else (), jobs=plan.jobs
    )
    acquainted = judge_acquainted(judgements, vectors, folds, fitted, plan.seed)
    strangers = judge_strangers(vectors, plan, encoders=encoders, progress=progress)
    final = fit_networks(vectors, replace(plan, folds=folds), progress)
    classifier = final.complete(
        fit_calibration(judgements, strangers),
        fit_calibration(acquainted, strangers),
        average_views(judgements),
    )
    return Fit(classifier, calibrate_folds(judgements, strangers), judgements, strangers)


def judge_strangers(
    vectors: Vectors,
    plan: Plan,
    *,
    encoders: Encoders | None = None,
    progress: Progress | None = None,
) -> tuple[Judgements, ...]:
    """Give what is said of each corpus of `LEFT_OUT` by what learnt from all others.

    A corpus that is not there, or that has no company, is passed over.
    """
    plan = replace(plan, n_acquainted=0)
    corpora = np.array([clip.corpus for clip in vectors.clips])
    fold_of = number_folds(unseen_speakers(vectors.clips))
    found = []
    for name in LEFT_OUT:
        strange, known = np.flatnonzero(corpora == name), np.flatnonzero(corpora != name)
        if not strange.size or not known.size:
            continue
        fitted = fit_networks(vectors.take(known), plan, progress)
        tested = vectors.take(strange)
        heard = None
        if encoders:
            heard = hear(tested, encoders.without[name], fitted.corpora, plan.jobs)
        found.append(judge(fitted, tested, heard, fold_of[strange]))
    return tuple(found)
