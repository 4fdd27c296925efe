"""PURE  How each frame's energy lies over frequency: a few numbers instead of a spectrum.

Source of the set: Eyben et al. (2016), "The Geneva minimalistic acoustic parameter set (GeMAPS)",
IEEE Trans. Affective Computing 7(2), 190-202, and Peeters (2004), "A large set of audio features
for sound description", IRCAM; the octave contrast is of Jiang et al. (2002), ICME.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix

ROLLOFF_SHARES: Final = (0.25, 0.5, 0.85, 0.95)
SLOPE_BANDS_HZ: Final = ((0, 500), (500, 1500), (1500, 6000))
CONTRAST_BANDS_HZ: Final = (
    (0, 200),
    (200, 400),
    (400, 800),
    (800, 1600),
    (1600, 3200),
    (3200, 7200),
)
_CONTRAST_SHARE: Final = 0.2
_FLOOR: Final = 1e-8

NAMES: Final = (
    "centroid",
    "bandwidth",
    *(f"rolloff{round(100 * share)}" for share in ROLLOFF_SHARES),
    "flatness",
    "flux",
    "alpha_ratio",
    "hammarberg_index",
    *(f"slope{low}_{high}" for low, high in SLOPE_BANDS_HZ),
    *(f"contrast{low}_{high}" for low, high in CONTRAST_BANDS_HZ),
)


def describe_spectra(power: Matrix, hertz: Matrix) -> Matrix:
    """Give the descriptors of each frame, shape ``(n_frames, len(NAMES))``.

    ``power`` has shape ``(n_frames, n_bins)``; ``hertz`` is the frequency of each bin.
    Centroid, bandwidth and rolloffs are in hertz, the rest but flux in natural-log units.
    The alpha ratio is what lies above 1 kHz over what lies below, Hammarberg's index the reverse
    (the strongest below 2 kHz over the strongest above).
    """
    log_power = np.log(power + _FLOOR)
    columns = (
        *_moments(power, hertz),
        *_rolloffs(power, hertz),
        log_power.mean(axis=1) - np.log(power.mean(axis=1) + _FLOOR),
        _flux(power),
        _log_energy(power, hertz, 1000, 5000) - _log_energy(power, hertz, 50, 1000),
        _log_peak(power, hertz, 0, 2000) - _log_peak(power, hertz, 2000, 5000),
        *(_slope(log_power, hertz, low, high) for low, high in SLOPE_BANDS_HZ),
        *(_contrast(log_power, hertz, low, high) for low, high in CONTRAST_BANDS_HZ),
    )
    return np.stack(columns, axis=1).astype(np.float32)


def _moments(power: Matrix, hertz: Matrix) -> tuple[Matrix, Matrix]:
    """Give the centre of the magnitude spectrum and its spread around it, in hertz."""
    magnitude = np.sqrt(power)
    total = magnitude.sum(axis=1) + _FLOOR
    centroid = magnitude @ hertz / total
    second = magnitude @ hertz**2 / total
    return centroid, np.sqrt(np.maximum(second - centroid**2, 0))


def _rolloffs(power: Matrix, hertz: Matrix) -> list[Matrix]:
    """Give the frequencies in hertz below which these shares of the energy lie."""
    cumulated = np.cumsum(power, axis=1)
    share = cumulated / (cumulated[:, -1:] + _FLOOR)
    return [(share < wanted).sum(axis=1) * hertz[1] for wanted in ROLLOFF_SHARES]


def _flux(power: Matrix) -> Matrix:
    """Give how much the shape of the spectrum changed since the frame before, in percent."""
    shape = np.sqrt(power)
    shape = shape / (shape.sum(axis=1, keepdims=True) + _FLOOR)
    change = np.linalg.norm(np.diff(shape, axis=0), axis=1)
    return 100 * np.concatenate(([0.0], change))


def _inside(hertz: Matrix, low: float, high: float) -> slice:
    """Give the bins from ``low`` up to, not including, ``high`` hertz."""
    first, last = np.searchsorted(hertz, (low, high))
    return slice(int(first), int(last))


def _log_energy(power: Matrix, hertz: Matrix, low: float, high: float) -> Matrix:
    """Give the natural logarithm of the energy in a band."""
    energy: Matrix = power[:, _inside(hertz, low, high)].sum(axis=1)
    level: Matrix = np.log(energy + _FLOOR)
    return level


def _log_peak(power: Matrix, hertz: Matrix, low: float, high: float) -> Matrix:
    """Give the natural logarithm of the strongest bin in a band."""
    peak: Matrix = power[:, _inside(hertz, low, high)].max(axis=1)
    level: Matrix = np.log(peak + _FLOOR)
    return level


def _slope(log_power: Matrix, hertz: Matrix, low: float, high: float) -> Matrix:
    """Give the least-squares slope of the log spectrum in a band, per kilohertz."""
    band = _inside(hertz, low, high)
    kilohertz = (hertz[band] - hertz[band].mean()) / 1000
    slope: Matrix = log_power[:, band] @ kilohertz / (kilohertz @ kilohertz)
    return slope


def _contrast(log_power: Matrix, hertz: Matrix, low: float, high: float) -> Matrix:
    """Give the difference between a band's peaks and valleys, the outer fifths of its bins."""
    ordered = np.sort(log_power[:, _inside(hertz, low, high)], axis=1)
    count = max(1, round(_CONTRAST_SHARE * ordered.shape[1]))
    contrast: Matrix = ordered[:, -count:].mean(axis=1) - ordered[:, :count].mean(axis=1)
    return contrast
