"""What networks say of clips whose speakers, or whose whole corpus, they never heard.

Folds part the speakers. In each, networks learn from the others and judge those left out; so every
clip is judged by networks, and by an encoder where there is one, that never heard its speaker.
These judgements calibrate the probabilities and are the honest figures.

Source: cross-fitting as in scikit-learn's CalibratedClassifierCV, by speaker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import joblib
import numpy as np

from ser_core.classify import Outputs, Probabilities
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.training.calibrate import fit_calibration
from ser_core.training.earlier_clips import add_up_views, draw_earlier_clips
from ser_core.training.fit import fit_networks
from ser_core.training.labels import label_clips
from ser_core.training.mlp import IMPOSSIBLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.classify import Calibration
    from ser_core.encoder import Encoder
    from ser_core.evaluation.protocols import Fold
    from ser_core.features.spectrum import Matrix
    from ser_core.training.fit import Fitted, Plan
    from ser_core.training.labels import Labels
    from ser_core.training.vectors import Progress, Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """Hold what was said of clips by those who never heard their speakers.

    ``outputs`` are the networks', ``heard`` the encoder's, where there is one; ``views`` names
    the corpora of both. ``folds`` numbers the fold in which each clip was judged.
    """

    views: tuple[str, ...]
    outputs: Outputs
    heard: Outputs | None
    folds: NDArray[np.intp]
    labels: Labels

    def take(self, chosen: NDArray[np.bool_]) -> Judgements:
        """Give the judgements of some of the clips."""
        numbers = np.flatnonzero(chosen)
        return replace(
            self,
            outputs=Outputs(*(part[numbers] for part in self.outputs)),
            heard=self.heard and Outputs(*(part[numbers] for part in self.heard)),
            folds=self.folds[numbers],
            labels=self.labels.take(numbers),
        )


def fit_folds(
    vectors: Vectors, folds: Sequence[Fold], plan: Plan, progress: Progress | None = None
) -> tuple[Fitted, ...]:
    """Give the networks of each fold, which learnt from the clips that it does not test."""
    return tuple(
        fit_networks(vectors.take(fold.train), plan, _count(progress, number, len(folds)))
        for number, fold in enumerate(folds)
    )


def judge_folds(
    vectors: Vectors,
    folds: Sequence[Fold],
    fitted: Sequence[Fitted],
    *,
    encoders: Sequence[Encoder] = (),
    jobs: int = 1,
) -> Judgements:
    """Give what is said of each clip that a fold tests, by what learnt from the fold's others.

    ``encoders`` hold one for each fold, trained without the fold's test speakers.
    """
    labels = label_clips(vectors.clips)
    parts = []
    for number, fold in enumerate(folds):
        tested = vectors.take(fold.test)
        heard = None
        if encoders:
            heard = hear(tested, encoders[number], labels.names, jobs)
        own = np.full(fold.test.size, number)
        parts.append(_complete(judge(fitted[number], tested, heard, own), labels.names))
    return _join(parts, labels, folds)


def judge_acquainted(
    strange: Judgements,
    vectors: Vectors,
    folds: Sequence[Fold],
    fitted: Sequence[Fitted],
    seed: int,
) -> Judgements:
    """Give the same judgements, as if each speaker had been heard before.

    How many clips came earlier, and which, is drawn as in training. Only views change: those are
    what a speaker's earlier clips bear on.
    """
    speakers = strange.labels.speakers
    views = np.empty_like(strange.outputs.views)
    heard = strange.heard and strange.heard._replace(views=strange.heard.views.copy())
    for number, fold in enumerate(folds):
        own = strange.folds == number
        earlier = draw_earlier_clips(speakers[own], np.random.default_rng(seed))
        found = fitted[number].judge_acquainted(vectors.values[0, fold.test], earlier)
        views[own] = _complete_views(found, fitted[number].corpora, strange.views)
        if heard is not None:
            heard.views[own] -= add_up_views(earlier, heard.views[own] - average_views(strange))
    return replace(strange, outputs=strange.outputs._replace(views=views), heard=heard)


def average_views(judgements: Judgements) -> Matrix:
    """Give what the encoder says on average, shape ``(n_views + 1, 8)``; nothing without one."""
    if judgements.heard is None:
        return np.zeros((0, len(EMOTIONS)))
    mean: Matrix = judgements.heard.views.mean(axis=0, dtype=np.float64)
    return mean


def judge(
    fitted: Fitted, vectors: Vectors, heard: Outputs | None, folds: NDArray[np.intp]
) -> Judgements:
    """Give what networks say of clips as they are; ``folds`` numbers the fold of each clip."""
    return Judgements(
        views=fitted.corpora,
        outputs=fitted.judge(vectors.values[0]),
        heard=heard,
        folds=folds,
        labels=label_clips(vectors.clips),
    )


def hear(vectors: Vectors, encoder: Encoder, corpora: tuple[str, ...], jobs: int) -> Outputs:
    """Give what the encoder's heads say of clips as they are, in the order of ``corpora``."""
    heard = joblib.Parallel(jobs, batch_size=64)(
        joblib.delayed(encoder.hear)(versions[0]) for versions in vectors.log_mels
    )
    return encoder.arrange(heard, corpora)


def calibrate_folds(judgements: Judgements, strangers: Sequence[Judgements] = ()) -> Probabilities:
    """Give probabilities, those of each fold calibrated on the judgements of the other folds."""
    emotions = np.zeros((judgements.folds.size, len(EMOTIONS)))
    genders = np.zeros((judgements.folds.size, len(GENDERS)))
    strangeness = np.zeros(judgements.folds.size)
    for fold in np.unique(judgements.folds):
        own = judgements.folds == fold
        calibration = calibrate_without(fold, judgements, strangers)
        mine = judgements.take(own)
        emotions[own], genders[own], strangeness[own] = calibration.judge(mine.outputs, mine.heard)
    return Probabilities(emotions, genders, strangeness)


def calibrate_without(
    fold: int, judgements: Judgements, strangers: Sequence[Judgements] = ()
) -> Calibration:
    """Give the calibration that knows nothing of the speakers whom a fold tests."""
    others = [each.take(each.folds != fold) for each in strangers]
    return fit_calibration(
        judgements.take(judgements.folds != fold), [each for each in others if each.folds.size]
    )


def _complete(judgements: Judgements, views: tuple[str, ...]) -> Judgements:
    """Give judgements with a view for each corpus.

    Where a fold tests all speakers of a corpus, its networks have none: the general one speaks.
    """
    own, outputs = judgements.views, judgements.outputs
    is_known = [name in own for name in views]
    evidence = outputs.corpora[:, _places(own, views)]
    completed = outputs._replace(
        views=_complete_views(outputs.views, own, views),
        corpora=np.where(is_known, evidence, np.float32(IMPOSSIBLE)),
    )
    return replace(judgements, views=views, outputs=completed)


def _complete_views(given: Matrix, own: tuple[str, ...], views: tuple[str, ...]) -> Matrix:
    """Give the logits of all views, the general ones in place of those that are not there."""
    return given[:, [*_places(own, views), -1]]


def _places(own: tuple[str, ...], views: tuple[str, ...]) -> list[int]:
    """Give where each view is; the last place, where it is not there."""
    return [own.index(name) if name in own else -1 for name in views]


def _join(parts: Sequence[Judgements], labels: Labels, folds: Sequence[Fold]) -> Judgements:
    """Put the judgements of all folds in the order of the clips; untested clips are left out."""
    tested = np.concatenate([fold.test for fold in folds])
    order = np.argsort(tested)
    heard = [part.heard for part in parts if part.heard is not None]
    return Judgements(
        views=parts[0].views,
        outputs=_stack([part.outputs for part in parts], order),
        heard=_stack(heard, order) if heard else None,
        folds=np.concatenate([part.folds for part in parts])[order],
        labels=labels.take(tested[order]),
    )


def _stack(parts: Sequence[Outputs], order: NDArray[np.intp]) -> Outputs:
    """Join outputs of several folds, in another order."""
    return Outputs(*(np.concatenate(each)[order] for each in zip(*parts, strict=True)))


def _count(progress: Progress | None, fold: int, n_folds: int) -> Progress | None:
    """Give a progress report that counts the steps of all folds."""
    if progress is None:
        return None
    return lambda work, done, total: progress(work, fold * total + done, n_folds * total)
