"""Sounds made of formulas, of which it is known what must be measured in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Samples = NDArray[np.float32]

HARMONICS_UP_TO_HZ = 4000


def make_waveform(samples: ArrayLike, sampling_rate: int = SAMPLING_RATE) -> Waveform:
    """Give samples the form of a waveform."""
    return Waveform(np.asarray(samples, np.float32), sampling_rate)


def moments(seconds: float, sampling_rate: int = SAMPLING_RATE) -> NDArray[np.float64]:
    """Give the time of each sample, in seconds."""
    return np.arange(round(seconds * sampling_rate)) / sampling_rate


def silence(seconds: float) -> Samples:
    """Give zeros."""
    return np.zeros(moments(seconds).size, np.float32)


def tone(
    hertz: float, seconds: float = 1.0, *, peak: float = 0.1, sampling_rate: int = SAMPLING_RATE
) -> Samples:
    """Give a sine."""
    cycles = 2 * np.pi * hertz * moments(seconds, sampling_rate)
    return (peak * np.sin(cycles)).astype(np.float32)


def noise(seconds: float = 1.0, *, seed: int = 0) -> Samples:
    """Give white noise, -20 dB of full scale."""
    size = moments(seconds).size
    return np.random.default_rng(seed).normal(0, 0.1, size).astype(np.float32)


def buzz(hertz: ArrayLike, seconds: float = 1.0, *, octave_db: float = -12.0) -> Samples:
    """Give a voice without a mouth: harmonics up to 4 kHz, each octave softer.

    ``hertz`` is the pitch, one for all samples or one for each.
    """
    pitch = np.broadcast_to(hertz, moments(seconds).shape)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLING_RATE
    orders = range(1, int(HARMONICS_UP_TO_HZ // pitch.max()) + 1)
    waves = sum(np.cos(order * phase + order) * order ** (octave_db / 6) for order in orders)
    return (0.1 * np.asarray(waves)).astype(np.float32)
