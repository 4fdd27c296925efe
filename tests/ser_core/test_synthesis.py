from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.synthesis import encode_voice_note, speak
from ser_core.waveform import SAMPLING_RATE, Waveform


def loudness(waveform: Waveform) -> float:
    return float(10 * np.log10(np.mean(waveform.samples**2)))


def pitch_of_loudest_part(waveform: Waveform) -> float:
    """Give the pitch in hertz by autocorrelation where the voice is loudest."""
    frames = waveform.samples[: waveform.samples.size // 800 * 800].reshape(-1, 800)
    frame = frames[np.argmax((frames**2).sum(axis=1))]
    correlation = np.correlate(frame, frame, "full")[frame.size - 1 :]
    lag = SAMPLING_RATE // 500
    return SAMPLING_RATE / (lag + int(np.argmax(correlation[lag:270])))


@pytest.mark.parametrize("gender", GENDERS)
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_every_emotion_is_spoken_in_both_voices(emotion: str, gender: str) -> None:
    waveform = speak(emotion, gender, seconds=2.0)

    assert waveform.seconds == 2.0
    assert waveform.sampling_rate == SAMPLING_RATE
    assert 0.05 < np.abs(waveform.samples).max() < 1


def test_the_same_seed_gives_the_same_voice_and_another_seed_another() -> None:
    one, same, other = speak(seed=1), speak(seed=1), speak(seed=2)

    assert np.array_equal(one.samples, same.samples)
    assert abs(np.corrcoef(one.samples, other.samples)[0, 1]) < 0.2


def test_a_woman_speaks_higher_than_a_man() -> None:
    women, men = (
        np.median([pitch_of_loudest_part(speak(gender=gender, seed=seed)) for seed in range(9)])
        for gender in GENDERS
    )

    assert 160 < women < 300
    assert 80 < men < 160


def test_anger_is_louder_than_sadness_and_higher() -> None:
    angry, sad = (
        [speak(emotion, "male", seed=seed) for seed in range(9)] for emotion in ("angry", "sad")
    )

    assert np.mean([*map(loudness, angry)]) > np.mean([*map(loudness, sad)]) + 10
    assert np.median([*map(pitch_of_loudest_part, angry)]) > np.median(
        [*map(pitch_of_loudest_part, sad)]
    )


def test_a_voice_babbles_rather_than_hums() -> None:
    frames = speak(seconds=4.0).samples.reshape(-1, 320)
    level = 10 * np.log10((frames**2).mean(axis=1))
    swells = np.diff(np.sign(level - np.median(level)))

    assert np.percentile(level, 95) - np.percentile(level, 5) > 20
    assert 3 <= np.count_nonzero(swells > 0) / 4.0 <= 12


def test_even_a_tenth_of_a_second_can_be_spoken() -> None:
    assert speak(seconds=0.1).samples.size == SAMPLING_RATE // 10


@pytest.mark.parametrize(("emotion", "gender"), [("bored", "female"), ("happy", "robot")])
def test_an_unknown_label_is_refused(emotion: str, gender: str) -> None:
    with pytest.raises(KeyError):
        speak(emotion, gender)


def test_a_voice_note_is_mono_ogg_opus_at_a_phone_s_bit_rate(voice: Waveform) -> None:
    data = encode_voice_note(voice)
    file = soundfile.info(io.BytesIO(data))

    assert (file.format, file.subtype, file.channels) == ("OGG", "OPUS", 1)
    assert file.samplerate == 48_000
    assert file.duration == pytest.approx(voice.seconds, abs=0.01)
    assert 16_000 < 8 * len(data) / voice.seconds < 48_000
