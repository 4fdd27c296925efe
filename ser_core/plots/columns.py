"""PURE  A waveform in no more columns than a picture has room for, whatever its length.

Frames are those that models hear: 25 ms every 10 ms, and 128 ms every 32 ms for chroma. A short
recording has a column for each; in a long one a column is the mean of the frames in it. Half a
minute is measured at a time, so that an hour needs little more memory than its samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import maximum_filter1d

from ser_core import windows
from ser_core.features import classic
from ser_core.features.contours import (
    HIGHEST_HZ,
    HOP_SECONDS,
    LOWEST_HZ,
    N_MELS,
    N_MFCC,
    WINDOW_SECONDS,
    find_steady,
    find_voiced,
    measure_mel,
)
from ser_core.features.pitch import track_pitch
from ser_core.features.spectrum import (
    cepstral_basis,
    cut_frames,
    mel_filters,
    periodic_window,
    power_spectrum,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

N_COLUMNS: Final = 1_200
"""About as many as a picture has pixels between its margins."""

FLOOR_DB: Final = -120.0
"""Decibels below full scale; what is softer is silence."""

_BLOCK_FRAMES: Final = 3_000
_MARGIN_FRAMES: Final = 4
"""Before and after a block, so that no frame at its edge is half empty."""
_MOST_PITCHES: Final = 60_000
"""Pitch costs more than all else; beyond ten minutes it is measured at wider steps."""
_SOFTEST_PEAK: Final = 0.02
"""Of the level of the loudest frame; where nothing around is louder, nobody speaks."""
_DECIBELS_PER_NEPER: Final = 10 / np.log(10)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Hold what a recording looks like; time runs along axis 0, from 0 to ``seconds``.

    ``lowest`` and ``highest`` are samples, in [-1, 1]. ``power_db`` (n, n_bins) has bins from 0
    to 8 kHz, in decibels of a sine of full scale; ``mel_db`` (n, 64), in decibels; ``mfcc``
    (n, 20); ``chroma`` (m, 12), in [0, 1]; ``level_db`` (n,) in decibels of full scale;
    ``pitch_hz`` (n,), not a number where no voice is found.
    """

    seconds: float
    lowest: Matrix
    highest: Matrix
    power_db: Matrix
    mel_db: Matrix
    mfcc: Matrix
    chroma: Matrix
    level_db: Matrix
    pitch_hz: Matrix


def measure_columns(waveform: Waveform, n_columns: int = N_COLUMNS) -> Columns:
    """Measure a waveform in at most so many columns."""
    samples, rate = waveform.samples, waveform.sampling_rate
    window, hop = int(WINDOW_SECONDS * rate), int(HOP_SECONDS * rate)
    n_frames = samples.size // hop + 1
    n_fft = 1 << (window - 1).bit_length()
    power = _Means(n_frames, n_columns, n_fft // 2 + 1)
    log_mel = _Means(n_frames, n_columns, N_MELS)
    energy = np.empty(n_frames, np.float32)
    for block in _blocks(n_frames):
        frames = _frame(samples, block, window, hop)
        spectra = power_spectrum(frames, n_fft)
        power.add(block, spectra)
        log_mel.add(block, measure_mel(spectra, N_MELS, rate))
        energy[block.start : block.stop] = np.mean(frames**2, axis=1)
    loudest = (periodic_window("hann", window).sum() / 2) ** 2  # the peak of a sine of full scale
    level = _Means(n_frames, n_columns, 1)
    level.add(range(n_frames), energy[:, np.newaxis])
    lowest, highest = _outline(samples, n_columns)
    return Columns(
        seconds=waveform.seconds,
        lowest=lowest,
        highest=highest,
        power_db=_decibels(power.rows / loudest),
        mel_db=_decibels(power.rows @ _filter_mel(rate) / (loudest * _filter_mel(rate).max())),
        mfcc=_DECIBELS_PER_NEPER * log_mel.rows @ cepstral_basis(N_MELS, N_MFCC),
        chroma=_measure_chroma(samples, rate, n_columns),
        level_db=_decibels(2 * level.rows[:, 0]),  # a sine of full scale has 0 dB
        pitch_hz=_measure_pitch(samples, rate, np.sqrt(energy), n_columns),
    )


def find_mel_rows(hertz: tuple[float, ...], sampling_rate: int) -> Matrix:
    """Give in which row of `Columns.mel_db` each frequency lies, as fractions of rows."""
    filters = _filter_mel(sampling_rate)
    bins = np.linspace(0, sampling_rate / 2, len(filters))
    centres = bins @ filters / filters.sum(axis=0)
    rows: Matrix = np.interp(hertz, centres, np.arange(N_MELS))
    return rows


def _filter_mel(sampling_rate: int) -> Matrix:
    """Give the filters of the mel bands, `(n_bins, 64)`."""
    n_fft = 1 << (int(WINDOW_SECONDS * sampling_rate) - 1).bit_length()
    return mel_filters(N_MELS, n_fft, sampling_rate, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)


class _Means:
    """Gather the means of frames in columns, block by block."""

    def __init__(self, n_frames: int, n_columns: int, n_values: int) -> None:
        n_columns = min(n_frames, n_columns)
        self._columns = np.arange(n_frames) * n_columns // n_frames
        self._counts = np.bincount(self._columns)[:, np.newaxis]
        self._sums = np.zeros((n_columns, n_values))

    @property
    def rows(self) -> Matrix:
        """Give the mean of each column."""
        return self._sums / self._counts

    def add(self, block: range, values: Matrix) -> None:
        """Add the values of consecutive frames, one row each."""
        columns = self._columns[block.start : block.stop]
        starts = np.flatnonzero(np.diff(columns, prepend=-1))
        self._sums[columns[starts]] += np.add.reduceat(values, starts, axis=0)


def _blocks(n_frames: int) -> Iterator[range]:
    """Give the numbers of all frames, some of them at a time."""
    for first in range(0, n_frames, _BLOCK_FRAMES):
        yield range(first, min(first + _BLOCK_FRAMES, n_frames))


def _cut(samples: Matrix, start: int, end: int) -> Matrix:
    """Give the samples between two places, with silence beyond the ends."""
    inside = samples[max(start, 0) : max(end, 0)]
    before = max(-start, 0)
    return np.pad(inside, (before, end - start - inside.size - before))


def _frame(samples: Matrix, block: range, length: int, hop: int) -> Matrix:
    """Give the frames of a block, the first of all centred on the first sample."""
    first, last = (number * hop - length // 2 for number in (block.start, block.stop - 1))
    return cut_frames(_cut(samples, first, last + length), length, hop)


def _measure_chroma(samples: Matrix, rate: int, n_columns: int) -> Matrix:
    """Give the chroma; each block is tuned by itself."""
    n_frames = samples.size // classic.HOP + 1
    means = _Means(n_frames, n_columns, classic.N_CHROMA)
    for block in _blocks(n_frames):
        power = power_spectrum(_frame(samples, block, classic.N_FFT, classic.HOP), classic.N_FFT)
        means.add(block, classic.chroma(np.sqrt(power), rate))
    return means.rows


def _measure_pitch(samples: Matrix, rate: int, rms: Matrix, n_columns: int) -> Matrix:
    """Give the pitch in hertz, in the middle of the voiced frames of each column."""
    step = ceil(rms.size / _MOST_PITCHES)
    hop = step * int(HOP_SECONDS * rate)
    rms = rms[::step]
    hertz, strength = np.empty((2, rms.size), np.float32)
    for block in _blocks(rms.size):
        margin = _MARGIN_FRAMES * hop
        part = _cut(samples, block.start * hop - margin, (block.stop - 1) * hop + margin)
        found = track_pitch(part, hop, rate)
        inside = slice(_MARGIN_FRAMES, _MARGIN_FRAMES + len(block))
        hertz[block.start : block.stop] = found.hertz[inside]
        strength[block.start : block.stop] = found.strength[inside]
    octave = np.log2(hertz)
    is_voiced = find_voiced(rms / _find_local_peaks(rms, step), strength)
    octave[~(is_voiced & find_steady(octave, is_voiced))] = np.nan
    return np.exp2(_find_middles(octave, n_columns))


def _find_local_peaks(rms: Matrix, step: int) -> Matrix:
    """Give the loudest level around each frame, in a window as long as models hear at once."""
    n_around = int(windows.WINDOW_SECONDS / HOP_SECONDS / step) | 1
    peaks: Matrix = maximum_filter1d(rms, n_around)
    return np.maximum(peaks, max(_SOFTEST_PEAK * rms.max(), np.finfo(np.float32).tiny))


def _find_middles(values: Matrix, n_columns: int) -> Matrix:
    """Give the median of each column's numbers, and no number where it has none."""
    edges = np.linspace(0, values.size, min(values.size, n_columns) + 1).astype(np.intp)
    parts = (part[~np.isnan(part)] for part in np.split(values, edges[1:-1]))
    return np.array([np.median(part) if part.size else np.nan for part in parts])


def _outline(samples: Matrix, n_columns: int) -> tuple[Matrix, Matrix]:
    """Give the lowest and the highest sample of each column."""
    edges = np.linspace(0, samples.size, min(samples.size, n_columns) + 1)[:-1].astype(np.intp)
    return np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)


def _decibels(power: NDArray[np.floating]) -> Matrix:
    """Give decibels of powers of which 1 is full scale."""
    decibels: Matrix = 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))
    return decibels
