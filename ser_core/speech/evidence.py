"""PURE  Around each frame: does it sound like a voice?  Where the parts of speech begin and end.

::

    frames ──> evidence within 0.8 s ──> weighed sum > 0

Speech is a voice that glides, swells and fades a few times a second while the mouth changes its
colour. Noise has no pitch, a machine's pitch stands still, its loudness and colour too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.speech.frames import JUMP_SEMITONES, STEADY_SEMITONES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.speech.frames import Floats, Frames

_WEIGHTS: Final = {
    "voiced": -1.731,
    "gliding": 7.678,
    "steady": -3.139,
    "loudness_spread": 0.065,
    "louder_when_voiced": 0.352,
    "colour_spread": 0.308,
    "colour_from_31_hz": -0.100,
    "colour_from_94_hz": 0.070,
    "colour_from_203_hz": 0.102,
    "colour_from_406_hz": 0.006,
    "colour_from_703_hz": -0.085,
    "colour_from_1203_hz": -0.029,
    "colour_from_2000_hz": 0.041,
}
_BIAS: Final = -3.914
"""Logistic regression on this evidence in labelled speech, EMOVO included, and in other sound.
It stays as it was first fitted: what models learn from begins and ends where this says."""

EVIDENCE_NAMES: Final = tuple(_WEIGHTS)
"""What is known around each frame, in the order of `gather_evidence`'s columns."""

_LEAST: Final = {"gliding": 0.05, "loudness_spread": 1.5, "colour_spread": 1.3}
"""Below one of these nothing else counts: a tone, a beep or a chord lacks one of them altogether.
All but one in a thousand of the labelled recordings have more."""

_THRESHOLDS: Final = np.array([_LEAST.get(name, -np.inf) for name in EVIDENCE_NAMES])

_REACH_FRAMES: Final = 40
"""Evidence is gathered over 0.8 s on both sides: a few syllables."""


def hear_voice(frames: Frames) -> NDArray[np.bool_]:
    """Tell for each frame whether the sound around it is that of a voice."""
    evidence = gather_evidence(frames)
    score = evidence @ np.array([*_WEIGHTS.values()]) + _BIAS
    is_voice: NDArray[np.bool_] = (score > 0) & (evidence > _THRESHOLDS).all(axis=1)
    return is_voice


def gather_evidence(frames: Frames) -> Floats:
    """Give what tells a voice from other sound in the frames within reach of each frame.

    Shape ``(n_frames, len(EVIDENCE_NAMES))``.
    """
    top = np.percentile(frames.level_db, 98)
    level = np.maximum(frames.level_db, top - 45)
    voiced = ((frames.voicing - 0.45) / 0.3).clip(0, 1) * ((level - top + 35) / 15).clip(0, 1)
    step = np.abs(np.diff(frames.pitch, prepend=frames.pitch[:1]))
    held = np.minimum(voiced, np.concatenate([[0.0], voiced[:-1]]))
    n_voiced, n_loud = _average(voiced), _average(level)
    colour = np.maximum(frames.bands_db, top - 60)
    colour -= colour.mean(axis=1, keepdims=True)
    evidence = np.empty((len(level), len(EVIDENCE_NAMES)))
    evidence[:, 0] = np.sqrt(n_voiced)
    is_gliding = (step > STEADY_SEMITONES) & (step < JUMP_SEMITONES)
    evidence[:, 1] = np.sqrt(_average(held * is_gliding))
    evidence[:, 2] = np.sqrt(_average(held * (step <= STEADY_SEMITONES)))
    evidence[:, 3] = np.sqrt((_average(level**2) - n_loud**2).clip(0))
    evidence[:, 4] = _average(level * voiced) - n_loud * n_voiced
    weight = voiced + 1e-3  # where nothing is voiced, all frames count alike
    total = _average(weight)
    # Band by band: the products of all bands of an hour would take tens of megabytes each.
    for number, band in enumerate(colour.T):
        mean = _average(weight * band) / total
        evidence[:, 6 + number] = mean
        # The band is not needed any more: its spread takes its place.
        band[:] = np.sqrt((_average(weight * band**2) / total - mean**2).clip(0))
    evidence[:, 5] = colour.mean(axis=1)
    return evidence


def _average(values: Floats) -> Floats:
    """Give the mean of the values within reach of each value."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    row = np.arange(len(values))
    first = np.maximum(row - _REACH_FRAMES, 0)
    last = np.minimum(row + _REACH_FRAMES + 1, len(values))
    mean: Floats = (total[last] - total[first]) / (last - first)
    return mean
