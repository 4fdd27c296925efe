from __future__ import annotations

import numpy as np
import pytest

from ser_core.features.contours import N_MELS
from ser_core.training.spectrogram import Changes, _warp, change, repeat

NOTHING = Changes(stretch=0, warp=0, tilt=0, masked_bands=0, masked_frames=0)
LOG_MEL = np.random.default_rng(0).normal(-4, 2, (120, N_MELS)).astype(np.float32)


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("n_frames", [1, 60, 120, 300])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_an_excerpt_has_the_frames_that_are_wanted(
    n_frames: int, dtype: type[np.floating], random: np.random.Generator
) -> None:
    found = change(LOG_MEL.astype(dtype), n_frames, Changes(), random)
    assert (found.shape, found.dtype) == ((n_frames, N_MELS), np.float32)
    assert np.isfinite(found).all()


def test_no_change_gives_a_stretch_of_the_recording(random: np.random.Generator) -> None:
    ramp = np.repeat(np.arange(120.0)[:, None], N_MELS, axis=1).astype(np.float32)
    starts = set()
    for _ in range(20):
        found = change(ramp, 50, NOTHING, random)
        np.testing.assert_allclose(np.diff(found[:, 0]), 1, atol=1e-4)
        starts.add(int(found[0, 0]))
    assert len(starts) > 10
    assert max(starts) <= 70


def test_what_is_shorter_starts_over(random: np.random.Generator) -> None:
    found = change(LOG_MEL, 300, NOTHING, random)
    np.testing.assert_allclose(found[:120], found[120:240], atol=1e-4)
    assert np.array_equal(repeat(LOG_MEL, 250)[120:240], LOG_MEL)
    assert repeat(LOG_MEL.astype(np.float16), 50).dtype == np.float32


def test_speed_changes_no_more_than_it_may(random: np.random.Generator) -> None:
    ramp = np.repeat(np.arange(200.0)[:, None], N_MELS, axis=1).astype(np.float32)
    how = Changes(stretch=0.1, warp=0, tilt=0, masked_bands=0, masked_frames=0)
    speeds = [np.diff(change(ramp, 50, how, random)[:, 0]).mean() for _ in range(40)]
    assert 0.9 <= min(speeds) < 0.95
    assert 1.05 < max(speeds) <= 1.1


def test_a_warp_moves_bands_up_or_down_and_its_middle_none() -> None:
    bands = np.arange(N_MELS, dtype=np.float32)
    np.testing.assert_allclose(bands @ _warp(0.07, 10), bands, atol=1e-4)
    np.testing.assert_allclose((bands @ _warp(0.07, 0))[:60], 0.93 * bands[:60], atol=1e-4)
    np.testing.assert_allclose((bands @ _warp(0.07, 20))[:55], 1.07 * bands[:55], atol=1e-4)
    assert (bands @ _warp(0.07, 20))[-1] == pytest.approx(N_MELS - 1)


def test_a_tilt_is_smooth_over_the_bands(random: np.random.Generator) -> None:
    how = Changes(stretch=0, warp=0, tilt=0.5, masked_bands=0, masked_frames=0)
    tilt = change(np.zeros((40, N_MELS), np.float32), 30, how, random)
    assert np.ptp(tilt, axis=0).max() == 0
    assert np.ptp(tilt[0]) > 0.1
    assert np.abs(np.diff(tilt[0])).max() < 0.15


def test_masks_hide_a_few_bands_and_frames_and_the_rest_stays() -> None:
    how = Changes(stretch=0, warp=0, tilt=0, masked_bands=8, masked_frames=25)
    shares = []
    for seed in range(30):
        plain, masked = (
            change(LOG_MEL, 100, each, np.random.default_rng(seed)) for each in (NOTHING, how)
        )
        hidden = masked != plain
        bands, frames = hidden.all(axis=0), hidden.all(axis=1)
        assert bands.sum() <= 16
        assert frames.sum() <= 50
        assert not hidden[~frames][:, ~bands].any()
        shares.append(hidden.mean())
    assert min(shares) < 0.15
    assert max(shares) > 0.3


def test_a_short_recording_may_be_hidden_whole(random: np.random.Generator) -> None:
    for _ in range(20):
        assert change(LOG_MEL, 3, Changes(), random).shape == (3, N_MELS)


def test_the_recording_itself_stays_as_it_is(random: np.random.Generator) -> None:
    before = LOG_MEL.copy()
    change(LOG_MEL, 120, Changes(), random)
    assert np.array_equal(LOG_MEL, before)


def test_it_is_never_twice_the_same_but_for_the_same_random_numbers() -> None:
    first, again, other = (
        change(LOG_MEL, 80, Changes(), np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
