from __future__ import annotations

import librosa
import numpy as np
import pytest
from sounds import buzz, make_waveform, moments, noise, silence, tone

from ser_core.features.contours import DESCRIPTOR_NAMES, N_MFCC, measure_contours
from ser_core.features.functionals import (
    COLUMNS,
    GROUPS,
    STATISTICS,
    _slope,
    describe_contours,
    extract_functionals,
    summarise,
)
from ser_core.features.prosody import describe_melody, describe_rhythm, describe_voice
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE, Waveform

VOICE = speak("happy", "female", seconds=2.0)
SOUNDS = {
    "a voice": VOICE,
    "silence": make_waveform(silence(1.0)),
    "a constant offset": make_waveform(np.full(16_000, 0.5)),
    "noise": make_waveform(noise()),
    "a tone": make_waveform(tone(440)),
    "10 ms of noise": make_waveform(noise(0.01)),
    "a single sample": make_waveform([0.5]),
    "nothing": make_waveform([]),
}


def measure(waveform: Waveform) -> dict[str, float]:
    """Give each column by its name."""
    return dict(zip(COLUMNS, extract_functionals(waveform).tolist(), strict=True))


def test_every_column_has_a_name_of_its_own() -> None:
    assert len(set(COLUMNS)) == len(COLUMNS) == 1595


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_computes_one_float32_for_each_of_its_columns(name: str) -> None:
    found = GROUPS[name].compute(measure_contours(VOICE))
    assert (found.shape, found.dtype) == ((len(GROUPS[name].columns),), np.float32)


def test_the_vector_is_made_of_the_contours_group_by_group() -> None:
    contours = measure_contours(VOICE)
    groups = np.concatenate([group.compute(contours) for group in GROUPS.values()])
    assert np.array_equal(describe_contours(contours), groups)
    assert np.array_equal(extract_functionals(VOICE), groups)


@pytest.mark.parametrize("name", SOUNDS)
def test_the_vector_of_any_sound_is_finite(name: str) -> None:
    vector = extract_functionals(SOUNDS[name])
    assert (vector.shape, vector.dtype) == ((len(COLUMNS),), np.float32)
    assert np.isfinite(vector).all()


@pytest.mark.parametrize("gain", [0.03, 0.5, 4.0])
def test_the_level_of_a_recording_does_not_matter(gain: float) -> None:
    louder = make_waveform(gain * VOICE.samples)
    np.testing.assert_allclose(
        extract_functionals(louder), extract_functionals(VOICE), rtol=1e-2, atol=1e-2
    )


def test_silence_around_a_voice_hardly_matters() -> None:
    around = np.concatenate([silence(0.5), VOICE.samples, silence(1.0)])
    padded, bare = measure(make_waveform(around)), measure(VOICE)
    for name, tolerance in (
        ("pitch_mean", 0.05),  # octaves
        ("pitch_range20_80", 0.02),
        ("voice_hnr_mean", 0.3),  # decibels
        ("mfcc1_pitched_mean", 3.0),
        ("rhythm_syllables_per_second", 0.5),
        ("rhythm_voiced_run_mean", 0.01),  # seconds
    ):
        assert padded[name] == pytest.approx(bare[name], abs=tolerance), name


@pytest.mark.parametrize("hertz", [100.0, 200.0, 400.0])
def test_the_mean_pitch_is_in_octaves_above_100_hz(hertz: float) -> None:
    measured = measure(make_waveform(buzz(hertz)))
    assert measured["pitch_mean"] == pytest.approx(np.log2(hertz / 100), abs=0.01)
    assert measured["pitch_std"] == pytest.approx(0, abs=0.01)


def test_statistics_are_those_of_the_contour() -> None:
    contour = np.random.default_rng(0).normal(size=(101, 3)).astype(np.float32)
    found = dict(zip(STATISTICS, summarise(contour).reshape(len(STATISTICS), 3), strict=True))
    np.testing.assert_allclose(found["mean"], contour.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found["std"], contour.std(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found["step"], np.abs(np.diff(contour, axis=0)).mean(0), rtol=1e-5)
    for percent in (5, 25, 50, 75, 95):
        expected = np.percentile(contour, percent, axis=0, method="nearest")
        np.testing.assert_allclose(found[f"p{percent}"], expected)


def test_the_named_columns_of_a_contour_are_its_statistics() -> None:
    contours, measured = measure_contours(VOICE), measure(VOICE)
    log_rms = contours.descriptors[:, DESCRIPTOR_NAMES.index("log_rms")]
    assert measured["mel17_mean"] == pytest.approx(contours.log_mel[:, 17].mean(), rel=1e-5)
    assert measured["mel63_std"] == pytest.approx(contours.log_mel[:, 63].std(), rel=1e-5)
    high = np.percentile(contours.mfcc[:, 3], 95, method="nearest")
    assert measured["mfcc3_p95"] == pytest.approx(high, rel=1e-5)
    assert measured["log_rms_step"] == pytest.approx(np.abs(np.diff(log_rms)).mean(), rel=1e-5)


def test_slopes_are_librosas_deltas() -> None:
    mfcc = measure_contours(VOICE).mfcc
    expected = librosa.feature.delta(mfcc, width=9, axis=0)
    np.testing.assert_allclose(_slope(mfcc), expected, atol=1e-4)
    measured = measure(VOICE)
    assert measured["mfcc2_delta_mean"] == pytest.approx(expected[:, 2].mean(), abs=1e-4)
    twice = librosa.feature.delta(expected, width=9, axis=0)
    assert measured["mfcc2_delta2_std"] == pytest.approx(twice[:, 2].std(), abs=1e-4)


def test_descriptions_keep_their_names_behind_a_prefix() -> None:
    contours, measured = measure_contours(VOICE), measure(VOICE)
    for prefix, describe in (
        ("pitch", describe_melody),
        ("voice", describe_voice),
        ("rhythm", describe_rhythm),
    ):
        for name, value in describe(contours).items():
            assert measured[f"{prefix}_{name}"] == pytest.approx(value, rel=1e-5)


@pytest.mark.parametrize(
    ("per_second", "loudest"), [(1.2, "0.5_2"), (3, "2_4"), (6, "4_8"), (12, "8_16"), (25, "16_32")]
)
def test_modulation_shows_at_the_rate_at_which_a_sound_swells(
    per_second: float, loudest: str
) -> None:
    swelling = (1 + 0.8 * np.sin(2 * np.pi * per_second * moments(3.0))) * noise(3.0)
    measured = measure(make_waveform(swelling))
    rates = ("0.5_2", "2_4", "4_8", "8_16", "16_32")
    strength = {rate: measured[f"modulation{rate}_mel10"] for rate in rates}
    assert max(strength, key=strength.__getitem__) == loudest


def test_modulation_is_of_the_whole_of_a_long_recording() -> None:
    steady, swell = np.ones(11 * SAMPLING_RATE), 1 + 0.8 * np.sin(2 * np.pi * 6 * moments(11.0))
    late, never = (
        measure(make_waveform(noise(22.0) * np.concatenate([steady, end])))
        for end in (swell, steady)
    )
    assert late["modulation4_8_mel10"] > never["modulation4_8_mel10"] + 0.3


def test_pitched_columns_are_of_pitched_frames_alone() -> None:
    hiss_and_voice = np.concatenate([noise(), buzz(150)])
    contours = measure_contours(make_waveform(hiss_and_voice))
    chosen = contours.is_pitched
    assert 90 < chosen.sum() < 110
    measured = measure(make_waveform(hiss_and_voice))
    expected = contours.mfcc[chosen, 1]
    assert measured["mfcc1_pitched_mean"] == pytest.approx(expected.mean(), rel=1e-4)
    assert measured["mfcc1_pitched_std"] == pytest.approx(expected.std(), rel=1e-4)
    assert measured["mfcc1_pitched_mean"] != pytest.approx(measured["mfcc1_mean"], rel=0.1)


def test_without_pitch_the_pitched_columns_are_of_all_frames() -> None:
    measured = measure(make_waveform(noise()))
    for number in range(N_MFCC):
        expected = pytest.approx(measured[f"mfcc{number}_mean"], rel=1e-3, abs=1e-4)
        assert measured[f"mfcc{number}_pitched_mean"] == expected


def test_the_course_tells_how_each_third_differs_from_the_whole() -> None:
    swelling = np.repeat([0.04, 0.2, 1.0], SAMPLING_RATE) * np.tile(noise(), 3)
    measured = measure(make_waveform(swelling))
    course = [measured[f"log_rms_{third}"] for third in ("start", "middle", "end")]
    np.testing.assert_allclose(course, np.log(5) * np.array([-1, 0, 1]), atol=0.05)


def test_each_pair_has_the_correlation_of_its_two_names() -> None:
    contours, measured = measure_contours(VOICE), measure(VOICE)
    for first, second in ((0, 1), (0, 12), (3, 7), (11, 12)):
        expected = np.corrcoef(contours.mfcc[:, first], contours.mfcc[:, second])[0, 1]
        assert measured[f"mfcc{first}~mfcc{second}"] == pytest.approx(expected, abs=1e-4)


def test_what_moves_together_is_correlated() -> None:
    swell = 0.7 - 0.3 * np.cos(2 * np.pi * 2 * moments(2.0))
    together = buzz(150 * 2 ** (swell - 0.7), 2.0) * swell
    against = buzz(150 * 2 ** (0.7 - swell), 2.0) * swell
    assert measure(make_waveform(together))["pitch~loudness"] > 0.8
    assert measure(make_waveform(against))["pitch~loudness"] < -0.8
