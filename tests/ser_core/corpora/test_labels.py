from __future__ import annotations

import pytest

from ser_core.corpora.labels import EMOTION_OF_WORD, emotion_of, gender_of
from ser_core.emotions import EMOTIONS


@pytest.mark.parametrize(
    ("word", "emotion"),
    [
        ("happy", "happy"),
        ("Happiness", "happy"),
        (" ANGER ", "angry"),
        ("sadness", "sad"),
        ("fear", "fearful"),
        ("disgusted", "disgust"),
        ("pleasant surprise", "surprised"),
        ("Pleasant-Surprise", "surprised"),
        ("ps", "surprised"),
        ("boredom", None),
        ("", None),
    ],
)
def test_words_of_corpora_become_ours(word: str, emotion: str | None) -> None:
    assert emotion_of(word) == emotion


def test_every_word_means_one_of_our_emotions() -> None:
    assert set(EMOTION_OF_WORD.values()) == set(EMOTIONS)


@pytest.mark.parametrize(
    ("word", "gender"),
    [("Female", "female"), ("f", "female"), ("M", "male"), ("male", "male"), ("", None)],
)
def test_words_for_genders_become_ours(word: str, gender: str | None) -> None:
    assert gender_of(word) == gender
