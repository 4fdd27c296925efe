"""The recogniser that ships, fitted on whatever it is given, as a scikit-learn estimator.

Networks on functionals learn from clips and their disturbed copies, and are calibrated on speakers
that they never heard. Where there are encoders of the joint folds, and the clips are those of all
folds but one, the encoder that never heard that one's speakers is listened to as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.protocols import Fold, unseen_speakers
from ser_core.systems.system import System
from ser_core.training.calibrate import fit_calibration
from ser_core.training.encoders import read_encoders
from ser_core.training.fit import Plan, fit_networks
from ser_core.training.judgements import average_views, fit_folds, hear, judge_folds
from ser_core.training.vectors import Extraction, extract_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ser_core.classify import Classifier
    from ser_core.corpora import Clip
    from ser_core.encoder import Encoder
    from ser_core.training.vectors import Progress, Vectors

N_COPIES: Final = 3
"""Disturbed copies of each clip, as `ser train` makes them."""

N_JUDGES: Final = 4
"""How many networks judge together what the others are calibrated on; fewer, to spare time."""

_HALF_BYTES: Final = 2


class ShippedRecogniser(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # no types there
    """Learn from clips as `ser train` does, but for the networks that know a speaker already.

    ``folds`` numbers the joint fold that tests each speaker; ``encoders`` is the folder of the
    encoders of those folds; ``noises`` are recordings to disturb the ``copies`` of a clip with.
    ``cache`` keeps what was measured and fitted. The folds must be those of the encoders.
    """

    def __init__(  # noqa: PLR0913 - scikit-learn wants each parameter here
        self,
        *,
        seed: int = 0,
        encoders: Path | None = None,
        folds: Mapping[str, int] | None = None,
        noises: Sequence[Path] = (),
        copies: int = N_COPIES,
        jobs: int = 1,
        cache: Path | None = None,
    ) -> None:
        self.seed = seed
        self.encoders = encoders
        self.folds = folds
        self.noises = noises
        self.copies = copies
        self.jobs = jobs
        self.cache = cache

    def fit(self, clips: Sequence[Clip], labels: Any = None) -> Self:  # noqa: ANN401, ARG002
        """Learn from clips, shape ``(n_clips,)``; their labels are those that they carry.

        Raises:
            TooFewSpeakers: if there are not two speakers.
        """
        vectors = self.prepare(clips)
        inner, encoders, self.encoder_ = self._choose(vectors)
        plan = replace(Plan(seed=self.seed, jobs=self.jobs, cache=self.cache), n_acquainted=0)
        fitted = fit_folds(vectors, inner, replace(plan, n_networks=min(N_JUDGES, plan.n_networks)))
        judgements = judge_folds(vectors, inner, fitted, encoders=encoders, jobs=self.jobs)
        calibration = fit_calibration(judgements)
        self.classifier_: Classifier = fit_networks(vectors, plan).complete(
            calibration, calibration, average_views(judgements)
        )
        self.classes_ = np.array([f"{gender} {each}" for gender in GENDERS for each in EMOTIONS])
        return self

    def predict_proba(self, clips: Sequence[Clip]) -> NDArray[np.float64]:
        """Give the probability of each gender with each emotion, shape ``(n_clips, 16)``."""
        vectors = self.prepare(clips)
        heard = None
        if self.encoder_ is not None:
            heard = hear(vectors, self.encoder_, self.classifier_.corpora, self.jobs)
        emotions, genders, _ = self.classifier_.classify(vectors.values[0], heard)
        joint: NDArray[np.float64] = genders[:, :, None] * emotions[:, None, :]
        return joint.reshape(len(joint), -1)

    def predict(self, clips: Sequence[Clip]) -> NDArray[np.str_]:
        """Give the most probable gender and emotion of each clip, as words."""
        words: NDArray[np.str_] = self.classes_[self.predict_proba(clips).argmax(axis=1)]
        return words

    @property
    def size_bytes(self) -> int:
        """Give what the networks, at half precision, and the encoder take."""
        networks = self.classifier_.networks
        n_weights = sum(part.size for network in networks for layer in network for part in layer)
        encoder = self.encoder_.data if self.encoder_ else b""
        return _HALF_BYTES * n_weights + len(encoder)

    def prepare(self, clips: Sequence[Clip], progress: Progress | None = None) -> Vectors:
        """Measure clips and their copies; with a cache, `fit` and `predict_proba` find them there.

        Raises:
            CorpusError: if none of them can be read.
        """
        noises = tuple(self.noises)
        how = Extraction("functionals", self.copies, noises, self.seed, self.jobs, self.cache)
        return extract_vectors(list(clips), how, progress)

    def _choose(
        self, vectors: Vectors
    ) -> tuple[tuple[Fold, ...], tuple[Encoder, ...], Encoder | None]:
        """Give the folds to calibrate on, their encoders, and the encoder for whoever comes.

        An encoder has heard all but the speakers of its fold. So there are some only if the clips
        are of all joint folds but one, and each judges none but its own.
        """
        numbers = np.array([(self.folds or {}).get(clip.speaker, -1) for clip in vectors.clips])
        found = tuple(read_encoders(self.encoders).folds) if self.encoders else ()
        missing = set(range(len(found))).difference(numbers.tolist())
        if len(missing) != 1 or (numbers < 0).any():
            return unseen_speakers(vectors.clips), (), None
        present = np.unique(numbers)
        inner = tuple(
            Fold(np.flatnonzero(numbers != number), np.flatnonzero(numbers == number))
            for number in present
        )
        return inner, tuple(found[number] for number in present), found[missing.pop()]


def build(seed: int) -> ShippedRecogniser:
    """Give the recogniser."""
    return ShippedRecogniser(seed=seed)


SYSTEM = System(
    name="shipped",
    title="this project: networks on functionals, and an encoder",
    feature_set=None,
    build=build,
    tells_gender=True,
)
