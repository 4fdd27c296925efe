"""The oracle is librosa itself, called as the tutorials call it."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import librosa
import numpy as np
import pytest
from sounds import make_waveform, noise, silence, tone

from ser_core.features.classic import COLUMNS, chroma, extract_classic
from ser_core.synthesis import speak

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.waveform import Waveform

A_MAJOR_HZ = (220.0, 277.18, 329.63)


def chord(*, cents: float, sampling_rate: int = 16_000) -> NDArray[np.float32]:
    """Give a chord, all of it off the 440 Hz scale by some hundredths of a semitone."""
    shift = 2 ** (cents / 1200)
    tones = [tone(hertz * shift, sampling_rate=sampling_rate) for hertz in A_MAJOR_HZ]
    return np.sum(tones, axis=0)


def ask_librosa(waveform: Waveform) -> NDArray[np.float32]:
    samples, rate = waveform.samples, waveform.sampling_rate
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of short and of silent sounds
        parts = (
            librosa.feature.mfcc(y=samples, sr=rate, n_mfcc=40),
            librosa.feature.chroma_stft(S=np.abs(librosa.stft(samples)), sr=rate),
            librosa.feature.melspectrogram(y=samples, sr=rate),
        )
    return np.concatenate([part.mean(axis=1) for part in parts])


SOUNDS = {
    "a woman's voice": speak("happy", "female", seconds=2.0),
    "a man's voice": speak("sad", "male", seconds=2.0),
    "white noise": make_waveform(noise()),
    "a tone of 440 Hz": make_waveform(tone(440)),
    "a tone 40 cents higher": make_waveform(tone(440 * 2 ** (40 / 1200))),
    "a chord 30 cents lower": make_waveform(chord(cents=-30)),
    "silence": make_waveform(silence(1.0)),
    "a constant offset": make_waveform(np.full(16_000, 0.3)),
    "a click": make_waveform(np.eye(1, 16_000)[0]),
    "a sound shorter than half a frame": make_waveform(noise(0.05)),
    "a single sample": make_waveform([0.5]),
    "a chord at 22,050 Hz": make_waveform(chord(cents=20, sampling_rate=22_050), 22_050),
    "white noise at 48,000 Hz": make_waveform(noise(), 48_000),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_the_columns_are_what_librosa_gives(name: str) -> None:
    found, expected = extract_classic(SOUNDS[name]), ask_librosa(SOUNDS[name])
    np.testing.assert_allclose(found[:40], expected[:40], atol=0.005)  # decibels
    np.testing.assert_allclose(found[40:52], expected[40:52], atol=2e-4)  # the loudest is 1
    np.testing.assert_allclose(found[52:], expected[52:], rtol=1e-4, atol=1e-6)


def test_there_are_180_columns_each_with_a_name_of_its_own() -> None:
    assert len(COLUMNS) == len(set(COLUMNS)) == 180
    assert (COLUMNS[0], COLUMNS[40], COLUMNS[52]) == ("mfcc0_mean", "chroma0_mean", "mel0_mean")


def test_the_vector_is_float32_with_a_value_for_each_column() -> None:
    vector = extract_classic(SOUNDS["a man's voice"])
    assert (vector.shape, vector.dtype) == ((len(COLUMNS),), np.float32)


def test_a_tone_of_440_hz_is_an_a() -> None:
    vector = extract_classic(SOUNDS["a tone of 440 Hz"])
    assert vector[COLUMNS.index("chroma9_mean")] == pytest.approx(1.0, abs=1e-3)


def test_nothing_at_all_measures_like_silence() -> None:
    nothing = extract_classic(make_waveform([]))
    np.testing.assert_allclose(nothing, extract_classic(SOUNDS["silence"]), atol=0.005)


def test_the_chroma_of_silence_is_nothing() -> None:
    assert not chroma(np.zeros((3, 1025), np.float32), 16_000).any()
