"""PURE  Melody, voice quality and rhythm of one recording: a dictionary of named numbers each.

Source of the choice: Eyben et al. (2016), GeMAPS, section 3, and Schuller & Batliner (2013),
"Computational Paralinguistics", chapter 6. Jitter and shimmer are taken from frame to frame
(10 ms), not from one glottal cycle to the next: on compressed audio cycles cannot be told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks

from ser_core.features.contours import DESCRIPTOR_NAMES, FRAMES_PER_SECOND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.features.contours import Contours
    from ser_core.features.spectrum import Matrix

_FEWEST_PITCHED: Final = 4
_SYLLABLE_SMOOTHING_FRAMES: Final = 4
_SYLLABLE_PROMINENCE: Final = 0.3
_ACTIVE_RANGE: Final = 3.0
"""Natural-log units (26 dB) below the loudest frame within which sound counts as active."""


def describe_melody(contours: Contours) -> dict[str, float]:
    """Give level, range, movement and slope of the pitch, in octaves above 100 Hz."""
    where = np.flatnonzero(contours.is_pitched)
    if where.size < _FEWEST_PITCHED:
        where, octave = np.arange(_FEWEST_PITCHED), np.zeros(_FEWEST_PITCHED, np.float32)
    else:
        octave = contours.octave[where]
    steps = _steps(contours, contours.octave)
    low, lower, median, upper, high = np.percentile(octave, (5, 20, 50, 80, 95))
    fifth, third = max(1, octave.size // 5), max(1, octave.size // 3)
    return {
        "mean": float(octave.mean()),
        "std": float(octave.std()),
        "p5": float(low),
        "p20": float(lower),
        "p50": float(median),
        "p80": float(upper),
        "p95": float(high),
        "range20_80": float(upper - lower),
        "step_size": _mean(np.abs(steps)),
        "rise": _mean(steps[steps > 0]),
        "fall": _mean(steps[steps < 0]),
        "rising_share": _mean(steps > 0),
        "slope": float(np.polyfit(where / max(1, where[-1]), octave, 1)[0]),
        "end_minus_start": float(octave[-fifth:].mean() - octave[:fifth].mean()),
        "start_minus_mean": float(octave[:third].mean() - octave.mean()),
    }


def describe_voice(contours: Contours) -> dict[str, float]:
    """Give jitter, shimmer and harmonicity over voiced frames, and the voiced share."""
    period = np.exp2(-contours.octave)
    voiced = contours.is_voiced
    hnr = contours.descriptors[:, DESCRIPTOR_NAMES.index("hnr")]
    return {
        "jitter": _relative_step(contours, period),
        "shimmer": _relative_step(contours, contours.rms),
        "voiced_share": float(voiced.mean()),
        "strength_mean": _mean(contours.strength[voiced]),
        "strength_std": float(np.std(contours.strength[voiced])) if voiced.any() else 0.0,
        "hnr_mean": _mean(hnr[voiced]),
    }


def describe_rhythm(contours: Contours) -> dict[str, float]:
    """Give how voice and loudness come and go: lengths in seconds, rates per second."""
    seconds = len(contours.rms) / FRAMES_PER_SECOND
    loudness = np.log(contours.rms + 1e-6)
    active = loudness > loudness.max() - _ACTIVE_RANGE
    voiced_runs, pauses = _runs(contours.is_voiced), _inner_pauses(contours.is_voiced)
    active_runs = _runs(active)
    smooth = gaussian_filter1d(loudness, _SYLLABLE_SMOOTHING_FRAMES)
    syllables, _ = find_peaks(smooth, prominence=_SYLLABLE_PROMINENCE)
    return {
        "voiced_runs_per_second": len(voiced_runs) / seconds,
        "voiced_run_mean": _mean(voiced_runs),
        "voiced_run_std": float(np.std(voiced_runs)) if voiced_runs.size else 0.0,
        "voiced_run_max": float(voiced_runs.max(initial=0.0)),
        "pause_mean": _mean(pauses),
        "pause_std": float(np.std(pauses)) if pauses.size else 0.0,
        "active_share": float(active.mean()),
        "active_run_mean": _mean(active_runs),
        "active_runs_per_second": len(active_runs) / seconds,
        "syllables_per_second": len(syllables) / seconds,
        "loudness_slope": float(np.polyfit(np.linspace(0, 1, loudness.size), loudness, 1)[0]),
        "loudest_at": float(loudness.argmax() / loudness.size),
    }


def _steps(contours: Contours, contour: Matrix) -> Matrix:
    """Give the changes of a contour between neighbouring pitched frames."""
    both = contours.is_pitched[1:] & contours.is_pitched[:-1]
    steps: Matrix = np.diff(contour)[both]
    return steps


def _relative_step(contours: Contours, contour: Matrix) -> float:
    """Give the mean absolute step over the mean of the contour, both over pitched frames."""
    steps = np.abs(_steps(contours, contour))
    return _mean(steps) / float(contour[contours.is_pitched].mean()) if steps.size else 0.0


def _runs(flags: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the lengths of the runs of true flags, in seconds."""
    starts, ends = _edges(flags)
    return (ends - starts) / FRAMES_PER_SECOND


def _inner_pauses(flags: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the lengths of the gaps between runs of true flags, in seconds."""
    starts, ends = _edges(flags)
    return (starts[1:] - ends[:-1]) / FRAMES_PER_SECOND


def _edges(flags: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give where runs of true flags start, and where they end (exclusive)."""
    change = np.diff(np.concatenate(([0], flags.astype(np.int8), [0])))
    return np.flatnonzero(change == 1), np.flatnonzero(change == -1)


def _mean(values: NDArray[np.generic]) -> float:
    """Give the mean, or 0 where there is nothing to average."""
    return float(np.mean(values)) if values.size else 0.0  # type: ignore[arg-type]  # flags too
