"""Make a whisper of speech: keep what the mouth does, put breath in place of the voice.

Sources: Makhoul (1975), "Linear prediction: a tutorial review", Proc. IEEE 63(4), for the
envelope; Ito, Takeda & Itakura (2005), "Analysis and recognition of whispered speech", Speech
Communication 45(2): whispers lack the lowest frequencies, and their vowels are hardly louder than
their consonants.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.waveform import Waveform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

_FRAME: Final = 400
_HOP: Final = 100
_FFT_SIZE: Final = 1024


def whisper(random: np.random.Generator, speech: Waveform) -> Waveform:
    """Give the same words whispered, at a random level."""
    window = np.hanning(_FRAME)
    emphasised = np.pad(np.diff(speech.samples, prepend=0) + 0.05 * speech.samples, _FRAME)
    frames = np.lib.stride_tricks.sliding_window_view(emphasised, _FRAME)[::_HOP] * window
    envelope = _predict(frames, order=int(random.integers(14, 23)))
    hertz = np.fft.rfftfreq(_FFT_SIZE, 1 / speech.sampling_rate)
    envelope /= np.sqrt(1 + (random.uniform(200, 600) / np.maximum(hertz, 20)) ** 2)
    loudness = np.sqrt(np.mean(envelope**2, axis=1, keepdims=True))
    envelope *= (loudness / loudness.max() + 1e-6) ** -random.uniform(0, 0.4)
    breath = np.fft.rfft(random.standard_normal(frames.shape) * window, _FFT_SIZE)
    whispered = np.zeros(emphasised.size + _FFT_SIZE)
    for number, sound in enumerate(np.fft.irfft(breath * envelope)):
        whispered[number * _HOP : number * _HOP + _FFT_SIZE] += sound
    whispered = whispered[_FRAME : _FRAME + speech.samples.size]
    whispered *= random.uniform(0.05, 0.5) / np.abs(whispered).max()
    return Waveform(whispered.astype(np.float32), speech.sampling_rate)


def _predict(frames: Floats, order: int) -> Floats:
    """Give the spectral envelope of each frame by linear prediction (Levinson's recursion)."""
    power = np.abs(np.fft.rfft(frames, _FFT_SIZE)) ** 2
    correlation = np.fft.irfft(power)[:, : order + 1]
    correlation[:, 0] = correlation[:, 0] * 1.0003 + 1e-9
    filters = np.zeros((len(frames), order + 1))
    filters[:, 0] = 1
    error = correlation[:, 0].copy()
    for step in range(1, order + 1):
        known = filters[:, :step]
        reflection = -np.sum(known * correlation[:, step:0:-1], axis=1) / error
        reversed_filters = known[:, ::-1].copy()
        filters[:, 1 : step + 1] += reflection[:, None] * reversed_filters
        error *= np.maximum(1 - reflection**2, 1e-6)
    gain = np.sqrt(error)[:, None]
    envelope: Floats = gain / np.abs(np.fft.rfft(filters, _FFT_SIZE))
    return envelope
