"""Sums and moods of notes that are made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hearings import spread

from bot.moods import MIN_SPEAKERS, Mood, read_mood
from bot.sums import Slice, Sums
from ser_core.emotions import EMOTIONS
from ser_core.recognition import Recognition, Segment

if TYPE_CHECKING:
    from collections.abc import Sequence

UNTIL = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Heard:
    """Hold a note of a made-up day: its hour from the beginning, and how it sounded."""

    hour: int
    emotion: str
    share: float = 0.72
    weight: float = 5.0


def make_sums(notes: Sequence[Heard], *, n_speakers: int = 3, hours: int = 24) -> Sums:
    """Give what notes add up to, in a slice for each hour."""
    since = UNTIL - timedelta(hours=hours)
    slices = []
    for hour in range(hours):
        heard = [note for note in notes if note.hour == hour]
        rows = [
            [note.weight * share for share in spread(note.emotion, note.share)] for note in heard
        ]
        sums = tuple(map(sum, zip(*rows, strict=True))) if rows else (0.0,) * len(EMOTIONS)
        weight = sum(note.weight for note in heard)
        slices.append(Slice(since + timedelta(hours=hour), len(heard), weight, sums))
    confidence_sum = sum(note.weight * note.share for note in notes)
    seconds = 10.0 * len(notes)
    return Sums(since, UNTIL, tuple(slices), len(notes), n_speakers, seconds, confidence_sum)


def make_mood(notes: Sequence[Heard], *, n_speakers: int = 3, hours: int = 24) -> Mood:
    """Give the mood of notes that are enough for one."""
    sums = make_sums(notes, n_speakers=n_speakers, hours=hours)
    mood = read_mood(sums, min_speakers=min(n_speakers, MIN_SPEAKERS))
    assert isinstance(mood, Mood)
    return mood


def make_detailed(*, last_share: float = 0.7) -> Recognition:
    """Give a note of ten seconds with a pause in the middle: first happy, then sad."""
    segments = (
        Segment(0.0, 4.0, spread("happy", 0.8)),
        Segment(6.0, 10.0, spread("sad", last_share)),
    )
    return Recognition(
        emotions=spread("happy", 0.6),
        genders=(0.9, 0.1),
        seconds=10.0,
        speech_seconds=8.0,
        segments=segments,
        model_id="model-of-the-tests",
        speech=((0.0, 4.0), (6.0, 10.0)),
        loudness=(1.0,) * 120,
    )
