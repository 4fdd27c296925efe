"""PURE  Bad lines, rooms and microphones, each in one fixed strength.

Training disturbs its copies at random, see `ser_core.training.augment`; here each condition is the
same for every recording, so that it can be said what it costs. Samples are of 16 kHz, mono.
"""

from __future__ import annotations

import io
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import soundfile
import soxr
from scipy.signal import butter, fftconvolve, sosfilt

from ser_core.training.augment import TELEPHONE_HZ
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Samples = NDArray[np.floating]
    Spoil = Callable[[Samples, "Surroundings"], Samples]

VERSION: Final = 1
"""To be raised whenever a condition changes, so that no cache mixes old with new."""

CLEAN: Final = "clean"

_TELEPHONE_RATE: Final = 8_000
_OPUS_RATES: Final = (6_000, 256_000)
"""Bits a second, between which libsndfile spreads its compression level from 1 down to 0."""


class Surroundings(NamedTuple):
    """Hold what a condition may need beside the recording: a noise, and chance."""

    noise: Samples
    random: np.random.Generator


CONDITIONS: Final[Mapping[str, Spoil]] = MappingProxyType(
    {
        CLEAN: lambda samples, _: samples,
        "Opus, 32 kbit/s": lambda samples, _: through_opus(samples, 32_000),
        "Opus, 16 kbit/s": lambda samples, _: through_opus(samples, 16_000),
        "Opus, 12 kbit/s": lambda samples, _: through_opus(samples, 12_000),
        "telephone, 8 kHz": lambda samples, _: through_telephone(samples),
        "noise, 20 dB": lambda samples, around: add_noise(samples, around, 20.0),
        "noise, 10 dB": lambda samples, around: add_noise(samples, around, 10.0),
        "noise, 5 dB": lambda samples, around: add_noise(samples, around, 5.0),
        "living room": lambda samples, around: add_echo(samples, around, 0.5, 6.0),
        "hall": lambda samples, around: add_echo(samples, around, 1.0, 0.0),
        "12 dB softer": lambda samples, _: change_gain(samples, -12.0),
        "12 dB louder": lambda samples, _: change_gain(samples, 12.0),
        "clipped by 12 dB": lambda samples, _: clip_peaks(samples, 12.0),
    }
)
"""Ways to spoil a recording, by their names."""


def through_opus(samples: Samples, bits_per_second: int) -> Samples:
    """Encode to Opus at this rate, and decode again."""
    low, high = _OPUS_RATES
    file = io.BytesIO()
    with soundfile.SoundFile(
        file,
        "w",
        samplerate=SAMPLING_RATE,
        channels=1,
        format="OGG",
        subtype="OPUS",
        compression_level=(high - bits_per_second) / (high - low),
    ) as encoder:
        encoder.write(samples)
    file.seek(0)
    decoded: Samples = soundfile.read(file, dtype="float32")[0]
    return decoded


def through_telephone(samples: Samples) -> Samples:
    """Keep the telephone band, sampled at 8 kHz."""
    sections = butter(4, TELEPHONE_HZ, "bandpass", fs=SAMPLING_RATE, output="sos")
    narrow = soxr.resample(sosfilt(sections, samples), SAMPLING_RATE, _TELEPHONE_RATE)
    wide: Samples = soxr.resample(narrow, _TELEPHONE_RATE, SAMPLING_RATE)
    return wide


def add_noise(samples: Samples, around: Surroundings, decibels: float) -> Samples:
    """Add the noise, so many decibels softer than the recording, from any of its moments on."""
    start = int(around.random.integers(around.noise.size))
    noise = np.resize(np.roll(around.noise, -start), samples.size)
    return samples + noise * (_rms(samples) / max(_rms(noise), 1e-9) * _factor(-decibels))


def add_echo(
    samples: Samples, around: Surroundings, fading_seconds: float, decibels: float
) -> Samples:
    """Add a room's echo, so many decibels softer than the voice; it fades by 60 dB.

    Source: Moorer (1979), "About this reverberation business", Computer Music Journal 3(2).
    """
    time = np.arange(int(fading_seconds * SAMPLING_RATE)) / SAMPLING_RATE
    echo = around.random.standard_normal(time.size) * 10 ** (-3 * time / fading_seconds)
    echo *= _factor(-decibels) / np.linalg.norm(echo)
    echo[0] = 1.0
    wet: Samples = fftconvolve(samples, echo)[: samples.size]
    return wet


def change_gain(samples: Samples, decibels: float) -> Samples:
    """Make it louder by so many decibels, or softer; what is beyond full scale is cut."""
    louder: Samples = np.clip(samples * _factor(decibels), -1, 1)
    return louder


def clip_peaks(samples: Samples, decibels: float) -> Samples:
    """Turn it up until its peak would be so many decibels beyond full scale, and cut it there."""
    peak = max(float(np.abs(samples).max()), 1e-9)
    return change_gain(samples, decibels - _decibels(peak))


def _factor(decibels: float) -> float:
    """Give the ratio of two amplitudes."""
    return float(10 ** (decibels / 20))


def _decibels(factor: float) -> float:
    """Give the ratio of two amplitudes in decibels."""
    return float(20 * np.log10(factor))


def _rms(samples: Samples) -> float:
    """Give the root mean square."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
