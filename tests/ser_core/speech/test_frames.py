from __future__ import annotations

import numpy as np
import pytest

from ser_core.speech.frames import hear_frames
from ser_core.synthesis import speak

CYCLES = 2 * np.pi * np.arange(16_000) / 16_000


@pytest.mark.parametrize(("n_samples", "n_frames"), [(0, 1), (768, 1), (1087, 1), (1088, 2)])
def test_there_is_a_frame_every_20_ms_and_at_least_one(n_samples: int, n_frames: int) -> None:
    frames = hear_frames(np.zeros(n_samples, np.float32))

    assert frames.bands_db.shape == (n_frames, 7)
    assert frames.mels_db.shape == (n_frames, 25)
    assert frames.pitch.shape == frames.voicing.shape == frames.level_db.shape == (n_frames,)


@pytest.mark.parametrize("hertz", [100, 150, 200, 400])
def test_a_buzz_has_its_pitch_and_is_voiced(hertz: int) -> None:
    buzz = sum(np.sin(k * hertz * CYCLES) / k for k in range(1, 6))
    frames = hear_frames(np.float32(0.2 * buzz))

    np.testing.assert_allclose(frames.pitch, 12 * np.log2(hertz / 100), atol=0.1)
    assert frames.voicing.min() > 0.95


def test_noise_is_hardly_voiced() -> None:
    noise = np.random.default_rng(0).standard_normal(16_000).astype(np.float32)
    assert hear_frames(0.1 * noise).voicing.mean() < 0.5


def test_levels_are_relative_to_the_loudest_tone() -> None:
    tone = np.float32(np.sin(500 * CYCLES))

    np.testing.assert_allclose(hear_frames(tone).level_db, 0, atol=0.2)
    np.testing.assert_allclose(hear_frames(0.1 * tone).mel_level_db, -20, atol=0.2)
    np.testing.assert_allclose(hear_frames(0 * tone).bands_db, -120, atol=1e-6)


def test_a_tone_is_loud_in_its_own_band_alone() -> None:
    frames = hear_frames(np.float32(0.3 * np.sin(500 * CYCLES)))

    assert (frames.bands_db.argmax(axis=1) == 3).all()  # 406 to 703 Hz
    assert (frames.mels_db.argmax(axis=1) == 6).all()  # 500 to 578 Hz


def test_a_long_recording_is_heard_as_its_half_minutes_are() -> None:
    half_minute = speak(seconds=33.0, seed=3).samples

    once, twice = hear_frames(half_minute), hear_frames(np.tile(half_minute, 2))

    np.testing.assert_allclose(twice.mels_db[:1600], once.mels_db[:1600], atol=1e-3)
    np.testing.assert_allclose(twice.voicing[:1600], once.voicing[:1600], atol=1e-5)
