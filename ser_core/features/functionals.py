"""PURE  ``functionals``: how every contour of the voice behaves over one recording.

The contours are log-mel bands, cepstra, spectral shape, pitch, voice quality and energy;
a functional (mean, deviation, percentiles, movement) makes one number of each, whatever the
recording's length. Groups keep the columns that belong together side by side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import scipy.fft
from scipy.signal import savgol_filter

from ser_core.features.contours import (
    DESCRIPTOR_NAMES,
    FRAMES_PER_SECOND,
    N_MELS,
    N_MFCC,
    measure_contours,
    measure_mel,
)
from ser_core.features.prosody import describe_melody, describe_rhythm, describe_voice
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ser_core.features.contours import Contours
    from ser_core.features.spectrum import Matrix

STATISTICS: Final = ("mean", "std", "p5", "p25", "p50", "p75", "p95", "step")
_QUANTILES: Final = (0.05, 0.25, 0.5, 0.75, 0.95)

_DELTA_FRAMES: Final = 9
"""Odd width of the slope filter, 90 ms: about a phone. Source: librosa's default."""

_N_MODULATED_MELS: Final = 20
_MODULATION_BANDS_HZ: Final = ((0.5, 2), (2, 4), (4, 8), (8, 16), (16, 32))
_MODULATION_N_FFT: Final = 1024
_N_CORRELATED_MFCC: Final = 13
_FEWEST_PITCHED: Final = 6
_THIRDS: Final = ("start", "middle", "end")

_MFCC_NAMES: Final = tuple(f"mfcc{number}" for number in range(N_MFCC))
_MEL_NAMES: Final = tuple(f"mel{number}" for number in range(N_MELS))


class Group(NamedTuple):
    """Hold columns that belong together, and what computes them: ``(len(columns),)``."""

    columns: tuple[str, ...]
    compute: Callable[[Contours], Matrix]


def extract_functionals(waveform: Waveform) -> Matrix:
    """Give the functionals of a recording of 16 kHz, float32, shape ``(len(COLUMNS),)``."""
    return describe_contours(measure_contours(waveform))


def describe_contours(contours: Contours) -> Matrix:
    """Give the functionals of contours, float32, shape ``(len(COLUMNS),)``."""
    return np.concatenate([group.compute(contours) for group in GROUPS.values()])


def summarise(contour: Matrix) -> Matrix:
    """Give the `STATISTICS` of each column, one statistic after the other.

    Percentiles are taken by nearest rank; ``step`` is the mean absolute change to the next frame.
    """
    ordered = np.sort(contour, axis=0)
    ranks = [round(quantile * (len(ordered) - 1)) for quantile in _QUANTILES]
    step = np.abs(np.diff(contour, axis=0)).mean(axis=0)
    rows = (contour.mean(axis=0), contour.std(axis=0), *ordered[ranks], step)
    return np.concatenate(rows).astype(np.float32)


def _summary_columns(names: Iterable[str]) -> tuple[str, ...]:
    """Give the names of what `summarise` returns."""
    names = tuple(names)
    return tuple(f"{name}_{statistic}" for statistic in STATISTICS for name in names)


def _slope(contour: Matrix) -> Matrix:
    """Give the slope of each column over `_DELTA_FRAMES` frames, per frame."""
    slope: Matrix = savgol_filter(contour, _DELTA_FRAMES, polyorder=1, deriv=1, axis=0)
    return slope.astype(np.float32)


def _delta(contours: Contours) -> Matrix:
    """Summarise the first slope of the cepstra."""
    return summarise(_slope(contours.mfcc))


def _delta2(contours: Contours) -> Matrix:
    """Summarise the slope of the slope of the cepstra."""
    return summarise(_slope(_slope(contours.mfcc)))


def _named(describe: Callable[[Contours], Mapping[str, float]]) -> Callable[[Contours], Matrix]:
    """Turn a description with names into the vector of its values."""
    return lambda contours: np.array(list(describe(contours).values()), np.float32)


def _modulation(contours: Contours) -> Matrix:
    """Give how strongly each mel band swings at syllable and phone rates, in log units.

    Source: Wu, Falk & Chan (2011), "Automatic speech emotion recognition using modulation
    spectral features", Speech Communication 53, 768-785.
    """
    bands = measure_mel(contours.power, _N_MODULATED_MELS, SAMPLING_RATE)
    centred = bands - bands.mean(axis=0)
    n_fft = max(_MODULATION_N_FFT, scipy.fft.next_fast_len(len(bands), real=True))
    swing = np.abs(scipy.fft.rfft(centred, n_fft, axis=0)) / np.sqrt(len(bands))
    rate = np.fft.rfftfreq(n_fft, 1 / FRAMES_PER_SECOND)
    means = [swing[(rate >= a) & (rate < b)].mean(axis=0) for a, b in _MODULATION_BANDS_HZ]
    return np.log(np.concatenate(means) + 1e-6).astype(np.float32)


def _pitched(contours: Contours) -> Matrix:
    """Give mean and deviation of cepstra and descriptors over pitched frames alone."""
    chosen = contours.is_pitched
    if chosen.sum() < _FEWEST_PITCHED:
        chosen = np.ones_like(chosen)
    rows = np.concatenate((contours.mfcc[chosen], contours.descriptors[chosen]), axis=1)
    return np.concatenate((rows.mean(axis=0), rows.std(axis=0)))


def _course(contours: Contours) -> Matrix:
    """Give how each third of the recording differs from the whole."""
    rows = np.concatenate((contours.mfcc[:, :_N_CORRELATED_MFCC], contours.descriptors), axis=1)
    whole = rows.mean(axis=0)
    return np.concatenate([part.mean(axis=0) - whole for part in np.array_split(rows, 3)])


def _correlation(contours: Contours) -> Matrix:
    """Give how cepstra, pitch and loudness move together: Pearson's r of each pair."""
    loudness = contours.descriptors[:, DESCRIPTOR_NAMES.index("log_rms")]
    rows = np.concatenate(
        (contours.mfcc[:, :_N_CORRELATED_MFCC], contours.octave[:, None], loudness[:, None]),
        axis=1,
    )
    centred = rows - rows.mean(axis=0)
    unit = centred / (np.linalg.norm(centred, axis=0) + 1e-6)
    pairs: Matrix = (unit.T @ unit)[np.triu_indices(rows.shape[1], 1)]
    return pairs.astype(np.float32)


def _pairs(names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names of all pairs, in the order of an upper triangle."""
    return tuple(f"{first}~{second}" for i, first in enumerate(names) for second in names[i + 1 :])


def _prefixed(prefix: str, describe: Callable[[Contours], Mapping[str, float]]) -> Group:
    """Give the group of a description, its columns named after its keys."""
    second = np.linspace(-0.5, 0.5, SAMPLING_RATE, dtype=np.float32)
    keys = describe(measure_contours(Waveform(second)))
    return Group(tuple(f"{prefix}_{key}" for key in keys), _named(describe))


_TRACKED: Final = (*_MFCC_NAMES[:_N_CORRELATED_MFCC], "pitch", "loudness")
_COURSED: Final = (*_MFCC_NAMES[:_N_CORRELATED_MFCC], *DESCRIPTOR_NAMES)
_VOICED: Final = (*_MFCC_NAMES, *DESCRIPTOR_NAMES)

GROUPS: Final[Mapping[str, Group]] = {
    "mfcc": Group(_summary_columns(_MFCC_NAMES), lambda contours: summarise(contours.mfcc)),
    "delta": Group(_summary_columns(f"{name}_delta" for name in _MFCC_NAMES), _delta),
    "delta2": Group(_summary_columns(f"{name}_delta2" for name in _MFCC_NAMES), _delta2),
    "mel": Group(_summary_columns(_MEL_NAMES), lambda contours: summarise(contours.log_mel)),
    "shape": Group(
        _summary_columns(DESCRIPTOR_NAMES), lambda contours: summarise(contours.descriptors)
    ),
    "pitch": _prefixed("pitch", describe_melody),
    "voice": _prefixed("voice", describe_voice),
    "rhythm": _prefixed("rhythm", describe_rhythm),
    "modulation": Group(
        tuple(
            f"modulation{low:g}_{high:g}_mel{number}"
            for low, high in _MODULATION_BANDS_HZ
            for number in range(_N_MODULATED_MELS)
        ),
        _modulation,
    ),
    "pitched": Group(
        tuple(f"{name}_pitched_{s}" for s in ("mean", "std") for name in _VOICED), _pitched
    ),
    "course": Group(tuple(f"{name}_{third}" for third in _THIRDS for name in _COURSED), _course),
    "correlation": Group(_pairs(_TRACKED), _correlation),
}
"""The groups in the order of the vector."""

COLUMNS: Final = tuple(column for group in GROUPS.values() for column in group.columns)
