"""Draw the pictures of a mood and of a note for the docs; the voices are made up.

From the root of the project::

python docs/draw_pictures.py
"""
# ruff: noqa: INP001  a script is no part of a package

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast, get_args

from bot.charts import Theme
from bot.charts.mood import draw_mood
from bot.charts.note import draw_note
from bot.moods import read_mood
from bot.replies.moods import label_mood, label_note, title_mood
from bot.sums import Slice, Sums
from ser_core.emotions import EMOTIONS
from ser_core.recognition import Recognition, Segment

if TYPE_CHECKING:
    from bot.moods import Mood

IMAGES = Path(__file__).parent / "images"
UNTIL = datetime(2026, 5, 8, 22, tzinfo=UTC)
N_SPEAKERS = 6
SPEECH_SECONDS = 8.0
CONFIDENCE = 0.64
DAY: Final = {
    # An hour of the day: the notes in it, and how they sounded.
    7: (1, {"calm": 6, "neutral": 3, "sad": 1}),
    8: (3, {"neutral": 5, "calm": 3, "happy": 2, "fearful": 1}),
    9: (4, {"neutral": 5, "happy": 2, "fearful": 2, "sad": 1, "angry": 1}),
    11: (2, {"neutral": 4, "fearful": 3, "sad": 1, "angry": 2}),
    12: (5, {"angry": 7, "disgust": 2, "neutral": 2, "fearful": 1}),
    13: (4, {"angry": 5, "disgust": 2, "neutral": 3, "sad": 1}),
    14: (3, {"neutral": 4, "sad": 4, "angry": 2, "calm": 1}),
    15: (2, {"sad": 4, "neutral": 4, "calm": 2}),
    17: (3, {"surprised": 5, "happy": 3, "neutral": 2, "sad": 1}),
    18: (9, {"happy": 6, "surprised": 4, "neutral": 2}),
    19: (8, {"happy": 8, "surprised": 2, "neutral": 2, "calm": 1}),
    20: (6, {"happy": 7, "calm": 3, "neutral": 1, "surprised": 1}),
    21: (2, {"happy": 5, "calm": 5, "neutral": 1}),
}
NOTE: Final = (
    # From, until, in seconds, and how that sounded.
    (0.6, 11.2, {"happy": 70, "surprised": 18, "neutral": 12}),
    (12.1, 17.8, {"surprised": 42, "happy": 38, "fearful": 20}),
    (18.7, 27.5, {"sad": 64, "neutral": 20, "calm": 16}),
)
NOTE_SECONDS = 28.0


def main() -> None:
    """Write both pictures in both themes."""
    mood, note = make_mood(), make_note()
    labels = label_mood(mood, title=title_mood(mood.since, mood.until, whose="group"))
    for theme in get_args(Theme):
        png = draw_mood(mood, theme=theme, labels=labels)
        (IMAGES / f"mood-{theme}.png").write_bytes(png)
        png = draw_note(note, theme=theme, labels=label_note(note))
        (IMAGES / f"note-{theme}.png").write_bytes(png)


def make_mood() -> Mood:
    """Give the mood of a day in which a quarrel ends well."""
    since = UNTIL - timedelta(days=1)
    slices = tuple(make_slice(since + timedelta(hours=hour)) for hour in range(24))
    weight = sum(part.weight for part in slices)
    n_notes = sum(part.n_notes for part in slices)
    seconds = n_notes * SPEECH_SECONDS
    sums = Sums(since, UNTIL, slices, n_notes, N_SPEAKERS, seconds, weight * CONFIDENCE)
    return cast("Mood", read_mood(sums))  # there are enough notes


def make_slice(start: datetime) -> Slice:
    """Give what the notes of one hour add up to."""
    n_notes, parts = DAY.get(start.hour, (0, {}))
    weight = n_notes * SPEECH_SECONDS * CONFIDENCE
    return Slice(start, n_notes, weight, tuple(weight * share for share in mix(parts)))


def make_note() -> Recognition:
    """Give a note that begins happily and ends sadly."""
    segments = tuple(Segment(start, end, mix(parts)) for start, end, parts in NOTE)
    speech = tuple((start, end) for start, end, _parts in NOTE)
    lengths = [end - start for start, end in speech]
    emotions = tuple(
        sum(
            length * segment.emotions[place]
            for length, segment in zip(lengths, segments, strict=True)
        )
        / sum(lengths)
        for place in range(len(EMOTIONS))
    )
    times = [(place + 0.5) / 120 * NOTE_SECONDS for place in range(120)]
    return Recognition(
        emotions=emotions,
        genders=(0.94, 0.06),
        seconds=NOTE_SECONDS,
        speech_seconds=sum(lengths),
        segments=segments,
        model_id="made up",
        speech=speech,
        loudness=tuple(make_loudness(time) for time in times),
    )


def make_loudness(time: float) -> float:
    """Give how loud it is at a time: syllables that swell and fade, and pauses."""
    if not any(start <= time <= end for start, end, _parts in NOTE):
        return 0.05
    syllable = abs(math.sin(9.1 * time) * math.sin(3.7 * time + 1))
    phrase = abs(math.sin(0.55 * time + 0.4))
    return 0.12 + 0.88 * syllable * (0.35 + 0.65 * phrase)


def mix(parts: dict[str, int]) -> tuple[float, ...]:
    """Give shares of the emotions; those that are not named have a small one."""
    amounts = [parts.get(emotion, 0.1) for emotion in EMOTIONS]
    return tuple(amount / sum(amounts) for amount in amounts)


if __name__ == "__main__":
    main()
