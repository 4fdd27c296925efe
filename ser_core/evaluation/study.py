"""What the sections of the results share: who judges whom, made when it is first asked for.

::

    vectors ──> fitted, one a fold ──> judgements ──> classifiers, one a fold
       └─────────────────────────────> strangers ────────┴──> what all are calibrated on
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ser_core.classify import Classifier, Probabilities
from ser_core.corpora import CORPORA, read_corpus
from ser_core.evaluation.judge import judge
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.store import load_model
from ser_core.training.classifier import judge_strangers
from ser_core.training.fit import Plan
from ser_core.training.judgements import (
    average_views,
    calibrate_folds,
    calibrate_without,
    fit_folds,
    hear,
    judge_acquainted,
    judge_folds,
)
from ser_core.training.vectors import extract_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ser_core.classify import Outputs
    from ser_core.corpora import Clip
    from ser_core.evaluation.protocols import Fold
    from ser_core.evaluation.report import Evaluation
    from ser_core.store import Model
    from ser_core.training.encoders import Encoders
    from ser_core.training.fit import Fitted
    from ser_core.training.judgements import Judgements
    from ser_core.training.vectors import Extraction, Progress, Vectors


@dataclass(frozen=True, eq=False)  # no slots: what is made is kept beside the fields
class Study:
    """Hold what is measured on: the clips of the training corpora, and the encoders.

    ``folder`` holds all corpora; ``place`` is that of the model that ships; ``n_spoiled_clips``
    of a corpus are heard through bad lines.
    """

    folder: Path
    clips: tuple[Clip, ...]
    how: Extraction
    encoders: Encoders
    place: str = "default"
    n_spoiled_clips: int = 800
    progress: Progress | None = None

    @property
    def plan(self) -> Plan:
        """Give how networks are fitted."""
        return Plan(seed=self.how.seed, jobs=self.how.jobs, cache=self.how.cache)

    @cached_property
    def model(self) -> Model:
        """Give the model that ships."""
        return load_model(self.place)

    @cached_property
    def vectors(self) -> Vectors:
        """Give the vectors of all clips that have an emotion and can be read."""
        return extract_vectors(
            [clip for clip in self.clips if clip.emotion], self.how, self.progress
        )

    @cached_property
    def corpora(self) -> NDArray[np.str_]:
        """Give the corpus of each clip in `vectors`."""
        return np.array([clip.corpus for clip in self.vectors.clips])

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """Give the joint folds; each clip in `vectors` is tested in one of them."""
        return unseen_speakers(self.vectors.clips)

    @cached_property
    def fitted(self) -> tuple[Fitted, ...]:
        """Give the networks of each fold."""
        return fit_folds(self.vectors, self.folds, self.plan, self.progress)

    @cached_property
    def judgements(self) -> Judgements:
        """Give what is said of each clip by those who never heard its speaker."""
        return judge_folds(
            self.vectors,
            self.folds,
            self.fitted,
            encoders=self.encoders.folds,
            jobs=self.how.jobs,
        )

    @cached_property
    def acquainted(self) -> Judgements:
        """Give the same, as if each speaker had been heard before."""
        return judge_acquainted(
            self.judgements, self.vectors, self.folds, self.fitted, self.how.seed
        )

    @cached_property
    def strangers(self) -> tuple[Judgements, ...]:
        """Give what is said of corpora by those who learnt from none of their clips."""
        return judge_strangers(
            self.vectors, self.plan, encoders=self.encoders, progress=self.progress
        )

    @cached_property
    def classifiers(self) -> tuple[Classifier, ...]:
        """Give each fold's classifier, calibrated on the other folds."""
        return tuple(
            each.complete(
                calibrate_without(fold, self.judgements, self.strangers),
                calibrate_without(fold, self.acquainted, self.strangers),
                average_views(self.judgements.take(self.judgements.folds != fold)),
            )
            for fold, each in enumerate(self.fitted)
        )

    @cached_property
    def held_out(self) -> Probabilities:
        """Give the probabilities of each clip, by those who never heard its speaker."""
        return calibrate_folds(self.judgements, self.strangers)

    def classify_held_out(self, vectors: Vectors, folds: NDArray[np.intp]) -> Probabilities:
        """Give the probabilities of other versions of clips, each by the classifier of its fold."""
        emotions, genders, strangeness = _blank(folds.size)
        for fold, classifier in enumerate(self.classifiers):
            own = np.flatnonzero(folds == fold)
            if not own.size:
                continue
            tested = vectors.take(own)
            heard = hear(tested, self.encoders.folds[fold], classifier.corpora, self.how.jobs)
            found = classifier.classify(tested.values[0], heard)
            emotions[own], genders[own], strangeness[own] = found
        return Probabilities(emotions, genders, strangeness)

    def read(self, name: str) -> tuple[Clip, ...]:
        """Give the clips of a corpus that is only measured on; none where it is not there."""
        if not (self.folder / CORPORA[name].folder).is_dir():
            return ()
        return read_corpus(name, self.folder).clips


def drop_corpus(judgements: Judgements, name: str) -> Judgements:
    """Give judgements as if there were no such corpus: no clip of it, and no view."""
    labels = judgements.labels
    if name in labels.names:
        number = labels.names.index(name)
        judgements = judgements.take(labels.corpora != number)
        labels = judgements.labels
        labels = replace(
            labels,
            names=tuple(each for each in labels.names if each != name),
            corpora=labels.corpora - (labels.corpora > number),
            possible=np.delete(labels.possible, number, axis=0),
        )
    view = judgements.views.index(name)
    return replace(
        judgements,
        views=tuple(each for each in judgements.views if each != name),
        outputs=_drop_view(judgements.outputs, view),
        heard=judgements.heard and _drop_view(judgements.heard, view),
        labels=labels,
    )


def evaluate_corpora(
    clips: Sequence[Clip], probabilities: Probabilities, *, predictor: str
) -> dict[str, Evaluation]:
    """Give an evaluation of each corpus among the clips."""
    corpora = np.array([clip.corpus for clip in clips])
    return {
        str(corpus): judge(
            [clip for clip in clips if clip.corpus == corpus],
            probabilities.emotions[corpora == corpus],
            probabilities.genders[corpora == corpus],
            protocol="unseen-speakers",
            predictor=predictor,
        )
        for corpus in np.unique(corpora)
    }


def _drop_view(outputs: Outputs, view: int) -> Outputs:
    """Give outputs without one of the views; an encoder gives no evidence of corpora."""
    corpora = outputs.corpora
    return outputs._replace(
        views=np.delete(outputs.views, view, axis=1),
        corpora=np.delete(corpora, view, axis=1) if corpora.shape[1] else corpora,
    )


def _blank(n_clips: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give room for the probabilities of clips."""
    return np.zeros((n_clips, 8)), np.zeros((n_clips, 2)), np.zeros(n_clips)
