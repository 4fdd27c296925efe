from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ser_core.systems import measure
from ser_core.systems.measure import NOISE_SHARE, add_white_noise, measure_clips
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from ser_core.corpora import Clip
    from ser_core.waveform import Waveform

HOW = Extraction("classic180", copies=1)


def test_what_was_measured_is_read_from_the_cache(
    spoken_clips: tuple[Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    how = replace(HOW, cache=tmp_path)
    first = measure_clips(spoken_clips[:2], how)
    monkeypatch.setattr(measure, "decode", None)
    assert np.array_equal(measure_clips(spoken_clips[:2], how).values, first.values)


def test_where_there_can_be_no_cache_the_same_is_measured(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    here = measure_clips(spoken_clips[:2], HOW)
    there = measure_clips(spoken_clips[:2], replace(HOW, cache=tmp_path / "file" / "cache"))
    assert np.array_equal(here.values, there.values)


def test_a_copy_is_noisier_but_never_louder_than_it_may_be(voice: Waveform) -> None:
    copy = add_white_noise(voice, np.random.default_rng(0))
    noise = np.std(copy.samples - voice.samples) / np.abs(voice.samples).max()
    assert 0 < noise <= NOISE_SHARE


def test_recordings_that_hold_nothing_are_skipped_with_the_reason(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    damaged, silent = (
        replace(spoken_clips[0], path=tmp_path / name) for name in ("damaged.wav", "silent.wav")
    )
    damaged.path.touch()
    soundfile.write(silent.path, np.zeros(16_000), 16_000)
    found = measure_clips([damaged, silent, spoken_clips[1]], HOW)
    assert found.clips == (spoken_clips[1],)
    assert found.values.shape == (2, 1, 180)
    assert [file.path for file in found.skipped] == [damaged.path, silent.path]
    assert found.skipped[1].reason == "silent"
