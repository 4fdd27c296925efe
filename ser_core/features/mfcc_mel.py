"""PURE  ``mfcc-mel``: the means of 40 MFCC and 128 mel bands, as ``classic180`` without chroma."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.features.classic import N_MELS, N_MFCC, measure_spectra

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

COLUMNS: Final = (
    *(f"mfcc{number}_mean" for number in range(N_MFCC)),
    *(f"mel{number}_mean" for number in range(N_MELS)),
)


def extract_mfcc_mel(waveform: Waveform) -> Matrix:
    """Give the 168 means, float32, shape ``(168,)``."""
    _, mfcc, mel = measure_spectra(waveform)
    return np.concatenate([mfcc.mean(0), mel.mean(0)]).astype(np.float32)
