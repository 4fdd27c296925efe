from __future__ import annotations

import tracemalloc
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ser_core import speech
from ser_core.decode import DecodeLimits, decode
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.speech import SpeechPart, find_speech
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LEAST_SURE = 0.01
"""Just enough for a recording in which a voice was found."""

MOMENT = np.arange(4 * SAMPLING_RATE) / SAMPLING_RATE
CYCLES = 2 * np.pi * MOMENT
NOISE = np.random.default_rng(0).standard_normal(MOMENT.size)
NOTES_HZ = 262 * 2 ** (np.array([0, 4, 7, 12, 7, 4, 5, 0]) / 12)
MELODY = 2 * np.pi * np.cumsum(np.repeat(NOTES_HZ, SAMPLING_RATE // 2)) / SAMPLING_RATE
SOUNDS = {
    "digital silence": np.zeros(MOMENT.size),
    "the last bit flickering": np.round(NOISE) / 32_768,
    "a constant offset": np.full(MOMENT.size, 0.5),
    "white noise": 0.1 * NOISE,
    "noise that throbs": 0.1 * (1 + np.sin(4 * CYCLES)) * NOISE,
    "brown noise": np.cumsum(NOISE) / np.abs(np.cumsum(NOISE)).max(),
    "a low tone": 0.3 * np.sin(110 * CYCLES),
    "a high tone": 0.3 * np.sin(1000 * CYCLES),
    "mains hum": 0.1 * sum(np.sin(50 * k * CYCLES) / k for k in range(1, 20)),
    "a chord": 0.1 * sum(np.sin(220 * ratio * CYCLES) for ratio in (1, 1.25, 1.5, 2)),
    "beeps": 0.3 * np.sin(440 * CYCLES) * (np.sin(2 * CYCLES) > 0),
    "a sweep": 0.3 * np.sin(CYCLES * (80 + 100 * MOMENT)),
    "clicks": 0.5 * (np.arange(MOMENT.size) % 8000 < 20),
    "a dialled number": 0.2 * (np.sin(770 * CYCLES) + np.sin(1336 * CYCLES)) * (MOMENT % 0.4 < 0.2),
    "a siren": 0.3 * np.sin(800 * CYCLES + 150 * np.sin(CYCLES)),
    "a melody": 0.3 * np.exp(-4 * (MOMENT % 0.5)) * np.sin(MELODY) * (1 + 0.5 * np.cos(MELODY)),
}


def make_waveform(samples: np.ndarray) -> Waveform:
    return Waveform(np.asarray(samples, np.float32))


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLING_RATE), np.float32)


@pytest.mark.parametrize("gender", GENDERS)
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_a_voice_is_speech_in_every_emotion(emotion: str, gender: str) -> None:
    for seed in range(3):
        parts = find_speech(speak(emotion, gender, seconds=3.0, seed=seed))
        assert sum(part.seconds for part in parts) > 1.5


@pytest.mark.parametrize("name", SOUNDS)
def test_what_nobody_says_is_no_speech(name: str) -> None:
    assert find_speech(make_waveform(SOUNDS[name])) == ()


@pytest.mark.parametrize("gain_db", [0, -20, -40])
def test_the_distance_to_the_microphone_changes_nothing(gain_db: float, voice: Waveform) -> None:
    quieter = make_waveform(voice.samples * 10 ** (gain_db / 20))
    assert find_speech(quieter) == find_speech(voice)


def test_a_voice_below_minus_75_db_is_as_good_as_silence(voice: Waveform) -> None:
    assert find_speech(make_waveform(voice.samples * 1e-4)) == ()


@pytest.mark.parametrize("noise_db", [-20, -10])
def test_a_voice_in_noise_is_speech(noise_db: float, voice: Waveform) -> None:
    noise = NOISE[: voice.samples.size] * np.sqrt(np.mean(voice.samples**2))
    assert find_speech(make_waveform(voice.samples + noise * 10 ** (noise_db / 20)))


def test_a_part_begins_and_ends_with_the_voice(voice: Waveform) -> None:
    samples = np.concatenate([silence(2.0), voice.samples, silence(3.0)])

    parts = find_speech(make_waveform(samples))

    assert parts[0].start == pytest.approx(2.0, abs=0.25)
    assert parts[-1].end == pytest.approx(5.0, abs=0.3)


def test_a_long_pause_parts_two_stretches_and_a_short_one_does_not() -> None:
    word = speak("happy", seconds=1.0, seed=1).samples

    apart = find_speech(make_waveform(np.concatenate([word, silence(1.0), word])))
    together = find_speech(make_waveform(np.concatenate([word, silence(0.02), word])))

    assert len(apart) > len(together)
    assert any(after.start - before.end > 0.6 for before, after in pairwise(apart))


def test_parts_are_in_order_and_within_the_recording() -> None:
    waveform = speak("surprised", seconds=20.0, seed=4)
    parts = find_speech(waveform)

    assert parts
    assert parts[0].start >= 0
    assert parts[-1].end <= waveform.seconds
    assert all(part.start < part.end for part in parts)
    assert all(a.end <= b.start for a, b in pairwise(parts))


def test_speech_is_found_between_other_sounds(voice: Waveform) -> None:
    hum = make_waveform(0.02 * np.sin(100 * CYCLES)).samples
    parts = find_speech(make_waveform(np.concatenate([hum, voice.samples, hum])))

    assert parts[0].start > 3.0
    assert parts[-1].end < 8.0


@pytest.fixture
def verdict(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the gate come to a given verdict about any recording."""
    return lambda score: monkeypatch.setattr(speech, "score_recording", lambda _: score)


@pytest.fixture
def no_voice_heard(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let no frame sound voiced, as in a whisper."""
    return lambda: monkeypatch.setattr(
        speech, "hear_voice", lambda frames: np.zeros(len(frames.pitch), bool)
    )


def test_what_the_gate_refuses_is_no_speech(
    voice: Waveform, verdict: Callable[[float], None]
) -> None:
    verdict(-5.0)
    assert find_speech(voice) == ()


def test_parts_begin_and_end_where_they_did_when_the_model_learnt() -> None:
    parts = find_speech(speak("happy", seconds=4.0, seed=5))
    spans = [(part.start, part.end) for part in parts]
    np.testing.assert_allclose(spans, [(0.0, 2.12), (2.28, 4.0)])


@pytest.mark.parametrize(("score", "is_accepted"), [(50.0, True), (LEAST_SURE, False)])
def test_without_a_voice_the_gate_must_be_surer(
    voice: Waveform,
    verdict: Callable[[float], None],
    no_voice_heard: Callable[[], None],
    *,
    score: float,
    is_accepted: bool,
) -> None:
    verdict(score)
    assert find_speech(voice)

    no_voice_heard()

    assert bool(find_speech(voice)) is is_accepted


def test_a_whisper_is_found_where_it_is(
    voice: Waveform, no_voice_heard: Callable[[], None]
) -> None:
    samples = np.concatenate([silence(2.0), voice.samples, silence(3.0)])
    no_voice_heard()

    parts = find_speech(make_waveform(samples))

    assert parts[0].start == pytest.approx(2.0, abs=0.4)
    assert parts[-1].end == pytest.approx(5.0, abs=0.4)


@pytest.mark.parametrize("n_samples", [0, 1, 100, 767, 768, 769])
def test_a_recording_shorter_than_a_frame_is_no_speech(n_samples: int) -> None:
    assert find_speech(make_waveform(NOISE[:n_samples])) == ()


def test_a_part_knows_its_duration() -> None:
    assert SpeechPart(1.25, 3.0).seconds == 1.75


def test_memory_grows_by_less_than_the_recording_itself() -> None:
    ten_minutes = make_waveform(np.tile(speak(seconds=30.0).samples, 20))

    tracemalloc.start()
    find_speech(ten_minutes)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < ten_minutes.samples.nbytes


def spread_over(paths: Iterator[Path], n_paths: int) -> list[Path]:
    paths_in_order = sorted(paths)
    return paths_in_order[:: max(len(paths_in_order) // n_paths, 1)]


@pytest.mark.corpora
@pytest.mark.parametrize(
    "glob",
    [
        "crema-d/*.ogg",
        "emodb/*.ogg",
        "emovo/*/*.ogg",
        "everyday/*.ogg",
        "fsdd/*.ogg",
        "indian-emospeech/speech/*.ogg",
        "nemo/*.ogg",
        "ravdess/*/*.ogg",
    ],
)
def test_recorded_speech_is_accepted(glob: str, corpora_folder: Path) -> None:
    paths = spread_over(corpora_folder.glob(glob), 50)

    limits = DecodeLimits(min_seconds=0.0)
    heard = [bool(find_speech(decode(path.read_bytes(), limits))) for path in paths]

    assert np.mean(heard) >= 0.96


@pytest.mark.corpora
@pytest.mark.parametrize("number", ["002", "003", "007", "010"])
def test_rain_sea_helicopters_and_fire_are_rejected(number: str, corpora_folder: Path) -> None:
    paths = spread_over(corpora_folder.glob(f"esc-10/{number}*/*.ogg"), 20)

    heard = [bool(find_speech(decode(path.read_bytes()))) for path in paths]

    assert np.mean(heard) <= 0.1


@pytest.mark.corpora
def test_the_silent_clip_of_crema_d_is_no_speech(corpora_folder: Path) -> None:
    data = (corpora_folder / "crema-d" / "1076_MTI_SAD_XX.ogg").read_bytes()
    assert find_speech(decode(data, DecodeLimits(min_seconds=0.0))) == ()
