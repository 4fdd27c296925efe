"""Make a clean recording sound like a voice note: room, noise, microphone, level, Opus.

Models that only heard studios fall apart on phones. Each copy takes a random few of these steps,
in the order in which sound passes through a room and a phone.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile
import soxr
from scipy.signal import butter, fftconvolve, sosfilt

from ser_core.waveform import Waveform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Step = Callable[[Waveform, np.random.Generator], Waveform]

VERSION: Final = 2
"""To be raised whenever copies change, so that no cache mixes old with new."""

SPEED_RANGE: Final = (0.94, 1.06)
"""Faster is higher, too: another throat. Source: Ko et al. (2015), "Audio augmentation for speech
recognition", Interspeech, who use 0.9 to 1.1; less here, since arousal must not change."""

ROOM_SECONDS: Final = (0.1, 1.0)
"""Reverberation time (60 dB) of a furnished room up to a hall."""

ECHO_SHARES: Final = (0.1, 1.0)
"""Amplitude of the echo beside the voice's, from a phone at the mouth to one across the room."""

NOISE_DB: Final = (0.0, 25.0)
"""Signal-to-noise ratio, from a train that passes to a quiet home."""

COLOUR_DB: Final = 4.0
"""Standard deviation of a microphone's response at each of `COLOUR_HZ`; between them it is smooth.
Handsets differ by about as much within the mask of ITU-T P.341 (wideband telephones)."""

COLOUR_HZ: Final = (0, 150, 400, 800, 1500, 2500, 4000, 8000)

GAIN_DB: Final = (-12.0, 12.0)
TELEPHONE_HZ: Final = (300.0, 3400.0)
"""Source: ITU-T G.712, the telephone band."""

OPUS_COMPRESSION: Final = (0.9, 0.985)
"""On libsndfile's scale from 0 to 1: measured about 33 down to 12 kbit/s at 16 kHz."""

_SHARES: Final = {
    "speed": 0.5,
    "room": 0.35,
    "noise": 0.6,
    "colour": 0.5,
    "telephone": 0.2,
    "gain": 0.5,
}
_OPUS_SHARE: Final = 0.3


def disturb(
    waveform: Waveform, noises: Sequence[Waveform], random: np.random.Generator
) -> Waveform:
    """Give a disturbed copy; noise is drawn from ``noises``, or made where there is none."""
    steps: dict[str, Step] = {
        "speed": change_speed,
        "room": add_room,
        "noise": lambda clean, draw: add_noise(clean, _draw_noise(noises, clean, draw), draw),
        "colour": change_colour,
        "telephone": limit_band,
        "gain": change_gain,
    }
    for name, step in steps.items():
        if random.random() < _SHARES[name]:
            waveform = step(waveform, random)
    return through_opus(waveform, random) if random.random() < _OPUS_SHARE else waveform


def change_speed(waveform: Waveform, random: np.random.Generator) -> Waveform:
    """Play a little faster and higher, or slower and lower."""
    factor = random.uniform(*SPEED_RANGE)
    rate = waveform.sampling_rate
    return _like(waveform, soxr.resample(waveform.samples, rate * factor, rate, "MQ"))


def add_room(waveform: Waveform, random: np.random.Generator) -> Waveform:
    """Convolve with an exponentially fading noise, the simplest room.

    Source: Moorer (1979), "About this reverberation business", Computer Music Journal 3(2).
    """
    seconds = random.uniform(*ROOM_SECONDS)
    time = np.arange(int(seconds * waveform.sampling_rate)) / waveform.sampling_rate
    tail = random.standard_normal(time.size) * 10 ** (-3 * time / seconds)
    response = tail * random.uniform(*ECHO_SHARES) / np.linalg.norm(tail)
    response[0] = 1.0
    wet = fftconvolve(waveform.samples, response)[: waveform.samples.size]
    return _like(waveform, wet)


def add_noise(waveform: Waveform, noise: Waveform, random: np.random.Generator) -> Waveform:
    """Add noise, repeated to the recording's length, at a random ratio to it."""
    ratio = 10 ** (random.uniform(*NOISE_DB) / 20)
    start = random.integers(noise.samples.size)
    repeated = np.resize(np.roll(noise.samples, -start), waveform.samples.size)
    level = _rms(waveform.samples) / (ratio * max(_rms(repeated), 1e-9))
    return _like(waveform, waveform.samples + level * repeated)


def change_colour(waveform: Waveform, random: np.random.Generator) -> Waveform:
    """Hear it through another microphone: some bands a little louder, others softer."""
    size = waveform.samples.size
    hertz = np.fft.rfftfreq(size, 1 / waveform.sampling_rate)
    decibels = np.interp(hertz, COLOUR_HZ, random.normal(0, COLOUR_DB, len(COLOUR_HZ)))
    spectrum = np.fft.rfft(waveform.samples) * 10 ** (decibels / 20)
    return _like(waveform, np.fft.irfft(spectrum, size))


def limit_band(waveform: Waveform, random: np.random.Generator) -> Waveform:
    """Keep the telephone band, its edges a little different each time."""
    low, high = (edge * random.uniform(0.8, 1.15) for edge in TELEPHONE_HZ)
    sections = butter(4, (low, high), "bandpass", fs=waveform.sampling_rate, output="sos")
    return _like(waveform, sosfilt(sections, waveform.samples))


def change_gain(waveform: Waveform, random: np.random.Generator) -> Waveform:
    """Make it quieter, or louder up to where it clips."""
    return _like(waveform, waveform.samples * 10 ** (random.uniform(*GAIN_DB) / 20))


def through_opus(waveform: Waveform, random: np.random.Generator) -> Waveform:
    """Encode to Opus at a random rate, and decode again."""
    file = io.BytesIO()
    compression = random.uniform(*OPUS_COMPRESSION)
    with soundfile.SoundFile(
        file,
        "w",
        samplerate=waveform.sampling_rate,
        channels=1,
        format="OGG",
        subtype="OPUS",
        compression_level=compression,
    ) as encoder:
        encoder.write(waveform.samples)
    file.seek(0)
    samples, _ = soundfile.read(file, dtype="float32")
    return _like(waveform, samples)


def _draw_noise(
    noises: Sequence[Waveform], clean: Waveform, random: np.random.Generator
) -> Waveform:
    """Draw one of the noises; where there are none, give pink noise as long as the clip."""
    if noises:
        return noises[int(random.integers(len(noises)))]
    spectrum = np.fft.rfft(random.standard_normal(clean.samples.size))
    spectrum /= np.sqrt(np.arange(spectrum.size) + 1)
    return _like(clean, np.fft.irfft(spectrum, clean.samples.size))


def _like(waveform: Waveform, samples: NDArray[np.floating]) -> Waveform:
    """Give samples the form of a waveform, clipped to full scale."""
    return Waveform(np.clip(samples, -1, 1).astype(np.float32), waveform.sampling_rate)


def _rms(samples: NDArray[np.floating]) -> float:
    """Give the root mean square."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
