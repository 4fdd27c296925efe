from __future__ import annotations

import numpy as np
import pytest
from sounds import buzz, moments, noise, silence, tone

from ser_core.features.pitch import PITCH_RANGE_HZ, Pitch, track_pitch
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE

HOP = SAMPLING_RATE // 100
EDGE = 3
"""Frames at both ends that reach out of the sound."""


def track(samples: np.ndarray) -> Pitch:
    """Track the pitch, and give the frames that lie inside the sound."""
    pitch = track_pitch(samples, HOP, SAMPLING_RATE)
    return Pitch(pitch.hertz[EDGE:-EDGE], pitch.strength[EDGE:-EDGE])


@pytest.mark.parametrize("hertz", np.geomspace(62, 590, 12))
def test_the_pitch_of_a_tone_is_its_frequency(hertz: float) -> None:
    pitch = track(tone(hertz))
    np.testing.assert_allclose(pitch.hertz, hertz, rtol=0.01)
    assert pitch.strength.min() > 0.75


@pytest.mark.parametrize("octave_db", [-6.0, -12.0])
@pytest.mark.parametrize("hertz", np.geomspace(80, 500, 40))
def test_a_sound_with_harmonics_is_never_heard_an_octave_off(
    hertz: float, octave_db: float
) -> None:
    pitch = track(buzz(hertz, 0.3, octave_db=octave_db))
    np.testing.assert_allclose(pitch.hertz, hertz, rtol=0.01)
    assert pitch.strength.min() > 0.9


@pytest.mark.parametrize("hertz", [100, 200, 301])
@pytest.mark.parametrize("per_second", [2, 4, 8])
def test_a_voice_that_swells_is_heard_right_in_most_frames(per_second: int, hertz: int) -> None:
    swell = 1 + 0.5 * np.sin(2 * np.pi * per_second * moments(1.0))
    is_right = np.abs(track(swell * buzz(hertz)).hertz / hertz - 1) < 0.01
    assert is_right.mean() > 0.7


@pytest.mark.parametrize("hertz", [20, 30, 40, 50, 55])
def test_rumble_below_all_voices_has_no_strength(hertz: int) -> None:
    assert not track(tone(hertz)).strength.any()


@pytest.mark.parametrize("gain", [0.1, 10.0])
def test_the_pitch_does_not_depend_on_the_level(gain: float) -> None:
    samples = speak("surprised", "female", seconds=1.0).samples
    quiet, loud = track(gain * samples), track(samples)
    voiced = loud.strength > 0.45
    assert voiced.sum() > 30
    np.testing.assert_allclose(quiet.hertz[voiced], loud.hertz[voiced], rtol=1e-3)
    np.testing.assert_allclose(quiet.strength[voiced], loud.strength[voiced], atol=1e-3)


def test_a_glide_is_followed() -> None:
    pitch = track(buzz(np.linspace(120, 240, SAMPLING_RATE)))
    expected = np.linspace(120, 240, len(pitch.hertz) + 2 * EDGE)[EDGE:-EDGE]
    np.testing.assert_allclose(pitch.hertz, expected, rtol=0.01)


def test_a_constant_offset_is_no_repetition() -> None:
    np.testing.assert_allclose(track(noise() + 0.5).strength, track(noise()).strength, atol=1e-3)


def test_noise_hardly_repeats_itself() -> None:
    assert track(noise()).strength.max() < 0.45


def test_strength_falls_with_noise() -> None:
    clean, noisy = track(buzz(150)), track(buzz(150) + 0.5 * noise())
    assert np.median(noisy.strength) < np.median(clean.strength) - 0.1


@pytest.mark.parametrize("samples", [silence(1.0), np.full(SAMPLING_RATE, 0.5, np.float32)])
def test_what_never_changes_has_no_strength(samples: np.ndarray) -> None:
    assert not track(samples).strength.any()


def test_there_is_a_pitch_for_every_hop_whatever_the_sound() -> None:
    pitch = track_pitch(noise(0.995), HOP, SAMPLING_RATE)
    assert pitch.hertz.shape == pitch.strength.shape == (100,)
    lowest, highest = PITCH_RANGE_HZ
    assert pitch.hertz.min() >= lowest * 0.99
    assert pitch.hertz.max() <= highest * 1.05  # to the whole sample, and half of one more
    assert (pitch.strength >= 0).all()
    assert (pitch.strength < 1).all()
