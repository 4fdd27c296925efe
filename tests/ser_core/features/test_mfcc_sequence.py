from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import scipy.fft
import scipy.signal
from sounds import make_waveform, noise, silence

from ser_core.features.mfcc_sequence import COLUMNS, N_FRAMES, N_MFCC, extract_mfcc_sequence
from ser_core.features.spectrum import mel_filters
from ser_core.synthesis import speak

if TYPE_CHECKING:
    from ser_core.waveform import Waveform

VOICE = speak(seconds=2.0)


def measure(waveform: Waveform) -> np.ndarray:
    """Give the vector frame by frame."""
    return extract_mfcc_sequence(waveform).reshape(N_FRAMES, N_MFCC)


def test_a_column_is_named_after_its_coefficient_and_its_frame() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS) == 6000
    vector, frames = extract_mfcc_sequence(VOICE), measure(VOICE)
    assert vector.dtype == np.float32
    assert vector[COLUMNS.index("mfcc7_at30")] == frames[30, 7]


def test_a_frame_has_the_cosine_transform_of_its_mel_bands_in_decibels() -> None:
    middle = 40 * 320
    window = scipy.signal.get_window("hann", 1024) * VOICE.samples[middle - 512 : middle + 512]
    power = np.abs(np.fft.rfft(window)) ** 2
    mel = power @ mel_filters(128, 1024, 16_000, fmin=0, fmax=8_000)
    expected = scipy.fft.dct(10 * np.log10(mel), norm="ortho")[:40]
    np.testing.assert_allclose(measure(VOICE)[40], expected, atol=0.01)


def test_frames_after_the_end_are_copies_of_the_quietest() -> None:
    sound = np.concatenate([noise(0.5), silence(0.5), noise(0.5)])
    frames = measure(make_waveform(sound))
    assert (frames[76:] == frames[90]).all()
    assert (frames[90] == frames[37]).all()  # in the middle of the silence
    assert frames[60, 0] > frames[90, 0]


def test_what_comes_after_three_seconds_is_left_out() -> None:
    long, start = noise(5.0), noise(5.0)
    start[int(3.1 * 16_000) :] = 0
    assert np.array_equal(measure(make_waveform(long)), measure(make_waveform(start)))


@pytest.mark.parametrize("sound", [[], [0.5], silence(1.0)], ids=["nothing", "a sample", "silence"])
def test_any_sound_has_as_many_finite_numbers(sound: np.ndarray) -> None:
    frames = measure(make_waveform(sound))
    assert np.isfinite(frames).all()
