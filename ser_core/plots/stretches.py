"""PURE  Where which emotion is heard: the segments of a recognition without their pauses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.colors import to_hex, to_rgb

from ser_core.emotions import EMOTION_COLOURS, EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ser_core.recognition import Recognition

_LEAST_PAUSE: Final = 1 / 400
"""Of the whole time: two or three pixels."""
_PALE: Final = 0.4
"""How much colour is left where it is not sure."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hold a time, in seconds, in which somebody speaks, and what is heard there."""

    start: float
    end: float
    emotion: str
    confidence: float
    is_sure: bool

    @property
    def colour(self) -> str:
        """Give the emotion's colour, pale where nobody is sure of it."""
        return choose_colour(self.emotion, is_sure=self.is_sure)


def choose_colour(emotion: str, *, is_sure: bool) -> str:
    """Give the colour of an emotion on white; pale where it is not sure."""
    colour = EMOTION_COLOURS[emotion]
    return colour if is_sure else dilute(colour, _PALE)


def dilute(colour: str, share: float) -> str:
    """Give a colour with so much of itself, the rest white."""
    red, green, blue = (1 - share * (1 - channel) for channel in to_rgb(colour))
    return to_hex((red, green, blue))


def find_stretches(recognition: Recognition) -> Iterator[Stretch]:
    """Give the stretches of speech in order; what lies between them is silence.

    Pauses that nobody could see are left out. A recognition that does not tell where the speech
    is has a stretch for each segment.
    """
    speech = recognition.speech or ((0.0, recognition.seconds),)
    parts = list(_join(speech, recognition.seconds * _LEAST_PAUSE))
    number = 0
    for segment in recognition.segments:
        while number < len(parts) and parts[number][1] <= segment.start:
            number += 1
        for start, end in parts[number:]:
            if start >= segment.end:
                break
            yield Stretch(
                start=max(start, segment.start),
                end=min(end, segment.end),
                emotion=segment.emotion,
                confidence=segment.emotion_confidence,
                is_sure=segment.is_sure,
            )


def _join(
    parts: Sequence[tuple[float, float]], least_pause: float
) -> Iterator[tuple[float, float]]:
    """Join parts between which there is hardly a pause."""
    start, end = parts[0]
    for after in parts[1:]:
        if after[0] - end >= least_pause:
            yield start, end
            start = after[0]
        end = after[1]
    yield start, end


def find_colours(recognition: Recognition) -> dict[str, str]:
    """Give the colours of the emotions that prevail anywhere, in their usual order."""
    heard = {(segment.emotion, segment.is_sure) for segment in recognition.segments}
    return {
        emotion if is_sure else f"{emotion}, not sure": choose_colour(emotion, is_sure=is_sure)
        for emotion in EMOTIONS
        for is_sure in (True, False)
        if (emotion, is_sure) in heard
    }
