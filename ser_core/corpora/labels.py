"""PURE  What corpora call emotions and genders, in our words."""

from __future__ import annotations

import re
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
    "afraid": "fearful",
    "scared": "fearful",
    "dis": "disgust",
    "disgusted": "disgust",
    "sur": "surprised",
    "surprise": "surprised",
    "ps": "surprised",
    "pleasant_surprise": "surprised",
    "pleasant_surprised": "surprised",
    "pleasantly_surprised": "surprised",
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
    return EMOTION_OF_WORD.get(re.sub(r"[\s_-]+", "_", word.strip().lower()))


def gender_of(word: str) -> str | None:
    """Give the gender that a corpus's word names, or None where it names none of ours."""
    return GENDER_OF_WORD.get(word.strip().lower())
