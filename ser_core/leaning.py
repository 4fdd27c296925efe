"""PURE  How what a speaker said of earlier recordings moves the answer to the next one, a little.

Where a recording is like one of which the speaker said that the answer was wrong, it leans away
from that answer and towards what they said; never further than `MOST`.

Source: a step of functional gradient descent on the log loss, with a kernel: Mason et al. (1999),
"Boosting algorithms as gradient descent", NeurIPS; Kivinen et al. (2004), "Online learning with
kernels", IEEE Transactions on Signal Processing 52(8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.emotions import EMOTIONS, GENDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix
    from ser_core.speaker import Lesson

STEP: Final = 0.8
"""How far one lesson moves the logits of a recording that is exactly alike; chosen on RAVDESS and
CREMA-D (``ser simulate``)."""

MOST: Final = 1.5
"""Nats by which all lessons together may move a logit."""


def lean_emotions(
    emotions: NDArray[np.float64], scores: Matrix, lesson_scores: Matrix, lessons: Sequence[Lesson]
) -> NDArray[np.float64]:
    """Give probabilities ``(n, 8)`` moved by lessons, each as far as it is like the recording.

    ``scores`` ``(n, n_columns)`` and ``lesson_scores`` ``(n_lessons, n_columns)`` are z-scores;
    alike is what points in the same direction from the population's mean.
    """
    said = [number for number, each in enumerate(lessons) if each.emotion]
    surprises = [
        _surprise(each.told_emotions, EMOTIONS.index(each.emotion))
        for each in lessons
        if each.emotion
    ]
    likeness = np.maximum(_direct(scores) @ _direct(lesson_scores[said]).T, 0)
    return _lean(emotions, likeness, surprises)


def lean_genders(genders: NDArray[np.float64], lessons: Sequence[Lesson]) -> NDArray[np.float64]:
    """Give probabilities ``(n, 2)`` moved by lessons: a voice stays the same in all moods."""
    surprises = [
        _surprise(each.told_genders, GENDERS.index(each.gender)) for each in lessons if each.gender
    ]
    return _lean(genders, np.ones((len(genders), len(surprises))), surprises)


def _surprise(told: tuple[float, ...], label: int) -> NDArray[np.float64]:
    """Give what was said minus what was told."""
    said = np.zeros(len(told))
    said[label] = 1.0
    return said - told


def _direct(scores: Matrix) -> Matrix:
    """Give rows of length 1."""
    lengths = np.linalg.norm(scores, axis=1, keepdims=True)
    rows: Matrix = scores / np.maximum(lengths, 1e-9)
    return rows


def _lean(
    probabilities: NDArray[np.float64],
    likeness: NDArray[np.floating],
    surprises: Sequence[NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Give probabilities after one step towards the lessons."""
    if not surprises:
        return probabilities
    moved = probabilities * np.exp(np.clip(STEP * likeness @ np.array(surprises), -MOST, MOST))
    rows: NDArray[np.float64] = moved / moved.sum(axis=1, keepdims=True)
    return rows
