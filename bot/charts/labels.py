"""VALUE  The words in a picture, in the language of whoever looks at it, and its theme.

Names of emotions, and how large their shares are, stand in the order of `EMOTIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Theme = Literal["light", "dark"]


class Tick(NamedTuple):
    """Hold the words at a place on the way from the beginning, 0, to the end, 1."""

    place: float
    text: str


@dataclass(frozen=True, slots=True)
class MoodLabels:
    """Hold the words in the picture of a mood."""

    title: str
    subtitle: str
    pleasant: str
    unpleasant: str
    lively: str
    quiet: str
    ticks: tuple[Tick, ...]
    emotions: tuple[str, ...]
    shares: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoteLabels:
    """Hold the words in the picture of a note; ``genders`` stand in the order of `GENDERS`."""

    title: str
    subtitle: str
    unsure: str
    ticks: tuple[Tick, ...]
    emotions: tuple[str, ...]
    shares: tuple[str, ...]
    genders: tuple[str, ...]
