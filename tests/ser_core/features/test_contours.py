from __future__ import annotations

from dataclasses import fields

import librosa
import numpy as np
import pytest
from sounds import buzz, make_waveform, noise, silence, tone

from ser_core.features.contours import (
    DESCRIPTOR_NAMES,
    HIGHEST_HZ,
    LOUDNESS,
    N_MELS,
    N_MFCC,
    Contours,
    find_steady,
    measure_contours,
)


def descriptor(contours: Contours, name: str) -> np.ndarray:
    return contours.descriptors[:, DESCRIPTOR_NAMES.index(name)]


@pytest.mark.parametrize("seconds", [0.6, 1.0, 1.2345])
def test_every_contour_has_a_value_each_10_ms(seconds: float) -> None:
    contours = measure_contours(make_waveform(noise(seconds)))
    lengths = {len(getattr(contours, field.name)) for field in fields(Contours)}
    assert lengths == {int(seconds * 100) + 1}


def test_contours_have_the_shapes_that_are_documented() -> None:
    contours = measure_contours(make_waveform(noise()))
    assert contours.log_mel.shape[1] == N_MELS
    assert contours.mfcc.shape[1] == N_MFCC
    assert contours.descriptors.shape[1] == len(DESCRIPTOR_NAMES)
    assert contours.power.shape[1] == np.ceil(HIGHEST_HZ / (16_000 / 512))


def test_what_lies_above_7200_hz_is_left_out() -> None:
    plain, with_inside, with_above = (
        measure_contours(make_waveform(noise() + added)).log_mel[:, -1].mean()
        for added in (0, tone(7000), tone(7400))
    )
    assert with_inside > plain + 0.5
    assert with_above < plain  # it counts for the level alone


def test_cepstra_are_those_of_librosa_in_decibels() -> None:
    contours = measure_contours(make_waveform(buzz(150)))
    decibels = librosa.power_to_db(np.exp(contours.log_mel), amin=1e-12, top_db=None)
    expected = librosa.feature.mfcc(S=decibels.T, n_mfcc=N_MFCC)
    np.testing.assert_allclose(contours.mfcc, expected.T, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("gain", [0.001, 1.0, 9.0])
def test_every_recording_is_brought_to_the_same_level(gain: float) -> None:
    contours = measure_contours(make_waveform(gain * noise()))
    assert np.sqrt(np.mean(contours.rms[2:-2] ** 2)) == pytest.approx(LOUDNESS, rel=0.01)


def test_silent_ends_are_cut_off() -> None:
    voice = buzz(150)
    padded = np.concatenate([silence(2.0), voice, silence(3.0)])
    assert len(measure_contours(make_waveform(padded)).rms) == pytest.approx(100, abs=20)


def test_a_pause_in_the_middle_stays() -> None:
    samples = np.concatenate([buzz(150), silence(2.0), buzz(150)])
    assert len(measure_contours(make_waveform(samples)).rms) == 401


def test_what_would_be_too_short_is_not_cut() -> None:
    samples = np.concatenate([silence(1.0), buzz(150, 0.1), silence(1.0)])
    assert len(measure_contours(make_waveform(samples)).rms) == 211


@pytest.mark.parametrize("n_samples", [0, 1, 160, 7999])
def test_a_short_sound_is_filled_up_to_half_a_second(n_samples: int) -> None:
    assert len(measure_contours(make_waveform(noise()[:n_samples])).rms) == 51


def test_a_voice_is_voiced_and_has_its_pitch_in_octaves_above_100_hz() -> None:
    contours = measure_contours(make_waveform(buzz(200)))
    assert contours.is_pitched[3:-3].all()
    np.testing.assert_allclose(contours.octave[3:-3], 1.0, atol=0.01)


@pytest.mark.parametrize("samples", [noise(), silence(1.0)])
def test_noise_and_silence_are_not_voiced(samples: np.ndarray) -> None:
    contours = measure_contours(make_waveform(samples))
    assert not contours.is_voiced.any()
    assert not contours.is_pitched.any()


def test_a_voice_far_below_the_loudest_frames_does_not_count_as_voiced() -> None:
    samples = np.concatenate([buzz(150), 0.05 * buzz(150), buzz(150)])
    contours = measure_contours(make_waveform(samples))
    assert not contours.is_voiced[105:195].any()
    assert contours.is_voiced[5:95].all()


def test_a_frame_an_octave_off_its_neighbours_is_not_pitched() -> None:
    octave = np.zeros(20, np.float32)
    octave[[4, 11, 12]] = (1.0, -1.0, 0.1)
    near = find_steady(octave, np.ones(20, bool))
    assert np.flatnonzero(~near).tolist() == [4, 11]


def test_what_is_not_voiced_makes_no_neighbour_an_octave_error() -> None:
    octave = np.where(np.arange(20) % 3, 2.0, 0.0).astype(np.float32)
    is_voiced = octave == 0
    assert find_steady(octave, is_voiced)[is_voiced].all()


def test_noise_crosses_zero_every_other_sample_and_a_low_voice_hardly_ever() -> None:
    noisy, voiced = (measure_contours(make_waveform(each)) for each in (noise(), buzz(100)))
    assert descriptor(noisy, "zero_crossing_rate").mean() == pytest.approx(0.5, abs=0.02)
    assert descriptor(voiced, "zero_crossing_rate")[3:-3].max() < 0.05


def test_harmonicity_tells_a_voice_from_noise() -> None:
    noisy, voiced = (measure_contours(make_waveform(each)) for each in (noise(), buzz(150)))
    assert descriptor(voiced, "hnr")[3:-3].min() > 15  # decibels
    assert descriptor(noisy, "hnr").max() < 0
