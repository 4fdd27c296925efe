"""PURE  A voice made of formulas: it babbles with an emotion, for demo notes, warm-up and tests.

A pulse train (the vocal folds) and noise (breath, consonants) pass resonators (the mouth)::

    syllables ──> pitch ──> glottal flow ─┐
              └─> loudness                ├──> vowel formants ──┐
                            breath noise ─┘                     ├──> room noise ──> Waveform
                            consonant noise ──> one resonance ──┘

It says nothing in no language and is no copy of anybody's voice.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile
import soxr
from scipy.ndimage import uniform_filter1d
from scipy.signal import lfilter, sosfilt

from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Samples = NDArray[np.float64]

_PHONE_SAMPLING_RATE: Final = 48_000
"""Hertz; what phones hand to their Opus encoder."""

_OPUS_COMPRESSION: Final = 0.9
"""On libsndfile's scale from 0 to 1; measured to give 33 kbit/s, near to what voice notes have."""


@dataclass(frozen=True, slots=True)
class _Voice:
    """Hold a throat: its usual pitch, and the resonances of five vowels (i e a o u) in hertz."""

    pitch_hz: float
    vowels_hz: tuple[tuple[int, int, int], ...]
    upper_formants_hz: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Prosody:
    """Hold how an emotion is spoken, relative to the voice's usual pitch."""

    pitch_semitones: float
    range_semitones: float
    slope_semitones: float
    syllables_per_second: float
    level_dbfs: float
    breath: float
    open_quotient: float
    tilt: float
    jitter: float
    shimmer: float


_VOICES: Final = {
    "female": _Voice(
        210.0,
        (
            (310, 2790, 3310),
            (610, 2330, 2990),
            (850, 1220, 2810),
            (590, 920, 2710),
            (370, 950, 2670),
        ),
        (4080, 5250),
    ),
    "male": _Voice(
        120.0,
        (
            (270, 2290, 3010),
            (530, 1840, 2480),
            (730, 1090, 2440),
            (570, 840, 2410),
            (300, 870, 2240),
        ),
        (3500, 4500),
    ),
}
"""Source: Peterson & Barney (1952), "Control methods used in a study of the vowels",
J. Acoust. Soc. Am. 24, table II (formants of women and men); usual pitch after Traunmüller &
Eriksson (1994), "The frequency range of the voice fundamental in the speech of male and female
adults"; upper formants of a 17.5 cm and a 15 cm tube closed at one end."""

_PROSODY: Final = {
    #                     pitch range slope  rate level breath open tilt jitter shimmer
    "neutral": _Prosody(0.0, 2.0, -2.0, 4.6, -24.0, 0.03, 0.60, 0.70, 0.006, 0.03),
    "calm": _Prosody(-1.0, 1.5, -2.0, 3.9, -28.0, 0.06, 0.68, 0.80, 0.005, 0.03),
    "happy": _Prosody(4.0, 4.5, 0.0, 5.2, -20.0, 0.03, 0.55, 0.50, 0.007, 0.04),
    "sad": _Prosody(-2.0, 1.2, -3.0, 3.2, -31.0, 0.12, 0.75, 0.88, 0.012, 0.06),
    "angry": _Prosody(5.0, 4.0, -3.0, 5.4, -15.0, 0.02, 0.42, 0.25, 0.015, 0.08),
    "fearful": _Prosody(6.0, 2.5, 1.0, 5.8, -23.0, 0.09, 0.65, 0.60, 0.020, 0.08),
    "disgust": _Prosody(-1.5, 2.5, -4.0, 3.7, -22.0, 0.05, 0.50, 0.60, 0.018, 0.08),
    "surprised": _Prosody(6.0, 6.0, 5.0, 4.6, -20.0, 0.05, 0.58, 0.55, 0.008, 0.04),
}
"""Signs and order of size follow the published averages; the values are rounded by ear.

Source: Juslin & Laukka (2003), "Communication of emotions in vocal expression and music
performance", Psychol. Bull. 129, table 11; Murray & Arnott (1993), "Toward the simulation of
emotion in synthetic speech", J. Acoust. Soc. Am. 93 (disgust; surprise is ours, after happiness).
"""

_BANDWIDTHS_HZ: Final = (60, 90, 150, 250, 300)
"""Source: Klatt (1980), "Software for a cascade/parallel formant synthesizer", table I and
section II.B, rounded; losses grow with frequency."""

_CONSONANTS_HZ: Final = (1_500, 3_000, 5_500)
"""Where the noise of a k, sh and s is strongest, roughly.
Source: Klatt (1980), table III."""

_CONSONANT_SHARE: Final = 0.3
"""Part of a syllable that its consonant takes."""

_PAUSE_SHARE: Final = 0.2
"""Probability that a phrase ends after a syllable; a phrase has five on average."""

_LEAD_SECONDS: Final = 0.06
"""Silence before the first syllable: nobody speaks at once when the button is pressed."""

_ROOM_DBFS: Final = -72.0
"""A quiet room through a phone's microphone; digital silence would be unlike any recording."""


@dataclass(frozen=True, slots=True)
class _Track:
    """Hold, for every sample, where it lies in which syllable; arrays of shape ``(n_samples,)``.

    ``position`` runs from 0 to 1 within a syllable and stays above 1 in a pause.
    """

    syllable: NDArray[np.intp]
    position: Samples
    n_syllables: int


def speak(
    emotion: str = "neutral", gender: str = "female", *, seconds: float = 3.0, seed: int = 0
) -> Waveform:
    """Babble with an emotion, in a woman's or a man's voice, the same for the same seed.

    Raises:
        KeyError: if the emotion or the gender is none of the project's labels.
    """
    voice, prosody = _VOICES[gender], _PROSODY[emotion]
    random = np.random.default_rng(seed)
    n_samples = round(seconds * SAMPLING_RATE)
    track = _lay_out_syllables(prosody, n_samples, random)
    pitch = _draw_pitch(voice, prosody, track, random)
    flow = _vibrate(pitch, prosody, random) * _open_mouth(track)
    vowels = _shape_vowels(flow, voice, track, random)
    consonants = _hiss(track, random)
    consonants *= 0.12 * _rms(vowels) / max(_rms(consonants), 1e-12)
    speech = _bring_to_level(vowels + consonants, prosody.level_dbfs)
    room = 10 ** (_ROOM_DBFS / 20) * random.standard_normal(n_samples)
    return Waveform(np.clip(speech + room, -1.0, 1.0).astype(np.float32))


def encode_voice_note(waveform: Waveform) -> bytes:
    """Give the waveform as a voice note reaches the bot: Ogg Opus, mono, 48 kHz, 33 kbit/s."""
    samples = soxr.resample(waveform.samples, waveform.sampling_rate, _PHONE_SAMPLING_RATE)
    buffer = io.BytesIO()
    soundfile.write(
        buffer,
        samples,
        _PHONE_SAMPLING_RATE,
        format="OGG",
        subtype="OPUS",
        compression_level=_OPUS_COMPRESSION,
    )
    return buffer.getvalue()


def _lay_out_syllables(prosody: _Prosody, n_samples: int, random: np.random.Generator) -> _Track:
    """Lay syllables of uneven length in phrases with short pauses until the time is full."""
    seconds = n_samples / SAMPLING_RATE
    n_syllables = int(seconds * prosody.syllables_per_second * 2) + 1
    length = random.uniform(0.7, 1.3, n_syllables) / prosody.syllables_per_second
    is_last = random.random(n_syllables) < _PAUSE_SHARE
    length[is_last] *= 1.4  # the last syllable of a phrase is drawn out in every language
    pause = np.where(is_last, random.uniform(0.15, 0.3, n_syllables), 0.0)
    starts = _LEAD_SECONDS + np.concatenate([[0.0], np.cumsum(length + pause)[:-1]])
    moment = np.arange(n_samples) / SAMPLING_RATE
    syllable = np.maximum(np.searchsorted(starts, moment, side="right") - 1, 0)
    position = (moment - starts[syllable]) / length[syllable]
    position[position < 0] = 2.0  # the lead is a pause, too
    return _Track(syllable, position, n_syllables)


def _draw_pitch(
    voice: _Voice, prosody: _Prosody, track: _Track, random: np.random.Generator
) -> Samples:
    """Give the pitch in hertz: a fall or rise through each five syllables, accents, no steps."""
    phrase = (np.arange(track.n_syllables) % 5) / 4 - 0.5
    accents = random.normal(0.0, prosody.range_semitones / 2, track.n_syllables)
    targets = prosody.pitch_semitones + prosody.slope_semitones * phrase + accents
    glide = round(0.12 * SAMPLING_RATE)
    semitones = uniform_filter1d(targets[track.syllable], glide, mode="nearest")
    return np.asarray(voice.pitch_hz * 2 ** (semitones / 12))


def _vibrate(pitch: Samples, prosody: _Prosody, random: np.random.Generator) -> Samples:
    """Give the derivative of the glottal flow, with breath, for a pitch in hertz.

    Jitter and shimmer vary the length and the height of single pulses; the tilt is a one-pole
    low-pass, since soft voices close their folds gently.

    Source: Klatt & Klatt (1990), "Analysis, synthesis, and perception of voice quality
    variations", J. Acoust. Soc. Am. 87 (KLGLOTT88: flow a t² - b t³ while open).
    """
    cycle = np.cumsum(pitch / SAMPLING_RATE).astype(np.intp)
    uneven = random.standard_normal((2, cycle[-1] + 1)).clip(-2.5, 2.5)
    phase = np.cumsum(pitch / SAMPLING_RATE * (1 + prosody.jitter * uneven[0, cycle])) % 1.0
    opening = phase / prosody.open_quotient
    is_open = opening < 1
    pulse = np.where(is_open, 2 * opening - 3 * opening**2, 0.0)
    pulse *= 1 + prosody.shimmer * uneven[1, cycle]
    breath = prosody.breath * np.where(is_open, 1.0, 0.3) * random.standard_normal(pitch.size)
    return np.asarray(lfilter([1 - prosody.tilt], [1, -prosody.tilt], pulse) + breath)


def _open_mouth(track: _Track) -> Samples:
    """Give the loudness of the voice: silent in the consonant, a hump over the vowel, 0 to 1."""
    vowel = (track.position - _CONSONANT_SHARE) / (1 - _CONSONANT_SHARE)
    # The exponent puts the peak early: a syllable swells faster than it fades.
    return np.where((vowel > 0) & (vowel < 1), np.sin(np.pi * vowel.clip(0, 1) ** 0.6), 0.0)


def _shape_vowels(
    flow: Samples, voice: _Voice, track: _Track, random: np.random.Generator
) -> Samples:
    """Filter the flow by each syllable's vowel, one gliding into the next over 50 ms."""
    vowel = random.integers(len(voice.vowels_hz), size=track.n_syllables)[track.syllable]
    glide = round(0.05 * SAMPLING_RATE)
    shaped = np.zeros_like(flow)
    for index, formants in enumerate(voice.vowels_hz):
        weight = uniform_filter1d((vowel == index).astype(np.float64), glide, mode="nearest")
        shaped += _resonate(flow * weight, (*formants, *voice.upper_formants_hz), _BANDWIDTHS_HZ)
    return shaped


def _hiss(track: _Track, random: np.random.Generator) -> Samples:
    """Give noise at the beginning of most syllables, of three colours, as consonants do."""
    # One syllable in four has no noise: a vowel or a nasal begins it.
    colour = random.integers(len(_CONSONANTS_HZ) + 1, size=track.n_syllables)[track.syllable]
    consonant = (track.position / _CONSONANT_SHARE).clip(0, 1)
    noise = np.sin(np.pi * consonant) * random.standard_normal(track.position.size)
    hiss = np.zeros_like(noise)
    for index, centre in enumerate(_CONSONANTS_HZ):
        hiss += _resonate(noise * (colour == index), (centre,), (centre // 4,))
    return hiss


def _resonate(
    samples: Samples, frequencies_hz: tuple[int, ...], bandwidths_hz: tuple[int, ...]
) -> Samples:
    """Pass the samples through resonators in a row, each with gain 1 at 0 Hz.

    Source: Klatt (1980), equations 1 and 2.
    """
    frequency = 2 * np.pi * np.array(frequencies_hz) / SAMPLING_RATE
    radius = np.exp(-np.pi * np.array(bandwidths_hz) / SAMPLING_RATE)
    first, second = -2 * radius * np.cos(frequency), radius**2
    one, zero = np.ones_like(first), np.zeros_like(first)
    sections = np.stack([1 + first + second, zero, zero, one, first, second], axis=1)
    return np.asarray(sosfilt(sections, samples))


def _rms(samples: Samples) -> float:
    """Give the root mean square."""
    return float(np.sqrt(np.mean(samples**2)))


def _bring_to_level(samples: Samples, level_dbfs: float) -> Samples:
    """Scale to a root mean square in dB below full scale, and softly keep within ±1."""
    scaled = samples * (10 ** (level_dbfs / 20) / max(_rms(samples), 1e-12))
    return np.tanh(scaled)
