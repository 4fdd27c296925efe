"""PURE  ``mfcc-sequence``: 40 MFCC in each of 150 frames, three seconds of speech as one vector.

Frames of 64 ms tell the harmonics of a voice apart, so that the higher cepstra carry its pitch.
Frame after frame lies in the vector, 40 columns each. Longer speech is cut off at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.features.classic import measure_mfcc
from ser_core.features.spectrum import cut_frames, mel_filters, power_spectrum

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

N_FRAMES: Final = 150
N_MFCC: Final = 40
N_MELS: Final = 128
HOP_SECONDS: Final = 0.02
WINDOW_SECONDS: Final = 0.064

COLUMNS: Final = tuple(
    f"mfcc{number}_at{frame}" for frame in range(N_FRAMES) for number in range(N_MFCC)
)


def extract_mfcc_sequence(waveform: Waveform) -> Matrix:
    """Give the frames one after the other, float32, shape ``(6000,)``."""
    mfcc = _measure_frames(waveform)[:N_FRAMES]
    return fit_frames(mfcc).ravel()


def fit_frames(mfcc: Matrix) -> Matrix:
    """Give as many frames as the vector has: fewer are followed by copies of the quietest."""
    quietest = mfcc[mfcc[:, 0].argmin()]
    missing = N_FRAMES - len(mfcc)
    fitted: Matrix = np.concatenate([mfcc, np.tile(quietest, (missing, 1))])
    return fitted


def _measure_frames(waveform: Waveform) -> Matrix:
    """Give the MFCC of each frame, float32, shape ``(n_frames, 40)``."""
    rate = waveform.sampling_rate
    window, hop = round(WINDOW_SECONDS * rate), round(HOP_SECONDS * rate)
    frames = cut_frames(np.pad(waveform.samples, window // 2), window, hop)
    power = power_spectrum(frames, window)
    mel = power @ mel_filters(N_MELS, window, rate, fmin=0.0, fmax=rate / 2)
    return measure_mfcc(mel, N_MFCC).astype(np.float32)
