from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from sounds import buzz, make_waveform, noise, tone

from ser_core.synthesis import speak
from ser_core.training.augment import (
    COLOUR_HZ,
    GAIN_DB,
    NOISE_DB,
    SPEED_RANGE,
    _draw_noise,
    add_noise,
    add_room,
    change_colour,
    change_gain,
    change_speed,
    disturb,
    limit_band,
    through_opus,
)
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from ser_core.training.augment import Step

VOICE = speak("angry", "male", seconds=2.0)
RAIN = make_waveform(noise(0.7, seed=3))
STEPS: dict[str, Step] = {
    "room": add_room,
    "noise": lambda clean, random: add_noise(clean, RAIN, random),
    "colour": change_colour,
    "telephone": limit_band,
    "gain": change_gain,
    "opus": through_opus,
}


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def decibels(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64))))


def gain_at(hertz: float, step: Step, seed: int) -> float:
    """Give by how many decibels a step changes a tone, away from its ends."""
    before = make_waveform(tone(hertz))
    after = step(before, draw(seed))
    middle = slice(4000, -4000)
    return decibels(after.samples[middle]) - decibels(before.samples[middle])


class Fixed:
    """Draw the value that a test wants, and keep the range from which it was to be drawn."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.ranges: list[tuple[float, float]] = []

    def uniform(self, low: float, high: float) -> float:
        """Give the value at the share of the range."""
        self.ranges.append((low, high))
        return low + self.share * (high - low)

    def integers(self, high: int) -> int:
        """Give the whole number at the share of the range."""
        return int(self.share * (high - 1))


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("peak", [0.02, 1.0])
def test_a_step_keeps_length_rate_and_full_scale(name: str, peak: float) -> None:
    loud = make_waveform(VOICE.samples / np.abs(VOICE.samples).max() * peak)
    for seed in range(5):
        after = STEPS[name](loud, draw(seed))
        assert (after.samples.size, after.sampling_rate) == (loud.samples.size, SAMPLING_RATE)
        assert after.samples.dtype == np.float32
        assert np.abs(after.samples).max() <= 1
        assert not np.array_equal(after.samples, loud.samples)


@pytest.mark.parametrize("name", STEPS)
def test_a_step_is_the_same_for_the_same_draw_and_another_for_another(name: str) -> None:
    first, again, other = (STEPS[name](VOICE, draw(seed)).samples for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(("share", "factor"), [(0.0, SPEED_RANGE[0]), (1.0, SPEED_RANGE[1])])
def test_a_faster_voice_is_shorter_and_higher(share: float, factor: float) -> None:
    after = change_speed(make_waveform(tone(1000)), Fixed(share))  # type: ignore[arg-type]  # draws what it needs
    assert after.seconds == pytest.approx(1 / factor, rel=1e-3)
    assert after.sampling_rate == SAMPLING_RATE
    spectrum = np.abs(np.fft.rfft(after.samples))
    assert spectrum.argmax() / after.seconds == pytest.approx(1000 * factor, abs=1.5)


@pytest.mark.parametrize("seed", range(5))
def test_a_room_leaves_a_tail_that_fades(seed: int) -> None:
    click = make_waveform(np.eye(1, SAMPLING_RATE)[0])
    after = add_room(click, draw(seed)).samples
    assert after[0] == 1.0
    early, late = (decibels(after[span]) for span in (slice(1, 1600), slice(8000, 9600)))
    assert early > late + 30
    assert 0 <= decibels(after) - decibels(click.samples) <= 3.1


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("level", [0.01, 3.0])
def test_noise_is_added_at_the_ratio_that_was_drawn(share: float, level: float) -> None:
    random = Fixed(share)
    rain = make_waveform(level * RAIN.samples)
    quiet = make_waveform(0.2 * VOICE.samples)  # so that nothing clips
    noisy = add_noise(quiet, rain, random)  # type: ignore[arg-type]  # draws what it needs
    added = noisy.samples - quiet.samples
    expected = NOISE_DB[0] + share * (NOISE_DB[1] - NOISE_DB[0])
    assert random.ranges == [NOISE_DB]
    assert decibels(quiet.samples) - decibels(added) == pytest.approx(expected, abs=0.1)


def test_noise_is_repeated_from_a_random_place() -> None:
    steps = make_waveform(np.arange(1, 6) / 10)
    flat = make_waveform(np.full(12, 0.1))
    added = add_noise(flat, steps, Fixed(0.5)).samples - 0.1  # type: ignore[arg-type]  # draws what it needs
    expected = np.array([3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4])
    np.testing.assert_allclose(added / added[3], expected, rtol=1e-4)


def test_a_silent_noise_adds_nothing() -> None:
    mute = make_waveform(np.zeros(100))
    assert np.array_equal(add_noise(VOICE, mute, draw()).samples, VOICE.samples)


@pytest.mark.parametrize("seed", range(5))
def test_the_telephone_keeps_the_middle_and_cuts_both_ends(seed: int) -> None:
    assert gain_at(1000, limit_band, seed) == pytest.approx(0, abs=1)
    assert gain_at(100, limit_band, seed) < -20
    assert gain_at(7000, limit_band, seed) < -20


def test_a_microphone_colours_bands_by_some_decibels_in_either_direction() -> None:
    gains = np.array(
        [[gain_at(hertz, change_colour, seed) for hertz in COLOUR_HZ[1:-1]] for seed in range(20)]
    )
    assert gains.std() == pytest.approx(4, abs=1)
    assert gains.mean() == pytest.approx(0, abs=1.5)
    assert np.abs(gains).max() < 20


@pytest.mark.parametrize(("share", "change_db"), [(0.0, GAIN_DB[0]), (0.5, 0.0), (1.0, GAIN_DB[1])])
def test_the_gain_is_what_was_drawn(share: float, change_db: float) -> None:
    after = change_gain(make_waveform(tone(440, peak=0.2)), Fixed(share))  # type: ignore[arg-type]  # draws what it needs
    assert decibels(after.samples) - decibels(tone(440, peak=0.2)) == pytest.approx(
        change_db, abs=0.01
    )


def test_what_becomes_too_loud_clips() -> None:
    after = change_gain(make_waveform(tone(440, peak=0.9)), Fixed(1.0))  # type: ignore[arg-type]  # draws what it needs
    assert np.mean(np.abs(after.samples) == 1) > 0.5


@pytest.mark.parametrize("seed", range(3))
def test_opus_keeps_the_voice(seed: int) -> None:
    after = through_opus(VOICE, draw(seed))
    assert np.corrcoef(after.samples, VOICE.samples)[0, 1] > 0.9


def test_noise_comes_from_the_recordings_where_there_are_some() -> None:
    noises = [RAIN, make_waveform(buzz(50))]
    drawn = {id(_draw_noise(noises, VOICE, draw(seed))) for seed in range(20)}
    assert drawn == {id(each) for each in noises}


def test_noise_is_made_pink_and_as_long_as_the_clip_where_there_is_none() -> None:
    pink = _draw_noise([], VOICE, draw())
    assert pink.samples.size == VOICE.samples.size
    power = np.abs(np.fft.rfft(pink.samples)) ** 2
    low, high = power[100:200].mean(), power[1600:3200].mean()
    assert low / high == pytest.approx(16, rel=0.3)  # four octaves, 3 dB each


def test_a_disturbed_copy_is_decided_by_the_draw() -> None:
    first, again, other = (disturb(VOICE, [RAIN], draw(seed)).samples for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert first.size != other.size or not np.array_equal(first, other)


def test_copies_differ_in_length_and_sound_and_stay_valid() -> None:
    random = draw()
    copies = [disturb(VOICE, [RAIN], random) for _ in range(30)]
    assert len({copy.samples.tobytes() for copy in copies}) > 25
    lengths = {copy.seconds for copy in copies}
    assert min(lengths) >= VOICE.seconds / SPEED_RANGE[1] - 0.001
    assert max(lengths) <= VOICE.seconds / SPEED_RANGE[0] + 0.001
    assert all(np.abs(copy.samples).max() <= 1 for copy in copies)


def test_some_copies_are_left_as_they_are() -> None:
    random = draw(4)
    assert any(disturb(VOICE, [], random) is VOICE for _ in range(300))


def test_the_shortest_clip_can_be_disturbed() -> None:
    shortest = Waveform(noise(0.1))
    for seed in range(20):
        assert disturb(shortest, [RAIN], draw(seed)).samples.size > 1000
