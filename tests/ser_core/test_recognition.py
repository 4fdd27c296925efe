from __future__ import annotations

import json
import pickle

import pytest

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.recognition import SURE_FROM, Recognition, Segment

ANGRY = (0.1, 0.0, 0.05, 0.05, 0.6, 0.1, 0.05, 0.05)


def make_recognition(emotions: tuple[float, ...] = ANGRY) -> Recognition:
    segments = (Segment(0.12345, 2.0, emotions), Segment(2.0, 3.9, ANGRY))
    return Recognition(emotions, (0.3, 0.7), 4.00049, 3.5, segments, "functionals-1-abc")


def test_the_most_probable_labels_are_named_with_their_probabilities() -> None:
    recognition = make_recognition()

    assert (recognition.emotion, recognition.emotion_confidence) == ("angry", 0.6)
    assert (recognition.gender, recognition.gender_confidence) == ("male", 0.7)
    assert recognition.segments[0].emotion == "angry"
    assert recognition.segments[0].emotion_confidence == 0.6


def test_the_first_label_wins_a_tie() -> None:
    assert make_recognition((0.125,) * 8).emotion == EMOTIONS[0]


@pytest.mark.parametrize(
    ("confidence", "is_sure"), [(SURE_FROM, True), (SURE_FROM - 0.001, False), (1.0, True)]
)
def test_an_answer_is_sure_from_a_fixed_probability(confidence: float, *, is_sure: bool) -> None:
    rest = (1 - confidence) / 7
    recognition = make_recognition((confidence, *(rest,) * 7))
    assert recognition.is_sure is is_sure
    assert recognition.segments[0].is_sure is is_sure


def test_a_recognition_is_ready_for_json() -> None:
    values = json.loads(json.dumps(make_recognition().as_dict()))

    assert list(values["emotions"]) == list(EMOTIONS)
    assert list(values["genders"]) == list(GENDERS)
    assert values["emotion"] == "angry"
    assert values["emotion_confidence"] == 0.6
    assert values["gender"] == "male"
    assert values["gender_confidence"] == 0.7
    assert values["seconds"] == 4.0
    assert values["speech_seconds"] == 3.5
    assert values["model"] == "functionals-1-abc"
    assert values["segments"][0] == {
        "start": 0.123,
        "end": 2.0,
        "emotion": "angry",
        "emotion_confidence": 0.6,
        "emotions": dict(zip(EMOTIONS, ANGRY, strict=True)),
    }


def test_values_have_slots_alone() -> None:
    recognition = make_recognition()
    assert not hasattr(recognition, "__dict__")
    assert not hasattr(recognition.segments[0], "__dict__")


def test_a_recognition_survives_the_way_between_processes() -> None:
    recognition = make_recognition()
    assert pickle.loads(pickle.dumps(recognition)) == recognition  # noqa: S301 - our own bytes
