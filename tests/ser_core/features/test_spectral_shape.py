"""Descriptors of spectra that are drawn by hand: bins of 50 Hz up to 7,150 Hz."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import noise, tone

from ser_core.features.spectral_shape import CONTRAST_BANDS_HZ, NAMES, describe_spectra
from ser_core.features.spectrum import cut_frames, power_spectrum

HERTZ = np.arange(0, 7200, 50.0)
FLAT = np.ones((1, HERTZ.size))


def peak_at(*frequencies: float, level: float = 1.0) -> np.ndarray:
    """Give the spectrum of one frame with energy at some frequencies alone."""
    power = np.zeros((1, HERTZ.size))
    power[0, np.searchsorted(HERTZ, frequencies)] = level
    return power


def describe(power: np.ndarray) -> dict[str, np.ndarray]:
    """Give each descriptor of each frame by its name."""
    return dict(zip(NAMES, describe_spectra(power, HERTZ).T, strict=True))


def test_there_is_a_finite_float32_for_each_name_in_each_frame() -> None:
    shape = describe_spectra(np.concatenate([FLAT, np.zeros_like(FLAT)]), HERTZ)
    assert (shape.shape, shape.dtype) == ((2, len(NAMES)), np.float32)
    assert np.isfinite(shape).all()
    assert len(set(NAMES)) == len(NAMES)


def test_the_centroid_of_a_peak_is_its_frequency() -> None:
    shape = describe(peak_at(1500))
    assert shape["centroid"] == pytest.approx(1500)
    assert shape["bandwidth"] == pytest.approx(0, abs=1)


def test_two_equal_peaks_have_their_centre_between_them_and_half_their_distance_as_width() -> None:
    shape = describe(peak_at(1000, 3000))
    assert shape["centroid"] == pytest.approx(2000)
    assert shape["bandwidth"] == pytest.approx(1000)


def test_rolloffs_part_the_energy_in_ascending_order() -> None:
    shape = describe(FLAT)
    shares = [shape[f"rolloff{percent}"] / HERTZ[-1] for percent in (25, 50, 85, 95)]
    np.testing.assert_allclose(np.ravel(shares), (0.25, 0.5, 0.85, 0.95), atol=0.01)


def test_the_rolloffs_of_a_peak_are_its_frequency() -> None:
    shape = describe(peak_at(1500))
    assert [shape[f"rolloff{percent}"] for percent in (25, 50, 85, 95)] == [1500] * 4


def test_flatness_is_0_for_a_flat_spectrum_and_far_below_for_a_peak() -> None:
    assert describe(FLAT)["flatness"] == pytest.approx(0, abs=1e-5)
    assert describe(peak_at(1000))["flatness"] < -10


def test_noise_is_flatter_than_a_tone() -> None:
    flatness = [
        describe(power_spectrum(cut_frames(samples, 320, 160), 320)[:, : HERTZ.size])["flatness"]
        for samples in (noise(), tone(1000))
    ]
    assert flatness[0].min() > flatness[1].max() + 3


def test_flux_is_nothing_while_the_spectrum_stands_whatever_its_level() -> None:
    flux = describe(np.concatenate([peak_at(1000), peak_at(1000, level=9.0)]))["flux"]
    np.testing.assert_allclose(flux, 0, atol=1e-3)


def test_flux_is_much_when_a_peak_moves() -> None:
    flux = describe(np.concatenate([peak_at(1000), peak_at(1050), peak_at(1050)]))["flux"]
    np.testing.assert_allclose(flux, (0, 100 * np.sqrt(2), 0), atol=1e-3)


@pytest.mark.parametrize(("hertz", "sign"), [(500, -1), (2000, 1)])
def test_the_alpha_ratio_is_positive_where_energy_lies_above_1_khz(hertz: float, sign: int) -> None:
    assert np.sign(describe(peak_at(hertz))["alpha_ratio"]) == sign


def test_the_alpha_ratio_is_the_logarithm_of_an_energy_ratio() -> None:
    power = peak_at(500) + peak_at(2000, level=np.e)
    assert describe(power)["alpha_ratio"] == pytest.approx(1.0)


def test_the_hammarberg_index_compares_the_strongest_bins_around_2_khz() -> None:
    power = peak_at(500, 1000, 1500) + peak_at(3000, level=np.exp(-2))
    assert describe(power)["hammarberg_index"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("name", "outside"), [("alpha_ratio", (0, 5000, 7000)), ("hammarberg_index", (5000, 7000))]
)
def test_what_lies_outside_the_two_bands_does_not_count(
    name: str, outside: tuple[int, ...]
) -> None:
    power = peak_at(500, 3000) + peak_at(*outside, level=99.0)
    assert describe(power)[name] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("per_kilohertz", [-2.0, 0.0, 2.0])
@pytest.mark.parametrize("band", ["0_500", "500_1500", "1500_6000"])
def test_the_slope_of_a_band_is_that_of_a_straight_log_spectrum(
    band: str, per_kilohertz: float
) -> None:
    power = np.exp(per_kilohertz * HERTZ / 1000)[None]
    assert describe(power)[f"slope{band}"] == pytest.approx(per_kilohertz, abs=1e-3)


@pytest.mark.parametrize(("low", "high"), CONTRAST_BANDS_HZ)
def test_the_contrast_of_a_band_is_between_its_peaks_and_valleys(low: int, high: int) -> None:
    inside = (low <= HERTZ) & (high > HERTZ)
    combed = np.where(inside & (np.arange(HERTZ.size) % 4 == 0), np.exp(4.0), 1.0)[None]
    assert describe(combed)[f"contrast{low}_{high}"] == pytest.approx(4.0, abs=1e-3)
    assert describe(FLAT)[f"contrast{low}_{high}"] == pytest.approx(0.0, abs=1e-6)
