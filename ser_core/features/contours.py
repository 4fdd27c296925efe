"""PURE  What is measured in every frame of 25 ms, every 10 ms: the ground of all functionals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import median_filter

from ser_core.features.pitch import track_pitch
from ser_core.features.spectral_shape import NAMES as SHAPE_NAMES
from ser_core.features.spectral_shape import describe_spectra
from ser_core.features.spectrum import cepstral_basis, cut_frames, mel_filters, power_spectrum

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

HOP_SECONDS: Final = 0.01
WINDOW_SECONDS: Final = 0.025
FRAMES_PER_SECOND: Final = 100
N_MELS: Final = 64
N_MFCC: Final = 20
LOWEST_HZ: Final = 50.0
HIGHEST_HZ: Final = 7200.0
"""What lies above is left out: how much of it survives depends on the codec, not on the voice."""

MIN_SECONDS: Final = 0.5
TRIM_DB: Final = 35.0
LOUDNESS: Final = 0.05
"""Root mean square that every recording is brought to; the sender's distance says no emotion."""

DESCRIPTOR_NAMES: Final = (*SHAPE_NAMES, "zero_crossing_rate", "log_rms", "hnr")
"""Columns of `Contours.descriptors`."""

_FLOOR: Final = 1e-8
_VOICED_STRENGTH: Final = 0.45
"""Source: Boersma (1993), the voicing threshold of his tracker."""
_VOICED_RMS_SHARE: Final = 0.1
_OCTAVE_JUMP: Final = 0.3
"""Octaves from the local median beyond which a pitch is taken for an error of the tracker."""


@dataclass(frozen=True, slots=True, eq=False)
class Contours:
    """Hold one value, or row, for each frame; frames run along axis 0.

    ``power`` (n_frames, n_bins), up to `HIGHEST_HZ`; ``log_mel`` natural logarithm
    (n_frames, 64); ``mfcc`` (n_frames, 20); ``descriptors``
    (n_frames, len(DESCRIPTOR_NAMES)); ``rms`` (n_frames,);
    ``octave`` is the pitch in octaves above 100 Hz; ``strength`` in [0, 1) its periodicity;
    ``is_voiced`` and the stricter ``is_pitched`` mark frames, the latter without octave errors.
    """

    power: Matrix
    log_mel: Matrix
    mfcc: Matrix
    descriptors: Matrix
    rms: Matrix
    octave: Matrix
    strength: Matrix
    is_voiced: NDArray[np.bool_]
    is_pitched: NDArray[np.bool_]


def measure_contours(waveform: Waveform) -> Contours:
    """Give the contours of the waveform, its silent ends cut off and its level made equal."""
    rate = waveform.sampling_rate
    samples = _trim(waveform.samples, rate)
    samples = np.pad(samples, (0, max(0, int(MIN_SECONDS * rate) - samples.size)))
    samples = samples / (np.sqrt(np.mean(samples**2)) + _FLOOR) * LOUDNESS
    window, hop = int(WINDOW_SECONDS * rate), int(HOP_SECONDS * rate)
    n_fft = 1 << (window - 1).bit_length()
    frames = cut_frames(np.pad(samples, window // 2), window, hop)
    hertz = np.arange(0, HIGHEST_HZ, rate / n_fft, dtype=np.float32)
    power = power_spectrum(frames, n_fft)[:, : hertz.size]
    log_mel = measure_mel(power, N_MELS, rate)
    rms = np.sqrt(np.mean(frames**2, axis=1))
    octave, strength = _pitch(samples, hop, rate, len(frames))
    is_voiced = find_voiced(rms, strength)
    return Contours(
        power=power,
        log_mel=log_mel,
        mfcc=10 / np.log(np.float32(10)) * (log_mel @ cepstral_basis(N_MELS, N_MFCC)),
        descriptors=_describe(frames, power, hertz, rms, strength),
        rms=rms,
        octave=octave,
        strength=strength,
        is_voiced=is_voiced,
        is_pitched=is_voiced & find_steady(octave, is_voiced),
    )


def measure_mel(power: Matrix, n_mels: int, sampling_rate: int) -> Matrix:
    """Give the natural logarithm of the energy in mel bands, shape ``(n_frames, n_mels)``."""
    n_fft = 1 << (int(WINDOW_SECONDS * sampling_rate) - 1).bit_length()
    filters = mel_filters(n_mels, n_fft, sampling_rate, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    return np.log(power @ filters[: power.shape[1]] + _FLOOR)


def find_voiced(rms: Matrix, strength: Matrix) -> NDArray[np.bool_]:
    """Mark frames that are loud and periodic enough for a voice, by level and pitch strength."""
    is_voiced: NDArray[np.bool_] = rms > _VOICED_RMS_SHARE * rms.max()
    return is_voiced & (strength > _VOICED_STRENGTH)


def find_steady(octave: Matrix, is_voiced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark frames whose pitch lies near the median of the voiced frames around."""
    if not is_voiced.any():
        return is_voiced
    filled = np.where(is_voiced, octave, np.median(octave[is_voiced]))
    near: NDArray[np.bool_] = np.abs(octave - median_filter(filled, 5)) < _OCTAVE_JUMP
    return near


def _trim(samples: Matrix, rate: int) -> Matrix:
    """Cut silent ends off: what lies more than `TRIM_DB` below the loudest frame."""
    length, hop = 128 * rate // 1000, 32 * rate // 1000
    energy = np.mean(cut_frames(np.pad(samples, length // 2), length, hop) ** 2, axis=1)
    loud = np.flatnonzero(energy > energy.max() * 10 ** (-TRIM_DB / 10))
    if loud.size == 0:
        return samples
    first, last = max(0, (loud[0] - 1) * hop), (loud[-1] + 1) * hop
    kept = samples[first:last]
    return kept if kept.size >= MIN_SECONDS * rate else samples


def _pitch(samples: Matrix, hop: int, rate: int, n_frames: int) -> tuple[Matrix, Matrix]:
    """Give pitch in octaves above 100 Hz and its strength, one of each for a frame."""
    pitch = track_pitch(samples, hop, rate)
    octave: Matrix = np.log2(pitch.hertz[:n_frames] / np.float32(100))
    return octave, pitch.strength[:n_frames]


def _describe(
    frames: Matrix, power: Matrix, hertz: Matrix, rms: Matrix, strength: Matrix
) -> Matrix:
    """Give the descriptors of each frame in the order of `DESCRIPTOR_NAMES`."""
    crossings = np.mean(np.diff(np.signbit(frames), axis=1), axis=1)
    harmonic = np.maximum(strength, 1e-3)
    hnr = 10 * np.log10(harmonic / (1 - harmonic))
    rest = np.stack((crossings, np.log(rms + 1e-6), hnr), axis=1)
    return np.concatenate((describe_spectra(power, hertz), rest), axis=1).astype(np.float32)
