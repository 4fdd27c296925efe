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


@dataclass(frozen=True, slots=True)
class ComparisonLabels:
    """Hold the words in the picture of a comparison, the champion's before the challenger's.

    ``reading`` says what rows and columns are, ``bars`` what the bars are; ``right`` and ``ticks``
    stand at the axes of the reliability, of which ``errors`` are the sums.
    """

    title: str
    subtitle: str
    sides: tuple[str, str]
    reading: str
    emotions: tuple[str, ...]
    reliability: str
    errors: tuple[str, str]
    right: str
    ticks: tuple[Tick, ...]
    bars: str


@dataclass(frozen=True, slots=True)
class StatsLabels:
    """Hold the words in the picture of statistics; ``ticks`` stand below both charts of days.

    ``most`` is the largest number of a day; ``shares`` are all, half and none, ``opinions`` is
    the share of all that agree. ``names`` and ``seconds`` are those of the percentiles, in the
    order of `Latency`, and empty where there is none.
    """

    title: str
    subtitle: str
    notes: str
    most: str
    agreement: str
    opinions: str
    shares: tuple[str, str, str]
    ticks: tuple[Tick, ...]
    latency: str
    names: tuple[str, ...]
    seconds: tuple[str, ...]
