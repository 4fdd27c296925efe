"""Contours drawn by hand, 100 frames a second; and some that are measured in sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sounds import buzz, make_waveform, moments, noise, silence

from ser_core.features.contours import DESCRIPTOR_NAMES, Contours, measure_contours
from ser_core.features.prosody import describe_melody, describe_rhythm, describe_voice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import ArrayLike


def draw(
    octave: ArrayLike,
    *,
    voiced: ArrayLike = True,
    pitched: ArrayLike | None = None,
    rms: ArrayLike = 0.05,
) -> Contours:
    """Give contours with this pitch; what is not said is steady."""
    octave = np.asarray(octave, np.float32)
    n_frames = octave.size
    is_voiced = np.broadcast_to(voiced, n_frames).astype(bool)
    return Contours(
        power=np.ones((n_frames, 231), np.float32),
        log_mel=np.zeros((n_frames, 64), np.float32),
        mfcc=np.zeros((n_frames, 20), np.float32),
        descriptors=np.full((n_frames, len(DESCRIPTOR_NAMES)), 7.0, np.float32),
        rms=np.broadcast_to(rms, n_frames).astype(np.float32),
        octave=octave,
        strength=np.full(n_frames, 0.8, np.float32),
        is_voiced=is_voiced,
        is_pitched=is_voiced if pitched is None else np.broadcast_to(pitched, n_frames),
    )


def stretches(*lengths: int) -> np.ndarray:
    """Give flags that are false, true, false, and so on, for these numbers of frames."""
    return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)


def test_a_steady_voice_has_a_level_and_no_movement() -> None:
    melody = describe_melody(draw(np.full(100, 0.5)))
    assert {melody.pop(name) for name in ("mean", "p5", "p20", "p50", "p80", "p95")} == {0.5}
    np.testing.assert_allclose(list(melody.values()), 0, atol=1e-6)


def test_a_rise_of_an_octave_has_a_slope_of_one_octave_in_the_recording() -> None:
    melody = describe_melody(draw(np.linspace(0, 1, 101)))
    assert melody["slope"] == pytest.approx(1.0)
    assert melody["step_size"] == melody["rise"] == pytest.approx(0.01)
    assert (melody["fall"], melody["rising_share"]) == (0.0, 1.0)
    assert melody["end_minus_start"] == pytest.approx(0.8, abs=0.02)
    assert melody["start_minus_mean"] == pytest.approx(-1 / 3, abs=0.01)
    assert melody["range20_80"] == pytest.approx(0.6, abs=0.01)


def test_a_fall_is_the_reverse_of_a_rise() -> None:
    rise, fall = (describe_melody(draw(np.linspace(*ends, 101))) for ends in ((0, 1), (1, 0)))
    for name in ("slope", "end_minus_start", "start_minus_mean"):
        assert fall[name] == pytest.approx(-rise[name], abs=1e-5)
    assert fall["fall"] == pytest.approx(-rise["rise"], abs=1e-6)
    assert fall["rising_share"] == 0


def test_a_glide_in_sound_has_the_slope_of_its_direction() -> None:
    up, down = np.geomspace(120, 240, 16_000), np.geomspace(240, 120, 16_000)
    slopes = [
        describe_melody(measure_contours(make_waveform(buzz(glide))))["slope"]
        for glide in (up, down)
    ]
    np.testing.assert_allclose(slopes, (1.0, -1.0), atol=0.05)


def test_a_pause_counts_as_time_and_not_as_a_step() -> None:
    octave = np.concatenate([np.zeros(50), np.full(50, 9.0), np.ones(50)])
    melody = describe_melody(draw(octave, voiced=stretches(0, 50, 50, 50)))
    assert melody["step_size"] == 0
    assert melody["mean"] == 0.5
    assert melody["slope"] > 0


@pytest.mark.parametrize("n_pitched", [0, 1, 3])
def test_too_few_pitched_frames_make_a_melody_of_zeros(n_pitched: int) -> None:
    melody = describe_melody(draw(np.full(60, 2.0), pitched=np.arange(60) < n_pitched))
    np.testing.assert_allclose(list(melody.values()), 0, atol=1e-12)


def test_four_pitched_frames_are_enough_for_a_melody() -> None:
    assert describe_melody(draw(np.full(60, 2.0), pitched=np.arange(60) < 4))["mean"] == 2


def test_jitter_is_the_mean_step_of_the_period_over_the_period() -> None:
    period = np.where(np.arange(100) % 2, 1.01, 0.99)
    voice = describe_voice(draw(-np.log2(period)))
    assert voice["jitter"] == pytest.approx(0.02, rel=1e-3)
    assert voice["shimmer"] == 0


def test_shimmer_is_the_mean_step_of_the_level_over_the_level() -> None:
    voice = describe_voice(draw(np.zeros(100), rms=np.where(np.arange(100) % 2, 0.11, 0.09)))
    assert voice["shimmer"] == pytest.approx(0.2, rel=1e-3)
    assert voice["jitter"] == 0


def test_a_trembling_voice_has_more_jitter_than_a_steady_one() -> None:
    tremble = np.repeat(1 + 0.02 * np.random.default_rng(0).standard_normal(100), 160)
    steady, trembling = (
        describe_voice(measure_contours(make_waveform(buzz(150 * factor))))["jitter"]
        for factor in (np.ones(16_000), tremble)
    )
    assert steady < 0.002
    assert trembling > 0.005


def test_quality_is_measured_where_the_voice_is() -> None:
    contours = draw(np.zeros(100), voiced=stretches(50, 50))
    contours.descriptors[:50] = -40.0
    contours.strength[:] = np.where(np.arange(100) < 50, 0.1, 0.9)
    voice = describe_voice(contours)
    assert voice["hnr_mean"] == pytest.approx(7.0)
    assert voice["strength_mean"] == pytest.approx(0.9)
    assert voice["strength_std"] == pytest.approx(0.0, abs=1e-6)
    assert voice["voiced_share"] == 0.5


def test_a_recording_without_voice_has_no_voice_quality() -> None:
    assert set(describe_voice(draw(np.zeros(100), voiced=False)).values()) == {0.0}


def test_runs_and_pauses_have_lengths_in_seconds_and_rates_per_second() -> None:
    voiced = stretches(10, 20, 30, 40, 50, 40, 10)  # two pauses between three runs, 2 s in all
    rhythm = describe_rhythm(draw(np.zeros(200), voiced=voiced))
    assert rhythm["voiced_runs_per_second"] == pytest.approx(1.5)
    assert rhythm["voiced_run_mean"] == pytest.approx(1 / 3)
    assert rhythm["voiced_run_std"] == pytest.approx(np.std([0.2, 0.4, 0.4]))
    assert rhythm["voiced_run_max"] == pytest.approx(0.4)
    assert rhythm["pause_mean"] == pytest.approx(0.4)
    assert rhythm["pause_std"] == pytest.approx(0.1)


def test_no_voice_means_neither_runs_nor_pauses() -> None:
    rhythm = describe_rhythm(draw(np.zeros(100), voiced=False))
    names = [name for name in rhythm if name.startswith(("voiced", "pause"))]
    assert {rhythm[name] for name in names} == {0.0}


def test_what_is_26_db_below_the_loudest_frame_is_not_active() -> None:
    rms = np.where(stretches(25, 50, 25), 0.1, 0.1 * 10 ** (-27 / 20))
    rhythm = describe_rhythm(draw(np.zeros(100), rms=rms))
    assert rhythm["active_share"] == 0.5
    assert rhythm["active_run_mean"] == 0.5
    assert rhythm["active_runs_per_second"] == 1.0
    almost = np.where(stretches(25, 50, 25), 0.1, 0.1 * 10 ** (-25 / 20))
    assert describe_rhythm(draw(np.zeros(100), rms=almost))["active_share"] == 1


@pytest.mark.parametrize("per_second", [2, 4, 6])
def test_swells_of_loudness_are_counted_as_syllables(per_second: int) -> None:
    swell = 0.55 - 0.45 * np.cos(2 * np.pi * per_second * moments(3.0))
    contours = measure_contours(make_waveform(swell * buzz(150, 3.0)))
    rhythm = describe_rhythm(contours)
    assert rhythm["syllables_per_second"] == pytest.approx(per_second, abs=0.35)


def test_a_ripple_of_loudness_is_no_syllable() -> None:
    ripple = 1 + 0.1 * np.sin(2 * np.pi * 4 * np.arange(300) / 100)
    assert describe_rhythm(draw(np.zeros(300), rms=ripple))["syllables_per_second"] == 0


def test_loudness_has_a_slope_and_a_loudest_place() -> None:
    swelling = describe_rhythm(draw(np.zeros(100), rms=np.geomspace(0.01, 0.1, 100)))
    assert swelling["loudness_slope"] == pytest.approx(np.log(10), abs=0.01)
    assert swelling["loudest_at"] == pytest.approx(0.99)


@pytest.mark.parametrize("samples", [silence(1.0), noise(), np.full(16_000, 0.5)])
@pytest.mark.parametrize("describe", [describe_melody, describe_voice, describe_rhythm])
def test_sounds_without_voice_have_finite_descriptions(
    describe: Callable[[Contours], Mapping[str, float]], samples: np.ndarray
) -> None:
    contours = measure_contours(make_waveform(samples))
    assert np.isfinite(list(describe(contours).values())).all()
