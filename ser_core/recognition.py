"""VALUE  What was heard in one recording, with a probability for every label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ser_core.emotions import EMOTIONS, GENDERS

SURE_FROM: Final = 0.45
"""Below this calibrated probability of the first emotion an answer reads "not sure": it would
be wrong more often than right."""


class _Heard:
    """Say which emotion probabilities stand for; for values that hold them."""

    __slots__ = ()

    emotions: tuple[float, ...]

    @property
    def emotion(self) -> str:
        """Give the most probable emotion."""
        return EMOTIONS[self.emotions.index(max(self.emotions))]

    @property
    def emotion_confidence(self) -> float:
        """Give the probability of the most probable emotion."""
        return max(self.emotions)

    @property
    def is_sure(self) -> bool:
        """Tell whether the emotion is likely enough to be named without reserve."""
        return self.emotion_confidence >= SURE_FROM


@dataclass(frozen=True, slots=True)
class Segment(_Heard):
    """Hold one stretch of a long recording in which one emotion prevails.

    ``start`` and ``end`` are seconds from the beginning of the recording;
    ``emotions`` are probabilities in the order of `EMOTIONS` that sum to 1.
    """

    start: float
    end: float
    emotions: tuple[float, ...]

    def as_dict(self) -> dict[str, Any]:
        """Give the segment as plain values, ready for JSON."""
        return {
            "start": round(self.start, 3),
            "end": round(self.end, 3),
            "emotion": self.emotion,
            "emotion_confidence": self.emotion_confidence,
            "emotions": dict(zip(EMOTIONS, self.emotions, strict=True)),
        }


@dataclass(frozen=True, slots=True)
class Recognition(_Heard):
    """Hold what was heard in one recording.

    ``emotions`` and ``genders`` are calibrated probabilities in the order of `EMOTIONS` and
    `GENDERS`; each sums to 1. ``segments`` cover the speech in time; a short recording has one.
    ``strangeness`` says from 0 to 1 how unlike all that the model learnt from it sounds; the
    probabilities are the less sure for it already. ``speech`` holds start and end, in seconds, of
    the parts where somebody speaks, ``loudness`` that of equal stretches, from 0 to 1: enough to
    draw a note when its audio is gone.
    """

    emotions: tuple[float, ...]
    genders: tuple[float, ...]
    seconds: float
    speech_seconds: float
    segments: tuple[Segment, ...]
    model_id: str
    strangeness: float = 0.0
    speech: tuple[tuple[float, float], ...] = ()
    loudness: tuple[float, ...] = ()

    @property
    def gender(self) -> str:
        """Give the more probable gender."""
        return GENDERS[self.genders.index(max(self.genders))]

    @property
    def gender_confidence(self) -> float:
        """Give the probability of the more probable gender."""
        return max(self.genders)

    def as_dict(self) -> dict[str, Any]:
        """Give the recognition as plain values, ready for JSON."""
        return {
            "emotion": self.emotion,
            "emotion_confidence": self.emotion_confidence,
            "emotions": dict(zip(EMOTIONS, self.emotions, strict=True)),
            "gender": self.gender,
            "gender_confidence": self.gender_confidence,
            "genders": dict(zip(GENDERS, self.genders, strict=True)),
            "seconds": round(self.seconds, 3),
            "speech_seconds": round(self.speech_seconds, 3),
            "segments": [segment.as_dict() for segment in self.segments],
            "strangeness": round(self.strangeness, 3),
            "model": self.model_id,
        }
