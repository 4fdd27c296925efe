"""Fit a classifier on vectors: a scaler, networks, and their calibration on unseen speakers.

The speakers are parted five ways; each network learns from four parts and is tried on the fifth.
So every clip is judged by networks that never heard its speaker: these judgements calibrate the
probabilities and are the honest figures, and the same networks together are the classifier.
Two things see all speakers: the scaler, which knows no labels, and the two sharpnesses.

Source: cross-fitting as in scikit-learn's CalibratedClassifierCV (ensemble=True), by speaker.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import joblib
import numpy as np

from ser_core.classify import Classifier, Probabilities, run_network, softmax, standardise
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import TooFewSpeakers
from ser_core.training.calibrate import fit_sharpness
from ser_core.training.mlp import Examples, Recipe, fit_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.classify import Network
    from ser_core.corpora import Clip
    from ser_core.features.spectrum import Matrix
    from ser_core.training.vectors import Progress, Vectors

N_PARTS: Final = 5
N_ROUNDS: Final = 2
"""How often the speakers are parted anew: two networks then judge each clip together, which is
nearer to how sure all of them together are."""

MIN_SPEAKERS: Final = 2
"""One to learn from, one to judge."""

_IMPOSSIBLE: Final = -1e9


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Hold the labels of clips as numbers, shape ``(n_clips,)``; an unknown gender is -1.

    ``possible`` marks the emotions that each clip's corpus has, shape ``(n_clips, 8)``;
    ``weights`` make each corpus's emotions count alike, and a corpus by the root of its size:
    many clips of a few speakers are worth less than they seem. Their mean is 1.
    """

    emotions: NDArray[np.intp]
    genders: NDArray[np.intp]
    possible: NDArray[np.bool_]
    weights: Matrix
    speakers: NDArray[np.str_]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """Hold a classifier, and what its networks said of the clips whose speakers they never heard.

    ``held_out`` are calibrated; its emotions are zero where the clip's corpus lacks them.
    """

    classifier: Classifier
    held_out: Probabilities


def fit_classifier(
    vectors: Vectors,
    *,
    recipe: Recipe | None = None,
    seed: int = 0,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Fit:
    """Give a classifier fitted on the vectors of labelled clips; the seed decides all.

    Raises:
        TooFewSpeakers: if there are not two speakers.
    """
    recipe = recipe or Recipe()
    labels = label_clips(vectors.clips)
    values = vectors.values.reshape(-1, vectors.values.shape[2])
    mean, deviation = values.mean(axis=0), np.maximum(values.std(axis=0), 1e-6)
    scores = standardise(vectors.values, mean, deviation)
    rounds = [_part_speakers(labels.speakers, seed + number) for number in range(N_ROUNDS)]
    splits = [(parts != part, parts == part) for parts in rounds for part in np.unique(parts)]
    fitted = joblib.Parallel(jobs, return_as="generator")(
        joblib.delayed(_fit_part)(scores, labels, learnt, recipe, seed=seed + number)
        for number, (learnt, _) in enumerate(splits)
    )
    networks: list[Network] = []
    logits = np.zeros((len(vectors.clips), len(EMOTIONS) + len(GENDERS)))
    for network, (_, judged) in zip(fitted, splits, strict=True):
        networks.append(network)
        logits[judged] += run_network(network, scores[0, judged]) / N_ROUNDS
        if progress:
            progress("fitting networks", len(networks), len(splits))
    return _calibrate(mean, deviation, tuple(networks), logits, labels)


def label_clips(clips: Sequence[Clip]) -> Labels:
    """Give the labels of clips, all of which have an emotion."""
    emotions = np.array([EMOTIONS.index(str(clip.emotion)) for clip in clips])
    genders = np.array([GENDERS.index(clip.gender) if clip.gender else -1 for clip in clips])
    corpora = np.array([clip.corpus for clip in clips])
    possible = np.zeros((len(clips), len(EMOTIONS)), bool)
    weights = np.zeros(len(clips), np.float32)
    for corpus in np.unique(corpora):
        own = corpora == corpus
        present, counts = np.unique(emotions[own], return_counts=True)
        possible[np.ix_(own, present)] = True
        for emotion, count in zip(present, counts, strict=True):
            weights[own & (emotions == emotion)] = np.sqrt(own.sum()) / (present.size * count)
    weights /= weights.mean()
    speakers = np.array([clip.speaker for clip in clips])
    return Labels(emotions, genders, possible, weights, speakers)


def _part_speakers(speakers: NDArray[np.str_], seed: int) -> NDArray[np.intp]:
    """Give the part, from 0 to 4, of each clip's speaker; parts are of each corpus alike."""
    names = np.unique(speakers)
    if names.size < MIN_SPEAKERS:
        raise TooFewSpeakers(corpus="the training set", speakers=names.size, needed=MIN_SPEAKERS)
    order = np.random.default_rng(seed).permutation(names.size)
    # Sorting by corpus keeps the random order inside each, so that parts take turns in it.
    order = order[np.argsort([names[number].partition("/")[0] for number in order], kind="stable")]
    part_of = {names[number]: place % N_PARTS for place, number in enumerate(order)}
    return np.array([part_of[speaker] for speaker in speakers])


def _fit_part(
    scores: Matrix, labels: Labels, learnt: NDArray[np.bool_], recipe: Recipe, *, seed: int
) -> Network:
    """Give a network that learnt from the marked clips."""
    examples = Examples(
        scores=scores[:, learnt],
        emotions=labels.emotions[learnt],
        genders=labels.genders[learnt],
        possible=labels.possible[learnt],
        weights=labels.weights[learnt],
    )
    return fit_network(examples, recipe, seed)


def _calibrate(
    mean: Matrix,
    deviation: Matrix,
    networks: tuple[Network, ...],
    logits: NDArray[np.float64],
    labels: Labels,
) -> Fit:
    """Give the classifier whose probabilities fit what was said of unseen speakers."""
    emotions, genders = np.split(logits, [len(EMOTIONS)], axis=1)
    emotions = np.where(labels.possible, emotions, _IMPOSSIBLE)
    known = labels.genders >= 0
    emotion_sharpness = fit_sharpness(emotions, labels.emotions)
    gender_sharpness = fit_sharpness(genders[known], labels.genders[known]) if known.any() else 1.0
    classifier = Classifier(mean, deviation, networks, emotion_sharpness, gender_sharpness)
    held_out = Probabilities(
        softmax(emotions * emotion_sharpness), softmax(genders * gender_sharpness)
    )
    return Fit(classifier, held_out)
