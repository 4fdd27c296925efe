"""PURE  ``classic180``: the 180 columns that the field's tutorials use, computed exactly so.

They are the means over time of 40 MFCC, 12 chroma and 128 mel bands, as librosa's defaults
compute them since 0.9 (2,048-point Hann window, 512 hop, centred frames, zero padding).
Computed here without librosa, whose compiler makes the first call wait for seconds;
the tests hold both against each other.

Source: the recipe of the widely copied tutorials on RAVDESS with an MLP (librosa 0.7 onwards):
``mfcc(y, n_mfcc=40)``, ``chroma_stft(S=abs(stft(y)))``, ``melspectrogram(y)``, each averaged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ser_core.features.spectrum import cepstral_basis, cut_frames, mel_filters, power_spectrum

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

N_FFT: Final = 2048
HOP: Final = 512
N_MFCC: Final = 40
N_CHROMA: Final = 12
N_MELS: Final = 128

COLUMNS: Final = (
    *(f"mfcc{number}_mean" for number in range(N_MFCC)),
    *(f"chroma{number}_mean" for number in range(N_CHROMA)),
    *(f"mel{number}_mean" for number in range(N_MELS)),
)

_DYNAMIC_RANGE_DB: Final = 80.0
_PITCH_RANGE_HZ: Final = (150.0, 4000.0)
_PEAK_SHARE: Final = 0.1
_CHROMA_CENTRE_OCTAVE: Final = 5.0
_CHROMA_WIDTH_OCTAVES: Final = 2.0
_TINY: Final = np.finfo(np.float32).tiny


class Spectra(NamedTuple):
    """Hold what librosa's defaults give for each frame: power, MFCC (40) and mel bands (128).

    Each has shape ``(n_frames, n_bands)``.
    """

    power: Matrix
    mfcc: Matrix
    mel: Matrix


def extract_classic(waveform: Waveform) -> Matrix:
    """Give the 180 means, float32, shape ``(180,)``."""
    power, mfcc, mel = measure_spectra(waveform)
    parts = (mfcc, chroma(np.sqrt(power), waveform.sampling_rate), mel)
    return np.concatenate([part.mean(0) for part in parts]).astype(np.float32)


def measure_spectra(waveform: Waveform) -> Spectra:
    """Give the spectra of frames of 2,048 samples, every 512."""
    padded = np.pad(waveform.samples, N_FFT // 2)
    power = power_spectrum(cut_frames(padded, N_FFT, HOP), N_FFT)
    rate = waveform.sampling_rate
    mel = power @ mel_filters(N_MELS, N_FFT, rate, fmin=0.0, fmax=rate / 2)
    return Spectra(power, measure_mfcc(mel, N_MFCC), mel)


def measure_mfcc(mel: Matrix, n_mfcc: int) -> Matrix:
    """Give the cepstra of mel bands as librosa does: in decibels, 80 below the loudest at least."""
    decibels = 10 * np.log10(np.maximum(mel, 1e-10))
    decibels = np.maximum(decibels, decibels.max() - _DYNAMIC_RANGE_DB)
    mfcc: Matrix = decibels @ cepstral_basis(mel.shape[1], n_mfcc)
    return mfcc


def chroma(magnitude: Matrix, sampling_rate: int) -> Matrix:
    """Give the energy in each of the 12 pitch classes, the loudest 1, shape ``(n_frames, 12)``.

    Source: Ellis (2007), "Chroma feature analysis and synthesis".
    """
    tuning = _tuning_semitones(magnitude, sampling_rate)
    raw = magnitude @ _chroma_filters(sampling_rate, tuning)
    loudest = raw.max(axis=1, keepdims=True)
    return np.where(loudest < _TINY, raw, raw / np.maximum(loudest, _TINY))


def _tuning_semitones(magnitude: Matrix, sampling_rate: int) -> float:
    """Give how far the sound's peaks lie from the 440 Hz scale, in [-0.5, 0.5) semitones."""
    frequency, height = _spectral_peaks(magnitude, sampling_rate)
    if frequency.size == 0:
        return 0.0
    strong = frequency[height >= np.median(height)]
    residual = np.mod(12 * np.log2(strong / (440.0 / 16)), 1.0)
    residual[residual >= 0.5] -= 1.0  # noqa: PLR2004 - half a semitone is the rounding point
    counts, edges = np.histogram(residual, np.linspace(-0.5, 0.5, 101))
    return float(edges[np.argmax(counts)])


def _spectral_peaks(magnitude: Matrix, sampling_rate: int) -> tuple[Matrix, Matrix]:
    """Give frequency in hertz and height of every clear peak, refined by a parabola."""
    left, centre, right = magnitude[:, :-2], magnitude[:, 1:-1], magnitude[:, 2:]
    floor = _PEAK_SHARE * magnitude.max(axis=1, keepdims=True)
    loud_left, loud, loud_right = (
        np.where(part > floor, part, 0) for part in (left, centre, right)
    )
    hertz = np.arange(1, centre.shape[1] + 1) * sampling_rate / N_FFT
    lowest, highest = _PITCH_RANGE_HZ
    inside = (hertz >= lowest) & (hertz < min(highest, sampling_rate / 2))
    frame, column = np.nonzero((loud > loud_left) & (loud >= loud_right) & inside)
    before, here, after = (part[frame, column] for part in (left, centre, right))
    slope, bend = (after - before) / 2, 2 * here - before - after
    safe = np.where(np.abs(slope) < np.abs(bend), bend, np.inf)
    shift = slope / safe
    frequency = (column + 1 + shift) * sampling_rate / N_FFT
    return frequency.astype(np.float32), here + 0.5 * slope * shift


def _chroma_filters(sampling_rate: int, tuning: float) -> Matrix:
    """Give a Gaussian bump for each pitch class in each bin, shape ``(n_bins, 12)``."""
    hertz = np.arange(1, N_FFT) * sampling_rate / N_FFT
    semitone = N_CHROMA * np.log2(hertz / (440.0 * 2 ** (tuning / N_CHROMA) / 16))
    semitone = np.concatenate(([semitone[0] - 1.5 * N_CHROMA], semitone))
    width = np.concatenate((np.maximum(np.diff(semitone), 1.0), [1.0]))
    half = N_CHROMA / 2
    offset = semitone[:, None] - np.arange(N_CHROMA)
    offset = np.remainder(offset + half + 10 * N_CHROMA, N_CHROMA) - half
    bumps = np.exp(-0.5 * (2 * offset / width[:, None]) ** 2)
    bumps /= np.linalg.norm(bumps, axis=1, keepdims=True)
    octave = (semitone / N_CHROMA - _CHROMA_CENTRE_OCTAVE) / _CHROMA_WIDTH_OCTAVES
    bumps *= np.exp(-0.5 * octave**2)[:, None]
    from_c = np.roll(bumps, -3, axis=1)  # the scale above starts at A
    filters: Matrix = from_c[: N_FFT // 2 + 1].astype(np.float32)
    return filters
