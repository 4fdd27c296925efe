from __future__ import annotations

import numpy as np
import pytest
from sounds import buzz, make_waveform, noise, silence, tone

from ser_core.features.contours import measure_contours
from ser_core.plots import columns
from ser_core.plots.columns import FLOOR_DB, find_mel_rows, measure_columns
from ser_core.synthesis import speak


def test_a_short_recording_has_a_column_for_each_frame() -> None:
    found = measure_columns(make_waveform(noise(2.0)))
    assert found.seconds == 2.0
    assert found.power_db.shape == (201, 257)
    assert found.mel_db.shape == (201, 64)
    assert found.mfcc.shape == (201, 20)
    assert found.chroma.shape == (63, 12)
    assert found.level_db.shape == found.pitch_hz.shape == (201,)
    assert found.lowest.shape == found.highest.shape == (columns.N_COLUMNS,)


def test_a_long_recording_has_no_more_columns_than_there_is_room_for() -> None:
    found = measure_columns(make_waveform(noise(2.0)), 50)
    assert {len(found.power_db), len(found.mfcc), len(found.chroma), len(found.pitch_hz)} == {50}
    assert len(found.lowest) == 50


def test_what_is_drawn_is_what_models_hear() -> None:
    waveform = make_waveform(buzz(180, 1.0) + noise(1.0) / 50)
    heard, drawn = measure_contours(waveform), measure_columns(waveform)
    # Models hear every recording at one level: that moves the first coefficient alone.
    np.testing.assert_allclose(drawn.mfcc[20:80, 1:], heard.mfcc[20:80, 1:], atol=0.1)
    np.testing.assert_allclose(drawn.pitch_hz[20:80], 100 * 2 ** heard.octave[20:80], rtol=1e-3)


def test_blocks_leave_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    waveform = speak(seconds=2.0)
    whole = measure_columns(waveform, 60)
    monkeypatch.setattr(columns, "_BLOCK_FRAMES", 17)
    parts = measure_columns(waveform, 60)
    for name in ("power_db", "mel_db", "mfcc", "level_db", "pitch_hz"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-3)


def test_pitch_is_measured_at_wider_steps_in_long_recordings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(columns, "_MOST_PITCHES", 40)
    found = measure_columns(make_waveform(buzz(150, 2.0)), 20)
    np.testing.assert_allclose(found.pitch_hz[2:-2], 150, rtol=0.01)


def test_soft_speech_has_a_pitch_beside_loud_speech() -> None:
    soft, loud = 0.03 * buzz(150, 5.0), buzz(250, 5.0)
    found = measure_columns(make_waveform(np.concatenate((soft, loud))), 100)
    np.testing.assert_allclose(found.pitch_hz[5:25], 150, rtol=0.01)


def test_a_tone_stands_at_its_frequency_and_level() -> None:
    found = measure_columns(make_waveform(tone(1000, peak=0.5)))
    middle = found.power_db[50]
    assert middle.argmax() == round(1000 / 8000 * 256)
    assert middle.max() == pytest.approx(-6, abs=0.5)
    assert found.level_db[50] == pytest.approx(-6, abs=0.1)
    assert found.mel_db[50].argmax() == round(float(find_mel_rows((1000,), 16_000)[0]))


def test_silence_has_a_level_and_no_pitch() -> None:
    found = measure_columns(make_waveform(silence(1.0)))
    assert (found.level_db == FLOOR_DB).all()
    assert np.isnan(found.pitch_hz).all()
    for values in (found.power_db, found.mel_db, found.mfcc, found.chroma):
        assert np.isfinite(values).all()


def test_a_few_samples_are_enough() -> None:
    found = measure_columns(make_waveform(noise(0.005)))
    assert len(found.power_db) == 1
    assert len(found.lowest) == 80
