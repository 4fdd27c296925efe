"""What a speaker's earlier clips are worth, which nobody labelled: the personal baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.emotions import EMOTIONS
from ser_core.evaluation import metrics
from ser_core.speaker import Baseline, Speaker

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.evaluation.study import Study
    from ser_core.features.spectrum import Matrix
    from ser_core.training.judgements import Judgements

N_EARLIER: Final = (0, 1, 2, 4, 8, 16)
N_DRAWS: Final = 3
"""So often the earlier clips are drawn anew; the figures are means."""


def measure_earlier_clips(study: Study) -> dict[str, Any]:
    """Give accuracy and UAR of each corpus after so many earlier clips of the same speaker.

    They are other clips of any emotion, drawn at random. Only speakers count who have enough
    clips for the longest past, so that each step compares the same clips.
    """
    enough = _has_enough_clips(study.judgements.labels.speakers)
    known = study.judgements.take(enough)
    vectors = study.vectors.values[0, enough]
    random = np.random.default_rng(study.how.seed)
    curves: dict[str, Any] = {name: [] for name in sorted(set(study.corpora[enough]))}
    for n_earlier in N_EARLIER:
        drawn = [
            _judge_after(
                study, known, vectors, draw_others(known.labels.speakers, n_earlier, random)
            )
            for _ in range(N_DRAWS if n_earlier else 1)
        ]
        for name, curve in curves.items():
            own = study.corpora[enough] == name
            figures = [_figures(known.labels.emotions[own], each[own]) for each in drawn]
            curve.append({"earlier_clips": n_earlier, **_mean(figures)})
    return {"draws": N_DRAWS, "corpora": curves}


def draw_others(
    speakers: NDArray[np.str_], n_clips: int, random: np.random.Generator
) -> NDArray[np.intp]:
    """Give different other clips of each clip's speaker, shape ``(speakers.size, n_clips)``."""
    drawn = np.zeros((speakers.size, n_clips), np.intp)
    for speaker in np.unique(speakers):
        own = np.flatnonzero(speakers == speaker)
        for place, clip in enumerate(own):
            others = random.choice(own.size - 1, n_clips, replace=False)
            drawn[clip] = own[others + (others >= place)]  # never the clip itself
    return drawn


def _has_enough_clips(speakers: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Mark the clips of speakers who have more clips than the longest past."""
    _, own, counts = np.unique(speakers, return_inverse=True, return_counts=True)
    enough: NDArray[np.bool_] = counts[own] > max(N_EARLIER)
    return enough


def _judge_after(
    study: Study, known: Judgements, vectors: Matrix, earlier: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Give the probabilities of emotions, each clip seen from the baseline of its earlier clips."""
    emotions = np.zeros((len(vectors), len(EMOTIONS)))
    for fold, classifier in enumerate(study.classifiers):
        own = known.folds == fold
        if not own.any():
            continue
        speaker = None
        if earlier.shape[1]:
            speaker = Speaker(_draw_baseline(known, vectors, earlier[own]))
        heard = known.take(own).heard
        emotions[own] = classifier.classify(vectors[own], heard, speaker).emotions
    return emotions


def _draw_baseline(known: Judgements, vectors: Matrix, earlier: NDArray[np.intp]) -> Baseline:
    """Give the baselines of many clips at once, each from its own earlier clips."""
    views = np.zeros((1, 8)) if known.heard is None else known.heard.views[earlier].mean(axis=1)
    return Baseline("", earlier.shape[1], vectors[earlier].mean(axis=1), views)


def _figures(truths: NDArray[np.intp], emotions: NDArray[np.float64]) -> tuple[float, float]:
    """Give accuracy and UAR among the emotions that occur."""
    predictions = metrics.restrict(emotions, np.unique(truths)).argmax(axis=1)
    return metrics.accuracy(truths, predictions), metrics.uar(truths, predictions)


def _mean(figures: list[tuple[float, float]]) -> dict[str, float]:
    """Give the means over all draws."""
    accuracy, uar = np.mean(figures, axis=0)
    return {"accuracy": float(accuracy), "uar": float(uar)}
