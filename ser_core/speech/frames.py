"""PURE  A waveform of 16 kHz in frames: how loud, in which bands, how periodic, at which pitch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.floating]

RATE: Final = SAMPLING_RATE // 2
"""Hertz; voices show below 4 kHz."""

HOP: Final = RATE // 50
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

_MEL_EDGES: Final = (
    *(4, 8, 12, 16, 21, 26, 32, 37, 44, 51, 58, 66, 75),
    *(84, 94, 105, 117, 129, 143, 158, 173, 190, 209, 228, 250),
)
"""Spectral bins where the 25 mel bands begin, 62 Hz to 4 kHz.
Source: O'Shaughnessy (1987), "Speech communication", section 4.2 (the mel scale)."""

_WINDOW_CORRELATION: Final = np.fft.irfft(
    np.abs(np.fft.rfft(_WINDOW, _FFT_SIZE))[:_PITCH_BINS] ** 2
)[: _LAGS.stop + 1].astype(np.float32)
"""The window's own autocorrelation, by which every frame's is divided."""

_BLOCK_FRAMES: Final = 1_500
"""Frames analysed at a time (half a minute), so that an hour needs no more memory for it."""

STEADY_SEMITONES: Final = 0.05
"""No voice holds its pitch better than this from frame to frame."""

JUMP_SEMITONES: Final = 2.0
"""No voice glides faster than this from frame to frame."""

_POWER_FLOOR: Final = 1e-12
"""Added to every power (of full scale), so that silence has a logarithm: -120 dB."""

_MEL_FLOOR: Final = np.float32(_POWER_FLOOR)


@dataclass(frozen=True, slots=True)
class Frames:
    """Hold what is heard in each frame.

    ``bands_db`` has shape ``(n_frames, 7)``, ``mels_db`` ``(n_frames, 25)``, the others
    ``(n_frames,)``; each level is the sum of the bands, ``voicing`` is how periodic the frame is,
    0 to 1, ``pitch`` is in semitones above 100 Hz.
    """

    bands_db: Floats
    level_db: Floats
    mels_db: Floats
    mel_level_db: Floats
    voicing: Floats
    pitch: Floats


def hear_frames(samples: NDArray[np.float32]) -> Frames:
    """Measure all frames, half a minute at a time."""
    missing = 2 * _FRAME - samples.size
    if missing > 0:
        samples = np.pad(samples, (0, missing))
    n_frames = (samples.size // 2 - _FRAME) // HOP + 1
    frames = _make_room(n_frames)
    for first in range(0, n_frames, _BLOCK_FRAMES):
        last = min(first + _BLOCK_FRAMES, n_frames)
        block = samples[2 * first * HOP : 2 * ((last - 1) * HOP + _FRAME)]
        power, mels, voicing, pitch = _hear_block(block)
        frames.bands_db[first:last] = 10 * np.log10(power)
        frames.level_db[first:last] = 10 * np.log10(power.sum(axis=1))
        frames.mels_db[first:last] = 10 * np.log10(mels)
        frames.mel_level_db[first:last] = 10 * np.log10(mels.sum(axis=1))
        frames.voicing[first:last] = voicing
        frames.pitch[first:last] = pitch
    return frames


def _make_room(n_frames: int) -> Frames:
    """Give frames that are still to be measured, so that those of an hour are there only once."""
    return Frames(
        bands_db=np.empty((n_frames, len(_BAND_EDGES) - 1)),
        level_db=np.empty(n_frames),
        mels_db=np.empty((n_frames, len(_MEL_EDGES)), np.float32),
        mel_level_db=np.empty(n_frames, np.float32),
        voicing=np.empty(n_frames, np.float32),
        pitch=np.empty(n_frames),
    )


def _hear_block(samples: NDArray[np.float32]) -> tuple[Floats, ...]:
    """Give power in both kinds of bands, voicing and pitch of each frame in a block."""
    halved = 0.5 * (samples[::2] + samples[1::2])
    frames = np.lib.stride_tricks.sliding_window_view(halved, _FRAME)[::HOP] * _WINDOW
    spectrum = np.fft.rfft(frames, _FFT_SIZE)
    power = spectrum.real**2 + spectrum.imag**2
    power[:, : _BAND_EDGES[0]] = 0  # offset and rumble
    bands = np.add.reduceat(power, _BAND_EDGES[:-1], axis=1).astype(np.float64)
    mels = np.add.reduceat(power, _MEL_EDGES, axis=1)
    full_scale = _FFT_SIZE / 4 * float(_WINDOW @ _WINDOW)  # the power of a sine of amplitude 1
    heard = bands / full_scale + _POWER_FLOOR, mels / np.float32(full_scale) + _MEL_FLOOR
    return *heard, *_find_pitch(power)


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
    return voicing.clip(0, 1), 12 * np.log2(RATE / 2 / lag / 100)
