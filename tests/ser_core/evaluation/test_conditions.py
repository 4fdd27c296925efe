from __future__ import annotations

import io

import numpy as np
import pytest
from sounds import noise, tone

from ser_core.evaluation import conditions
from ser_core.evaluation.conditions import CONDITIONS, Surroundings
from ser_core.synthesis import speak

VOICE = speak(seconds=2.0).samples


def around(seed: int = 0) -> Surroundings:
    return Surroundings(noise(0.5, seed=7), np.random.default_rng(seed))


def level(samples: np.ndarray) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))))


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_keeps_the_length_and_is_the_same_each_time(name: str) -> None:
    spoiled = CONDITIONS[name](VOICE, around())
    assert abs(spoiled.size - VOICE.size) <= 1
    assert np.isfinite(spoiled).all()
    np.testing.assert_array_equal(spoiled, CONDITIONS[name](VOICE, around()))


@pytest.mark.parametrize("name", [name for name in CONDITIONS if name != "clean"])
def test_a_condition_changes_the_recording(name: str) -> None:
    spoiled = CONDITIONS[name](VOICE, around())[: VOICE.size]
    assert not np.allclose(spoiled, VOICE[: spoiled.size], atol=1e-3)


def test_clean_is_clean() -> None:
    assert CONDITIONS["clean"](VOICE, around()) is VOICE


@pytest.mark.parametrize("decibels", [20, 10, 5])
def test_noise_is_as_much_softer_as_its_name_says(decibels: int) -> None:
    spoiled = CONDITIONS[f"noise, {decibels} dB"](VOICE, around())
    assert level(VOICE) - level(spoiled - VOICE) == pytest.approx(decibels, abs=0.1)


def test_a_silent_noise_adds_nothing() -> None:
    silent = Surroundings(np.zeros(100), np.random.default_rng(0))
    np.testing.assert_array_equal(CONDITIONS["noise, 10 dB"](VOICE, silent), VOICE)


@pytest.mark.parametrize(("name", "decibels"), [("living room", 6), ("hall", 0)])
def test_an_echo_is_as_much_softer_as_its_room_says(name: str, decibels: int) -> None:
    click = np.zeros(32_000)
    click[0] = 1.0
    echo = CONDITIONS[name](click, around())
    assert echo[0] == pytest.approx(1)
    energy = np.square(echo[1:]).sum()
    assert -10 * np.log10(energy) == pytest.approx(decibels, abs=0.1)


def test_a_room_fades_by_60_db_in_its_time() -> None:
    click = np.zeros(32_000)
    click[0] = 1.0
    echo = CONDITIONS["hall"](click, around())
    assert level(echo[1:801]) - level(echo[15_200:16_000]) == pytest.approx(57, abs=3)
    assert not echo[16_001:].round(9).any()


@pytest.mark.parametrize("kilobits", [32, 16, 12])
def test_opus_spends_about_the_bits_of_its_name(
    kilobits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[io.BytesIO] = []

    class Kept(io.BytesIO):
        def __init__(self) -> None:
            super().__init__()
            files.append(self)

    monkeypatch.setattr(conditions.io, "BytesIO", Kept)
    voice = speak(seconds=8.0).samples
    CONDITIONS[f"Opus, {kilobits} kbit/s"](voice, around())
    assert files[0].getbuffer().nbytes * 8 / 8 == pytest.approx(1000 * kilobits, rel=0.35)


def test_a_telephone_keeps_its_band_alone() -> None:
    telephone = CONDITIONS["telephone, 8 kHz"]
    for hertz, loss in ((100, 30), (5000, 60)):
        sound = tone(hertz)
        assert level(sound) - level(telephone(sound, around())[1000:-1000]) > loss
    assert level(telephone(tone(1000), around())) == pytest.approx(level(tone(1000)), abs=0.3)


def test_gain_changes_the_level_and_cuts_at_full_scale() -> None:
    sound = tone(200, peak=0.5)
    assert level(CONDITIONS["12 dB softer"](sound, around())) == pytest.approx(
        level(sound) - 12, abs=0.01
    )
    assert np.abs(CONDITIONS["12 dB louder"](sound, around())).max() == 1


def test_clipping_does_not_depend_on_the_level() -> None:
    clip = CONDITIONS["clipped by 12 dB"]
    for peak in (0.01, 0.9):
        clipped = np.abs(clip(tone(200, peak=peak), around()))
        assert (clipped == 1).mean() == pytest.approx(0.84, abs=0.02)  # beyond a quarter of a sine
    assert not clip(np.zeros(10), around()).any()
