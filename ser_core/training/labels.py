"""PURE  The labels of clips as numbers, and how much each clip counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.corpora import Clip
    from ser_core.features.spectrum import Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Hold the labels of clips as numbers, shape ``(n_clips,)``; an unknown gender is -1.

    ``corpora`` number the names in ``names``; ``possible`` marks the emotions that each corpus
    has, shape ``(n_corpora, 8)``. ``weights`` make each corpus's emotions count alike, and a
    corpus by the root of its size: many clips of a few speakers are worth less than they seem.
    Their mean is 1.
    """

    names: tuple[str, ...]
    emotions: NDArray[np.intp]
    genders: NDArray[np.intp]
    corpora: NDArray[np.intp]
    speakers: NDArray[np.str_]
    possible: NDArray[np.bool_]
    weights: Matrix

    def take(self, chosen: NDArray[np.intp]) -> Labels:
        """Give the labels of some of the clips; corpora and weights stay as they are."""
        return Labels(
            self.names,
            self.emotions[chosen],
            self.genders[chosen],
            self.corpora[chosen],
            self.speakers[chosen],
            self.possible,
            self.weights[chosen],
        )


def label_clips(clips: Sequence[Clip]) -> Labels:
    """Give the labels of clips, all of which have an emotion."""
    emotions = np.array([EMOTIONS.index(str(clip.emotion)) for clip in clips])
    genders = np.array([GENDERS.index(clip.gender) if clip.gender else -1 for clip in clips])
    names = tuple(sorted({clip.corpus for clip in clips}))
    corpora = np.array([names.index(clip.corpus) for clip in clips])
    possible = np.zeros((len(names), len(EMOTIONS)), bool)
    weights = np.zeros(len(clips), np.float32)
    for number in range(len(names)):
        own = corpora == number
        present, counts = np.unique(emotions[own], return_counts=True)
        possible[number, present] = True
        for emotion, count in zip(present, counts, strict=True):
            weights[own & (emotions == emotion)] = np.sqrt(own.sum()) / (present.size * count)
    weights /= weights.mean()
    speakers = np.array([clip.speaker for clip in clips])
    return Labels(names, emotions, genders, corpora, speakers, possible, weights)
