"""PURE  What corpora call emotions and genders, in our words."""

from __future__ import annotations

from typing import Final

from ser_core.emotions import EMOTIONS, GENDERS

EMOTION_OF_WORD: Final = {emotion: emotion for emotion in EMOTIONS} | {
    "neu": "neutral",
    "neutrality": "neutral",
    "calmness": "calm",
    "hap": "happy",
    "happiness": "happy",
    "joy": "happy",
    "joyful": "happy",
    "sadness": "sad",
    "ang": "angry",
    "anger": "angry",
    "fea": "fearful",
    "fear": "fearful",
    "dis": "disgust",
    "disgusted": "disgust",
    "surprise": "surprised",
    "pleasant_surprise": "surprised",
}

GENDER_OF_WORD: Final = {gender: gender for gender in GENDERS} | {
    "f": "female",
    "w": "female",
    "woman": "female",
    "m": "male",
    "man": "male",
}


def emotion_of(word: str) -> str | None:
    """Give the emotion that a corpus's word names, or None where we have no word for it."""
    return EMOTION_OF_WORD.get(word.strip().lower().replace(" ", "_"))


def gender_of(word: str) -> str | None:
    """Give the gender that a corpus's word names, or None where it names none of ours."""
    return GENDER_OF_WORD.get(word.strip().lower())
