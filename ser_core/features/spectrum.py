"""PURE  Frames, power spectra, mel bands and cepstra; frames run along axis 0.

Mel scale and filters are Slaney's, as in the field's usual library, so that figures compare.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.fft
from scipy.signal import get_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.floating]
    """Real numbers; float32 wherever speed counts."""

_LINEAR_HZ_PER_MEL: Final = 200 / 3
_LOG_FROM_HZ: Final = 1000.0
_LOG_FROM_MEL: Final = _LOG_FROM_HZ / _LINEAR_HZ_PER_MEL
_LOG_STEP: Final = np.log(6.4) / 27


def cut_frames(samples: Matrix, length: int, hop: int) -> Matrix:
    """Give a view of overlapping frames, shape ``(n_frames, length)``; the rest is dropped."""
    windows: Matrix = np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]
    return windows


@cache
def periodic_window(name: str, length: int) -> Matrix:
    """Give a window for spectra, float32, shape ``(length,)``."""
    window: Matrix = get_window(name, length).astype(np.float32)
    return window


def power_spectrum(frames: Matrix, n_fft: int) -> Matrix:
    """Give the Hann-windowed power spectrum, shape ``(n_frames, n_fft // 2 + 1)``."""
    spectrum = scipy.fft.rfft(frames * periodic_window("hann", frames.shape[1]), n_fft, axis=1)
    power: Matrix = spectrum.real**2 + spectrum.imag**2
    return power


@cache
def mel_filters(n_mels: int, n_fft: int, sampling_rate: int, *, fmin: float, fmax: float) -> Matrix:
    """Give triangular filters of equal area, shape ``(n_fft // 2 + 1, n_mels)``.

    Source: Slaney (1998), Auditory Toolbox, Interval Research technical report 1998-010.
    """
    edges = _mel_to_hz(np.linspace(_hz_to_mel(fmin), _hz_to_mel(fmax), n_mels + 2))
    bins = np.fft.rfftfreq(n_fft, 1 / sampling_rate)[:, None]
    rising = (bins - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins) / np.diff(edges)[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    weights: Matrix = (triangles * 2 / (edges[2:] - edges[:-2])).astype(np.float32)
    return weights


@cache
def cepstral_basis(n_mels: int, n_mfcc: int) -> Matrix:
    """Give the orthonormal cosine transform (type II) as a matrix, shape ``(n_mels, n_mfcc)``."""
    basis: Matrix = scipy.fft.dct(np.eye(n_mels), norm="ortho")[:, :n_mfcc].astype(np.float32)
    return basis


def _hz_to_mel(frequency: float) -> float:
    """Give the mel of a frequency: linear below 1 kHz, logarithmic above."""
    if frequency < _LOG_FROM_HZ:
        return frequency / _LINEAR_HZ_PER_MEL
    return float(_LOG_FROM_MEL + np.log(frequency / _LOG_FROM_HZ) / _LOG_STEP)


def _mel_to_hz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the frequencies of mels, the inverse of `_hz_to_mel`."""
    above = _LOG_FROM_HZ * np.exp(_LOG_STEP * (mels - _LOG_FROM_MEL))
    return np.where(mels < _LOG_FROM_MEL, mels * _LINEAR_HZ_PER_MEL, above)
