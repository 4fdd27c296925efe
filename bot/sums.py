"""VALUE  What the database adds up of many notes, for a mood to be read from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Slice:
    """Hold the sums of the notes that were sent in one stretch of time.

    ``weight`` is the sum of the notes' weights; ``emotions`` are the sums of each note's weight
    times its probabilities, in the order of `EMOTIONS`, so they add up to ``weight``.
    """

    start: datetime
    n_notes: int
    weight: float
    emotions: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """Hold the sums of all notes from ``since`` until just before ``until``, in equal slices.

    Slices without notes are there, too. ``confidence_sum`` is the sum of each note's weight times
    its highest probability; notes that are nobody's add no speaker.
    """

    since: datetime
    until: datetime
    slices: tuple[Slice, ...]
    n_notes: int
    n_speakers: int
    speech_seconds: float
    confidence_sum: float
