"""Play melodies, chords and drums on synthesised instruments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.signal import butter, lfilter, sosfilt

from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Samples = NDArray[np.floating]
    Random = np.random.Generator
    Instrument = Callable[[float, int], Samples]  # hertz, number of samples

_NYQUIST_HZ: Final = 7600.0
_SCALES: Final = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 7, 9), (0, 3, 5, 6, 7))
_LENGTHS: Final = (0.25, 0.5, 0.5, 1.0, 1.0, 2.0)


def happens(random: Random, share: float) -> bool:
    """Draw whether something happens that does in this share of cases."""
    return bool(random.random() < share)


def build_additive(random: Random) -> Instrument:
    """Build an instrument of partials, plucked or blown, with or without vibrato."""
    is_plucked = happens(random, 0.5)
    decay = random.uniform(1, 8) if is_plucked else random.uniform(0, 0.5)
    faster, stretch = random.uniform(0, 0.4), random.choice([0, 0, 2e-4, 2e-3])
    attack, vibrato = 10 ** random.uniform(-2.3, -1), max(random.uniform(-0.6, 0.6), 0)
    vibrato_hz = random.uniform(4, 7.5)
    partials = np.arange(1, random.integers(2, 21))
    gains = partials ** -random.uniform(0.4, 2) * 10 ** (random.normal(0, 4, partials.size) / 20)

    def play(hertz: float, n: int) -> Samples:
        seconds = np.arange(n) / SAMPLING_RATE
        bend = vibrato * np.sin(2 * np.pi * vibrato_hz * seconds) * np.minimum(seconds / 0.3, 1)
        phase = 2 * np.pi * np.cumsum(hertz * 2 ** (bend / 12)) / SAMPLING_RATE
        note = np.zeros(n)
        for partial, gain in zip(partials, gains, strict=True):
            ratio = partial * np.sqrt(1 + stretch * partial**2)
            if ratio * hertz < _NYQUIST_HZ:
                fade = np.exp(-seconds * decay * (1 + faster * partial))
                note += gain * fade * np.sin(ratio * phase)
        return note * np.minimum(seconds / attack, 1)

    return play


def build_string(random: Random) -> Instrument:
    """Build a plucked string.

    Source: Karplus & Strong (1983), "Digital synthesis of plucked-string and drum timbres",
    Computer Music Journal 7(2).
    """
    damping = random.uniform(0.985, 0.999) / 2

    def play(hertz: float, n: int) -> Samples:
        period = int(SAMPLING_RATE / hertz)
        pluck = np.zeros(n)
        pluck[:period] = random.standard_normal(period)[:n]
        loop = np.concatenate([[1], np.zeros(period - 1), [-damping, -damping]])
        return lfilter([1], loop, pluck)

    return play


def build_bell(random: Random) -> Instrument:
    """Build a bell or an electric piano.

    Source: Chowning (1973), "The synthesis of complex audio spectra by means of frequency
    modulation", J. Audio Eng. Soc. 21(7).
    """
    index, decay = random.uniform(0.5, 6), random.uniform(1, 6)
    ratio = random.choice([1, 1.4, 2, 3.5])

    def play(hertz: float, n: int) -> Samples:
        seconds = np.arange(n) / SAMPLING_RATE
        fade = np.exp(-seconds * decay)
        modulator = index * fade * np.sin(2 * np.pi * hertz * ratio * seconds)
        return fade * np.sin(2 * np.pi * hertz * seconds + modulator)

    return play


def build_organ(random: Random) -> Instrument:
    """Build an organ of eight drawbars behind a rotating loudspeaker."""
    drawbars = random.uniform(0, 1, 8)

    def play(hertz: float, n: int) -> Samples:
        turn = np.sin(2 * np.pi * 6.3 * np.arange(n) / SAMPLING_RATE)
        phase = 2 * np.pi * np.cumsum(hertz * (1 + 0.006 * turn)) / SAMPLING_RATE
        ratios = (0.5, 1, 1.5, 2, 3, 4, 6, 8)
        pipes = [
            gain * np.sin(ratio * phase)
            for ratio, gain in zip(ratios, drawbars, strict=True)
            if ratio * hertz < _NYQUIST_HZ
        ]
        return np.sum(pipes, axis=0) * (1 + 0.2 * turn)

    return play


def build_synthesiser(random: Random) -> Instrument:
    """Build two sawtooth oscillators, a little out of tune, behind a low-pass filter."""
    edge, decay = random.uniform(300, 5000), random.uniform(0, 3)
    low_pass = butter(2, edge, fs=SAMPLING_RATE, output="sos")

    def play(hertz: float, n: int) -> Samples:
        seconds = np.arange(n) / SAMPLING_RATE
        saws = sum((hertz * tune * seconds) % 1 - 0.5 for tune in (1, 1.006))
        return sosfilt(low_pass, saws) * np.exp(-seconds * decay)

    return play


def play_music(random: Random, n: int, build: Callable[[Random], Instrument]) -> Samples:
    """Play one to three voices of a random melody, some in chords, in three of ten with drums."""
    music = np.zeros(n)
    beat_seconds, root = 60 / random.uniform(60, 180), random.uniform(40, 64)
    scale = np.array(_SCALES[random.integers(len(_SCALES))])
    for _ in range(random.integers(1, 4)):
        play, degrees = build(random), (0, 2, 4) if happens(random, 0.35) else (0,)
        at, degree = random.uniform(0, 0.2), int(random.integers(10))
        octave = random.integers(-1, 2)
        while at * SAMPLING_RATE < n - 200:
            seconds = beat_seconds * random.choice(_LENGTHS)
            size = min(round(seconds * SAMPLING_RATE), n - int(at * SAMPLING_RATE))
            for step in degree + np.array(degrees):
                semitones = root + 12 * (octave + step // scale.size) + scale[step % scale.size]
                note = play(440 * 2 ** ((semitones - 69) / 12), size)
                fade = np.minimum((size - np.arange(size)) / 400, 1)
                music[int(at * SAMPLING_RATE) :][:size] += random.uniform(0.5, 1) * note * fade
            degree = int(np.clip(degree + random.integers(-3, 4), 0, 14))
            at += seconds
    music /= np.abs(music).max() + 1e-9
    return music + (random.uniform(0.2, 1) * play_drums(random, n) if happens(random, 0.3) else 0)


def play_drums(random: Random, n: int) -> Samples:
    """Play a random pattern of sixteen steps on kick, snare and hi-hat."""
    drums = np.zeros(n)
    step = round(SAMPLING_RATE * 15 / random.uniform(70, 170))
    patterns = random.random((3, 16)) < np.array([[0.25], [0.2], [0.6]])
    seconds = np.arange(SAMPLING_RATE // 4) / SAMPLING_RATE
    noise = random.standard_normal(seconds.size)
    kick = np.sin(2 * np.pi * (45 * seconds + 9 * (1 - np.exp(-30 * seconds))))
    snare = 0.5 * np.sin(2 * np.pi * 190 * seconds) + 0.6 * noise
    hat = 0.3 * np.diff(noise, prepend=0)
    for number, start in enumerate(range(0, n, step)):
        for drum, fade, pattern in zip((kick, snare, hat), (14, 20, 60), patterns, strict=True):
            if pattern[number % 16]:
                beat = drum * np.exp(-fade * seconds) * random.uniform(0.6, 1)
                drums[start : start + beat.size] += beat[: n - start]
    return drums / (np.abs(drums).max() + 1e-9)
