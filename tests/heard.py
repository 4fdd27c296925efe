"""Recognitions that nobody made, for what shows them."""

from __future__ import annotations

from ser_core.emotions import EMOTIONS
from ser_core.recognition import Recognition, Segment


def hear(*segments: tuple[float, float, str, float], seconds: float) -> Recognition:
    """Give a recognition with these segments: start, end, emotion, how sure."""
    made = tuple(
        Segment(start, end, share(emotion, sure)) for start, end, emotion, sure in segments
    )
    return Recognition(
        emotions=made[0].emotions,
        genders=(0.9, 0.1),
        seconds=seconds,
        speech_seconds=sum(each.end - each.start for each in made),
        segments=made,
        model_id="made up",
        speech=tuple((each.start, each.end) for each in made),
    )


def share(emotion: str, sure: float) -> tuple[float, ...]:
    """Give probabilities of which one is so high."""
    return tuple(sure if name == emotion else (1 - sure) / 7 for name in EMOTIONS)
