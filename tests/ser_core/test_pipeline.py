from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from learning import make_impression, make_lesson
from sounds import make_waveform, noise, silence

from ser_core import pipeline
from ser_core.classify import Outputs, Probabilities
from ser_core.decode import DecodeLimits
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import NoSpeech, TooLong
from ser_core.pipeline import (
    MIN_SPEECH_SECONDS,
    listen,
    listen_to_waveform,
    measure_waveforms,
    recognise,
    speech_of,
)
from ser_core.speaker import Baseline, Speaker
from ser_core.speech import SpeechPart, find_speech
from ser_core.store import Model
from ser_core.synthesis import encode_voice_note, speak
from ser_core.windows import MAX_SECONDS

if TYPE_CHECKING:
    from ser_core.recognition import Recognition
    from ser_core.waveform import Waveform

HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def make_note(*words: str, seconds: float = 5.0, pause: float = 2.0) -> Waveform:
    """Give a man who speaks with one emotion after the other, a pause in between."""
    stretches = [
        samples
        for seed, emotion in enumerate(words)
        for samples in (speak(emotion, "male", seconds=seconds, seed=seed).samples, silence(pause))
    ]
    return make_waveform(np.concatenate(stretches))


class Scripted:
    """Say of each window what a test wants, and count the windows."""

    def __init__(self, *shares_of_happy: float) -> None:
        """Take the probability that each window is happy; the rest is sad."""
        self.shares = np.array(shares_of_happy)
        self.n_windows = 0

    def classify(
        self, vectors: np.ndarray, heard: Outputs | None, speaker: Speaker | None
    ) -> Probabilities:
        """Give the probabilities in the script."""
        self.vectors, self.heard, self.speaker = vectors, heard, speaker
        self.n_windows = len(vectors)
        shares = np.resize(self.shares, self.n_windows)
        emotions = np.zeros((self.n_windows, len(EMOTIONS)))
        emotions[:, HAPPY], emotions[:, SAD] = shares, 1 - shares
        genders = np.stack((shares, 1 - shares), axis=1)
        return Probabilities(emotions, genders, 1 - shares)


def make_model(classifier: Any) -> Model:  # noqa: ANN401 - a stand-in, too
    return Model("scripted", {}, classifier, "classic180")


def recognise_waveform(waveform: Waveform, model: Model) -> Recognition:
    return listen_to_waveform(waveform, model).recognition


def put_speech(monkeypatch: pytest.MonkeyPatch, *spans: tuple[float, float]) -> None:
    """Let speech be found at these places, whatever the sound."""
    parts = tuple(SpeechPart(*span) for span in spans)
    monkeypatch.setattr(pipeline, "find_speech", lambda _: parts)


def test_a_voice_note_is_recognised_from_its_bytes(spoken_model: Model) -> None:
    note = encode_voice_note(speak("angry", "male", seconds=3.0, seed=9))
    recognition = recognise(note, spoken_model)
    assert (recognition.emotion, recognition.gender) == ("angry", "male")
    assert recognition.model_id == spoken_model.id
    assert recognition.seconds == pytest.approx(3.0, abs=0.1)
    assert 1.5 < recognition.speech_seconds <= recognition.seconds


def test_probabilities_sum_to_1(spoken_model: Model) -> None:
    recognition = recognise_waveform(make_note("angry", "sad", "happy"), spoken_model)
    segments = [segment.emotions for segment in recognition.segments]
    assert len(recognition.genders) == len(GENDERS)
    for probabilities in (recognition.emotions, recognition.genders, *segments):
        assert sum(probabilities) == pytest.approx(1.0)
        assert min(probabilities) >= 0
        assert all(type(probability) is float for probability in probabilities)


def test_a_short_note_is_one_window_and_one_segment() -> None:
    classifier = Scripted(0.7)
    recognition = recognise_waveform(speak(seconds=3.0), make_model(classifier))
    assert classifier.n_windows == 1
    (segment,) = recognition.segments
    assert segment.emotions == pytest.approx(recognition.emotions)
    assert 0 <= segment.start < segment.end <= recognition.seconds


def test_a_long_note_is_heard_in_windows_and_told_in_segments_in_order() -> None:
    classifier = Scripted(0.9, 0.9, 0.9, 0.1, 0.1, 0.1)
    waveform = make_note("happy", "angry", "sad", seconds=9.0)
    recognition = recognise_waveform(waveform, make_model(classifier))
    assert classifier.n_windows > len(recognition.segments) > 1
    assert all(one.end <= other.start for one, other in pairwise(recognition.segments))
    parts = find_speech(waveform)
    assert recognition.segments[0].start == parts[0].start
    assert recognition.segments[-1].end == pytest.approx(parts[-1].end)
    assert recognition.speech_seconds == pytest.approx(sum(part.seconds for part in parts))


def test_neighbouring_windows_of_one_emotion_are_one_segment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_speech(monkeypatch, (0, 4), (6, 8), (20, 24), (40, 44))
    classifier = Scripted(0.6, 0.9, 0.1, 0.8)
    recognition = recognise_waveform(make_waveform(noise(44.0)), make_model(classifier))
    spans = [(each.start, each.end, each.emotion) for each in recognition.segments]
    assert spans == [(0, 8, "happy"), (20, 24, "sad"), (40, 44, "happy")]


def test_windows_count_by_their_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    put_speech(monkeypatch, (0, 4), (10, 11))
    recognition = recognise_waveform(make_waveform(noise(12.0)), make_model(Scripted(0.0, 1.0)))
    assert recognition.emotions[HAPPY] == pytest.approx(0.2)
    assert recognition.genders == pytest.approx((0.2, 0.8))
    assert recognition.speech_seconds == 5


def test_strangeness_is_the_mean_over_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    put_speech(monkeypatch, (0, 4), (10, 14))
    recognition = recognise_waveform(make_waveform(noise(14.0)), make_model(Scripted(0.9, 0.4)))
    assert recognition.strangeness == pytest.approx(0.35)


def test_a_stranger_reaches_the_classifier_as_one(voice_note: bytes) -> None:
    classifier = Scripted(0.5)
    recognise(voice_note, make_model(classifier))
    assert (classifier.speaker, classifier.heard) == (None, None)


def test_what_is_known_of_a_speaker_reaches_the_classifier_where_it_can_be_compared(
    voice_note: bytes,
) -> None:
    classifier = Scripted(0.5)
    model = make_model(classifier)
    ours = make_impression(np.zeros(180), source=model.source)
    theirs = make_impression(np.zeros(7), source="another model")
    lessons = tuple(make_lesson(each) for each in (theirs, ours))
    for first, expected in ((ours, ours.source), (theirs, None)):
        recognise(voice_note, model, speaker=Speaker(Baseline.begin(first), lessons))
        assert classifier.speaker is not None
        assert classifier.speaker.lessons == lessons[1:]
        baseline = classifier.speaker.baseline
        assert (baseline and baseline.source) == expected


def test_the_classifier_hears_the_windows_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    put_speech(monkeypatch, (1.0, 2.0), (7.0, 8.0))
    samples = np.concatenate([silence(1.0), noise(1.0), silence(5.0), noise(1.0), silence(1.0)])
    classifier = Scripted(0.5)
    recognise_waveform(make_waveform(samples), make_model(classifier))
    assert classifier.vectors.shape == (2, 180)
    np.testing.assert_allclose(classifier.vectors[0], classifier.vectors[1], rtol=1e-4, atol=1e-4)


def test_a_short_note_leaves_behind_what_was_measured_of_it(voice_note: bytes) -> None:
    classifier = Scripted(0.7)
    model = make_model(classifier)
    recognition, impression = listen(voice_note, model)
    assert recognition == recognise(voice_note, model)
    assert impression.source == model.source
    np.testing.assert_allclose(impression.vector, classifier.vectors[0], rtol=1e-5)
    assert impression.vector.dtype == np.float32
    assert (impression.views.shape, impression.genders.shape) == ((0, 8), (0,))


def test_windows_count_in_what_is_left_behind_by_their_speech(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_speech(monkeypatch, (0, 4), (10, 11))
    views = np.arange(48.0).reshape(2, 3, 8)
    genders = np.array([[1.0, 0.0], [0.0, 5.0]])
    heard = Outputs(views, genders, np.empty((2, 0)))
    monkeypatch.setattr(
        pipeline, "measure_waveforms", lambda *_: (np.array([[0.0], [10.0]]), heard)
    )
    found = listen_to_waveform(make_waveform(noise(12.0)), make_model(Scripted(0.5))).impression
    assert found.vector == pytest.approx([2.0], abs=0.01)
    np.testing.assert_allclose(found.views, 0.8 * views[0] + 0.2 * views[1], atol=0.01)
    np.testing.assert_allclose(found.genders, [0.8, 1.0], atol=0.01)


def test_windows_without_any_speech_leave_their_mean_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Speech that the gate finds may lie in the time of another window."""
    put_speech(monkeypatch, (0, 4), (10, 14))
    window = pipeline.cut_windows(pipeline.find_speech(make_waveform(noise())))[0]
    silent = replace(window, speech_seconds=0.0)
    monkeypatch.setattr(pipeline, "cut_windows", lambda _: (silent, silent))
    monkeypatch.setattr(pipeline, "measure_waveforms", lambda *_: (np.array([[1.0], [3.0]]), None))
    monkeypatch.setattr(pipeline, "pool", lambda *_: (1.0,))
    monkeypatch.setattr(pipeline, "find_segments", lambda *_: ())
    found = listen_to_waveform(make_waveform(noise(14.0)), make_model(Scripted(0.5))).impression
    assert found.vector == pytest.approx([2.0])


def test_a_model_with_an_encoder_hears_each_waveform(hearing_model: Model) -> None:
    waveforms = [speak(emotion, seconds=1.5) for emotion in ("happy", "sad")]
    vectors, heard = measure_waveforms(waveforms, hearing_model)
    assert heard is not None
    assert (len(vectors), heard.views.shape) == (2, (2, 2, 8))
    impression = listen_to_waveform(waveforms[0], hearing_model).impression
    assert (impression.views.shape, impression.genders.shape) == ((2, 8), (2,))
    assert impression.source.endswith("/voices")


@pytest.mark.parametrize("samples", [silence(2.0), noise(2.0)], ids=["silence", "noise"])
def test_where_nobody_speaks_there_is_nothing_to_recognise(samples: np.ndarray) -> None:
    with pytest.raises(NoSpeech) as caught:
        recognise_waveform(make_waveform(samples), make_model(Scripted(1.0)))
    assert (caught.value.seconds, caught.value.speech_seconds) == (2.0, 0)


def test_less_than_a_syllable_is_no_ground_for_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    put_speech(monkeypatch, (0.5, 0.6), (1.0, 1.1))
    with pytest.raises(NoSpeech) as caught:
        recognise_waveform(make_waveform(noise(2.0)), make_model(Scripted(1.0)))
    assert caught.value.speech_seconds == pytest.approx(0.2)


def test_a_syllable_or_two_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    put_speech(monkeypatch, (0.5, 0.5 + MIN_SPEECH_SECONDS))
    recognition = recognise_waveform(make_waveform(noise(2.0)), make_model(Scripted(1.0)))
    assert recognition.emotion == "happy"


def test_limits_are_the_decoders(voice_note: bytes, spoken_model: Model) -> None:
    with pytest.raises(TooLong):
        recognise(voice_note, spoken_model, DecodeLimits(max_seconds=2.0))


def test_models_learn_from_the_first_speech_to_the_last() -> None:
    word = speak("happy", seconds=1.0, seed=1).samples
    samples = np.concatenate([silence(1.0), word, silence(2.0), word, silence(1.5)])
    speech = speech_of(make_waveform(samples))
    parts = find_speech(make_waveform(samples))
    assert len(parts) > 1
    assert speech.seconds == pytest.approx(parts[-1].end - parts[0].start, abs=1e-3)
    assert speech.seconds == pytest.approx(4.0, abs=0.5)


def test_models_learn_from_all_of_it_where_no_speech_is_found() -> None:
    waveform = make_waveform(noise())
    assert speech_of(waveform) is waveform


def test_a_short_clip_is_learnt_from_as_it_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    clip = make_note("angry", seconds=3.0)
    assert clip.seconds < MAX_SECONDS
    heard: list[Waveform] = []
    between = type(clip).between

    def listen(waveform: Waveform, start: float, end: float) -> Waveform:
        heard.append(between(waveform, start, end))
        return heard[-1]

    monkeypatch.setattr(type(clip), "between", listen)
    recognise_waveform(clip, make_model(Scripted(1.0)))
    assert np.array_equal(heard[0].samples, speech_of(clip).samples)
