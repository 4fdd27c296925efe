"""PURE  Where somebody speaks in a waveform, and whether anybody does.

::

    samples ──> frames: loudness, spectrum, voicing, pitch
                  └──> evidence around each frame ──> weighed sum > 0, and loud ──> parts

Speech is a voice that glides, swells and fades a few times a second while the mouth changes its
colour. Noise has no pitch, a machine's pitch stands still, its loudness and colour too.
A voice that is no speech (a crying child, a sneeze) often passes: the evidence is the same.
A whisper, which has no pitch, may be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.waveform import Waveform

    Floats = NDArray[np.floating]

_WEIGHTS: Final = {
    "voiced": -1.731,
    "gliding": 7.678,
    "steady": -3.139,
    "loudness_spread": 0.065,
    "louder_when_voiced": 0.352,
    "colour_spread": 0.308,
    "colour_from_31_hz": -0.100,
    "colour_from_94_hz": 0.070,
    "colour_from_203_hz": 0.102,
    "colour_from_406_hz": 0.006,
    "colour_from_703_hz": -0.085,
    "colour_from_1203_hz": -0.029,
    "colour_from_2000_hz": 0.041,
}
_BIAS: Final = -3.914
"""Logistic regression, fitted and printed by ``benchmarks/speech_gate.py --fit``."""

EVIDENCE_NAMES: Final = tuple(_WEIGHTS)
"""What is known around each frame, in the order of `measure_evidence`'s columns."""

_LEAST: Final = {"gliding": 0.05, "loudness_spread": 1.5, "colour_spread": 1.3}
"""Below one of these nothing else counts: a tone, a beep or a chord lacks one of them altogether.
All but one in a thousand of the labelled recordings have more."""

_THRESHOLDS: Final = np.array([_LEAST.get(name, -np.inf) for name in EVIDENCE_NAMES])

_RATE: Final = SAMPLING_RATE // 2
"""Hertz; voices show below 4 kHz."""

_HOP: Final = _RATE // 50
"""Samples between frames: 20 ms."""

_FRAME: Final = 384
"""Samples in a frame: 48 ms, three periods of the lowest voice."""

_FFT_SIZE: Final = 512

_WINDOW: Final = np.hanning(_FRAME + 2)[1:-1].astype(np.float32)

_BAND_EDGES: Final = (2, 6, 13, 26, 45, 77, 128, 257)
"""Spectral bins (15.6 Hz each) between which the energy is summed, three quarters of an
octave to one and a half wide."""

_PITCH_BINS: Final = 129
"""Bins up to 2 kHz; there the harmonics of a voice are clear, and lags are samples at 4 kHz."""

_LAGS: Final = range(8, 67)
"""Periods of 500 to 60 Hz, in samples at 4 kHz."""

_LAG_COST: Final = (0.01 * np.log2(np.array(_LAGS) / _LAGS[0])).astype(np.float32)
"""Favours the shorter of two periods that fit equally well.
Source: Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the
harmonics-to-noise ratio of a sampled sound", IFA Proc. 17, section 3 (octave cost)."""

_BLOCK_FRAMES: Final = 3_000
"""Frames analysed at a time (one minute), so that an hour needs no more memory for it."""

_REACH_FRAMES: Final = 40
"""Evidence is gathered over 0.8 s on both sides: a few syllables."""

_WINDOW_CORRELATION: Final = np.fft.irfft(
    np.abs(np.fft.rfft(_WINDOW, _FFT_SIZE))[:_PITCH_BINS] ** 2
)[: _LAGS.stop + 1].astype(np.float32)
"""The window's own autocorrelation, by which every frame's is divided."""

_STEADY_SEMITONES: Final = 0.05
"""No voice holds its pitch better than this from frame to frame."""

_JUMP_SEMITONES: Final = 2.0
"""No voice glides faster than this from frame to frame."""

_POWER_FLOOR: Final = 1e-12
"""Added to every power (of full scale), so that silence has a logarithm: -120 dB."""

_SILENCE_DBFS: Final = -75.0
"""A recording nowhere louder than this holds nothing to be heard."""

_PAUSE_SECONDS: Final = 0.3
"""Shorter pauses lie between words, not between parts."""

_PADDING_SECONDS: Final = 0.1
"""Kept before and after, where soft consonants are."""

_MIN_SECONDS: Final = 0.1
"""A part shorter than this is no syllable."""


@dataclass(frozen=True, slots=True)
class SpeechPart:
    """Hold a stretch of speech; ``start`` and ``end`` are seconds from the beginning."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Give the duration in seconds."""
        return self.end - self.start


def find_speech(waveform: Waveform) -> tuple[SpeechPart, ...]:
    """Find the parts of a 16 kHz waveform where somebody speaks, in order; none if nobody does."""
    frames = _hear_frames(waveform.samples)
    top, floor = np.percentile(frames.level_db, [98, 10])
    if top < _SILENCE_DBFS:
        return ()
    is_loud = frames.level_db > max(top - 30, floor + 0.25 * (top - floor))
    evidence = _gather_evidence(frames)
    score = evidence @ np.array([*_WEIGHTS.values()]) + _BIAS
    is_voice = (score > 0) & (evidence > _THRESHOLDS).all(axis=1)
    return _join_frames(is_voice & is_loud, waveform.seconds)


def measure_evidence(waveform: Waveform) -> Floats:
    """Give what tells speech from other sound, around every 20 ms of a 16 kHz waveform.

    Shape ``(n_frames, len(EVIDENCE_NAMES))``.
    """
    return _gather_evidence(_hear_frames(waveform.samples))


@dataclass(frozen=True, slots=True)
class _Frames:
    """Hold what is heard in each frame.

    ``bands_db`` has shape ``(n_frames, 7)``, the others ``(n_frames,)``; ``level_db`` is the sum
    of the bands, ``voicing`` how periodic the frame is, 0 to 1, ``pitch`` is in semitones.
    """

    bands_db: Floats
    level_db: Floats
    voicing: Floats
    pitch: Floats


def _hear_frames(samples: NDArray[np.float32]) -> _Frames:
    """Measure all frames, a minute at a time."""
    missing = 2 * _FRAME - samples.size
    if missing > 0:
        samples = np.pad(samples, (0, missing))
    n_frames = (samples.size // 2 - _FRAME) // _HOP + 1
    blocks = []
    for first in range(0, n_frames, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, n_frames) - 1
        block = samples[2 * first * _HOP : 2 * (last * _HOP + _FRAME)]
        blocks.append(_hear_block(block))
    power, voicing, pitch = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    return _Frames(
        bands_db=10 * np.log10(power),
        level_db=10 * np.log10(power.sum(axis=1)),
        voicing=voicing,
        pitch=pitch,
    )


def _hear_block(samples: NDArray[np.float32]) -> tuple[Floats, Floats, Floats]:
    """Give power in bands, voicing and pitch of each frame in a block."""
    halved = 0.5 * (samples[::2] + samples[1::2])
    frames = np.lib.stride_tricks.sliding_window_view(halved, _FRAME)[::_HOP] * _WINDOW
    spectrum = np.fft.rfft(frames, _FFT_SIZE)
    power = spectrum.real**2 + spectrum.imag**2
    power[:, : _BAND_EDGES[0]] = 0  # offset and rumble
    bands = np.add.reduceat(power, _BAND_EDGES[:-1], axis=1).astype(np.float64)
    full_scale = _FFT_SIZE / 4 * float(_WINDOW @ _WINDOW)  # the power of a sine of amplitude 1
    return bands / full_scale + _POWER_FLOOR, *_find_pitch(power)


def _find_pitch(power: Floats) -> tuple[Floats, Floats]:
    """Give voicing, 0 to 1, and pitch, in semitones above 100 Hz, of each power spectrum.

    Source: Boersma (1993), equation 9: the autocorrelation of the frame over the window's.
    """
    correlation = np.fft.irfft(power[:, :_PITCH_BINS], axis=1)[:, : _LAGS.stop + 1]
    correlation /= np.maximum(correlation[:, :1], _POWER_FLOOR)
    correlation /= _WINDOW_CORRELATION / _WINDOW_CORRELATION[0]
    before, here, after = (
        correlation[:, _LAGS.start + shift : _LAGS.stop + shift] for shift in (-1, 0, 1)
    )
    peaks = np.where((here >= before) & (here > after), here - _LAG_COST, 0)
    best = peaks.argmax(axis=1)[:, None]
    left, middle, right, voicing = (
        np.take_along_axis(values, best, axis=1)[:, 0] for values in (before, here, after, peaks)
    )
    curve = np.minimum(left - 2 * middle + right, -_POWER_FLOOR)  # a parabola through the peak
    lag = _LAGS.start + best[:, 0] + (0.5 * (left - right) / curve).clip(-0.5, 0.5)
    return voicing.clip(0, 1), 12 * np.log2(_RATE / 2 / lag / 100)


def _gather_evidence(frames: _Frames) -> Floats:
    """Give the columns of `EVIDENCE_NAMES` from the frames within reach of each frame."""
    top = np.percentile(frames.level_db, 98)
    level = np.maximum(frames.level_db, top - 45)
    voiced = ((frames.voicing - 0.45) / 0.3).clip(0, 1) * ((level - top + 35) / 15).clip(0, 1)
    step = np.abs(np.diff(frames.pitch, prepend=frames.pitch[:1]))
    held = np.minimum(voiced, np.concatenate([[0.0], voiced[:-1]]))
    n_voiced, n_loud = _average(voiced), _average(level)
    columns = [
        np.sqrt(n_voiced),
        np.sqrt(_average(held * ((step > _STEADY_SEMITONES) & (step < _JUMP_SEMITONES)))),
        np.sqrt(_average(held * (step <= _STEADY_SEMITONES))),
        np.sqrt((_average(level**2) - n_loud**2).clip(0)),
        _average(level * voiced) - n_loud * n_voiced,
    ]
    colour = np.maximum(frames.bands_db, top - 60)
    colour -= colour.mean(axis=1, keepdims=True)
    weight = voiced[:, None] + 1e-3  # where nothing is voiced, all frames count alike
    mean = _average(weight * colour) / _average(weight)
    spread = np.sqrt((_average(weight * colour**2) / _average(weight) - mean**2).clip(0))
    return np.column_stack([*columns, spread.mean(axis=1), mean])


def _average(values: Floats) -> Floats:
    """Give the mean of the rows within reach of each row."""
    total = np.concatenate([np.zeros_like(values[:1]), np.cumsum(values, axis=0)])
    row = np.arange(len(values))
    first = np.maximum(row - _REACH_FRAMES, 0)
    last = np.minimum(row + _REACH_FRAMES + 1, len(values))
    mean: Floats = ((total[last] - total[first]).T / (last - first)).T
    return mean


def _join_frames(is_speech: NDArray[np.bool_], seconds: float) -> tuple[SpeechPart, ...]:
    """Join frames over short pauses into padded parts within the recording."""
    frame_seconds = _HOP / _RATE
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_speech, [False]]).astype(np.int8)))
    parts: list[SpeechPart] = []
    for first, last in edges.reshape(-1, 2) * frame_seconds:
        if parts and first - parts[-1].end < _PAUSE_SECONDS:
            parts[-1] = SpeechPart(parts[-1].start, float(last))
        else:
            parts.append(SpeechPart(float(first), float(last)))
    return tuple(
        SpeechPart(
            max(part.start - _PADDING_SECONDS, 0.0), min(part.end + _PADDING_SECONDS, seconds)
        )
        for part in parts
        if part.seconds >= _MIN_SECONDS
    )
