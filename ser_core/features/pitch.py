"""PURE  Pitch and harmonicity of each frame, from the autocorrelation.

Source: Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound", IFA Proceedings 17, 97-110: the autocorrelation of
the windowed frame divided by that of the window, the best peak refined by a parabola.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import scipy.fft

from ser_core.features.spectrum import cut_frames, periodic_window

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix

PITCH_RANGE_HZ: Final = (60, 600)
"""From a low male voice to a scream; the longest period fits twice into a frame."""

FRAME_SECONDS: Final = 0.04

_OCTAVE_COST: Final = 0.01
"""Strength taken off for each octave downwards, so that a multiple of the period does not win.
Source: Boersma (1993), section 4 (his default is 0.01 for periodic signals)."""


class Pitch(NamedTuple):
    """Hold pitch in hertz and strength in [0, 1) of each frame, shape ``(n_frames,)`` each.

    The strength is the share of the frame's energy that repeats with the period.
    """

    hertz: Matrix
    strength: Matrix


def track_pitch(samples: Matrix, hop: int, sampling_rate: int) -> Pitch:
    """Give the best pitch of the frames centred on every ``hop``-th sample.

    Every frame gets one, also where nobody speaks: the strength tells.
    """
    length = int(FRAME_SECONDS * sampling_rate)
    frames = cut_frames(np.pad(samples, length // 2), length, hop)
    frames = frames - frames.mean(axis=1, keepdims=True)
    correlation = _autocorrelation(frames, sampling_rate)
    lowest, highest = PITCH_RANGE_HZ
    first, last = sampling_rate // highest, sampling_rate // lowest
    lags = np.arange(first, last + 1)
    left, centre, right = (correlation[:, first + shift : last + 1 + shift] for shift in (-1, 0, 1))
    is_peak = (centre >= left) & (centre > right)
    shift = _vertex(left, centre, right)
    # The parabola's height competes: a short period rarely lies on a whole lag.
    height = centre + 0.25 * (right - left) * shift
    # Where loudness swells, more than all of a frame seems to repeat: such heights count inversely.
    height = np.where(height > 1, 1 / np.maximum(height, 1), height)
    cost = (_OCTAVE_COST * np.log2(lags * lowest / sampling_rate)).astype(np.float32)
    best = np.where(is_peak, height - cost, -1).argmax(axis=1)
    rows = np.arange(len(best))
    hertz = (sampling_rate / (lags[best] + shift[rows, best])).astype(np.float32)
    strength = np.where(is_peak[rows, best], height[rows, best], 0)
    return Pitch(hertz, np.clip(strength, 0, 0.9999))


def _autocorrelation(frames: Matrix, sampling_rate: int) -> Matrix:
    """Give the autocorrelation by lag, 1 at lag 0, freed from the window's own."""
    length = frames.shape[1]
    window = periodic_window("hann", length)
    n_lags = sampling_rate // PITCH_RANGE_HZ[0] + 2
    raw = _correlate(frames * window, n_lags)
    norm = _correlate(window[None], n_lags)[0]
    energy = np.maximum(raw[:, :1], 1e-9)
    correlation: Matrix = raw / energy / (norm / norm[0])
    return correlation


def _correlate(frames: Matrix, n_lags: int) -> Matrix:
    """Give the plain autocorrelation of each frame by the spectrum, shape ``(n, n_lags)``."""
    n_fft = _fft_length(frames.shape[1] + n_lags)
    spectrum = scipy.fft.rfft(frames, n_fft, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    correlation: Matrix = scipy.fft.irfft(power, n_fft, axis=1)[:, :n_lags]
    return correlation


@cache
def _fft_length(minimum: int) -> int:
    """Give the next length that transforms fast."""
    return int(scipy.fft.next_fast_len(minimum, real=True))


def _vertex(before: Matrix, here: Matrix, after: Matrix) -> Matrix:
    """Give where the parabola through three points has its top, in [-0.5, 0.5] steps."""
    bend = before - 2 * here + after
    safe = np.where(np.abs(bend) > 1e-9, bend, 1)  # noqa: PLR2004 - flat: the middle is the top
    top = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / safe, 0)  # noqa: PLR2004
    return np.clip(top, -0.5, 0.5).astype(np.float32)
