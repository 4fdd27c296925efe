"""The labels, each set in its one fixed order, and where each emotion lies in feeling space."""

from __future__ import annotations

from typing import Final, NamedTuple

EMOTIONS: Final = (
    "neutral",
    "calm",
    "happy",
    "sad",
    "angry",
    "fearful",
    "disgust",
    "surprised",
)
"""The order is RAVDESS's own; every probability vector in the project follows it."""

GENDERS: Final = ("female", "male")
"""How a voice sounds, as the training corpora label it; no statement about a person."""


class Affect(NamedTuple):
    """Place an emotion: valence (unpleasant to pleasant) and arousal, both in [-1, 1]."""

    valence: float
    arousal: float


AFFECT: Final = {
    "neutral": Affect(0.0, 0.0),
    "calm": Affect(0.3, -0.6),
    "happy": Affect(0.8, 0.5),
    "sad": Affect(-0.6, -0.4),
    "angry": Affect(-0.5, 0.6),
    "fearful": Affect(-0.6, 0.6),
    "disgust": Affect(-0.6, 0.35),
    "surprised": Affect(0.4, 0.7),
}
"""Rounded to the circumplex.

Source: Russell & Mehrabian (1977), "Evidence for a three-factor theory of emotions",
J. Res. Pers. 11, 273-294, table 2 (happy .81/.51, sad -.63/-.27, angry -.51/.59,
fearful -.64/.60, disgusted -.60/.35, surprised .40/.67); calm after Russell (1980),
"A circumplex model of affect", fig. 2.
"""

EMOTION_COLOURS: Final = {
    "neutral": "#7F7F7F",
    "calm": "#56B4E9",
    "happy": "#E69F00",
    "sad": "#0072B2",
    "angry": "#D55E00",
    "fearful": "#CC79A7",
    "disgust": "#009E73",
    "surprised": "#F0E442",
}
"""One colour for each emotion, wherever emotions have colours; the colour-blind tell them apart.

Source: Okabe & Ito (2008), "Color universal design".
"""
