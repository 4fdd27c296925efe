from __future__ import annotations

import librosa
import numpy as np
import pytest
from sounds import noise, tone

from ser_core.features.spectrum import (
    cepstral_basis,
    cut_frames,
    mel_filters,
    periodic_window,
    power_spectrum,
)


@pytest.mark.parametrize(
    ("n_mels", "n_fft", "sampling_rate", "fmin", "fmax"),
    [
        (128, 2048, 16_000, 0.0, 8000.0),
        (128, 2048, 22_050, 0.0, 11_025.0),
        (64, 512, 16_000, 50.0, 7200.0),
        (20, 512, 16_000, 50.0, 800.0),
    ],
)
def test_mel_filters_are_those_of_librosa(
    n_mels: int, n_fft: int, sampling_rate: int, fmin: float, fmax: float
) -> None:
    expected = librosa.filters.mel(
        sr=sampling_rate, n_fft=n_fft, n_mels=n_mels, fmin=fmin, fmax=fmax
    )
    found = mel_filters(n_mels, n_fft, sampling_rate, fmin=fmin, fmax=fmax)
    assert found.shape == (n_fft // 2 + 1, n_mels)
    np.testing.assert_allclose(found, expected.T, atol=1e-7)


def test_cepstra_are_those_of_librosa() -> None:
    decibels = np.random.default_rng(0).normal(-40, 10, (7, 64)).astype(np.float32)
    expected = librosa.feature.mfcc(S=decibels.T, n_mfcc=20).T
    np.testing.assert_allclose(decibels @ cepstral_basis(64, 20), expected, atol=1e-4)


def test_the_cepstral_basis_is_orthonormal() -> None:
    basis = cepstral_basis(64, 20)
    np.testing.assert_allclose(basis.T @ basis, np.eye(20), atol=1e-6)


def test_the_window_is_periodic_as_librosas_is() -> None:
    expected = librosa.filters.get_window("hann", 400, fftbins=True)
    np.testing.assert_allclose(periodic_window("hann", 400), expected, atol=1e-7)


def test_frames_overlap_and_the_rest_is_dropped() -> None:
    frames = cut_frames(np.arange(11), 4, 3)
    assert frames.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]


def test_frames_copy_no_samples() -> None:
    samples = noise()
    assert np.shares_memory(cut_frames(samples, 400, 160), samples)


def test_the_power_of_a_tone_lies_in_its_bin() -> None:
    power = power_spectrum(cut_frames(tone(1000, peak=1.0), 512, 160), 512)
    assert set(power.argmax(axis=1)) == {1000 * 512 // 16_000}
    # A Hann window has a mean of 1/2; half of the sine's amplitude goes to negative frequencies.
    np.testing.assert_allclose(power.max(axis=1), (512 / 4) ** 2, rtol=1e-4)


def test_the_power_spectrum_is_the_square_of_the_magnitudes() -> None:
    frames = cut_frames(noise(), 400, 160)
    expected = np.abs(np.fft.rfft(frames * periodic_window("hann", 400), 512)) ** 2
    np.testing.assert_allclose(power_spectrum(frames, 512), expected, rtol=1e-3, atol=1e-6)
